"""A table for people: `text;intent;entities;source;by`. Only the first two columns are needed.

`entities`: «0-5 product, 6-7 quantity» in characters of the text; «-»: nothing to mark; empty: nobody looked.
"""

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from api.spreadsheets.encodings import decoded
from api.spreadsheets.errors import Unreadable as NotText
from api.training.dataset.errors import Unreadable
from api.training.dataset.notation import Entities, value_of
from api.training.schemas import Reviewed

COLUMNS = ("text", "intent", "entities", "source", "by")
NEEDED = COLUMNS[:2]
MARKED_NONE = "-"
_FORMULA = re.compile(r"'*[=+\-@]")
"""A cell that begins so would be computed by a spreadsheet; one more apostrophe keeps it a text."""
_PIECE = re.compile(r"(\d+)-(\d+) ([\w-]+)")


def read(content: bytes, source: str, by: str) -> list[Reviewed]:
    """Raises Unreadable with the line."""
    try:
        text = decoded(content).removeprefix("\ufeff")
    except NotText as error:
        raise Unreadable("Это не текстовая таблица. Сохраните её как CSV (UTF-8).") from error
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_mark(text), strict=True)
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
        if missing := [name for name in NEEDED if name not in columns]:
            raise Unreadable(f"В первой строке нет столбцов: {', '.join(missing)}. Нужны: {';'.join(COLUMNS)}.")
        return [_example(columns, row, rows.line_num, source, by) for row in rows if any(map(str.strip, row))]
    except csv.Error as error:
        raise Unreadable(f"Таблица испорчена в строке {rows.line_num}: проверьте кавычки.") from error


def write(examples: Sequence[Reviewed]) -> bytes:
    """In UTF-8 with its mark, as spreadsheets in Russian want it."""
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(COLUMNS)
    for one in examples:
        text, entities = value_of(one.text, one.entities)
        table.writerow(map(_cell, (text, one.intent, _pieces(entities), one.source, one.by)))
    return out.getvalue().encode("utf-8-sig")


def _mark(text: str) -> str:
    head = text.partition("\n")[0]
    return max(";,\t", key=head.count)


def _example(columns: list[str], row: list[str], line: int, source: str, by: str) -> Reviewed:
    if len(row) > len(columns):
        raise Unreadable(f"Строка {line}: столбцов больше, чем в заголовке. Текст с «;» возьмите в кавычки.")
    cells = dict(zip(columns, map(_said, row), strict=False))
    intent = cells.get("intent", "").strip()
    if not cells.get("text", "").strip() or not intent:
        raise Unreadable(f"Строка {line}: нет текста или смысла.")
    try:
        text, entities = value_of(cells["text"], _marked(cells.get("entities", "").strip()))
    except ValueError as error:
        raise Unreadable(f"Строка {line}: разметка не подходит к тексту (пример: «0-5 product»).") from error
    return Reviewed(text, intent, entities, cells.get("source") or source, cells.get("by") or by)


def _marked(cell: str) -> list[dict[str, Any]] | None:
    if cell in ("", MARKED_NONE):
        return None if not cell else []
    found = []
    for part in cell.split(","):
        piece = _PIECE.fullmatch(part.strip())
        if piece is None:
            raise ValueError(part)
        found.append({"start": int(piece[1]), "end": int(piece[2]), "entity": piece[3]})
    return found


def _pieces(entities: Entities) -> str:
    if entities is None:
        return ""
    return ", ".join(f"{one['start']}-{one['end']} {one['entity']}" for one in entities) or MARKED_NONE


def _cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and text != MARKED_NONE else text


def _said(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
