"""What 1C says of orders, ours and its own."""

import sqlite3
from dataclasses import asdict, replace
from typing import Any
from zoneinfo import ZoneInfo

from api.domain.order import OrderStatus
from api.erp.commerceml import documents
from api.erp.commerceml.documents import Told
from api.erp.commerceml.node import Node
from api.erp.commerceml.order_rows import by_key, lines_of, packed
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.commerceml.store import Store

LAST_STATES = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)
AT_ONCE = 200


class DocumentReader:
    """Writes down what 1C says of orders, portion by portion. The same file read again changes nothing."""

    def __init__(self, store: Store, zone: ZoneInfo, now: float, settings: CommercemlSettings) -> None:
        self._store = store
        self._zone = zone
        self._now = now
        self._settings = settings
        self._told: list[Told] = []

    def read(self, node: Node) -> None:
        """One document; kept until flush()."""
        told = documents.read(node, self._zone, self._settings)
        if told is not None:
            self._told.append(told)
        if len(self._told) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Writes down what was read since."""
        with self._store.writing() as db:
            for told in self._told:
                row = by_key(db, told.id) or by_key(db, told.number)
                if row is not None:
                    _take_ours(db, row, told, self._now)
                elif told.id:
                    _take_theirs(db, told, self._now)
        self._told = []


def _take_ours(db: sqlite3.Connection, row: sqlite3.Row, told: Told, now: float) -> None:
    """What 1C tells, it has: also when its `success` was lost. While a withdrawal waits for it, only what cannot be
    undone is believed."""
    before = OrderStatus(row["status"])
    withdrawing = before is OrderStatus.CANCELLED and row["waiting"]
    status = told.status or (OrderStatus.ACCEPTED if before is OrderStatus.SENDING else before)
    if withdrawing and status not in LAST_STATES:
        status = before
    words = {line.product_id: line.unit for line in lines_of(row["lines"])}
    lines = [replace(line, unit=words.get(line.product_id, "")) for line in told.lines or ()]
    new = {
        "status": status.value,
        "number": told.number_1c or row["number"] or row["key"],
        "lines": packed([asdict(line) for line in lines]) if lines else row["lines"],
        "delivery": told.delivery_date.isoformat() if told.delivery_date else row["delivery"],
        "waiting": int(bool(withdrawing and status is before)),
        "offered": 1,
        "word": told.word,
    }
    _update(db, row, new, now)


def _take_theirs(db: sqlite3.Connection, told: Told, now: float) -> None:
    """An order made in 1C. Without a customer and lines nobody can use it."""
    row = db.execute("SELECT * FROM document WHERE erp_id = ?", (told.id,)).fetchone()
    if row is None:
        if not (told.customer_id and told.created and told.lines):
            return
        db.execute(
            "INSERT INTO document (erp_id, number, customer, created, changed, status, delivery, lines, word)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                told.id,
                told.number_1c or told.number,
                told.customer_id,
                told.created.timestamp(),
                now,
                (told.status or OrderStatus.ACCEPTED).value,
                told.delivery_date.isoformat() if told.delivery_date else None,
                packed([asdict(line) for line in told.lines]),
                told.word,
            ),
        )
        return
    new = {
        "status": told.status.value if told.status else row["status"],
        "number": told.number_1c or told.number or row["number"],
        "lines": packed([asdict(line) for line in told.lines]) if told.lines else row["lines"],
        "delivery": told.delivery_date.isoformat() if told.delivery_date else row["delivery"],
        "word": told.word,
    }
    _update(db, row, new, now)


def _update(db: sqlite3.Connection, row: sqlite3.Row, new: dict[str, Any], now: float) -> None:
    if all(row[name] == value for name, value in new.items()):
        return
    columns = ", ".join(f"{name} = :{name}" for name in new)
    db.execute(
        f"UPDATE document SET {columns}, changed = :now WHERE erp_id = :id", new | {"now": now, "id": row["erp_id"]}
    )
