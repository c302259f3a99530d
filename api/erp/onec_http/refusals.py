"""What 1C's problems mean to us. Its own words go into the evidence only: they may name other customers."""

from pydantic import ValidationError

from api.erp.errors import ErpConflict, ErpError, Reason
from api.erp.http import BUSY, MOVED, NO_RIGHT, Answer
from api.erp.onec_http.wire import Problem

FAILED = "1С не смогла выполнить запрос."
NOT_POSTED = "1С записала заказ, но не провела его."
REASONS = {
    "other": (Reason.OTHER, "1С не приняла операцию."),
    "credit": (Reason.CREDIT, "1С не приняла заказ: долг или кредитный лимит клиента."),
    "stock": (Reason.STOCK, "1С не приняла заказ: на складе не хватает товара."),
    "goods": (Reason.GOODS, "В заказе есть товар, которого в 1С нет или который закрыт для продажи."),
    "price": (Reason.PRICE, "1С не приняла заказ: цены в ней уже другие."),
    "customer": (Reason.CUSTOMER, "Клиента, его соглашения, торговой точки или человека в 1С нет, или они закрыты."),
    "period": (Reason.PERIOD, "1С не приняла заказ: его дата закрыта для изменений."),
    "late": (Reason.LATE, "Заказ в 1С уже в работе, изменить или отменить его нельзя."),
    "rights": (Reason.RIGHTS, NO_RIGHT),
    "invalid": (Reason.OTHER, "1С не поняла запрос: бот и расширение говорят по разным версиям договора."),
    "missing": (Reason.OTHER, "Такого заказа в 1С нет."),
    "conflict": (Reason.OTHER, "В 1С это поле карточки уже изменили."),
    "busy": (Reason.OTHER, BUSY),
}


class Missing(ErpError):
    """The extension itself says that there is no such order; a 404 of the web server is something else."""


def refusal(answer: Answer) -> ErpError:
    """The error that this answer is. One that is not of the extension may pass when the server is at fault."""
    try:
        problem = Problem.model_validate_json(answer.text)
    except ValidationError:
        message = MOVED if answer.status == 404 else FAILED
        return ErpError(message, permanent=answer.status < 500, evidence=answer.evidence)
    reason, message = REASONS[problem.code]
    if problem.code == "conflict":
        return ErpConflict(message, stored=problem.stored)
    if problem.code == "missing":
        return Missing(message, permanent=True, evidence=answer.evidence)
    if problem.order is not None and problem.order.status == "failed":
        message = f"{NOT_POSTED} {message}" if problem.code != "other" else NOT_POSTED
    permanent = problem.permanent and problem.code != "busy"
    return ErpError(message, permanent=permanent, evidence=answer.evidence, reason=reason)
