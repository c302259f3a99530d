"""What a message did: the cart after it, the changes, the open questions, the notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why the customer is asked."""

    ambiguous = "ambiguous"
    unknown = "unknown"
    quantity = "quantity"
    unit = "unit"
    confirm = "confirm"
    replace_or_add = "replace_or_add"


@dataclass(frozen=True)
class Question:
    """An open point. `sku` is the settled product where only its quantity, unit or confirmation is open.

    `options` are quantities to offer, in base units of `sku`; `operation` is what to do with the answer.
    """

    phrase: str
    reason: Reason
    candidates: tuple[str, ...] = ()
    operation: str = "set"
    quantity: Decimal | None = None
    unit: str | None = None
    sku: str | None = None
    options: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Change:
    """One line that changed; `unit` is the unit as the customer named it."""

    op: str
    sku: str
    before: Decimal | None
    after: Decimal | None
    unit: str | None = None
    phrase: str = ""


@dataclass(frozen=True)
class Notice:
    """Something to tell: not_in_cart, same_twice, stale_base, nothing_to_repeat, cart_empty, note_kept."""

    code: str
    phrase: str = ""
    sku: str | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True)
class Outcome:
    """The cart after the message. `is_order` False: complaint, question, chatter; the cart is untouched."""

    cart: Mapping[str, Decimal]
    changes: tuple[Change, ...] = ()
    questions: tuple[Question, ...] = ()
    notices: tuple[Notice, ...] = ()
    base_order: str | None = None
    is_order: bool = True
    also_asks: bool = False
    notes: Mapping[str, str] = field(default_factory=dict)
    delivery_date: date | None = None
    outlet: str | None = None
    likeness: Mapping[str, float] = field(default_factory=dict, compare=False)
    """How well the words name the goods of the changes and questions, 0–1 by SKU; what was not found by its name is
    missing."""


def question_to_json(question: Question) -> dict[str, Any]:
    """A JSON-simple dictionary; quantities are strings."""
    return {
        "phrase": question.phrase,
        "reason": question.reason.value,
        "candidates": list(question.candidates),
        "operation": question.operation,
        "quantity": None if question.quantity is None else str(question.quantity),
        "unit": question.unit,
        "sku": question.sku,
        "options": [str(option) for option in question.options],
    }


def question_from_json(data: Mapping[str, Any]) -> Question:
    """The reverse of `question_to_json`."""
    quantity = data.get("quantity")
    return Question(
        phrase=data["phrase"],
        reason=Reason(data["reason"]),
        candidates=tuple(data.get("candidates") or ()),
        operation=data.get("operation") or "set",
        quantity=None if quantity is None else Decimal(quantity),
        unit=data.get("unit"),
        sku=data.get("sku"),
        options=tuple(Decimal(option) for option in data.get("options") or ()),
    )
