"""Errors of SAP: its message numbers and what they mean to us.

SAP's own text goes into the evidence only: it repeats data that was sent or stored, and its language is the logon's.
"""

import json
from collections.abc import Mapping
from typing import Any

from api.erp.errors import ErpError, Reason
from api.erp.http import Answer

CREDIT = "SAP не принимает заказ по кредитному контролю."
MESSAGES = {
    Reason.CREDIT: CREDIT,
    Reason.GOODS: "В заказе есть товар, который в SAP этому клиенту не продаётся.",
    Reason.CUSTOMER: "SAP не принимает заказ: клиент или точка доставки не заведены для сбытовой области бота.",
    Reason.PRICE: "SAP не находит цену для строки заказа.",
    Reason.STOCK: "SAP не подтверждает наличие товара.",
    Reason.RIGHTS: "SAP не даёт пользователю бота нужного полномочия.",
    Reason.PERIOD: "Дата заказа лежит в периоде, закрытом в SAP.",
    Reason.LATE: "Заказ в SAP зашёл слишком далеко.",
}
REFUSED = "SAP не приняла операцию."
FAILED = "SAP не смогла выполнить запрос."
NO_SERVICE = "В SAP не активна нужная служба OData или в ней нет нужного набора."
NO_FIELD = "В службе SAP нет нужного поля: проверьте настройки и выпуск системы."
LOCKED = "Документ SAP сейчас открыт другим пользователем."
CHANGED = "Документ SAP изменили в ту же минуту."

# V1/150, V1/154, VP/196 and VS/406 were read in collections of SAP's messages; the others are general knowledge of SD.
REASONS = {
    "V1/150": Reason.CREDIT,  # static credit check: the limit is exceeded
    "V1/151": Reason.CREDIT,
    "V1/152": Reason.CREDIT,
    "V1/153": Reason.CREDIT,
    "V1/154": Reason.CREDIT,  # order receipt not possible, credit customer blocked
    "V1/155": Reason.CREDIT,
    "V1/302": Reason.GOODS,  # material does not exist
    "V1/382": Reason.GOODS,  # material not defined for the sales organization
    "M3/305": Reason.GOODS,  # material does not exist or is not activated
    "V1/310": Reason.CUSTOMER,
    "V1/319": Reason.CUSTOMER,
    "VP/196": Reason.CUSTOMER,  # payer not maintained for the sales area
    "VP/199": Reason.CUSTOMER,
    "VS/406": Reason.CUSTOMER,  # customer not created in the sales area
    "V1/801": Reason.PRICE,  # a mandatory price condition is missing
}
LOCKS = frozenset(("V1/042", "MC/601"))
NO_SERVICE_CODES = ("/IWFND/MED/170", "/IWFND/CM_MED/170")


class Refused(ErpError):
    """SAP answered with an error of its own. `code` is its message, empty when the answer was not a gateway's."""

    def __init__(self, message: str, *, permanent: bool, evidence: str, reason: Reason, status: int, code: str) -> None:
        super().__init__(message, permanent=permanent, evidence=evidence, reason=reason)
        self.status = status
        self.code = code

    @property
    def is_missing(self) -> bool:
        """The entity is not there; the service and the set are."""
        return self.status == 404 and bool(self.code) and not self.code.startswith(NO_SERVICE_CODES)


def refusal(answer: Answer, own: Mapping[str, Reason], *, reading: bool) -> Refused:
    """The error that this answer is. `own`: the distributor's meanings of messages, before ours.

    A 5xx may pass; after a write it leaves open whether it was done.
    """
    codes = _codes(answer.text)
    code = codes[0] if codes else ""
    meanings = dict(REASONS) | dict(own)
    reason = next((meanings[found] for found in codes if found in meanings), Reason.OTHER)
    permanent = answer.status < 500
    if LOCKS.intersection(codes):
        permanent, message = False, LOCKED
    elif answer.status == 412:
        permanent, message = False, CHANGED
    elif answer.status == 404:
        message = NO_SERVICE
    elif answer.status >= 500:
        message = FAILED
    elif reason in MESSAGES:
        message = MESSAGES[reason]
    else:
        message = NO_FIELD if reading else REFUSED
    return Refused(
        message, permanent=permanent, evidence=answer.evidence, reason=reason, status=answer.status, code=code
    )


def _codes(text: str) -> list[str]:
    """The message of {"error": {"code", "innererror": {"errordetails": [{"code"}]}}} and those behind it."""
    try:
        error: dict[str, Any] = json.loads(text)["error"]
        details = (error.get("innererror") or {}).get("errordetails") or []
        return [str(error.get("code", ""))] + [str(detail.get("code", "")) for detail in details]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
