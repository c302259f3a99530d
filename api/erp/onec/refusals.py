"""Errors of 1C: its numbers and words, and what they mean to us.

1C's own text goes into the evidence only: it repeats data that was sent or stored.
"""

import json

from api.erp.errors import ErpError, Reason
from api.erp.http import MOVED, NO_RIGHT, Answer
from api.erp.onec.names import Words

BUSINESS = -1
NO_ENTITY = 8
NO_INSTANCE = 9
KEY_EXISTS = 15
RIGHTS = 20
NO_OWN_REF = (10, 16)
"""A property that is not there or cannot be assigned: this base chooses references itself."""

MESSAGES = {
    BUSINESS: "1С не приняла операцию.",
    NO_ENTITY: "В 1С не опубликован нужный объект: проверьте состав интерфейса OData.",
    10: "В 1С нет нужного реквизита: проверьте таблицу имён.",
    RIGHTS: NO_RIGHT,
}
FAILED = "1С не смогла выполнить запрос."


class Refused(ErpError):
    """1C answered with an error. `code` is 1C's number, None when the answer was not 1C's own."""

    def __init__(self, message: str, answer: Answer, *, permanent: bool, code: int | None, reason: Reason) -> None:
        super().__init__(message, permanent=permanent, evidence=answer.evidence, reason=reason)
        self.status = answer.status
        self.code = code

    @property
    def may_mean_the_query(self) -> bool:
        """Whether another way of asking the same could succeed."""
        return self.code not in (NO_ENTITY, NO_INSTANCE, RIGHTS) and (self.code is not None or self.status < 500)


def refusal(answer: Answer, words: Words, *, reading: bool) -> Refused:
    """The error that this answer is.

    A refusal of a handler (500, code -1) is permanent for a write, and its text tells the reason; a read has no
    business to be refused, so there it is a fault of the moment.
    """
    code, said = _said(answer.text)
    reason = Reason.RIGHTS if code == RIGHTS else Reason.OTHER
    if code is None:
        permanent = answer.status < 500
        message = MOVED if answer.status == 404 else FAILED
    elif code in (BUSINESS, 0):
        permanent = not reading and not any(part in said.casefold() for part in words.passing)
        message = MESSAGES[BUSINESS]
        reason = reason_of(said, words) if permanent else reason
    else:
        permanent = True
        message = MESSAGES.get(code, FAILED)
    return Refused(message, answer, permanent=permanent, code=code, reason=reason)


def reason_of(said: str, words: Words) -> Reason:
    """Why an order was refused, by the words of the configuration."""
    text = said.casefold()
    for reason, parts in words.reasons:
        if any(all(word in text for word in part.split()) for part in parts):
            return reason
    return Reason.OTHER


def _said(text: str) -> tuple[int | None, str]:
    """The number and the words of {"odata.error": {"code", "message": {"value"}}}."""
    try:
        error = json.loads(text)["odata.error"]
        return int(error["code"]), str(error["message"]["value"])
    except (ValueError, KeyError, TypeError):
        return None, ""
