"""Cells as people write them: numbers with spaces and commas, days, times, weekdays, packings."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from api.domain.product import Packaging
from api.domain.sheet import Cell
from api.erp.folder import words
from api.spreadsheets.limits import CELL_CHARS

MOST = Decimal(10) ** 9
"""A greater quantity or sum is a slip."""
_DATES = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y", "%Y.%m.%d", "%d-%m-%Y")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_MONEY = re.compile(r"(?:₽|руб(?:лей|ля)?\.?|р\.)$", re.IGNORECASE)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SPOILT = re.compile(r"\d(?:[.,]\d+)?[eе]\+\d+", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2})(?:[:.-](\d{2})(?::\d{2})?)?")
_PACK = re.compile(r"([^\W\d_]+)\.?\s*[=(:x×х*-]?\s*(\d+(?:[.,]\d+)?)\)?")
_DAYS = re.compile(r"[^\W_]+|-")


class Wrong(Exception):
    """A cell that does not hold what its column needs."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def text(cell: Cell) -> str:
    """Any cell as a text of one line; a number without a tail of zeros."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if len(cell) >= CELL_CHARS:
        raise Wrong(f"текст короче {CELL_CHARS} знаков")
    return cell


def code(cell: Cell) -> str:
    """An article or another code. Excel turns long ones into «4,6E+12», «10-12» into a day, and then they are lost."""
    found = text(cell)
    if isinstance(cell, date) or _SPOILT.fullmatch(found):
        raise Wrong("код целиком, а не в виде «4,6E+12» или даты: задайте столбцу в Excel формат «Текстовый»")
    return found


def number(cell: Cell) -> Decimal:
    """«1 234,50 ₽», «1.5», «1,234.50»: a number not below zero."""
    if isinstance(cell, Decimal):
        found = cell
    else:
        plain = _plain(text(cell))
        if "," in plain and "." in plain:
            plain = plain.replace("," if plain.rfind(",") < plain.rfind(".") else ".", "")
        plain = plain.replace(",", ".").replace("\N{MINUS SIGN}", "-")
        if not _NUMBER.fullmatch(plain) or not plain.isascii() or len(plain) > CELL_CHARS:
            raise Wrong("число")
        found = Decimal(plain)
    if found < 0:
        raise Wrong("число не меньше нуля")
    if found > MOST:
        raise Wrong(f"число не больше {MOST:,.0f}".replace(",", " "))
    return found


def _plain(cell: str) -> str:
    """Without blanks and «₽»."""
    return _MONEY.sub("", "".join(cell.split()).replace("'", ""))


def money(cell: Cell) -> Decimal:
    """Roubles. «1.250» may be a thousand or one: a price that is a thousand times too low must not pass."""
    if isinstance(cell, str) and _THOUSANDS.fullmatch(_plain(cell)):
        raise Wrong("сумма без точки или запятой перед тысячами и не точнее копеек: 1250 или 1,25")
    return number(cell)


def debt(cell: Cell) -> Decimal:
    """Roubles that may be negative: an advance."""
    return signed(cell, money)


def signed(cell: Cell, read: Callable[[Cell], Decimal] = number) -> Decimal:
    """A number that may be negative."""
    plain = cell if isinstance(cell, Decimal) else text(cell).strip().replace("\N{MINUS SIGN}", "-")
    negative = plain < 0 if isinstance(plain, Decimal) else plain.startswith("-")
    found = read(abs(plain) if isinstance(plain, Decimal) else plain.removeprefix("-"))
    return -found if negative else found


def whole(cell: Cell) -> int:
    """A whole number of days."""
    found = number(cell)
    if found != found.to_integral_value() or found > 3650:
        raise Wrong("целое число дней")
    return int(found)


def factor(cell: Cell) -> Decimal:
    """A number above zero."""
    found = number(cell)
    if not found:
        raise Wrong("число больше нуля")
    return found


def day(cell: Cell) -> date:
    """«16.12.2025», «2025-12-16», also with a time behind; a day of a spreadsheet."""
    if isinstance(cell, date):
        return cell
    plain = re.split(r"[ T]", text(cell).strip(), maxsplit=1)[0]
    for form in _DATES:
        try:
            found = datetime.strptime(plain, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        if 2000 <= found.year <= 2100:
            return found
    raise Wrong("дата")


def clock(cell: Cell) -> time:
    """«9», «9:30», «09-30»."""
    found = _TIME.fullmatch(text(cell).strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise Wrong("время")
    return time(int(found[1]), int(found[2] or 0))


def yes(cell: Cell) -> bool:
    """«да», «нет», «+», «1»."""
    said = words.fold(text(cell)) or text(cell).strip()
    if said in words.YES:
        return True
    if said in words.NO:
        return False
    raise Wrong("«да» или «нет»")


def weekdays(cell: Cell) -> tuple[int, ...]:
    """«пн, ср, пт», «1,3,5», «пн-пт», «ежедневно» as ISO weekdays."""
    said = [part if part == "-" else words.fold(part) for part in _DAYS.findall(text(cell).replace("–", "-"))]
    if len(said) == 1 and said[0].isdigit():
        said = list(said[0])  # «135», and «1,3» which a spreadsheet took for a number
    found: set[int] = set()
    last = span = 0
    for part in said:
        if part == "-":
            span = last
        elif part in words.EVERY_DAY:
            found |= set(words.EVERY_DAY[part])
        elif part in words.WEEKDAYS:
            last = words.WEEKDAYS[part]
            found |= {last, *range(span, last)} if span else {last}
            span = 0
        else:
            raise Wrong("дни недели")
    if not found or span:
        raise Wrong("дни недели")
    return tuple(sorted(found))


def packs(cell: Cell) -> tuple[Packaging, ...]:
    """«кор=12», «кор 12; дес=10»: what each packing holds of the base unit."""
    found: dict[str, Decimal] = {}
    for part in re.split(r"[;|\n]|,(?!\d)", text(cell)):
        if not part.strip():
            continue
        pack = _PACK.fullmatch(part.strip())
        if pack is None or pack[1] in found:
            raise Wrong("упаковка и сколько в ней")
        found[pack[1]] = factor(pack[2])
    return tuple(Packaging(unit, size) for unit, size in found.items())


def chosen(table: dict[str, str], expected: str) -> Callable[[Cell], str]:
    """A reader of one of the table's words."""

    def read(cell: Cell) -> str:
        found = table.get(words.fold(text(cell)))
        if found is None:
            raise Wrong(expected)
        return found

    return read
