"""Lists: filters, sorting, pages, expanding links."""

import copy
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from tests.api.erp.moysklad.emulator.store import MoyskladError, Row, Store, id_of

CONDITION = re.compile(r"^(.+?)(>=|<=|!=|~=|=~|=|>|<|~)(.*)$")
PART = re.compile(r"(?<!\\);")
FILTERED = {
    "product": "id name code article externalCode archived updated",
    "variant": "id name code article externalCode archived updated productid",
    "productfolder": "id name code externalCode archived updated",
    "counterparty": "id name code externalCode archived updated phone email inn tags actualAddress created",
    "customerorder": "id name code externalCode syncId updated created deleted moment applicable agent isDeleted sum",
    "invoiceout": "id name externalCode updated moment applicable agent paymentPlannedMoment sum",
    "demand": "id name externalCode updated moment applicable agent sum",
}
TIMES = ("updated", "created", "deleted", "moment", "paymentPlannedMoment")
SORTED = {"customerorder": ("created", "updated", "moment", "name", "id"), "variant": ("code", "externalCode")}
EXPANDED = 100
NESTED = 100


def listed(store: Store, kind: str, rows: Iterable[Row], query: Mapping[str, str], path: str) -> Row:
    """A page: {"context", "meta": {size, limit, offset}, "rows"}."""
    limit, offset = _whole(query, "limit", 1000), _whole(query, "offset", 0)
    if not 1 <= limit <= 1000:
        raise MoyskladError(400, 1040, "Неверно заданы параметры запроса", "limit")
    if offset and store.faults.page_missing:
        raise MoyskladError(404, 1002, "Неопознанный путь")
    found = _sorted(_filtered(kind, rows, query.get("filter", "")), kind, query.get("order", ""))
    page = [shown(store, row) for row in found[offset : offset + limit]]
    if query.get("expand") and limit <= EXPANDED:
        page = [expanded(store, row, query["expand"]) for row in page]
    meta = store.meta(path, kind, size=len(found), limit=limit, offset=offset)["meta"]
    if offset + limit < len(found):
        meta["nextHref"] = f"{store.base}/{path}?limit={limit}&offset={offset + limit}"
    return {"context": {"employee": store.meta("context/employee", "employee")}, "meta": meta, "rows": page}


def shown(store: Store, row: Row) -> Row:
    """A row as a list shows it: inner collections are only links."""
    found = copy.deepcopy({name: value for name, value in row.items() if value not in (None, "") or name == "pathName"})
    for name, kind in (("positions", "customerorderposition"), ("contactpersons", "contactperson")):
        if name in row:
            path = f"{row['meta']['href']}/{name}".removeprefix(f"{store.base}/")
            found[name] = store.meta(path, kind, size=len(row[name]), limit=1000, offset=0)
    return found


def expanded(store: Store, row: Row, names: str) -> Row:
    """The row with objects instead of these links; an inner collection shows a hundred rows."""
    kind, ref = row["meta"]["type"], row["id"]
    for name in names.split(","):
        own = store.rows[kind][ref].get(name)
        if isinstance(own, list):
            row[name]["meta"]["limit"] = NESTED
            row[name]["rows"] = copy.deepcopy(own[:NESTED])
        elif isinstance(own, dict) and (found := store.rows[own["meta"]["type"]].get(id_of(own))):
            row[name] = shown(store, found)
    return row


def _filtered(kind: str, rows: Iterable[Row], text: str) -> list[Row]:
    conditions: dict[tuple[str, str], list[str]] = defaultdict(list)
    for part in filter(None, PART.split(text)):
        found = CONDITION.match(part)
        if found is None or found[1] not in FILTERED.get(kind, "").split():
            raise MoyskladError(400, 1030, f"Неизвестное поле фильтрации '{part}'")
        conditions[found[1], found[2]].append(found[3].replace("\\;", ";"))
    for hiding, default in (("archived", "false"), ("isDeleted", "false")):
        if hiding in FILTERED.get(kind, "").split() and (hiding, "=") not in conditions:
            conditions[hiding, "="] = [default]
    return [row for row in rows if all(_holds(row, *key, values) for key, values in conditions.items())]


def _holds(row: Row, field: str, operator: str, values: list[str]) -> bool:
    if field in TIMES:
        # The fraction of a second is cut, as a filter has none.
        value = str(row.get(field) or "")[:19]
        if any(not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", one) for one in values):
            raise MoyskladError(400, 1014, f"Неверное значение '{values}' параметра фильтрации '{field}'")
        return bool(value) and _compared(value, operator, values)
    if field == "isDeleted":
        return str(bool(row.get("deleted"))).lower() in values
    if field == "productid":
        return id_of(row.get("product")) in values
    if field == "tags":
        return bool(set(row.get("tags", ())) & set(values))
    value = row.get(field)
    if isinstance(value, dict):
        value = value["meta"]["href"]
    return _compared(str(value).lower() if isinstance(value, bool) else str(value or ""), operator, values)


def _compared(value: str, operator: str, values: list[str]) -> bool:
    if operator == "=":
        return value in values
    if operator == "!=":
        return value not in values
    (wanted, *_) = values
    return {">=": value >= wanted, "<=": value <= wanted, ">": value > wanted, "<": value < wanted}[operator]


def _sorted(rows: list[Row], kind: str, order: str) -> list[Row]:
    for part in reversed([part for part in order.split(";") if part]):
        field, _, way = part.partition(",")
        if field not in SORTED.get(kind, ()):
            raise MoyskladError(400, 1063, f"Ошибка сортировки: неизвестное поле '{field}'")
        rows = sorted(rows, key=lambda row: str(row.get(field, "")), reverse=way == "desc")
    return rows


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    value: Any = query.get(name, default)
    if not str(value).isdigit():
        raise MoyskladError(400, 1040, "Неверно заданы параметры запроса", name)
    return int(value)
