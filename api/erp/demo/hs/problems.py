"""Refusals as the contract words them."""

from typing import Any

from api.erp.demo.errors import ODataError

Json = dict[str, Any]

STATUS = {
    "invalid": 400, "rights": 403, "missing": 404, "conflict": 409, "late": 409, "busy": 503,
}  # fmt: skip
BY_WORDS = (
    ("задолженност", "credit"),
    ("недостаточно", "stock"),
    ("не хватает", "stock"),
    ("запрет изменения", "period"),
    ("недостаточно прав", "rights"),
    ("блокировк", "busy"),
)
"""What a refused posting was about: the platform has words only. The last match holds."""


class Problem(Exception):
    """Goes out as application/problem+json. `more`: order, products, stored."""

    def __init__(self, code: str, message: str, *, status: int | None = None, **more: object) -> None:
        super().__init__(message)
        self.code = code
        self.status = status or STATUS.get(code, 422)
        self.message = message
        self.more = more

    def body(self) -> Json:
        return {"code": self.code, "message": self.message, "permanent": self.code != "busy"} | self.more


def refused(error: ODataError, written: Json | None = None) -> Problem:
    """What the configuration said while it wrote or posted a document; `written`: the document that stays."""
    words = error.message.casefold()
    codes = [code for part, code in BY_WORDS if part in words]
    code = codes[-1] if codes else "other"
    return Problem(code, error.message) if written is None else Problem(code, error.message, order=written)
