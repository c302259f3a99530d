"""Which of a mention's numbers and units is the quantity: every way to read it."""

from dataclasses import dataclass
from decimal import Decimal

from api.understanding.atom import Atom
from api.understanding.quantities import Amount, measured

_MANNER = ("ами", "ями")
"""«укропа пучками», «муку мешками»: how it is packed, not how much."""
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Option:
    """Which elements are the quantity."""

    amount: Amount | None
    used: frozenset[int]
    units_as_words: bool = False


def options(elements: list[Atom]) -> list[Option]:
    """All ways to choose the quantity among the elements of a mention; the first chooses none."""
    found = [Option(None, frozenset())]
    units = any(atom.kind == "unit" for atom in elements)
    if units:
        found.append(Option(None, frozenset(), True))
    for i, atom in enumerate(elements):
        value = atom.token.value
        if atom.kind == "amount":
            found.append(Option(atom.amount, frozenset({i})))
        elif atom.kind == "number" and value is not None:
            found.extend(_numbered(elements, i, value, units))
        elif atom.kind == "figure" and atom.role in ("weight", "volume") and atom.figure and atom.token.value2 is None:
            found.append(Option(measured(atom.figure.value, atom.role), frozenset({i})))
            if units:
                found.append(Option(measured(atom.figure.value, atom.role), frozenset({i}), True))
        elif atom.kind == "figure" and atom.role == "size" and atom.figure and atom.token.role == "times":
            found.append(Option(Amount(atom.figure.value, None, per=atom.figure.value2), frozenset({i})))
        elif atom.kind == "unit" and not _numbers_beside(elements, i) and not atom.token.norm.endswith(_MANNER):
            family = atom.role
            found.append(Option(Amount(Decimal(1), atom.token.unit, family, implied=True), frozenset({i})))
    return found


def _numbered(elements: list[Atom], i: int, value: Decimal, units: bool) -> list[Option]:
    after = elements[i + 1] if i + 1 < len(elements) else None
    before = elements[i - 1] if i else None
    if after is not None and after.kind == "unit" and ("one" not in after.token.tags or value == 1):
        chosen = Option(counted_in(value, after), frozenset({i, i + 1}))
        others = sum(atom.kind == "unit" for atom in elements) > 1  # «3 рулона мешков»
        return [chosen, Option(chosen.amount, chosen.used, True)] if others else [chosen]
    found = []
    whole = value % 1 == 0 or value == HALF
    if (
        before is not None
        and before.kind == "unit"
        and (whole or before.role != "count")
        and not (i > 1 and elements[i - 2].kind == "number")
    ):
        found.append(Option(counted_in(value, before), frozenset({i, i - 1})))
    found.append(Option(Amount(value), frozenset({i})))
    if units:
        found.append(Option(Amount(value), frozenset({i}), True))
    return found


def counted_in(value: Decimal, unit: Atom) -> Amount:
    """So many of the unit: «2 коробки», «3 кг»."""
    if unit.role in ("weight", "volume"):
        return measured(value * (unit.token.value or 1), unit.role)
    return Amount(value, unit.token.unit)


def _numbers_beside(elements: list[Atom], i: int) -> bool:
    beside = elements[i - 1 : i] + elements[i + 1 : i + 2]
    if any(atom.role == "span" for atom in beside) or (elements[i + 1 : i + 2] and elements[i + 1].kind == "figure"):
        return True  # «коробки две-три», «банка 0,45 л»
    if (
        i
        and elements[i - 1].kind == "number"
        and ("one" not in elements[i].token.tags or elements[i - 1].token.value == 1)
        and (elements[i - 1].token.role == "spoken" or _counts(elements[i - 1]))
    ):
        return True
    following = elements[i + 1] if i + 1 < len(elements) else None
    return following is not None and following.kind == "number" and _counts(following)


def _counts(atom: Atom) -> bool:
    """Whether the number may count packings: «кор 2,5» is a box of what has 2,5 %."""
    return atom.token.value is not None and (atom.token.value % 1 == 0 or atom.token.value == HALF)
