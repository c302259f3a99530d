"""The rows of an answer of any size, read as they arrive."""

import codecs
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

from api.erp.errors import ErpError

CUT = "Ответ 1С оборвался или это не ответ 1С."
LONGEST_ROW = 4_000_000
"""Letters; more without the end of a row is no answer of 1C."""
BEGINS = '"value"'

_DECODER = json.JSONDecoder(parse_float=Decimal)


async def rows_of(pieces: AsyncIterator[bytes], asked: str) -> AsyncIterator[dict[str, Any]]:
    """The objects of {"value": [{…}, …]}. Raises a transient ErpError when the list does not come to its end."""
    letters = codecs.getincrementaldecoder("utf-8-sig")("replace")
    rest, begun = "", False
    async for piece in pieces:
        rest += letters.decode(piece)
        if not begun:
            rest, begun = _begun(rest)
        if begun:
            rows, rest, ended = _whole(rest)
            for row in rows:
                yield row
            if ended:
                return
        if len(rest) > LONGEST_ROW:
            break
    raise ErpError(CUT, permanent=False, evidence=f"{asked}: {rest[:500]}")


def _begun(text: str) -> tuple[str, bool]:
    """What follows the bracket that begins the list; the text itself while the bracket has not come."""
    key = text.find(BEGINS)
    bracket = text.find("[", key) if key >= 0 else -1
    if bracket < 0 or text[key + len(BEGINS) : bracket].strip() != ":":
        return text, False
    return text[bracket + 1 :], True


def _whole(text: str) -> tuple[list[dict[str, Any]], str, bool]:
    """The rows that have come whole, what is left, and whether the list has ended."""
    rows, place = list[dict[str, Any]](), 0
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place < len(text) and text[place] == "]":
            return rows, "", True
        try:
            row, place = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError:
            return rows, text[place:], False
        if not isinstance(row, dict):
            return rows, text, False
        rows.append(row)
