"""A message cut into lines of name, quantity and unit by regular expressions, as such pipelines do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from order_text.units import unit_of

_BORDER = re.compile(r"[\n;]+|,(?!\d)|(?<!\d),|(?<=\D)\.\s+")
_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?)"
_UNIT = r"(?P<unit>[a-zа-яё]+)?\.?"
_LAST = re.compile(rf"^(?P<name>.*?[^\d\s])[\s:=–—-]*{_NUMBER}\s*{_UNIT}\s*$", re.IGNORECASE)
_FIRST = re.compile(rf"^\W*{_NUMBER}\s*{_UNIT}\s+(?P<name>.*\S)\s*$", re.IGNORECASE)

_BASE = {"weight": "кг", "volume": "л"}
"""The units that weights and volumes are turned into."""


@dataclass(frozen=True)
class Line:
    """One line of an order as written; `unit` is canonical, empty when none was said."""

    name: str
    quantity: Decimal | None = None
    unit: str = ""


def split(text: str) -> Iterator[Line]:
    """The lines of a message, those without a quantity too."""
    for part in _BORDER.split(text):
        part = part.strip(" .-–—•*\t")
        if any(letter.isalpha() for letter in part):
            yield _line(part)


def _line(part: str) -> Line:
    found = _LAST.match(part)
    unit = unit_of(found["unit"]) if found and found["unit"] else None
    if found and (unit or not found["unit"]):
        return _counted(found["name"], found["number"], unit)
    found = _FIRST.match(part)
    if found is None:
        return Line(part)
    unit = unit_of(found["unit"]) if found["unit"] else None
    name = found["name"] if unit or not found["unit"] else f"{found['unit']} {found['name']}"
    return _counted(name, found["number"], unit)


def _counted(name: str, number: str, unit: tuple[str, str, Decimal] | None) -> Line:
    if unit is not None and unit[0] == "percent":
        return Line(f"{name} {number}%")
    quantity = Decimal(number.replace(",", "."))
    if unit is None:
        return Line(name.strip(), quantity)
    return Line(name.strip(), quantity * unit[2], _BASE.get(unit[0], unit[1]))
