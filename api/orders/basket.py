"""The open cart as it is kept in its row: lines, questions not answered yet, the order it repeats."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from api.db.models import CartRow
from api.domain.cart import plain
from api.orders import paths
from api.orders.paths import Cause, Path
from api.understanding import aliases
from api.understanding.outcome import Question, Reason, question_from_json, question_to_json


@dataclass(frozen=True)
class Quoted:
    """What the accounting system said of this very line on `day`, to this very customer. Kept nowhere but here.

    `price` in roubles a base unit, None: it is not sold to the customer; `available` in base units, None: not told.
    """

    day: date
    price: Decimal | None
    available: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """A position; `unit` is the packing as the customer named it, None for the base unit."""

    sku: str
    quantity: Decimal
    unit: str | None = None
    note: str = ""
    quoted: Quoted | None = None
    path: Path = ()


@dataclass(frozen=True)
class OpenQuestion:
    """`inbox`: the message that raised it."""

    id: str
    question: Question
    inbox: int | None = None


ASKED = 12
"""Open questions that the customer is shown and may answer; the others wait behind them."""


@dataclass
class Basket:
    """Changed in memory, written back by `save` when anything differs.

    `named`: what the lines that made this version were called, the key of the phrase by SKU. `cause`: why lines
    change now; without one their paths stay as they are.
    """

    lines: dict[str, Line] = field(default_factory=dict)
    questions: list[OpenQuestion] = field(default_factory=list)
    base_order_id: int | None = None
    delivery_date: date | None = None
    """The day that the customer was told; None: the next delivery."""
    version: int = 0
    named: dict[str, str] = field(default_factory=dict)
    row: CartRow | None = None
    cause: Cause | None = None

    @classmethod
    def of(cls, row: CartRow | None) -> "Basket":
        """The cart of the row; without a row an empty one that cannot be saved."""
        if row is None:
            return cls()
        return cls(
            lines={line["sku"]: _line(line) for line in row.lines},
            questions=[OpenQuestion(data["id"], question_from_json(data), data.get("inbox")) for data in row.questions],
            base_order_id=row.base_order_id,
            delivery_date=row.delivery_date,
            version=row.version,
            named=dict(row.named),
            row=row,
        )

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def asked(self) -> list[OpenQuestion]:
        """The questions whose turn it is."""
        return self.questions[:ASKED]

    def quantities(self) -> dict[str, Decimal]:
        return {line.sku: line.quantity for line in self.lines.values()}

    def question(self, question_id: str) -> OpenQuestion | None:
        return next((open_ for open_ in self.questions if open_.id == question_id), None)

    def put(self, sku: str, quantity: Decimal, unit: str | None = None, note: str | None = None) -> None:
        """Sets a line; its unit and note stay as they were when they are not given. A quote is of its quantity."""
        old = self.lines.get(sku, Line(sku, quantity))
        changed = sku not in self.lines or quantity != old.quantity
        self.lines[sku] = replace(
            old,
            quantity=quantity,
            unit=unit or old.unit,
            note=old.note if note is None else note,
            quoted=None if changed else old.quoted,
            path=paths.after(old.path, self.cause.step(sku, quantity)) if changed and self.cause else old.path,
        )

    def retrace(self, sku: str, path: Path) -> None:
        """Gives a line that comes back into the cart the path that it had."""
        self.lines[sku] = replace(self.lines[sku], path=path)

    def quote(self, sku: str, quoted: Quoted) -> None:
        """Notes what the accounting system said of the line as it is now."""
        self.lines[sku] = replace(self.lines[sku], quoted=quoted)

    def remove(self, sku: str) -> None:
        self.lines.pop(sku, None)

    def clear(self) -> None:
        self.lines, self.questions, self.named = {}, [], {}
        self.base_order_id, self.delivery_date = None, None

    def drop(self, question_id: str) -> None:
        self.questions = [open_ for open_ in self.questions if open_.id != question_id]

    def settle(self, skus: Iterable[str], phrases: Iterable[str] = ()) -> None:
        """Drops the questions that these changed products answer by themselves, and what `phrases` meant that they are.

        An unknown word may be understood the next time that it is said: somebody taught it meanwhile.
        """
        changed, named = set(skus), {aliases.key(phrase) for phrase in phrases} - {""}
        self.questions = [
            open_
            for open_ in self.questions
            if open_.question.sku not in changed
            and changed.isdisjoint(open_.question.candidates)
            and not (open_.question.reason is Reason.unknown and aliases.key(open_.question.phrase) in named)
        ]

    def doubt_withdrawn(self, supplied: Container[str]) -> None:
        """How much of a product that is not supplied any more becomes: which one then."""
        for place, open_ in enumerate(self.questions):
            asked = open_.question
            if asked.sku is not None and asked.sku not in supplied:
                anew = replace(asked, reason=Reason.unknown, sku=None, candidates=(), options=())
                self.questions[place] = replace(open_, question=anew)

    def ask(self, questions: Iterable[Question]) -> None:
        """Puts new questions before the old ones; a repeated one takes the old one's place."""
        fresh = list(questions)
        known = {(question.phrase, question.operation, question.sku) for question in fresh}
        kept = [
            open_
            for open_ in self.questions
            if (open_.question.phrase, open_.question.operation, open_.question.sku) not in known
        ]
        number = self.version + 1
        inbox = self.cause.inbox if self.cause else None
        opened = [OpenQuestion(f"{number}-{place}", question, inbox) for place, question in enumerate(fresh, 1)]
        self.questions = opened + kept

    def save(self, now: datetime) -> None:
        """Writes the cart back; a change makes a new version."""
        if self.row is None:
            raise ValueError("a cart without a row cannot be saved")
        lines = [_line_json(line) for line in self.lines.values()]
        questions = [_question_json(open_) for open_ in self.questions]
        if not lines:
            self.base_order_id = None
        before = (self.row.lines, self.row.questions, self.row.base_order_id, self.row.delivery_date)
        if (lines, questions, self.base_order_id, self.delivery_date) == before:
            return
        self.version += 1
        self.row.lines, self.row.questions, self.row.base_order_id = lines, questions, self.base_order_id
        self.row.delivery_date = self.delivery_date
        self.row.version, self.row.updated_at, self.row.named = self.version, now, self.named


def _line(data: dict[str, Any]) -> Line:
    quoted = _quoted(data["quoted"]) if data.get("quoted") else None
    path = paths.from_json(data.get("path", ()))
    return Line(data["sku"], Decimal(data["quantity"]), data.get("unit"), data.get("note", ""), quoted, path)


def _line_json(line: Line) -> dict[str, Any]:
    told: dict[str, Any] = {
        "sku": line.sku,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "note": line.note,
    }
    told |= {} if line.quoted is None else {"quoted": _quoted_json(line.quoted)}
    return told | ({"path": paths.to_json(line.path)} if line.path else {})


def _question_json(open_: OpenQuestion) -> dict[str, Any]:
    told = {"id": open_.id} | question_to_json(open_.question)
    return told if open_.inbox is None else told | {"inbox": open_.inbox}


def _quoted(data: dict[str, str]) -> Quoted:
    price, available = data.get("price"), data.get("available")
    return Quoted(
        date.fromisoformat(data["day"]), Decimal(price) if price else None, Decimal(available) if available else None
    )


def _quoted_json(quoted: Quoted) -> dict[str, str]:
    told = {"day": quoted.day.isoformat()}
    told |= {} if quoted.price is None else {"price": str(quoted.price)}
    return told | ({} if quoted.available is None else {"available": plain(quoted.available)})
