"""Errors of МойСклад: {"errors": [{"code", "error", …}]}, and what they mean to us.

The codes are those of md/_errors.md (github.com/moysklad/api-remap-1.2-doc). МойСклад's own text goes into the
evidence only: it repeats what was sent.
"""

import json
import re

from api.erp.errors import ErpError, Reason
from api.erp.http import MOVED, NO_RIGHT, NOT_LET_IN, Answer

CUT = "Ответ МоегоСклада оборвался или это не ответ МоегоСклада."
FAILED = "МойСклад не смог выполнить запрос."
NOT_UNDERSTOOD = "МойСклад не принял запрос бота."
BAD_TOKEN = "МойСклад не принимает токен бота: выпустите новый и запишите его в настройки."
NO_CRM = "В тарифе МоегоСклада нет опции CRM: без неё задолженность не узнать."
NO_TARIFF = "Тариф МоегоСклада не даёт того, что нужно боту."
NO_STOCK = "У пользователя бота в МоёмСкладе нет доступа к отчёту «Остатки»."
CLOSED = "Дата заказа лежит в закрытом периоде МоегоСклада."
NOT_THERE = "Заказ ссылается на то, чего в МоёмСкладе уже нет."
TOO_MUCH = "В заказе больше строк, чем МойСклад принимает за раз."

UNIQUE = 3006
CHANGED_AT_ONCE = 1065
NO_PATH = (1002, 1005)
"""There is no such address: this account or this version of the API does not offer it."""
NO_OBJECT = (1008, 1021)

TRANSIENT = frozenset((1049, CHANGED_AT_ONCE, 1073, 1074, 1083, 1088, 1095, 1999))
RIGHTS = frozenset((1016, 1017, 1018, 1045, 1061, 1064, 1075, 1092))

MEANINGS: dict[int, tuple[str, Reason]] = {
    1043: (NO_CRM, Reason.RIGHTS),
    1070: (NO_TARIFF, Reason.RIGHTS),
    13003: (NO_STOCK, Reason.RIGHTS),
    13004: (NO_STOCK, Reason.RIGHTS),
    17009: (CLOSED, Reason.PERIOD),
    **dict.fromkeys(RIGHTS, (NO_RIGHT, Reason.RIGHTS)),
}

WHOSE = {"counterparty": Reason.CUSTOMER, "product": Reason.GOODS, "variant": Reason.GOODS}
"""A broken link, by the type that the text names."""


class Refused(ErpError):
    """МойСклад answered with an error. `code` is its number, None when it named none."""

    def __init__(
        self, message: str, *, permanent: bool, evidence: str, reason: Reason, status: int, code: int | None
    ) -> None:
        super().__init__(message, permanent=permanent, evidence=evidence, reason=reason)
        self.status = status
        self.code = code


def refusal(answer: Answer) -> Refused:
    """The error that this answer (4xx, 5xx) is."""
    code, words = _said(answer.text)
    message, reason = _meaning(answer.status, code, words)
    permanent = answer.status < 500 and code not in TRANSIENT
    return Refused(
        message, permanent=permanent, evidence=answer.evidence, reason=reason, status=answer.status, code=code
    )


def named(error: ErpError) -> ErpError:
    """The same error in МойСклад's own terms, where the general words of 401 and 403 would lead astray."""
    if error.message == NOT_LET_IN:
        return ErpError(BAD_TOKEN, permanent=True, evidence=error.evidence, reason=Reason.RIGHTS)
    if error.message == NO_RIGHT and (found := re.search(r'"code"\s*:\s*(\d+)', error.evidence)):
        message, reason = MEANINGS.get(int(found[1]), (NO_RIGHT, Reason.RIGHTS))
        return ErpError(message, permanent=True, evidence=error.evidence, reason=reason)
    return error


def _meaning(status: int, code: int | None, words: str) -> tuple[str, Reason]:
    if code in MEANINGS:
        return MEANINGS[code]
    if code in NO_OBJECT:
        return NOT_THERE, next((reason for kind, reason in WHOSE.items() if kind in words), Reason.OTHER)
    if status == 404:
        return MOVED, Reason.OTHER
    if status == 413:
        return TOO_MUCH, Reason.OTHER
    return (FAILED if status >= 500 or code in TRANSIENT else NOT_UNDERSTOOD), Reason.OTHER


def _said(body: str) -> tuple[int | None, str]:
    """The number and the words of the first error."""
    try:
        error = json.loads(body)["errors"][0]
        return int(error["code"]), str(error.get("error", ""))
    except (ValueError, KeyError, TypeError, IndexError):
        return None, ""
