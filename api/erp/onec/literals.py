"""Values as OData version 3 writes them, and conditions with the same meaning for a base that refuses them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from api.erp.onec.names import Table
from api.erp.onec.records import EMPTY_REF, Record

IDS_IN_ONE = 10
"""References in one condition: a longer address is refused by IIS (2,048 characters)."""
ALL_AFTER = 100
"""From so many references on it is cheaper to read everything."""


def guid(ref: str) -> str:
    return f"guid'{ref}'"


def reference(table: Table, field: str, ref: str) -> str:
    """A reference as a condition on this field compares it; one of a composite type has to be cast."""
    return f"cast({guid(ref)},'{table.types[field]}')" if field in table.types else guid(ref)


def named(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by our names as they are written under 1C's; what this base has no field for is left out."""
    found = {table[name]: value for name, value in values.items() if table[name]}
    for name, kind in table.types.items():
        if name in values:
            empty = values[name] in ("", EMPTY_REF)
            found[f"{table[name]}_Type"] = "StandardODATA.Undefined" if empty else f"StandardODATA.{kind}"
            found[table[name]] = "" if empty else values[name]
    return found


def moment(value: datetime) -> str:
    """`value` without a zone, in the zone of the base."""
    return f"datetime'{value:%Y-%m-%dT%H:%M:%S}'"


def text(value: str) -> str:
    """Quotes inside are doubled."""
    return "'" + value.replace("'", "''") + "'"


def body(values: dict[str, Any]) -> bytes:
    """A JSON body; money and quantities as plain JSON numbers."""
    return json.dumps(values, ensure_ascii=False, default=_number).encode()


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not sent to 1C")
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass(frozen=True)
class Where:
    """A condition in OData, and the same for a row already read: some bases refuse some filters, some ignore them.

    With an empty expression everything is read and only `holds` decides.
    """

    expression: str
    holds: Callable[[Record], bool]


def is_one_of(table: Table, field: str, refs: Sequence[str]) -> Where:
    """The reference is one of these."""
    wanted = frozenset(ref.lower() for ref in refs)
    expression = " or ".join(f"{table[field]} eq {reference(table, field, ref)}" for ref in refs)
    return Where(expression, lambda record: record.ref(field) in wanted)


def is_text(table: Table, field: str, value: str) -> Where:
    """Exactly this text; 1C itself compares without regard to case."""
    return Where(f"{table[field]} eq {text(value)}", lambda record: record.text(field) == value)


def is_true(table: Table, field: str) -> Where:
    return Where(f"{table[field]} eq true", lambda record: record.flag(field))


def not_before(table: Table, field: str, start: datetime) -> Where:
    """On or after a moment without a zone."""

    def holds(record: Record) -> bool:
        value = record.moment(field)
        return value is not None and value >= start

    return Where(f"{table[field]} ge {moment(start)}", holds)


def portions(refs: Iterable[str]) -> Iterator[list[str]]:
    """Distinct references, as many as fit into one condition."""
    distinct = list(dict.fromkeys(refs))
    for start in range(0, len(distinct), IDS_IN_ONE):
        yield distinct[start : start + IDS_IN_ONE]
