"""Orders between us and 1C: kept until it fetches them, and what it says of them afterwards.

An order waits while `waiting` is set; each query of 1C notes what it was offered (`offered`), and only its `success`
in the same session takes that off. `revision` grows when an order that 1C may have is withdrawn: then a second
document with «Отменен» waits.
"""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import date, datetime

from api.domain.order import Difference, OrderDraft, OrderLine, OrderStatus, PlacedOrder
from api.erp.commerceml import documents
from api.erp.commerceml.documents import Waiting
from api.erp.commerceml.ledger import Ledger, Session, note_brought
from api.erp.commerceml.news import LAST_STATES, DocumentReader
from api.erp.commerceml.order_rows import by_key, draft_of, lines_of, packed
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.commerceml.state import State, company_of, is_sold, named
from api.erp.errors import ErpError, Reason
from api.erp.port import Data, Place

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
        row = await self._store.read(lambda db: by_key(db, key))
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
        draft = draft_of(row["draft"])
        company = company_of(db, draft.customer_id) or {"name": draft.customer_id, "tax_id": ""}
        goods = {line.product_id: named(db, line.product_id) for line in draft.lines}
        cancelled = row["status"] == OrderStatus.CANCELLED.value
        return Waiting(draft, self._moment(row["created"]), cancelled, company, goods)

    async def success(self, session: Session) -> int:
        """1C has what this session was offered. Returns how many orders that are."""
        now = self._clock.now().timestamp()
        return await self._store.write(lambda db: _taken(db, session, now))

    def reader(self) -> DocumentReader:
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
                packed([asdict(line) for line in draft.lines]),
                packed(asdict(draft)),
            ),
        )
        return by_key(db, draft.key)  # type: ignore[return-value]

    def _cancelled(self, db: sqlite3.Connection, key: str) -> sqlite3.Row:
        row = by_key(db, key)
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
        return by_key(db, key)  # type: ignore[return-value]

    def _placed(self, row: sqlite3.Row) -> PlacedOrder:
        return PlacedOrder(
            erp_id=row["erp_id"],
            number=row["number"],
            key=row["key"] or "",
            customer_id=row["customer"],
            created=self._moment(row["created"]),
            status=OrderStatus(row["status"]),
            lines=lines_of(row["lines"]),
            outlet_id=row["outlet"],
            delivery_date=date.fromisoformat(row["delivery"]) if row["delivery"] else None,
        )

    def _moment(self, stamp: float) -> datetime:
        return datetime.fromtimestamp(stamp, self._zone)


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


def _differences(sent: OrderDraft, stored: PlacedOrder) -> tuple[Difference, ...]:
    pairs = {
        "Строки": (_spelt(sent.lines), _spelt(stored.lines)),
        "Дата доставки": (str(sent.delivery_date), str(stored.delivery_date)),
    }
    return tuple(Difference(name, ours, theirs) for name, (ours, theirs) in pairs.items() if ours != theirs)


def _spelt(lines: tuple[OrderLine, ...]) -> str:
    return "; ".join(f"{line.product_id} {line.quantity.normalize():f} x {line.price.normalize():f}" for line in lines)
