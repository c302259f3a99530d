"""The cart while a message is applied, by the laws of the cart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Self

from api.understanding.candidates import Candidate
from api.understanding.catalog import CatalogIndex, Entry
from api.understanding.context import Context
from api.understanding.habits import PACKINGS, TIMES, Habits, without_empty
from api.understanding.outcome import Change, Notice, Outcome, Question, Reason
from api.understanding.quantities import SCALES, Amount, packings, step_options, to_base, unit_options

_MOST = Decimal(1_000_000)
LEAST_PRICE = 20
"""«12 по 40» of what is not packed by forty: the second number may be a price."""


@dataclass
class Draft:
    """Changes, questions and notices gathered over one message."""

    index: CatalogIndex
    habits: Habits
    cart: dict[str, Decimal]
    changes: list[Change] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    waiting: dict[str, Decimal] = field(default_factory=dict)
    """What is asked about, by SKU: «кефир 30, кефир 30, кефир 30» is one question about ninety."""
    confirmed: bool = False
    likeness: dict[str, float] = field(default_factory=dict)
    """By SKU, of all candidates that were weighed."""
    original: dict[str, Decimal] = field(init=False)

    def __post_init__(self) -> None:
        self.original = dict(self.cart)

    @classmethod
    def of(cls, context: Context) -> Self:
        """Of the customer's cart as it stands."""
        return cls(context.index, Habits(context.history), without_empty(context.cart))

    def outcome(self, base_order: str | None = None, also_asks: bool = False) -> Outcome:
        """What has been gathered."""
        return Outcome(
            cart=without_empty(self.cart),
            changes=tuple(self.changes),
            questions=tuple(self.questions),
            notices=tuple(self.notices),
            base_order=base_order,
            also_asks=also_asks,
            notes=dict(self.notes),
            likeness={sku: self.likeness[sku] for sku in self._spoken_of() if sku in self.likeness},
        )

    def _spoken_of(self) -> set[str]:
        asked = {sku for question in self.questions for sku in (*question.candidates, question.sku) if sku is not None}
        return asked | {change.sku for change in self.changes}

    def weigh(self, candidates: Iterable[Candidate]) -> None:
        """Keeps how well the words name each candidate, for whoever reviews the reading."""
        for candidate in candidates:
            sku = candidate.entry.sku
            self.likeness[sku] = max(candidate.likeness, self.likeness.get(sku, 0.0))

    def put(self, op: str, entry: Entry, amount: Amount | None, phrase: str) -> None:
        """Apply one line with a stated amount; ask where the laws say so."""
        if amount is None:
            self.ask_quantity(op, entry, phrase)
            return
        stated = to_base(entry, amount)
        if stated is None:
            self._ask(phrase, Reason.unit, op, entry, amount, unit_options(entry, amount))
            return
        self.put_base(op, entry, stated, amount, phrase)

    def put_base(self, op: str, entry: Entry, stated: Decimal, amount: Amount | None, phrase: str) -> None:
        """Apply one line in base units."""
        before = self.cart.get(entry.sku)
        if op == "decrease" and before == stated and amount is not None and amount.implied:
            self.remove(entry.sku, phrase)  # «муки мешок сними» of one bag
            return
        after = self._after(op, entry.sku, before, stated)
        if stated <= 0 or after <= 0 or after > _MOST:
            self._ask(phrase, Reason.quantity, op, entry, amount, ())
            return
        steps = step_options(entry, after)
        if steps:
            self._ask(phrase, Reason.quantity, "set", entry, amount, steps)
            return
        if op != "decrease" and self._confirms(entry, after, amount, phrase):
            return
        self._write(op, entry.sku, before, after, amount, phrase)

    def _confirms(self, entry: Entry, after: Decimal, amount: Amount | None, phrase: str) -> bool:
        """Ask about an unlikely quantity; what this message has put of the product already waits with it."""
        if self.confirmed or not self._unlikely(entry, after, amount):
            return False
        self.questions = [q for q in self.questions if q.reason != Reason.confirm or q.sku != entry.sku]
        if entry.sku in self.listed:
            self.changes = [change for change in self.changes if change.sku != entry.sku]
            self.cart.pop(entry.sku, None)
            if entry.sku in self.original:
                self.cart[entry.sku] = self.original[entry.sku]
        self.listed.add(entry.sku)
        self.waiting[entry.sku] = after
        name = phrase or entry.item.name
        self._question(Question(name, Reason.confirm, (entry.sku,), "set", after, None, entry.sku, (after,)))
        return True

    def _after(self, op: str, sku: str, before: Decimal | None, stated: Decimal) -> Decimal:
        old = self.waiting.get(sku, before or Decimal(0))
        if op in ("add", "increase"):
            return old + stated
        if op == "decrease":
            return old - stated
        if op == "line" and sku in self.listed:
            self.notices.append(Notice("same_twice", sku=sku, quantity=old + stated))
            return old + stated
        return stated

    def _write(
        self, op: str, sku: str, before: Decimal | None, after: Decimal, amount: Amount | None, phrase: str
    ) -> None:
        self.cart[sku] = after
        if op == "line":
            self.listed.add(sku)
        if before is None:
            name = "added"
        elif op in ("increase", "add") and after > before:
            name = "increased"
        elif op == "decrease":
            name = "decreased"
        else:
            name = "kept" if after == before else "set"
        self.changes.append(Change(name, sku, before, after, amount.unit if amount else None, phrase))

    def _unlikely(self, entry: Entry, after: Decimal, amount: Amount | None) -> bool:
        per = amount.per if amount is not None else None
        if per is not None and per >= LEAST_PRICE and per not in entry.packs.values():
            return not self.habits.is_usual(entry.sku, after)  # «хлеб 12 по 40»
        usual = self.habits.usual(entry.sku)
        if usual is not None:
            return after > usual * TIMES
        return packings(entry, after, amount.unit if amount else None) > PACKINGS

    def _ask(
        self, phrase: str, reason: Reason, op: str, entry: Entry, amount: Amount | None, options: Sequence[Decimal]
    ) -> None:
        quantity, unit = stated_quantity(amount)
        operation = "set" if op == "line" else op
        self._question(
            Question(
                phrase or entry.item.name, reason, (entry.sku,), operation, quantity, unit, entry.sku, tuple(options)
            )
        )

    def _question(self, question: Question) -> None:
        """The same question is asked once."""
        same = any(
            q.phrase == question.phrase
            and q.reason == question.reason
            and q.sku == question.sku
            and q.candidates == question.candidates
            and (q.quantity == question.quantity or question.reason == Reason.confirm)
            for q in self.questions
        )
        if not same:
            self.questions.append(question)

    def ask_quantity(self, op: str, entry: Entry, phrase: str) -> None:
        """«Сколько?», with the customer's last and usual quantities as options."""
        options = [q for q in (self.habits.last(entry.sku), self.habits.usual(entry.sku)) if q is not None]
        options = list(dict.fromkeys(o for o in options if not step_options(entry, o)))
        self._ask(phrase, Reason.quantity, op, entry, None, options)

    def ask_product(self, phrase: str, candidates: Sequence[str], op: str, amount: Amount | None) -> None:
        """Which product, or none such."""
        quantity, unit = stated_quantity(amount)
        reason = Reason.ambiguous
        self._question(Question(phrase, reason, tuple(candidates), "set" if op == "line" else op, quantity, unit))

    def ask_unknown(self, phrase: str, near: Sequence[str], op: str, amount: Amount | None) -> None:
        """No such product; `near` is what comes closest."""
        quantity, unit = stated_quantity(amount)
        self._question(Question(phrase, Reason.unknown, tuple(near)[:5], "set" if op == "line" else op, quantity, unit))

    def remove(self, sku: str, phrase: str) -> None:
        """Take a line out of the cart."""
        before = self.cart.pop(sku, None)
        self.changes.append(Change("removed", sku, before, None, None, phrase))

    def replace(self, old: str, entry: Entry, amount: Amount | None, phrase: str) -> None:
        """Put a product in another's place; without an amount the old quantity goes over."""
        quantity = self.cart.get(old)
        asked = len(self.questions)
        if amount is None and quantity is not None:
            self.put_base("add" if entry.sku in self.cart else "set", entry, quantity, None, phrase)
        else:
            self.put("set", entry, amount, phrase)
        if len(self.questions) > asked:
            self.questions[-1] = replace(self.questions[-1], operation=f"replace:{old}", quantity=quantity)
            return
        before = self.cart.pop(old, None)
        if self.changes:
            self.changes.pop()
        self.changes.append(Change("removed", old, before, None, None, phrase))
        self.changes.append(Change("replaced", entry.sku, quantity, self.cart.get(entry.sku), None, phrase))

    def scale(self, sku: str, how: str, phrase: str) -> None:
        """Double, triple, halve a line; what does not come out on a step is asked."""
        entry = self.index.by_sku.get(sku)
        before = self.cart.get(sku)
        if entry is None or before is None:
            return
        after = before * SCALES[how]
        after = after.quantize(Decimal(1)) if after == after.to_integral_value() else after.normalize()
        steps = step_options(entry, after) if after <= _MOST else ()
        if steps or after > _MOST:
            much = Amount(after) if after > _MOST else None
            self._ask(phrase or entry.item.name, Reason.quantity, "set", entry, much, steps)
            return
        if after > before and self._confirms(entry, after, None, phrase):
            return
        self.cart[sku] = after
        self.changes.append(Change("increased" if after > before else "decreased", sku, before, after, None, phrase))

    def clear(self) -> None:
        """Empty the cart."""
        for sku, before in list(self.cart.items()):
            self.changes.append(Change("cleared", sku, before, None))
        if not self.cart:
            # Open questions go as well, so an empty cart is cleared too.
            self.changes.append(Change("cleared", "", None, None))
        self.cart.clear()

    def repeat(self, lines: Mapping[str, Decimal], add: bool) -> None:
        """Put a past order's lines into the cart."""
        if not add:
            self.cart.clear()
        for sku, quantity in lines.items():
            before = self.cart.get(sku)
            self.cart[sku] = (before or Decimal(0)) + quantity if add else quantity
            self.changes.append(Change("repeated", sku, before, self.cart[sku]))


def stated_quantity(amount: Amount | None) -> tuple[Decimal | None, str | None]:
    """The amount as a question keeps it."""
    if amount is None:
        return None, None
    if amount.per is not None:
        return amount.value * amount.per, "шт"
    return amount.value, amount.unit


def question_amount(quantity: Decimal | None, unit: str | None) -> Amount | None:
    """The reverse of `stated_quantity`."""
    if quantity is None:
        return None
    family = "weight" if unit == "кг" else "volume" if unit == "л" else "count"
    return Amount(quantity, unit, family)
