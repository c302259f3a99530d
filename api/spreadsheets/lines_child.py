"""The process that opens a long table: `python -m api.spreadsheets.lines_child < file > rows`, one line a row.

The same readers and the same caution as `child`, but a row is said as soon as it is read, so a catalogue of a hundred
thousand rows is never held by whoever asked.
"""

import json
import sys
from collections.abc import Sequence
from typing import TextIO

from api.spreadsheets import archives, delimited, html_tables, limits, wire, workbooks
from api.spreadsheets.child import confine
from api.spreadsheets.errors import Unreadable
from api.spreadsheets.gathering import Gatherer, cell
from api.spreadsheets.sniffing import sniff


class Teller(Gatherer):
    """Says the rows of the first sheet that holds anything; of the next ones only that they are there."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out
        self._place = self._told = 0
        self._first = self._more = False

    def begin(self, name: str) -> None:
        """A new sheet."""
        self._first, self._place = not self._told, 0

    def row(self, values: Sequence[object]) -> None:
        """The next row of the sheet, empty ones too."""
        self._place += 1
        row = tuple(cell(value) for value in values[: limits.COLUMNS])
        if not any(value is not None for value in row):
            return
        if not self._first:
            self._say_more()
            return
        self._told += 1
        if self._told > limits.LONG_ROWS:
            raise Unreadable("too_many_rows", f"more than {limits.LONG_ROWS}")
        self._out.write(wire.packed_row(self._place, row) + "\n")

    def _say_more(self) -> None:
        if not self._more:
            self._out.write(json.dumps({"more": True}) + "\n")
        self._more = True

    def end(self) -> None:
        """Raises Unreadable when nothing was said."""
        if not self._told:
            raise Unreadable("empty", "no sheet with a cell")


def read(content: bytes, out: TextIO) -> None:
    """Says the rows of a file; raises Unreadable, also after some of them."""
    if len(content) > limits.LONG_BYTES:
        raise Unreadable("too_big", f"more than {limits.LONG_BYTES} bytes")
    kind, teller = sniff(content), Teller(out)
    if kind == "archive":
        archives.weigh(content)
    {"archive": workbooks, "workbook": workbooks, "html": html_tables, "text": delimited}[kind].read(content, teller)
    teller.end()


def main() -> None:
    """The last line is an object when the file could not be read to its end."""
    confine(limits.LONG_CPU_SECONDS, limits.LONG_ANSWER_BYTES)
    try:
        read(sys.stdin.buffer.read(limits.LONG_BYTES + 1), sys.stdout)
    except Unreadable as error:
        sys.stdout.write(json.dumps({"error": error.code, "evidence": error.evidence}) + "\n")
    except (MemoryError, RecursionError) as error:
        sys.stdout.write(json.dumps({"error": "bomb", "evidence": type(error).__name__}) + "\n")


if __name__ == "__main__":
    main()
