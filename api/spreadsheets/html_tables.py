"""HTML that calls itself «xls», as reports of many accounting systems do: its tables are the sheets."""

from html.parser import HTMLParser

from api.spreadsheets import limits
from api.spreadsheets.encodings import decoded
from api.spreadsheets.gathering import Gatherer

_CELLS, _SILENT = ("td", "th"), ("script", "style", "head", "title")
_BREAKS = ("br", "p", "div")


class _Tables(HTMLParser):
    """Collects rows; a table within a cell is a part of its text."""

    def __init__(self, gatherer: Gatherer) -> None:
        super().__init__(convert_charrefs=True)
        self._gatherer = gatherer
        self._depth = self._silent = 0
        self._row: list[str] | None = None
        self._text: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._gatherer.begin("")
        elif self._depth == 1 and tag == "tr":
            self._end_row()
            self._row = []
        elif self._depth == 1 and tag in _CELLS and self._row is not None:
            self._end_cell()
            self._text, self._span = [], _span(dict(attrs).get("colspan"))
        elif tag in _BREAKS and self._text is not None:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "table":
            if self._depth == 1:
                self._end_row()
            self._depth = max(0, self._depth - 1)
        elif self._depth == 1 and tag == "tr":
            self._end_row()
        elif self._depth == 1 and tag in _CELLS:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._silent:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._text is not None and self._row is not None and len(self._row) < limits.COLUMNS:
            self._row += ["".join(self._text), *[""] * (self._span - 1)]
        self._text = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._gatherer.row(self._row)
        self._row = None


def _span(stated: str | None) -> int:
    return min(int(stated), limits.COLUMNS) if stated and stated.isascii() and stated.isdigit() and int(stated) else 1


def read(content: bytes, gatherer: Gatherer) -> None:
    """Each table of the page as a sheet."""
    parser = _Tables(gatherer)
    parser.feed(decoded(content))
    parser.close()
