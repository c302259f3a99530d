"""A row of SAP and what stands in it. A field that a release does not have reads as empty."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from api.erp.errors import ErpError
from api.erp.sap.literals import day_in, moment_in, time_in

FOREVER = date(9999, 1, 1)
"""SAP writes «without end» as 31.12.9999."""


@dataclass(frozen=True)
class Record:
    row: dict[str, Any]

    def text(self, name: str) -> str:
        value = self.row.get(name)
        return "" if value is None else str(value).strip()

    def flag(self, name: str) -> bool:
        """A boolean; older releases write X."""
        return self.row.get(name) in (True, "X", "true")

    def number(self, name: str) -> Decimal:
        """A decimal, told as a string; nothing is 0."""
        told = self.text(name)
        try:
            return Decimal(told) if told else Decimal(0)
        except InvalidOperation as error:
            raise ErpError("SAP прислала не число.", permanent=True, evidence=f"{name}={told[:40]}") from error

    def day(self, name: str) -> date | None:
        """A date; without end: None."""
        found = day_in(self.text(name))
        return None if found is None or found >= FOREVER else found

    def moment(self, name: str) -> datetime | None:
        return moment_in(self.text(name))

    def time(self, name: str) -> time | None:
        return time_in(self.text(name))

    def many(self, name: str) -> list["Record"]:
        """The rows of a navigation that was asked to be expanded."""
        value = self.row.get(name)
        rows = value.get("results", []) if isinstance(value, dict) else value
        return [Record(row) for row in rows or ()]

    def one(self, name: str) -> "Record":
        """The only row of a navigation; empty where there is none."""
        value = self.row.get(name)
        return Record(value if isinstance(value, dict) else {})

    @property
    def etag(self) -> str:
        metadata = self.row.get("__metadata") or {}
        return str(metadata.get("etag", "*"))
