"""What МойСклад's rows hold: links, kopecks, Moscow times, additional fields.

Facts: md/_general.md of github.com/moysklad/api-remap-1.2-doc. Empty fields are left out of a row.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

MSK = ZoneInfo("Europe/Moscow")
"""All times of the API, wherever the account is."""

OVERLAP = timedelta(minutes=5)
"""МойСклад advises it, for what changes at the edge of two readings."""

Row = Mapping[str, Any]

KOPECK = Decimal("0.01")


def text(row: Row, field: str) -> str:
    """A string without blanks around it; empty when there is none."""
    value = row.get(field)
    return "" if value is None else str(value).strip()


def number(value: Any) -> Decimal:
    """A number; 0 for none and for what is none: a slip in one card must not stop the whole sync."""
    try:
        return Decimal(str(value).replace(",", ".").replace("\u00a0", "").replace(" ", "")) if value else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def roubles(kopecks: Any) -> Decimal:
    """An amount; МойСклад keeps kopecks, and fractions of them after a discount."""
    return (number(kopecks) / 100).quantize(KOPECK, ROUND_HALF_UP)


def moment(row: Row, field: str) -> datetime | None:
    """A time in Moscow."""
    found = text(row, field)
    return datetime.fromisoformat(found).replace(tzinfo=MSK) if found else None


def moscow(when: datetime) -> str:
    """A time as filters and bodies want it, without the fraction of a second."""
    return f"{when.astimezone(MSK):%Y-%m-%d %H:%M:%S}"


def changed_since(field: str, since: datetime) -> str:
    """A condition on a time of theirs; `since` is of our clock, which may be a little fast."""
    return f"{field}>={moscow(since - OVERLAP)}"


def id_of(link: Any) -> str:
    """The id at the end of a link or an expanded object; empty when there is none."""
    href = str(((link or {}).get("meta") or {}).get("href", ""))
    return href.split("?")[0].rstrip("/").rsplit("/", 1)[-1]


def plain(name: str) -> str:
    """A name as people compare them: «Отменён» and «отменен» are one."""
    return name.strip().casefold().replace("ё", "е")


def attribute(row: Row, name: str) -> Any:
    """The value of the additional field with this name or id; None when it is not filled in."""
    found = named_in(row.get("attributes") or (), name)
    return None if found is None else found.get("value")


def named_in(rows: Iterable[Row], name: str) -> Row | None:
    """The one of these with the name or the id; None for the empty name."""
    wanted = plain(name)
    return next((row for row in rows if wanted and wanted in (plain(text(row, "name")), text(row, "id"))), None)
