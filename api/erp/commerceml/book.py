"""Orders between us and 1C: kept until it fetches them, and what it says of them afterwards.

An order waits while `waiting` is set; each query of 1C notes what it was offered (`offered`), and only its `success`
in the same session takes that off. `revision` grows when an order that 1C may have is withdrawn: then a second
document with «Отменен» waits.
"""

import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from api.domain.order import Difference, OrderDraft, OrderLine, OrderStatus, PlacedOrder
from api.erp.commerceml import documents
from api.erp.commerceml.documents import Told, Waiting
from api.erp.commerceml.ledger import Ledger, Session, note_brought
from api.erp.commerceml.node import Node
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.commerceml.state import State, company_of, is_sold, named
from api.erp.commerceml.store import Store
from api.erp.errors import ErpError, Reason
from api.erp.port import Data, Place

LAST_STATES = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)
AT_ONCE = 200
LONGEST_KEY = 40
"""Of `Ид` in the schema."""


class Book:
    """The orders of a backend."""

    def __init__(self, ledger: Ledger, state: State, place: Place, settings: CommercemlSettings) -> None:
        self._store = ledger.store
        self._state = state
        self._clock = place.clock
        self._zone = place.zone
        self._settings = settings

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        row = await self._store.read(lambda db: _by_key(db, key))
        return None if row is None else self._placed(row)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink. What 1C does not know is refused here: there it would make a new good or a new company."""
        found = await self.find(draft.key)
        if found is None:
            await self._know(draft)
            found = self._placed(await self._store.write(lambda db: self._kept(db, draft)))
        if found.status is OrderStatus.SENDING:
            return found
        return replace(found, differences=_differences(draft, found))

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink. Not fetched yet: nobody will. Fetched, or perhaps: a second document says it (a setting)."""
        return self._placed(await self._store.write(lambda db: self._cancelled(db, key)))

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source. Those that wait for 1C are not there yet."""
        query = "SELECT * FROM document WHERE (created >= ?1 OR changed >= ?1) AND status <> ?2 ORDER BY created"
        async for row in self._store.stream(query, (since.timestamp(), OrderStatus.SENDING.value)):
            yield self._placed(row)

    async def offer(self, session: Session, version: str) -> bytes:
        """The file of all orders that wait; notes that this session was offered them."""
        rows = await self._store.write(lambda db: _offered(db, session))
        waiting = await self._state.store.read(lambda db: [self._waiting(db, row) for row in rows])
        return documents.write(waiting, self._clock.now(), version, self._settings)

    def _waiting(self, db: sqlite3.Connection, row: sqlite3.Row) -> Waiting:
        draft = _draft(row["draft"])
        company = company_of(db, draft.customer_id) or {"name": draft.customer_id, "tax_id": ""}
        goods = {line.product_id: named(db, line.product_id) for line in draft.lines}
        cancelled = row["status"] == OrderStatus.CANCELLED.value
        return Waiting(draft, self._moment(row["created"]), cancelled, company, goods)

    async def success(self, session: Session) -> int:
        """1C has what this session was offered. Returns how many orders that are."""
        now = self._clock.now().timestamp()
        return await self._store.write(lambda db: _taken(db, session, now))

    def reader(self) -> "DocumentReader":
        """For the documents of one file."""
        return DocumentReader(self._store, self._zone, self._clock.now().timestamp(), self._settings)

    async def _know(self, draft: OrderDraft) -> None:
        if len(draft.key) > LONGEST_KEY:
            raise ErpError("Ключ заказа не помещается в 1С.", permanent=True, evidence=draft.key)
        ids = [line.product_id for line in draft.lines]
        company, missing = await self._state.store.read(
            lambda db: (company_of(db, draft.customer_id), [ref for ref in ids if not is_sold(db, ref)])
        )
        if company is None or company["withdrawn"]:
            raise ErpError(
                "Клиента этого заказа нет среди выгруженных из 1С.",
                permanent=True,
                evidence=draft.customer_id,
                reason=Reason.CUSTOMER,
            )
        if missing:
            raise ErpError(
                "В заказе есть товар, которого нет среди выгруженных из 1С.",
                permanent=True,
                evidence=", ".join(missing),
                reason=Reason.GOODS,
            )

    def _kept(self, db: sqlite3.Connection, draft: OrderDraft) -> sqlite3.Row:
        now = self._clock.now().timestamp()
        db.execute(
            "INSERT OR IGNORE INTO document (erp_id, key, number, customer, outlet, created, changed, status,"
            " delivery, lines, draft, waiting) VALUES (?1, ?1, '', ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, 1)",
            (
                draft.key,
                draft.customer_id,
                draft.outlet_id,
                now,
                OrderStatus.SENDING.value,
                draft.delivery_date.isoformat(),
                _json([asdict(line) for line in draft.lines]),
                _json(asdict(draft)),
            ),
        )
        return _by_key(db, draft.key)  # type: ignore[return-value]

    def _cancelled(self, db: sqlite3.Connection, key: str) -> sqlite3.Row:
        row = _by_key(db, key)
        if row is None:
            raise ErpError("Такого заказа нет в обмене с 1С.", permanent=True, evidence=key)
        status = OrderStatus(row["status"])
        if status is OrderStatus.CANCELLED:
            return row
        late = None
        if status in LAST_STATES:
            late = "Заказ уже отгружен, отменить его нельзя."
        elif row["offered"] and not self._settings.cancel_taken:
            late = "Заказ уже передан в 1С, отменить его может только менеджер."
        if late:
            raise ErpError(late, permanent=True, evidence=row["number"] or key, reason=Reason.LATE)
        db.execute(
            "UPDATE document SET status = ?, changed = ?, waiting = offered, revision = revision + 1 WHERE key = ?",
            (OrderStatus.CANCELLED.value, self._clock.now().timestamp(), key),
        )
        return _by_key(db, key)  # type: ignore[return-value]

    def _placed(self, row: sqlite3.Row) -> PlacedOrder:
        return PlacedOrder(
            erp_id=row["erp_id"],
            number=row["number"],
            key=row["key"] or "",
            customer_id=row["customer"],
            created=self._moment(row["created"]),
            status=OrderStatus(row["status"]),
            lines=_lines(row["lines"]),
            outlet_id=row["outlet"],
            delivery_date=date.fromisoformat(row["delivery"]) if row["delivery"] else None,
        )

    def _moment(self, stamp: float) -> datetime:
        return datetime.fromtimestamp(stamp, self._zone)


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
                row = _by_key(db, told.id) or _by_key(db, told.number)
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
    words = {line.product_id: line.unit for line in _lines(row["lines"])}
    lines = [replace(line, unit=words.get(line.product_id, "")) for line in told.lines or ()]
    new = {
        "status": status.value,
        "number": told.number_1c or row["number"] or row["key"],
        "lines": _json([asdict(line) for line in lines]) if lines else row["lines"],
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
                _json([asdict(line) for line in told.lines]),
                told.word,
            ),
        )
        return
    new = {
        "status": told.status.value if told.status else row["status"],
        "number": told.number_1c or told.number or row["number"],
        "lines": _json([asdict(line) for line in told.lines]) if told.lines else row["lines"],
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


def _by_key(db: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM document WHERE key = ?", (key,)).fetchone()
    return row


def _offered(db: sqlite3.Connection, session: Session) -> list[sqlite3.Row]:
    rows = db.execute("SELECT * FROM document WHERE waiting ORDER BY created, erp_id").fetchall()
    for row in rows:
        db.execute("INSERT OR IGNORE INTO offered VALUES (?, ?, ?)", (session.id, row["erp_id"], row["revision"]))
        db.execute("UPDATE document SET offered = 1 WHERE erp_id = ?", (row["erp_id"],))
    return rows


def _taken(db: sqlite3.Connection, session: Session, now: float) -> int:
    done = db.execute(
        "UPDATE document SET waiting = 0, changed = ?1, number = CASE number WHEN '' THEN key ELSE number END,"
        " status = CASE status WHEN ?2 THEN ?3 ELSE status END WHERE waiting AND EXISTS (SELECT 1 FROM offered o"
        " WHERE o.exchange = ?4 AND o.erp_id = document.erp_id AND o.revision = document.revision)",
        (now, OrderStatus.SENDING.value, OrderStatus.ACCEPTED.value, session.id),
    )
    if done.rowcount:
        note_brought(db, Data.ORDERS, now)
    return done.rowcount


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _lines(text: str) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(row["product_id"], Decimal(row["quantity"]), Decimal(row["price"]), row["unit"])
        for row in json.loads(text)
    )


def _draft(text: str) -> OrderDraft:
    kept = json.loads(text)
    return OrderDraft(
        **kept
        | {
            "delivery_date": date.fromisoformat(kept["delivery_date"]),
            "window_start": time.fromisoformat(kept["window_start"]),
            "window_end": time.fromisoformat(kept["window_end"]),
            "lines": _lines(_json(kept["lines"])),
        }
    )


def _differences(sent: OrderDraft, stored: PlacedOrder) -> tuple[Difference, ...]:
    pairs = {
        "Строки": (_spelt(sent.lines), _spelt(stored.lines)),
        "Дата доставки": (str(sent.delivery_date), str(stored.delivery_date)),
    }
    return tuple(Difference(name, ours, theirs) for name, (ours, theirs) in pairs.items() if ours != theirs)


def _spelt(lines: tuple[OrderLine, ...]) -> str:
    return "; ".join(f"{line.product_id} {line.quantity.normalize():f} x {line.price.normalize():f}" for line in lines)
