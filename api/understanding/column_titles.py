"""What the titles of a list say of its columns, and where they stand."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from api.domain.sheet import Cell, Row
from api.understanding import column_words as words
from api.understanding.amount_cells import counted
from order_text.normalize import fold
from order_text.units import unit_of

Role = Literal["name", "quantity", "unit", "article", "note", "money", "counting", "other"]

HEADED = 40
"""A heading stands within so many rows."""
LONGEST_TITLE = 60
_WORD = re.compile(r"[^\W\d_]+|№")


def shown(cell: Cell) -> str:
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)


@lru_cache(maxsize=2_000)
def role_of(title: str) -> Role | None:
    """What a heading says of its column; None: nothing that we know."""
    text = fold(title)
    said = _WORD.findall(text)
    if not said or len(title) > LONGEST_TITLE:
        return None
    if _places(said, words.NOTE):
        return "note"
    if any(held in text for held in words.PACKED_IN):
        return "other"
    article = [0] if text.startswith(words.ARTICLE_NUMBER) else _places(said, words.ARTICLE)
    if article and not _places(said, ("штрих", "bar", *words.MONEY)):
        return "article" if article[0] == 0 or not _places(said, words.OTHER) else "other"
    for role, stems in (("money", words.MONEY), ("other", words.OTHER), ("counting", words.COUNTING)):
        if _places(said, stems):
            return role  # type: ignore[return-value]
    if _places(said, words.COUNTED):
        return "quantity"
    ordered, measured = _places(said, words.ORDERED), _places(said, words.UNIT)
    if ordered or measured:
        return "quantity" if ordered and (not measured or ordered[0] < measured[0]) else "unit"
    if _places(said, words.NAME):
        return "name"
    return "quantity" if all(unit_of(word) for word in said) else None


def _places(said: Sequence[str], stems: Sequence[str]) -> list[int]:
    return [
        place
        for place, word in enumerate(said)
        if any(word == stem[:-1] if stem.endswith("$") else word.startswith(stem) for stem in stems)
    ]


def unit_in(title: str) -> str:
    """«кор» of «Заказ, кор.»; empty where no unit, or more than one, is named."""
    said = [word for word in _WORD.findall(fold(title)) if unit_of(word) is not None]
    return said[0] if len(said) == 1 and role_of(title) == "quantity" else ""


def heading_of(rows: Sequence[Row]) -> tuple[tuple[str, ...], int, int]:
    """The titles, their first row, and the first row below them; no titles where no row reads like a heading."""
    best, found = 1.0, None
    for place, row in enumerate(rows[:HEADED]):
        score = _likeness_to_heading(row)
        if score > best or (score == 1.0 and found is None and _heads_alone(rows, place)):
            best, found = max(best, score), place
    if found is None:
        return (), 0, 0
    titles, below = [text_of(cell) for cell in rows[found]], found + 1
    if below < len(rows) and _continues(titles, rows[below]):
        lower = [text_of(cell) for cell in rows[below]]
        width = max(len(titles), len(lower))
        padded = [*titles, *[""] * (width - len(titles))], [*lower, *[""] * (width - len(lower))]
        titles, below = _stacked(*padded), below + 1
    return tuple(titles), found, below


def _likeness_to_heading(row: Row) -> float:
    """How many titles it has; a number among them, or a long text, speaks against it."""
    texts = [cell for cell in row if isinstance(cell, str)]
    if any(isinstance(cell, Decimal) for cell in row) or any(counted(text) for text in texts):
        return 0.0
    roles = [role for text in texts if (role := role_of(text)) is not None]
    if not {"name", "quantity", "article"}.intersection(roles):
        return 0.0
    return len(set(roles)) + len(roles) / 100 if len(roles) > 1 else 1.0


def _heads_alone(rows: Sequence[Row], place: int) -> bool:
    """A single title: «Товар» over the only column, or beside titles of the customer's own («Бар», «Кухня») that
    stand over numbers."""
    row = [cell for cell in rows[place] if cell is not None]
    below = rows[place + 1] if place + 1 < len(rows) else ()
    said = [_WORD.findall(fold(text_of(cell))) for cell in row if role_of(text_of(cell)) is not None]
    if len(said[0]) > 2:
        return False
    if len(row) == 1:
        return place == 0 and len(said[0]) == 1 and len(rows) > 1
    titled = (at for at, cell in enumerate(rows[place]) if cell is not None)
    return any(at < len(below) and counted(below[at]) is not None for at in titled)


def _continues(titles: Sequence[str], row: Row) -> bool:
    """The second line of a heading: «шт | кор» below «Количество»; below the names stand goods already."""
    texts = [cell for cell in row if cell is not None]
    named = any(role_of(title) == "name" and cell is not None for title, cell in zip(titles, row, strict=False))
    return bool(texts) and not named and all(isinstance(text, str) and _is_title(text) for text in texts)


def _is_title(text: str) -> bool:
    return counted(text) is None and role_of(text) in ("quantity", "unit", "money")


def _stacked(upper: list[str], lower: list[str]) -> list[str]:
    """Both lines of a heading; a merged upper cell stands over all columns to its right that have a lower one."""
    titles, over = [], ""
    for above, below in zip(upper, lower, strict=True):
        over = above or (over if below else "")
        titles.append(" ".join(part for part in (over, below) if part))
    return titles


def text_of(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else shown(cell)
