"""Rows of 1C's answers, read by our names; the empty values of 1C become None or defaults."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from api.erp.errors import ErpError
from api.erp.onec.names import Table

EMPTY_REF = "00000000-0000-0000-0000-000000000000"
EMPTY_YEAR = 1
"""1C's empty date is 0001-01-01T00:00:00."""


@dataclass(frozen=True)
class Record:
    """One row. Raises a permanent ErpError when the answer lacks a field that the table of names promises."""

    table: Table
    row: Mapping[str, Any]

    def text(self, field: str) -> str:
        """A string without blanks around it; empty when the base has no such field."""
        value = self._value(field)
        return "" if value is None else str(value).strip()

    def ref(self, field: str) -> str | None:
        """A reference, or None for the empty one."""
        value = self.text(field).lower()
        return None if value in ("", EMPTY_REF) else value

    def need_ref(self, field: str) -> str:
        """A reference that is never empty."""
        value = self.ref(field)
        if value is None:
            raise self._broken(field, "пустая ссылка")
        return value

    def number(self, field: str) -> Decimal:
        """A number; 0 when the base has no such field."""
        value = self._value(field)
        if value is None or value == "":
            return Decimal(0)
        try:
            return Decimal(value if isinstance(value, Decimal | int | str) else str(value))
        except InvalidOperation as error:
            raise self._broken(field, f"не число: {value}") from error

    def flag(self, field: str) -> bool:
        """A boolean; False when the base has no such field."""
        return self._value(field) is True

    def moment(self, field: str) -> datetime | None:
        """A date with time as the base keeps it, without a zone; None for the empty date."""
        text = self.text(field)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError as error:
            raise self._broken(field, f"не дата: {text}") from error
        return None if moment.year == EMPTY_YEAR else moment

    def day(self, field: str) -> date | None:
        """A date; None for the empty one."""
        moment = self.moment(field)
        return None if moment is None else moment.date()

    def aware(self, field: str, zone: ZoneInfo) -> datetime | None:
        """A moment in the zone of the base."""
        moment = self.moment(field)
        return None if moment is None else moment.replace(tzinfo=zone)

    def lines(self, field: str, table: Table) -> Iterator["Record"]:
        """The rows of a tabular part."""
        for row in self._value(field) or ():
            yield Record(table, row)

    def told(self, info: Table, kind: str, *fields: str) -> str:
        """The first of a kind in the part with contact information: in whichever of the fields it stands."""
        of_kind = (line for line in self.lines("info", info) if line.text("kind") == kind)
        return next((text for line in of_kind for field in fields if (text := line.text(field))), "")

    def _value(self, field: str) -> Any:
        name = self.table[field]
        if not name:
            return None
        if name not in self.row:
            raise self._broken(field, "поля нет в ответе")
        return self.row[name]

    def _broken(self, field: str, why: str) -> ErpError:
        name = self.table[field]
        return ErpError(
            f"1С отвечает не так, как описано в таблице имён: {self.table.entity}, {name}.",
            permanent=True,
            evidence=f"{self.table.entity}.{name}: {why}",
        )


def clock_time(text: str, default: time) -> time:
    """«09:00» as a time; anything else is the default: a slip in one card must not stop the whole sync."""
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        return default


def weekdays(text: str, default: tuple[int, ...]) -> tuple[int, ...]:
    """«1,3,5» as ISO weekdays; the default when there is none."""
    days = sorted({int(item) for item in text.replace(" ", "").split(",") if item in set("1234567")})
    return tuple(days) or default
