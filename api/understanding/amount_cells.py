"""Quantities as they stand in the cells of a list: «5», «1 234,5», «10 кор», 0.30000001, and what is none."""

import re
from dataclasses import dataclass
from decimal import Decimal

from api.domain.sheet import Cell
from api.understanding.column_words import NOTHING
from api.understanding.quantities import Amount, measured
from order_text.normalize import fold
from order_text.units import unit_of

_NUMBER = r"[+-]?\d[\d \u00a0\u202f.,']*"
_AMOUNT = re.compile(rf"({_NUMBER})\s*([^\W\d_][^\d]*)?")
_UNIT_FIRST = re.compile(rf"([^\W\d_][^\d]*?)[\s:.-]*({_NUMBER})")
_GROUPED = re.compile(r"[+-]?\d{1,3}([ '.,]\d{3})+")
_MARKS = " .,:;*_-–—"
_PLACES = Decimal("0.001")


@dataclass(frozen=True)
class Counted:
    """A number with the unit that stands in the same cell, as it is written; empty: none."""

    value: Decimal
    unit: str = ""


def is_blank(cell: Cell) -> bool:
    """Whether the cell says that nothing is wanted, or says nothing."""
    return cell is None or (isinstance(cell, str) and fold(cell).strip(_MARKS) in NOTHING)


def counted(cell: Cell) -> Counted | None:
    """The quantity of the cell; None where it is empty or holds something else, a day too."""
    if isinstance(cell, Decimal):
        return Counted(_rounded(cell))
    if not isinstance(cell, str) or is_blank(cell):
        return None
    text = cell.strip()
    if found := _AMOUNT.fullmatch(text):
        written, unit = found.group(1), found.group(2) or ""
    elif found := _UNIT_FIRST.fullmatch(text):
        unit, written = found.groups()
    else:
        return None
    value = number(written)
    if value is None or (unit and unit_of(_bare(unit)) is None):
        return None
    return Counted(_rounded(value), _bare(unit))


def number(text: str) -> Decimal | None:
    """A number as people and programs write it. Of two marks the last is the decimal one, of equal marks none is."""
    plain = text.strip().replace("\u00a0", " ").replace("\u202f", " ").rstrip(" .,'")
    marks = [sign for sign in plain if sign in ".,"]
    if len(set(marks)) == 2:
        decimal = marks[-1]
        if marks.count(decimal) > 1:
            return None
        whole, _, rest = plain.rpartition(decimal)
        return _joined(whole, rest) if _GROUPED.fullmatch(whole) else None
    if len(marks) > 1 or (not marks and any(sign in plain for sign in " '")):
        return _joined(plain, "") if _GROUPED.fullmatch(plain) else None
    whole, _, rest = plain.replace(",", ".").partition(".")
    if any(sign in whole for sign in " '") and not _GROUPED.fullmatch(whole):
        return None
    return _joined(whole, rest)


def _joined(whole: str, rest: str) -> Decimal | None:
    digits = re.sub(r"[ '.,]", "", whole)
    if not rest.isdigit() and rest:
        return None
    return Decimal(f"{digits}.{rest}" if rest else digits) if digits.lstrip("+-").isdigit() else None


def _rounded(value: Decimal) -> Decimal:
    if abs(value) >= Decimal(10) ** 12:
        return value
    short = value.quantize(_PLACES).normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _bare(unit: str) -> str:
    return fold(unit).strip(" .,;:-")


def amount_of(cell: Counted, unit: str) -> Amount:
    """The amount in the cell's own unit, else in that of its column; a unit that nobody knows is kept as it is."""
    named = cell.unit or _bare(unit)
    known = unit_of(named) if named else None
    if known is None:
        return Amount(cell.value, named or None)
    family, canonical, factor = known
    if family in ("weight", "volume"):
        return measured(cell.value * factor, family)
    return Amount(cell.value, canonical)
