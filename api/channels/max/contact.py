"""A shared number, and the proof that it is the sender's own.

MAX signs the card that the button «поделиться номером» sends: HMAC-SHA256 with the bot's token over the vCard. A card
out of the address book has no valid signature, a forwarded one belongs to another person.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

import phonenumbers

from api.channels.port import SharedContact

_TEL = re.compile(r"^(?:\w+\.)?TEL(?:;[^:\r\n]*)?:(.+)$", re.IGNORECASE | re.MULTILINE)
HOME = "RU"


def shared(payload: Mapping[str, Any], sender: int, token: str, *, forwarded: bool) -> SharedContact | None:
    """The contact of an attachment's payload; None when it holds no phone number."""
    card = payload.get("vcf_info")
    phone = phone_of(card) if isinstance(card, str) else ""
    if not isinstance(card, str) or not phone:
        return None
    person = payload.get("max_info")
    same = isinstance(person, Mapping) and person.get("user_id") == sender
    return SharedContact(phone, own=same and not forwarded and signed(card, payload.get("hash"), token))


def signed(card: str, given: object, token: str) -> bool:
    """Whether MAX made the hash over this card. The schema does not fix its spelling: hex and base64 are both seen."""
    message = card.replace("\\r\\n", "\r\n")
    expected = hmac.new(token.encode(), message.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return isinstance(given, str) and hmac.compare_digest(_digest(given.strip()), expected)


def _digest(given: str) -> bytes:
    """The bytes that are spelt; empty for no spelling that is known."""
    try:
        if len(given) == 2 * hashlib.sha256().digest_size:
            return bytes.fromhex(given)
        spelt = given.rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(spelt + "=" * (-len(spelt) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""


def phone_of(card: str) -> str:
    """The first valid number of a vCard in E.164, else empty. MAX writes them without a plus."""
    for written in _TEL.findall(card.replace("\\r\\n", "\r\n")):
        digits = re.sub(r"\D", "", written)
        for spelt, region in ((f"+{digits}", None), (digits, HOME)):
            try:
                number = phonenumbers.parse(spelt, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""
