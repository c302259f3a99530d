"""Given values into stored ones: truncation, dropped fields, ignored types, the rules of LineNumber."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from api.erp.demo.entities import EMPTY_REF, STATUSES
from api.erp.demo.errors import bad_value, no_property, refused
from api.erp.demo.faults import Faults
from api.erp.demo.registers import number
from api.erp.demo.schema import Entity, Property
from api.erp.demo.store import Row, Store

FAULT_TEXT_LENGTH = 100
"""An unlimited string is cut here while `truncate_strings` is on."""
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
READ_ONLY = {"Ref_Key", "DataVersion", "Posted"}
_REJECT = object()


def assign(store: Store, faults: Faults, entity: Entity, row: Row, values: Row) -> None:
    """Put the given values into a row, losing what a live base loses."""
    for name, value in values.items():
        if name in READ_ONLY or name.startswith("odata.") or "@" in name:
            continue
        if name in entity.parts:
            row[name] = _lines(store, faults, entity.parts[name], value)
            continue
        prop = entity.by_name.get(name)
        if prop is None:
            if not faults.drop_unknown_fields:
                raise no_property(name)
            continue
        stored = _stored(store, faults, prop, value)
        if stored is not _REJECT:
            row[name] = stored


def _lines(store: Store, faults: Faults, part: Entity, value: Any) -> list[Row]:
    """A tabular part, replaced whole. Its LineNumber is mandatory and runs 1..n."""
    if not isinstance(value, list) or not all(isinstance(line, dict) for line in value):
        raise bad_value(part.name)
    lines = []
    for place, given in enumerate(value, start=1):
        if faults.line_number_rules:
            _check_line_number(given.get("LineNumber"), place)
        line: Row = {prop.name: prop.default for prop in part.properties}
        assign(store, faults, part, line, given)
        line["LineNumber"] = str(place)
        del line["Ref_Key"]
        lines.append(line)
    return lines


def _check_line_number(value: Any, place: int) -> None:
    if value is None:
        raise refused("Внутренняя ошибка")
    if str(value) != str(place):
        raise bad_value("LineNumber")


def _stored(store: Store, faults: Faults, prop: Property, value: Any) -> Any:
    """The value as it is kept, or _REJECT when 1C keeps the old one and says nothing."""
    converted = _convert(prop, value)
    if converted is _REJECT:
        if not faults.ignore_wrong_types:
            raise bad_value(prop.name)
        return _REJECT
    if prop.kind in {"string", "text"}:
        return _fit(faults, prop, converted)
    checked = prop.kind == "ref" and not faults.dangling_references_stored
    if checked and converted != EMPTY_REF and store.get(prop.target, converted) is None:
        raise bad_value(prop.name)
    return converted


def _fit(faults: Faults, prop: Property, text: str) -> str:
    if faults.truncate_strings:
        return text[: prop.length or FAULT_TEXT_LENGTH]
    if prop.length and len(text) > prop.length:
        raise bad_value(prop.name)
    return text


def _convert(prop: Property, value: Any) -> Any:
    match prop.kind:
        case "string" | "text":
            return value if isinstance(value, str) and _is_text(value) else _REJECT
        case "enum":
            return value if isinstance(value, str) and value in STATUSES else _REJECT
        case "bool":
            return value if isinstance(value, bool) else _REJECT
        case "ref" | "guid":
            return value.lower() if isinstance(value, str) and GUID.fullmatch(value) else _REJECT
        case "date":
            return _date(value)
        case _:
            return _number(prop, value)


def _is_text(value: str) -> bool:
    """JSON may carry half a surrogate pair, which no database keeps."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _date(value: Any) -> Any:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0).isoformat()
    except (TypeError, ValueError):
        return _REJECT


def _number(prop: Property, value: Any) -> Any:
    """A number, or a number in a string, which 1C takes too."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return _REJECT
    try:
        parsed = Decimal(value)
    except ArithmeticError:
        return _REJECT
    if not parsed.is_finite() or abs(parsed) >= Decimal(10) ** 12:
        return _REJECT
    if prop.kind == "int64":
        return str(int(parsed)) if parsed == int(parsed) else _REJECT
    return number(parsed.quantize(Decimal(1).scaleb(-prop.scale)))
