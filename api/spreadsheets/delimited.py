"""CSV, TSV and plain lists: which mark parts the columns, and the rows."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from api.spreadsheets import limits
from api.spreadsheets.encodings import decoded
from api.spreadsheets.errors import Unreadable
from api.spreadsheets.gathering import Gatherer

_MARKS = (";", "\t", "|", ",")
_SAMPLE_LINES = 300
_AGREE = 0.6
"""Of the lines of a sample have as many columns as most of them."""
_SAID = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
"""Excel's own first line, which names the mark."""
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")


def read(content: bytes, gatherer: Gatherer) -> None:
    """Reads the text as one sheet; every cell is a text."""
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    said = _SAID.fullmatch(first.strip('\ufeff "'))
    mark = said.group(1) if said else delimiter(text)
    lines = (rest if said else text).split("\n")
    gatherer.begin("")
    try:
        for row in _rows(lines, mark) if mark else ([line] for line in lines):
            gatherer.row(row)
    except csv.Error as error:
        raise Unreadable("broken", f"csv: {error}") from error


def _rows(lines: Sequence[str], mark: str) -> Iterator[list[str]]:
    """The rows of cells. A quotation mark that is never closed would swallow all that follows: then none counts."""
    csv.field_size_limit(limits.CELL_CHARS * 100)
    if sum(line.count('"') for line in lines) % 2:
        plain = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE)
        return ([cell.strip('"') for cell in row] for row in plain)
    return csv.reader((line + "\n" for line in lines), delimiter=mark)


def delimiter(text: str) -> str:
    """The mark that parts the columns; empty for a list of plain lines, which keep their quotation marks."""
    lines = [line for line in text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES] if line.strip()]
    found = [(score, -place, mark) for place, mark in enumerate(_MARKS) if (score := _parts(lines, mark))]
    return max(found)[2] if found else ""


def _parts(lines: Sequence[str], mark: str) -> float:
    """How well the mark parts the lines, and into as many columns each; 0: it parts nothing."""
    if mark == ",":
        commas = sum(line.count(mark) for line in lines)
        if sum(len(_DECIMAL.findall(line)) for line in lines) * 2 > commas:
            return 0.0  # «молоко 3,2%»
    try:
        counts = Counter(len(row) for row in _rows(lines, mark) if row)
    except csv.Error:
        return 0.0
    parted = sum(count for columns, count in counts.items() if columns > 1)
    usual = max((count for columns, count in counts.items() if columns > 1), default=0)
    if not parted or parted < len(lines) * _AGREE or (mark == "," and usual < len(lines) * _AGREE):
        return 0.0
    return (usual + parted) / (2 * len(lines))
