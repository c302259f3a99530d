"""Which column of a list holds the name, the article, the unit, the quantity; and when only the customer can tell."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from api.domain.sheet import Cell, Row
from api.understanding import column_words as words
from api.understanding.amount_cells import Counted, counted, is_blank
from api.understanding.column_titles import Role, heading_of, role_of, shown, text_of, unit_in
from order_text.normalize import fold
from order_text.units import unit_of

NONE = -1
"""Chosen by the customer: no column holds quantities."""
SAMPLE, OFFERED = 60, 8
MOSTLY, OFTEN, SOMETIMES = 0.8, 0.6, 0.3
SHORTEST_CODE = 4
BARCODE = 10_000_000
MODEST = 50
"""A column without a heading whose numbers are rather greater holds prices as likely."""
_TOTAL = re.compile(rf"(?:{'|'.join(words.TOTALS)})(?!\w)")


@dataclass(frozen=True)
class Column:
    """A column to choose: its place from 0, and what it is called."""

    place: int
    title: str


@dataclass(frozen=True)
class Layout:
    """Which columns say what; the goods begin at row `first`. `rivals`: any of these may be the quantity."""

    first: int
    name: int | None = None
    article: int | None = None
    quantity: int | None = None
    unit: int | None = None
    note: int | None = None
    title_unit: str = ""
    heading: tuple[Row, ...] = ()
    rivals: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Known:
    """What the catalogue says of a cell: whether its words name goods, whether it is an article."""

    names: Callable[[str], bool]
    article: Callable[[Cell], bool]


@dataclass
class _Table:
    """The rows below the heading, column by column."""

    rows: Sequence[Row]
    first: int
    titles: tuple[str, ...]
    known: Known
    taken: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.width = max((len(row) for row in self.rows), default=0)
        self.goods = [row for row in self.rows[self.first :] if not is_total(row)]
        self._cells: dict[int, list[Cell]] = {}
        self._numbers: dict[int, list[Counted]] = {}

    def title(self, place: int) -> str:
        return self.titles[place] if place < len(self.titles) else ""

    def role(self, place: int) -> Role | None:
        return role_of(self.title(place))

    def cells(self, place: int) -> list[Cell]:
        """The column's cells that hold anything."""
        if place not in self._cells:
            column = (row[place] if place < len(row) else None for row in self.goods)
            self._cells[place] = [cell for cell in column if not is_blank(cell)]
        return self._cells[place]

    def sample(self, place: int) -> list[Cell]:
        """Some cells from all over the column."""
        cells = self.cells(place)
        return cells[:: max(1, len(cells) // SAMPLE)]

    def numbers(self, place: int) -> list[Counted]:
        if place not in self._numbers:
            self._numbers[place] = [found for cell in self.cells(place) if (found := counted(cell)) is not None]
        return self._numbers[place]

    def is_numeric(self, place: int) -> bool:
        cells = self.cells(place)
        return bool(cells) and len(self.numbers(place)) >= len(cells) * OFTEN

    def share(self, place: int, holds: Callable[[Cell], bool]) -> float:
        sample = self.sample(place)
        return sum(holds(cell) for cell in sample) / len(sample) if sample else 0.0

    def places(self, *roles: Role | None) -> list[int]:
        """Columns below headings of these roles that are not taken yet."""
        return [place for place in range(self.width) if place not in self.taken and self.role(place) in roles]


def guess(rows: Sequence[Row], known: Known, chosen: int | None = None) -> Layout | None:
    """The layout; None where no column names goods. `chosen`: the customer's own answer, a column or NONE."""
    titles, top, first = heading_of(rows)
    table = _Table(rows, first, titles, known)
    article = _article(table)
    table.taken.update({article} if article is not None else ())
    name = _name(table)
    if name is None and article is None:
        return None
    table.taken.update({name} if name is not None else ())
    unit = _unit(table)
    table.taken.update({unit} if unit is not None else ())
    quantity, rivals = _quantity(table, name if name is not None else table.width)
    if chosen is not None:
        quantity, rivals = (chosen if 0 <= chosen < table.width else None), []
    note = next(iter(table.places("note")), None)
    return Layout(
        first=table.first + _is_count_of_columns(table.rows, table.first),
        name=name,
        article=article,
        quantity=quantity,
        unit=unit,
        note=note,
        title_unit=unit_in(table.title(quantity)) if quantity is not None else "",
        heading=tuple(rows[top:first]),
        rivals=tuple(Column(place, _called(table, place)) for place in rivals[:OFFERED]),
    )


def is_total(row: Row) -> bool:
    """Whether the row adds up the others: «Итого: 12 500»."""
    said = next((cell for cell in row if isinstance(cell, str)), "")
    return _TOTAL.match(fold(said).lstrip(" :-")) is not None


def _called(table: _Table, place: int) -> str:
    if title := table.title(place):
        return title
    examples = ", ".join(shown(cell) for cell in table.cells(place)[:3])
    return f"{_letter(place)}: {examples}"


def _letter(place: int) -> str:
    """«A», «B», … «AA»: as spreadsheets call their columns."""
    return (chr(ord("A") + place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _is_count_of_columns(rows: Sequence[Row], place: int) -> bool:
    """The row «1 | 2 | 3 | 4» that forms have below their heading."""
    if not 0 < place < len(rows):
        return False
    values = [found.value for cell in rows[place] if cell is not None and (found := counted(cell))]
    filled = sum(cell is not None for cell in rows[place])
    return len(values) == filled > 1 and values == [Decimal(n) for n in range(1, filled + 1)]


def _article(table: _Table) -> int | None:
    """The column whose cells are our articles; without a heading most must be, and be no small numbers."""

    def coded(cell: Cell) -> bool:
        return table.known.article(cell) and len(text_of(cell)) >= SHORTEST_CODE

    titled = {place: table.share(place, table.known.article) for place in table.places("article")}
    bare = {place: table.share(place, coded) for place in table.places(None)}
    found = {place: share for place, share in titled.items() if share > 0}
    found |= {place: share for place, share in bare.items() if share >= OFTEN}
    return max(found, key=lambda place: (found[place], -place), default=None)


def _name(table: _Table) -> int | None:
    """The column of names: by its heading, else the texts that the catalogue knows best."""

    def named(cell: Cell) -> bool:
        return isinstance(cell, str) and counted(cell) is None and table.known.names(cell)

    titled = [place for place in table.places("name") if table.cells(place)]
    scores = {place: table.share(place, named) for place in titled or table.places(None, "other", "quantity")}
    if not titled:
        scores = {place: share for place, share in scores.items() if share >= SOMETIMES}
    return max(scores, key=lambda place: (round(scores[place], 1), _length(table, place), -place), default=None)


def _length(table: _Table, place: int) -> float:
    sample = table.sample(place)
    return sum(len(text_of(cell)) for cell in sample) / len(sample) if sample else 0.0


def _unit(table: _Table) -> int | None:
    titled = [place for place in table.places("unit") if table.cells(place)]
    if titled:
        return titled[0]

    def is_unit(cell: Cell) -> bool:
        return isinstance(cell, str) and unit_of(fold(cell).strip(" .")) is not None

    return next((place for place in table.places(None, "other") if table.share(place, is_unit) >= MOSTLY), None)


def _quantity(table: _Table, name: int) -> tuple[int | None, list[int]]:
    """The column of quantities, or the columns that may be it."""
    titled = table.places("quantity")
    filled = [place for place in titled if table.is_numeric(place)]
    if filled:
        same = all(table.cells(place) == table.cells(filled[0]) for place in filled[1:])
        return (filled[0], []) if same else (None, filled)
    if titled:
        return titled[0], []
    unknown = [
        place for place in table.places(None) if table.is_numeric(place) and not _no_quantity(table, place, name)
    ]
    sums = _sums(table, unknown[:OFFERED])
    unknown = [place for place in unknown if place not in sums]
    if len(unknown) == 1 and not table.titles and _is_modest(table, unknown[0]):
        return unknown[0], []
    if unknown:
        return None, unknown
    return None, [place for place in table.places("other") if table.is_numeric(place) and not _is_barcode(table, place)]


def _no_quantity(table: _Table, place: int, name: int) -> bool:
    return _is_barcode(table, place) or _numbers_rows(table, place, name)


def _is_barcode(table: _Table, place: int) -> bool:
    return all(found.value >= BARCODE for found in table.numbers(place))


def _numbers_rows(table: _Table, place: int, name: int) -> bool:
    """«1, 2, 3 …» to the left of the names."""
    values = [found.value for found in table.numbers(place)]
    steps = [after - before for before, after in pairwise(values)]
    rising = sum(step == 1 for step in steps) >= len(steps) * MOSTLY
    return place < name and rising and (len(values) > 2 or values[:1] == [1])


def _is_modest(table: _Table, place: int) -> bool:
    values = sorted(found.value for found in table.numbers(place))
    broken = sum(value % 1 != 0 for value in values) > len(values) * SOMETIMES
    middle = values[len(values) // 2]
    return middle <= MODEST and not (broken and middle > MODEST / 2)


def _sums(table: _Table, places: Sequence[int]) -> set[int]:
    """Columns that are the product of two others: the sums of a list with quantities and prices."""
    return {
        total
        for total in places
        for one in places
        for other in places
        if one < other and total not in (one, other) and _multiplies(table, one, other, total)
    }


def _multiplies(table: _Table, one: int, other: int, total: int) -> bool:
    rows = []
    for row in table.goods:
        cells = [counted(row[place]) if place < len(row) else None for place in (one, other, total)]
        rows += [[found.value for found in cells if found]] if all(cells) else []
    fitting = sum(abs(a * b - c) <= Decimal("0.05") for a, b, c in rows)
    return len(rows) > 1 and fitting >= len(rows) * MOSTLY
