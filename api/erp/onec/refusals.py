"""Errors of 1C: its numbers and words, and what they mean to us.

1C's own text goes into the evidence only: it repeats data that was sent or stored.
"""

import json
from collections.abc import Sequence

from api.erp.errors import ErpError
from api.erp.http import MOVED, NO_RIGHT, Answer

BUSINESS = -1
NO_ENTITY = 8
NO_INSTANCE = 9
KEY_EXISTS = 15
RIGHTS = 20

MESSAGES = {
    BUSINESS: "1С не приняла операцию.",
    NO_ENTITY: "В 1С не опубликован нужный объект: проверьте состав интерфейса OData.",
    10: "В 1С нет нужного реквизита: проверьте таблицу имён.",
    RIGHTS: NO_RIGHT,
}
FAILED = "1С не смогла выполнить запрос."


class Refused(ErpError):
    """1C answered with an error. `code` is 1C's number, None when the answer was not 1C's own."""

    def __init__(self, message: str, *, permanent: bool, evidence: str, status: int, code: int | None) -> None:
        super().__init__(message, permanent=permanent, evidence=evidence)
        self.status = status
        self.code = code

    @property
    def may_mean_the_query(self) -> bool:
        """Whether another way of asking the same could succeed."""
        return self.code not in (NO_ENTITY, NO_INSTANCE, RIGHTS) and (self.code is not None or self.status < 500)


def refusal(answer: Answer, passing: Sequence[str], *, reading: bool) -> Refused:
    """The error that this answer is. `passing`: parts of texts of refusals that pass by themselves.

    A refusal of a handler (500, code -1) is permanent for a write; a read has no business to be refused, so there it
    is a fault of the moment.
    """
    code, words = _said(answer.text)
    if code is None:
        permanent = answer.status < 500
        message = MOVED if answer.status == 404 else FAILED
    elif code == BUSINESS or code == 0:
        permanent = not reading and not any(part in words.casefold() for part in passing)
        message = MESSAGES[BUSINESS]
    else:
        permanent = True
        message = MESSAGES.get(code, FAILED)
    return Refused(message, permanent=permanent, evidence=answer.evidence, status=answer.status, code=code)


def _said(text: str) -> tuple[int | None, str]:
    """The number and the words of {"odata.error": {"code", "message": {"value"}}}."""
    try:
        error = json.loads(text)["odata.error"]
        return int(error["code"]), str(error["message"]["value"])
    except (ValueError, KeyError, TypeError):
        return None, ""
