"""Whose number it is. Everything here that says «not own» is somebody who wants another company's prices."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.max.adapter import MaxMessenger
from api.channels.max.contact import phone_of, signed
from api.channels.port import SharedContact
from tests.api.channels.max.test_reading import message
from tests.api.channels.max.updates import (
    TOKEN,
    USER,
    body,
    card,
    contact,
    created,
    in_group,
    mention,
    own_contact,
    person,
    signature,
)

MINE, THEIRS = "+79000000011", "+79000000022"
RAW = bytes.fromhex(signature(card(MINE)))


def shared(channel: MaxMessenger, attachment: Mapping[str, Any], **more: Any) -> SharedContact | None:
    return message(channel, created(1, None, attachment, **more)).contact


@pytest.mark.parametrize(
    "spelt",
    [
        RAW.hex(),
        RAW.hex().upper(),
        base64.b64encode(RAW).decode(),
        base64.urlsafe_b64encode(RAW).decode().rstrip("="),
        f" {RAW.hex()}\n",
    ],
)
def test_the_button_proves_the_number(channel: MaxMessenger, spelt: str) -> None:
    assert shared(channel, contact(card(MINE), spelt)) == SharedContact(MINE, own=True)


def test_line_ends_that_were_escaped_twice(channel: MaxMessenger) -> None:
    escaped = card(MINE).replace("\r\n", "\\r\\n")
    assert shared(channel, contact(escaped, signature(card(MINE)))) == SharedContact(MINE, own=True)


@pytest.mark.parametrize(
    "attachment",
    [
        contact(card(THEIRS), None),
        contact(card(THEIRS), ""),
        contact(card(THEIRS), signature(card(MINE))),
        contact(card(THEIRS), signature(card(THEIRS), "another-bot's-token")),
        contact(card(THEIRS), hashlib.sha256(card(THEIRS).encode()).hexdigest()),
        contact(card(THEIRS), hmac.new(b"", card(THEIRS).encode(), hashlib.sha256).hexdigest()),
        contact(card(THEIRS), signature(card(THEIRS))[:-2]),
        contact(card(THEIRS), signature(card(THEIRS)), user=USER + 1),
        contact(card(THEIRS), signature(card(THEIRS)), user=None),
        contact(card(THEIRS) + "TEL:79000000033\r\n", signature(card(THEIRS))),
        {"type": "contact", "payload": {"vcf_info": card(THEIRS), "hash": 5, "max_info": person()}},
        {"type": "contact", "payload": {"vcf_info": card(THEIRS), "hash": "é" * 64, "max_info": [USER]}},
        {
            "type": "contact",
            "payload": {"vcf_info": card(THEIRS), "hash": signature(card(THEIRS)), "max_info": "?"},
        },
    ],
)
def test_a_number_that_is_not_proved_is_not_own(channel: MaxMessenger, attachment: Mapping[str, Any]) -> None:
    found = shared(channel, attachment)
    assert found is not None
    assert not found.own


def test_a_forwarded_card_is_not_own_even_when_it_was_signed(channel: MaxMessenger) -> None:
    for sender in (person(1), person()):
        link = {"type": "forward", "sender": sender, "chat_id": 5, "message": body(9, None, [own_contact(MINE)])}
        assert message(channel, created(1, None, link=link)).contact == SharedContact(MINE, own=False)


def test_a_number_is_not_heard_in_a_group(channel: MaxMessenger) -> None:
    update = in_group(1, "@id7700000000_bot", markup=mention(), attachments=[own_contact(MINE)])
    assert message(channel, update).contact is None


def test_no_number_no_contact(channel: MaxMessenger) -> None:
    for vcf in (None, "", card("12"), "TEL", card("")):
        found = message(channel, created(1, None, contact(vcf, None)))
        assert found.contact is None
        assert [one.kind for one in found.attachments] == ["other"]


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("TEL;TYPE=cell:79000000011", "+79000000011"),
        ("TEL:+7 900 000-00-11", "+79000000011"),
        ("TEL;TYPE=CELL,VOICE:8 (900) 000-00-11", "+79000000011"),
        ("item1.TEL;waid=79000000011:79000000011", "+79000000011"),
        ("tel:9000000011", "+79000000011"),
        ("TEL:375291234567", "+375291234567"),
        ("TEL:77010000011", "+77010000011"),
        ("TEL:112\r\nTEL:79000000011", "+79000000011"),
        ("NOTE:TEL:79000000011", ""),
    ],
)
def test_numbers_of_a_card(written: str, phone: str) -> None:
    assert phone_of(f"BEGIN:VCARD\r\n{written}\r\nEND:VCARD\r\n") == phone


@given(vcf=st.text(), given=st.text() | st.none() | st.integers())
def test_nothing_that_is_made_up_is_signed(vcf: str, given: object) -> None:
    assert not signed(vcf, given, TOKEN)


@given(vcf=st.text(st.characters(codec="utf-8")).filter(lambda text: "\\r\\n" not in text))
def test_what_max_signs_is_signed(vcf: str) -> None:
    digest = hmac.new(TOKEN.encode(), vcf.encode(), hashlib.sha256).digest()
    assert signed(vcf, digest.hex(), TOKEN)
    assert signed(vcf, base64.b64encode(digest).decode(), TOKEN)
