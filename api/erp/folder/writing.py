"""CSV that people open in Excel: no cell of it is a formula, whoever typed its text."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

MARK = ";"
_BEGINS = re.compile(r"(^|[,;\t\"|])(\s*)('*[=+\-@＝＋－＠])")
"""Where a formula would begin: in the first place, or behind a mark at which another Excel parts the cells."""
_DEFUSED = re.compile(r"(^|[,;\t\"|])(\s*)'('*[=+\-@＝＋－＠])")


def defused(text: str) -> str:
    """One line in which nothing begins like a formula: an apostrophe stands before it, as Excel itself does it."""
    return _BEGINS.sub(r"\1\2'\3", " ".join(text.replace("\0", " ").split()))


def restored(text: str) -> str:
    """The text as it was before `defused`."""
    return _DEFUSED.sub(r"\1\2\3", text)


def shown(value: object) -> str:
    """A value as a Russian Excel understands it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace(".", ",")
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else defused(str(value))


def table(rows: Iterable[Sequence[object]], encoding: str) -> bytes:
    """The rows as a file. What windows-1251 has no sign for becomes «?»."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=MARK, lineterminator="\r\n")
    for row in rows:
        writer.writerow([shown(value) for value in row])
    return out.getvalue().encode("utf-8-sig" if encoding == "utf-8" else "cp1251", errors="replace")
