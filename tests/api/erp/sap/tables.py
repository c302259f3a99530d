"""The rows of the emulator and how version 2 tells them: metadata, deferred and expanded navigations, pages."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tests.api.erp.sap.conditions import parse
from tests.api.erp.sap.schema import SETS

Row = dict[str, Any]
ELSEWHERE = "https://s4-internal.example:44300"
"""The host that the system believes it has."""
PREFIX = "/sap/opu/odata/sap"


def day(value: date) -> str:
    return f"/Date({int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)})/"


def moment(value: datetime) -> str:
    """A time stamp, with the zone that a system writes behind it."""
    return f"/Date({int(value.timestamp() * 1000)}+0000)/"


@dataclass
class Tables:
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in SETS})

    def add(self, name: str, **values: Any) -> Row:
        """A row with all fields of its set; those that are not told are empty."""
        empty = {"n": "0.000", "b": False, "d": None, "o": None, "t": None}
        known = SETS[name].fields
        assert set(values) <= set(known), set(values) - set(known)
        row = {field_name: empty.get(kind, "") for field_name, kind in known.items()} | values
        self.rows[name].append(row)
        return row

    def one(self, name: str, key: Row) -> Row | None:
        return next((row for row in self.rows[name] if all(row[part] == value for part, value in key.items())), None)

    def query(self, name: str, options: dict[str, str]) -> list[Row]:
        """The rows asked for, whole, before pages."""
        known = SETS[name].fields
        found = self.rows[name]
        if condition := options.get("$filter"):
            test = parse(condition, known)
            found = [row for row in found if test(row)]
        order = [part.strip() for part in options.get("$orderby", "").split(",") if part.strip()]
        if unknown := set(order) - set(known):
            raise KeyError(", ".join(unknown))
        return sorted(found, key=lambda row: [str(row[part] or "") for part in order])

    def told(self, name: str, row: Row, options: dict[str, str]) -> Row:
        """A row as JSON: chosen fields, expanded navigations, others deferred."""
        entity = SETS[name]
        chosen = [part for part in options.get("$select", "").split(",") if part] or [*entity.fields]
        if unknown := set(chosen) - set(entity.fields):
            raise KeyError(", ".join(unknown))
        expand = [part for part in options.get("$expand", "").split(",") if part]
        if unknown := {part.partition("/")[0] for part in expand} - set(entity.navigations):
            raise KeyError(", ".join(unknown))
        address = self.address(name, row)
        out: Row = {"__metadata": {"id": address, "uri": address, "type": f"{entity.service}.{name}Type"}}
        if "_etag" in row:
            out["__metadata"]["etag"] = row["_etag"]
        out |= {field_name: row[field_name] for field_name in chosen}
        for navigation, to in entity.navigations.items():
            if navigation not in expand:
                out[navigation] = {"__deferred": {"uri": f"{address}/{navigation}"}}
                continue
            under = [
                self.told(to.target, other, {})
                for other in self.rows[to.target]
                if all(other[theirs] == row[ours] for ours, theirs in to.join.items())
            ]
            out[navigation] = {"results": under} if to.many else next(iter(under), None)
        return out

    def address(self, name: str, row: Row) -> str:
        entity = SETS[name]
        keys = [f"{key}='{row[key]}'" for key in entity.keys]
        inside = f"'{row[entity.keys[0]]}'" if len(keys) == 1 else ",".join(keys)
        return f"{ELSEWHERE}{PREFIX}/{entity.service}/{name}({inside})"
