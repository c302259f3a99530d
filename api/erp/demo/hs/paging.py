"""What a request for a list asks, and a page of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from api.erp.demo.hs.problems import Json, Problem

T = TypeVar("T")

LIMIT, MAX_LIMIT, MAX_IDS = 500, 5000, 50


@dataclass(frozen=True)
class Ask:
    """`ids`: None when all are asked for."""

    since: datetime | None = None
    cursor: str = ""
    limit: int = LIMIT
    ids: tuple[str, ...] | None = None


def parse_ask(options: dict[str, str]) -> Ask:
    """The query of a list."""
    ids = tuple(options["ids"].split(",")) if "ids" in options else None
    if ids is not None and len(ids) > MAX_IDS:
        raise Problem("invalid", f"ids: не больше {MAX_IDS}")
    return Ask(_moment(options.get("since")), options.get("cursor", ""), _limit(options.get("limit")), ids)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Problem("invalid", f"since: не момент: {text}") from error
    if moment.tzinfo is None:
        raise Problem("invalid", "since: момент без смещения от UTC")
    return moment


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LIMIT):
        raise Problem("invalid", f"limit: от 1 до {MAX_LIMIT}")
    return int(text)


def page(
    rows: Sequence[T],
    ask: Ask,
    key: Callable[[T], str],
    show: Callable[[T], Json],
    weight: Callable[[T], int] = lambda row: 1,
) -> Json:
    """The rows after the cursor, by key, until their weights reach the limit."""
    left = sorted((row for row in rows if key(row) > ask.cursor), key=key)
    items: list[Json] = []
    taken = 0
    for row in left:
        if taken >= ask.limit:
            break
        items.append(show(row))
        taken += weight(row)
    return {"items": items, "next": key(left[len(items) - 1]) if len(items) < len(left) else None}
