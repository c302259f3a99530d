"""Orders out: one file an order, written once whatever happens, and what became of it."""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Literal

from pydantic import TypeAdapter

from api.domain.clock import Clock
from api.domain.order import OrderDraft, OrderLine, OrderStatus, PlacedOrder
from api.erp.errors import ErpError, Reason
from api.erp.folder.document import Names, document
from api.erp.folder.layout import Layout, sync
from api.erp.folder.state import State
from api.erp.folder.statuses import ELSEWHERE

DRAFT = TypeAdapter(OrderDraft)
Stage = Literal["begun", "ready", "taken", "withdrawn"]
"""begun: noted, its file is not whole yet. ready: the file is whole and is shown, or will be by a rename alone: from
here on no second one is ever written. taken: somebody took it away. withdrawn: we did."""
TOO_LATE = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


def file_name(key: str, created: datetime) -> str:
    """«Заказ 2025-12-16 AI-1234.csv»; a key that no file can be named by is told apart by its digest."""
    plain = re.sub(r"[^\w-]", "_", key)[:80]
    if plain != key:
        plain = f"{plain}-{sha256(key.encode()).hexdigest()[:8]}"
    return f"Заказ {created:%Y-%m-%d} {plain}.csv"


class Orders:
    """All of it blocks: call it in a thread."""

    def __init__(self, layout: Layout, state: State, clock: Clock, accept: str, encoding: str) -> None:
        self._layout = layout
        self._state = state
        self._clock = clock
        self._accept = accept
        self._encoding = encoding

    def find(self, key: str) -> PlacedOrder | None:
        """The order as it is now, or None when it was never placed."""
        self._layout.ready()
        with self._state.open() as db:
            return self._found(db, key)

    def finish(self, key: str) -> PlacedOrder | None:
        """Shows an order whose file is whole, if nobody has yet; None when there is no such file."""
        self._layout.ready()
        with self._state.alone("orders", wait=True):
            return self._finish(key)

    def place(self, draft: OrderDraft, names: Names) -> PlacedOrder:
        """Writes the file, once. After a death at any point the same call goes on where it was left.

        The file is made whole aside, that is noted, and only then it is moved to where people see it: when it is no
        longer aside it has been moved, also if somebody took it since.
        """
        self._layout.ready()
        with self._state.alone("orders", wait=True):
            if (found := self._finish(draft.key)) is not None:
                return found
            created = self._clock.now().replace(microsecond=0)
            name, kept = file_name(draft.key, created), DRAFT.dump_json(draft).decode()
            noted = "INSERT OR IGNORE INTO placed VALUES (?, ?, ?, 'begun', ?)"
            self._state.write(noted, draft.key, created.isoformat(), name, kept)
            row = self._state.row("SELECT * FROM placed WHERE key = ?", draft.key)
            assert row is not None  # it was just written
            aside, stored = self._layout.writing / row["file"], DRAFT.validate_json(row["draft"])
            aside.write_bytes(document(stored, _at(row["created"]), names, self._encoding))
            sync(aside)
            sync(aside.parent)
            self._stage(draft.key, "ready")
            placed = self._finish(draft.key)
        assert placed is not None  # it is whole
        return placed

    def _finish(self, key: str) -> PlacedOrder | None:
        row = self._state.row("SELECT file, stage FROM placed WHERE key = ?", key)
        if row is None or row["stage"] == "begun":
            return None
        aside = self._layout.writing / row["file"]
        if row["stage"] == "ready" and aside.exists():
            aside.replace(self._layout.orders / row["file"])
            sync(self._layout.orders)
        with self._state.open() as db:
            return self._found(db, key)

    def withdraw(self, key: str) -> PlacedOrder:
        """Moves the file out of their way, if it is still there. Raises a permanent ErpError when it is not."""
        self._layout.ready()
        with self._state.alone("orders", wait=True):
            with self._state.open() as db:
                placed = self._found(db, key)
                row = db.execute("SELECT file, stage FROM placed WHERE key = ?", (key,)).fetchone()
                told = db.execute("SELECT 1 FROM told WHERE ref = ?", (key,)).fetchone()
            if placed is None:
                raise ErpError("Такого заказа в папке обмена нет.", permanent=True, evidence=key)
            if placed.status is OrderStatus.CANCELLED:
                return placed
            if placed.status in TOO_LATE:
                raise _late("Заказ уже отгружен, отменить его нельзя.", placed.status)
            if told is not None:
                raise _late("Заказ уже внесён в учёт, отменить его может менеджер.", placed.number)
            self._move_away(row)
            self._stage(key, "withdrawn")
            return replace(placed, status=OrderStatus.CANCELLED)

    def _move_away(self, row: sqlite3.Row) -> None:
        """From where it is shown, or from aside when it never got there."""
        for place in (self._layout.orders, self._layout.writing):
            try:
                (place / row["file"]).replace(self._layout.withdrawn / row["file"])
            except FileNotFoundError:
                continue
            sync(self._layout.withdrawn)
            return
        if row["stage"] != "begun":
            raise _late("Заказ уже забрали в работу, отменить его может менеджер.", row["file"])

    def since(self, moment: datetime, customers: Mapping[str, str | None]) -> list[PlacedOrder]:
        """Orders made since then, ours and told ones, oldest first. `customers`: their ids by what they are called."""
        self._layout.ready()
        start = moment.astimezone(self._clock.now().tzinfo)
        with self._state.open() as db:
            keys = [row["key"] for row in db.execute("SELECT key, created FROM placed") if _at(row["created"]) >= start]
            ours = [found for key in keys if (found := self._found(db, key)) is not None]
            query = "SELECT * FROM told WHERE ref LIKE ? AND created >= ?"
            rows = db.execute(query, (f"{ELSEWHERE}%", start.date().isoformat())).fetchall()
        told = [order for row in rows if (order := self._elsewhere(row, customers)) and order.created >= start]
        return sorted([*ours, *told], key=lambda order: order.created)

    def _found(self, db: sqlite3.Connection, key: str) -> PlacedOrder | None:
        row = db.execute("SELECT * FROM placed WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        told = db.execute("SELECT * FROM told WHERE ref = ?", (key,)).fetchone()
        draft = DRAFT.validate_json(row["draft"])
        status = self._status(db, row, told["status"] if told else "")
        number = told["number"] if told else ""
        return PlacedOrder(
            erp_id=key,
            number=number or ("" if status is OrderStatus.SENDING else key),
            key=key,
            customer_id=draft.customer_id,
            created=_at(row["created"]),
            status=status,
            lines=_lines(told["lines"], draft.lines) if told else draft.lines,
            outlet_id=draft.outlet_id,
            delivery_date=_day(told["delivery"] if told else "") or draft.delivery_date,
        )

    def _status(self, db: sqlite3.Connection, row: sqlite3.Row, told: str) -> OrderStatus:
        """What they told is the truth; else whether the file was taken, which is noted for good."""
        stage = row["stage"]
        if stage == "ready" and not any(
            (place / row["file"]).exists() for place in (self._layout.writing, self._layout.orders)
        ):
            stage = "withdrawn" if (self._layout.withdrawn / row["file"]).exists() else "taken"
            self._layout.ready()  # the share may have gone this very moment, and every file with it
            db.execute("UPDATE placed SET stage = ? WHERE key = ? AND stage = 'ready'", (stage, row["key"]))
        if stage == "withdrawn":
            return OrderStatus.CANCELLED
        if told:
            return OrderStatus(told)
        is_accepted = stage == "taken" or (stage == "ready" and self._accept == "written")
        return OrderStatus.ACCEPTED if is_accepted else OrderStatus.SENDING

    def _elsewhere(self, row: sqlite3.Row, customers: Mapping[str, str | None]) -> PlacedOrder | None:
        known = customers.get(row["customer"])
        if known is None:
            return None
        created = datetime.combine(date.fromisoformat(row["created"]), datetime.min.time(), self._clock.now().tzinfo)
        status = OrderStatus(row["status"] or OrderStatus.ACCEPTED)
        lines = _lines(row["lines"], ())
        outlet = f"{known}/{row['outlet']}" if row["outlet"] else None
        return PlacedOrder(row["ref"], row["number"], "", known, created, status, lines, outlet, _day(row["delivery"]))

    def _stage(self, key: str, stage: Stage) -> None:
        self._state.write("UPDATE placed SET stage = ? WHERE key = ?", stage, key)


def _late(message: str, evidence: str) -> ErpError:
    return ErpError(message, permanent=True, evidence=evidence, reason=Reason.LATE)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _lines(told: str, sent: Sequence[OrderLine]) -> tuple[OrderLine, ...]:
    """The lines as they were told; a line without a price keeps the one it was sent with.

    Excel takes the zeros off «00012» when it saves the file of an order.
    """
    if not told:
        return tuple(sent)
    bare = {line.product_id.lstrip("0"): line for line in sent}
    known = bare | {line.product_id: line for line in sent}
    found = []
    for sku, quantity, price in json.loads(told):
        line = known.get(sku, OrderLine(sku, Decimal(0), Decimal(0)))
        found.append(replace(line, quantity=Decimal(quantity), price=Decimal(price) or line.price))
    return tuple(found)
