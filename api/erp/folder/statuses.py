"""What the distributor tells of orders: of ours by key or number, of others when they come with lines."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from api.erp.folder import words
from api.erp.folder.reading import Record
from api.erp.folder.report import Report
from api.erp.folder.state import State

ELSEWHERE = "№"
"""Begins the reference of an order that has no key of ours."""


@dataclass
class _Told:
    """An order as its rows tell it."""

    line: int
    key: str = ""
    number: str = ""
    given: dict[str, object] = field(default_factory=dict)
    lines: list[tuple[str, str, str]] = field(default_factory=list)


def statuses(state: State, report: Report, records: Iterable[Record]) -> None:
    """Keeps what is told; the last file wins. Raises Refused, and then keeps nothing."""
    orders: dict[str, _Told] = {}
    for record in records:
        key, number = record.get("key", ""), record.get("number", "")
        if not key and not number:
            report.bad(record.line, "Ключ", "", "ключ заказа или его номер")
            continue
        told = orders.setdefault(key or ELSEWHERE + number, _Told(record.line, key))
        told.number = told.number or number
        for name in ("status", "customer", "date", "outlet", "delivery"):
            value = record.get(name)
            if value is not None and told.given.setdefault(name, value) != value and name == "status":
                report.bad(record.line, "Статус", str(value), f"тот же статус, что в строке {told.line}")
        _line(told, record)
    for told in orders.values():
        if not told.number and not told.given.get("status"):
            report.bad(told.line, "Статус", "", "статус или номер заказа", "принят")
    report.judge()
    with state.open() as db:
        for ref, told in orders.items():
            _keep(db, report, ref, told)


def _line(told: _Told, record: Record) -> None:
    sku, quantity = record.get("sku"), record.get("quantity")
    if sku is not None and quantity:
        price: Decimal = record.get("price", Decimal(0))
        told.lines.append((sku, str(quantity), str(price)))


def _keep(db: sqlite3.Connection, report: Report, ref: str, told: _Told) -> None:
    ours = _ours(db, told)
    if ours is None and told.key:
        report.note(f"Заказа с ключом «{told.key[:40]}» бот не отправлял: строка пропущена.")
        return
    if ours is None and not (told.lines and told.given.get("customer") and told.given.get("date")):
        report.note("Заказ, сделанный не через бота, пропущен: нет строк, клиента или даты.")
        return
    ref = ours or ref
    old = db.execute("SELECT * FROM told WHERE ref = ?", (ref,)).fetchone()
    values = {
        "number": told.number,
        "status": told.given.get("status"),
        "customer": words.fold(str(told.given.get("customer", ""))),
        "created": _iso(told.given.get("date")),
        "outlet": told.given.get("outlet"),
        "delivery": _iso(told.given.get("delivery")),
        "lines": json.dumps(told.lines) if told.lines else None,
    }
    row = [value or (old[name] if old else "") or "" for name, value in values.items()]
    db.execute("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (ref, *row))


def _ours(db: sqlite3.Connection, told: _Told) -> str | None:
    """The key of our order that is meant."""
    if told.key:
        found = db.execute("SELECT key FROM placed WHERE key = ?", (told.key,)).fetchone()
    else:
        query = "SELECT ref AS key FROM told JOIN placed ON placed.key = told.ref WHERE number = ?"
        found = db.execute(query, (told.number,)).fetchone()
    return None if found is None else str(found["key"])


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else ""
