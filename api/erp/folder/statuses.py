"""What the distributor tells of orders: of ours by key or number, of others when they come with lines."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from api.domain.sheet import Cell
from api.erp.folder import values, words
from api.erp.folder.reading import Record
from api.erp.folder.report import Report
from api.erp.folder.state import State

ELSEWHERE = "№"
"""Begins the reference of an order that has no key of ours; the year follows: numbers begin anew with it."""
SAME: Mapping[str, str] = {"status": "Статус", "customer": "Код клиента", "date": "Дата заказа"}
"""What each row of an order says alike."""
LATE_ENTRY = timedelta(days=180)
"""An order of that number is ours when its day is no further from the day on which we wrote it."""


@dataclass
class _Told:
    """An order as its rows tell it."""

    line: int
    key: str = ""
    number: str = ""
    given: dict[str, Cell] = field(default_factory=dict)
    lines: list[tuple[str, str, str]] = field(default_factory=list)


def statuses(state: State, report: Report, records: Iterable[Record], customers: Mapping[str, str | None]) -> None:
    """Keeps what is told; the last file wins. Raises Refused, and then keeps nothing.

    `customers`: their ids by what they are called; None: several are.
    """
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
            if value is not None and told.given.setdefault(name, value) != value and name in SAME:
                report.bad(record.line, SAME[name], values.text(value), f"то же, что в строке {told.line}")
        _line(told, record)
    for told in orders.values():
        if not told.number and not told.given.get("status"):
            report.bad(told.line, "Статус", "", "статус или номер заказа", "принят")
    report.judge()
    with state.open() as db:
        for ref, told in orders.items():
            _keep(db, report, ref, told, customers)
        report.judge()


def _line(told: _Told, record: Record) -> None:
    sku, quantity = record.get("sku"), record.get("quantity")
    if sku is not None and quantity:
        price: Decimal = record.get("price", Decimal(0))
        told.lines.append((sku, str(quantity), str(price)))


def _keep(db: sqlite3.Connection, report: Report, ref: str, told: _Told, customers: Mapping[str, str | None]) -> None:
    ours = _ours(db, report, told, customers)
    if ours is None and told.key:
        report.note(f"Заказа с ключом «{told.key[:40]}» бот не отправлял: строка пропущена.")
        return
    if ours is None and not (told.lines and told.given.get("customer") and told.given.get("date")):
        report.note("Заказ, сделанный не через бота, пропущен: нет строк, клиента или даты.")
        return
    ref = ours or f"{ref}/{_iso(told.given['date'])[:4]}"
    old = db.execute("SELECT * FROM told WHERE ref = ?", (ref,)).fetchone()
    told_now = {
        "number": told.number,
        "status": told.given.get("status"),
        "customer": words.fold(str(told.given.get("customer", ""))),
        "created": _iso(told.given.get("date")),
        "outlet": told.given.get("outlet"),
        "delivery": _iso(told.given.get("delivery")),
        "lines": json.dumps(told.lines) if told.lines else None,
    }
    row = [value or (old[name] if old else "") or "" for name, value in told_now.items()]
    db.execute("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (ref, *row))


def _ours(db: sqlite3.Connection, report: Report, told: _Told, customers: Mapping[str, str | None]) -> str | None:
    """The key of our order that is meant. Another customer's lines must never become those of an order of ours."""
    if told.key:
        row = db.execute("SELECT key, draft FROM placed WHERE key = ?", (told.key,)).fetchone()
        if row is not None and not _agrees(row, told, customers):
            report.bad(told.line, "Код клиента", values.text(told.given["customer"]), "клиент, чей это заказ")
        return None if row is None else str(row["key"])
    query = "SELECT p.* FROM told t JOIN placed p ON p.key = t.ref WHERE t.number = ? ORDER BY p.created DESC"
    rows = db.execute(query, (told.number,)).fetchall()
    return next((str(row["key"]) for row in rows if _agrees(row, told, customers) and _is_near(row, told)), None)


def _agrees(row: sqlite3.Row, told: _Told, customers: Mapping[str, str | None]) -> bool:
    """Whether the order is not known to be another customer's. Excel takes the zeros off a code."""
    owner, said = json.loads(row["draft"])["customer_id"], words.fold(values.text(told.given.get("customer")))
    return customers.get(said) in (None, owner) or said == words.fold(owner).lstrip("0")


def _is_near(row: sqlite3.Row, told: _Told) -> bool:
    day = told.given.get("date")
    return not isinstance(day, date) or abs(day - datetime.fromisoformat(row["created"]).date()) <= LATE_ENTRY


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else ""
