"""What a refusal of WhatsApp means for the message.

Codes: https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (15 May 2026).
Meta asks to decide by `code` and to read `error_data.details`; titles will go. The same errors come in answers and,
later, in statuses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from api.channels.errors import DeliveryError


@dataclass(frozen=True)
class Verdict:
    """`wait`: seconds to leave the chat (or the whole channel) alone. `urgent`: a person has to do something."""

    message: str
    permanent: bool = False
    wait: float | None = None
    whole_channel: bool = False
    blocked: bool = False
    urgent: bool = False


LATER = Verdict("WhatsApp сейчас не отвечает.")
REFUSED = Verdict("WhatsApp не принял сообщение.", permanent=True)
UNCLEAR = Verdict("WhatsApp не принял сообщение.", wait=300, urgent=True)
"""360dialog's own words without a code: an unpaid bill, its own rate limit. Kept until somebody has read them."""
GONE = Verdict("Сообщение не доставить: номера нет в WhatsApp или бот заблокирован.", permanent=True, blocked=True)
CLOSED = Verdict("Прошло больше 24 часов, писать можно только по шаблону.", permanent=True)
NO_TEMPLATE = Verdict("Шаблон не подошёл.", permanent=True, urgent=True)
TOO_FAST_HERE = Verdict("Слишком часто в один чат.", wait=12)
TOO_FAST = Verdict("Слишком часто.", wait=5, whole_channel=True)
OVER_LIMIT = Verdict("Исчерпан лимит запросов.", wait=60, whole_channel=True)
RESTRICTED = Verdict("Номеру ограничили отправку.", wait=600, whole_channel=True, urgent=True)
NO_ACCESS = Verdict("Нет доступа: ключ или права.", wait=300, whole_channel=True, urgent=True)

VERDICTS: dict[int, Verdict] = {
    **dict.fromkeys((1, 2, 131000, 131016, 131057, 133004, 135000), LATER),
    **dict.fromkeys((100, 33, 131008, 131009, 131021, 131051, 131052, 131053), REFUSED),
    # The person is in an experiment, refuses marketing, or is in a country where we may not write.
    **dict.fromkeys((130472, 130497, 131049, 131050), REFUSED),
    131026: GONE,
    131030: REFUSED,
    131047: CLOSED,
    131056: TOO_FAST_HERE,
    130429: TOO_FAST,
    **dict.fromkeys((4, 80007), OVER_LIMIT),
    # Spam restrictions, a locked account, unpaid bills: until somebody deals with it.
    **dict.fromkeys((368, 131031, 131042, 131048, 131064), RESTRICTED),
    # The token has expired, or lacks a right; the number is not registered. The messages wait for a new one.
    **dict.fromkeys((0, 3, 10, 190, 131005, 133010, *range(200, 300)), NO_ACCESS),
}
TEMPLATES = range(132000, 133000)


def verdict(code: int | None, status: int | None = None) -> Verdict:
    """By the code; else by the HTTP status of an answer (360dialog has errors of its own without a code)."""
    if code in VERDICTS:
        return VERDICTS[code]
    if code in TEMPLATES:
        return NO_TEMPLATE
    if status in (401, 403):
        return NO_ACCESS
    if status == 429:
        return TOO_FAST
    if code is None and status in (400, 402):
        return UNCLEAR
    return LATER if status is not None and status >= 500 else REFUSED


def code_of(error: Mapping[str, Any]) -> int | None:
    code = str(error.get("code", ""))
    return int(code) if re.fullmatch(r"[0-9]{1,9}", code) else None


def evidence(error: Mapping[str, Any]) -> str:
    """The code and the details, without telephone numbers."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, Mapping) else data
    words = f"{error.get('code', '')} {details or error.get('message') or error.get('title') or ''}"
    return re.sub(r"\d{7,}", "…", words).strip()[:300]


def _error_of(response: httpx.Response) -> Mapping[str, Any]:
    """Meta's `error`; 360dialog's own are `{"meta": {"developer_message"}}` or `{"error": "words"}`."""
    try:
        body = response.json()
    except ValueError:
        return {"message": response.text}
    match body:
        case {"error": {} as error}:
            return dict(error)
        case {"error": str() as words} | {"meta": {"developer_message": str() as words}} | {"message": str() as words}:
            return {"message": words}
    return {"message": response.text}


def refusal(response: httpx.Response) -> DeliveryError:
    """The provider's answer as our error."""
    error = _error_of(response)
    told = verdict(code_of(error), response.status_code)
    asked = response.headers.get("retry-after", "")
    return DeliveryError(
        told.message,
        permanent=told.permanent,
        evidence=f"HTTP {response.status_code}: {evidence(error)}",
        retry_after=float(asked) if re.fullmatch(r"[0-9]{1,5}", asked) else told.wait,
        whole_channel=told.whole_channel,
        blocked=told.blocked,
    )


def urgent(response: httpx.Response) -> bool:
    """Whether somebody has to act before anything gets through."""
    return verdict(code_of(_error_of(response)), response.status_code).urgent
