"""The document «Заказ клиента»: how it is read as our order, and how what was stored is compared with what was sent."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from api.domain.order import OUR_KEYS, Difference, OrderLine, OrderStatus, PlacedOrder
from api.erp.errors import ErpError
from api.erp.onec.client import ODataClient
from api.erp.onec.literals import not_before
from api.erp.onec.names import Names
from api.erp.onec.records import Record

log = structlog.get_logger()

KOPECK = Decimal("0.01")


class Orders:
    """Reads order documents."""

    def __init__(self, client: ODataClient, zone: ZoneInfo) -> None:
        self._client = client
        self._names = client.names
        self._zone = zone
        self._states: dict[str, str] = {}

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """Orders dated since then, oldest first. 1C does not tell when a document was changed: the date is its own.

        Drafts that somebody keeps in 1C are no orders yet; those with our key are told, as failed.
        """
        table = self._names.orders
        start = since.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
        order = f"{table['date']},{table['id']}"
        async for record in self._client.rows(table, not_before(table, "date", start), order):
            placed = await self.read(record)
            if placed.key or placed.status is not OrderStatus.FAILED:
                yield placed

    async def read(self, record: Record) -> PlacedOrder:
        """A document as our order."""
        return placed_order(record, self._names, self._zone, await self._state(record))

    async def _state(self, record: Record) -> str:
        """The word for the document's state: it stands in the document, or in a catalogue that people add to."""
        table, state = self._names.order_states, record.text("status")
        if table and record.ref("status") and state not in self._states:
            self._states = {row.text("id"): row.text("name") async for row in self._client.rows(table)}
        return self._states.get(state, "") if table else state


def placed_order(record: Record, names: Names, zone: ZoneInfo, state: str) -> PlacedOrder:
    """The document as our order; `state`: the word for its state."""
    delivery = record.day("delivery")
    created = record.aware("date", zone)
    if created is None:
        raise ErpError("В 1С заказ без даты.", permanent=True, evidence=record.text("number"))
    return PlacedOrder(
        erp_id=record.need_ref("id"),
        number=record.text("number"),
        key=key_of(record),
        customer_id=record.ref("customer") or "",
        created=created,
        status=status_of(record, names, state),
        lines=tuple(_line(line) for line in record.lines("lines", names.order_lines)),
        outlet_id=record.ref("outlet"),
        delivery_date=delivery,
    )


def key_of(record: Record) -> str:
    """Our key: in a field of its own, where people write their customers' numbers, else the comment's first word."""
    key = record.text("key") if record.table["key"] else record.text("comment").partition(" ")[0]
    return key if key.startswith(OUR_KEYS) else ""


def status_of(record: Record, names: Names, state: str) -> OrderStatus:
    """An unposted document is no order for 1C: it failed until somebody posts it.

    A posted one in a state that the table does not know is accepted: one odd document must not stop the history.
    """
    if record.flag("cancelled") or record.flag("deleted"):
        return OrderStatus.CANCELLED
    if not record.flag("posted"):
        return OrderStatus.FAILED
    status = names.statuses.get(state)
    if status is None and record.table["status"]:
        log.warning("onec.unknown_status", number=record.text("number"), status=state)
    return status or OrderStatus.ACCEPTED


def _line(record: Record) -> OrderLine:
    """In base units. A line in packings has the price of a packing, and a discount changes only the sum."""
    quantity, price, total = record.number("quantity"), record.number("price"), record.number("sum")
    if quantity and total and (quantity * price).quantize(KOPECK, ROUND_HALF_UP) != total:
        price = (total / quantity).quantize(KOPECK, ROUND_HALF_UP)
    return OrderLine(record.ref("product") or "", quantity, price)


def differences(sent: Mapping[str, Any], stored: Mapping[str, Any], part: str) -> tuple[Difference, ...]:
    """What 1C keeps otherwise than it was sent, under 1C's own names, which the manager knows.

    Compares the fields that were sent; `part` is the name of the tabular part.
    """
    found = _fields({name: value for name, value in sent.items() if name != part}, stored, "")
    ours, theirs = sent.get(part, []), stored.get(part) or []
    if len(ours) != len(theirs):
        found.append(Difference(f"{part}: строк", str(len(ours)), str(len(theirs))))
    for place, (line, kept) in enumerate(zip(ours, theirs, strict=False), start=1):
        found.extend(_fields(line, kept, f"{part}, строка {place}: "))
    return tuple(found)


def _fields(sent: Mapping[str, Any], stored: Mapping[str, Any], prefix: str) -> list[Difference]:
    found = []
    for name, value in sent.items():
        kept = stored.get(name)
        if not _same(value, kept):
            found.append(Difference(prefix + name.removesuffix("_Key"), str(value), "" if kept is None else str(kept)))
    return found


def _same(sent: Any, stored: Any) -> bool:
    if isinstance(sent, bool) or stored is None:
        return bool(sent == stored)
    if isinstance(sent, Decimal | int):
        # 1C sends long integers, such as LineNumber, as strings.
        return _decimal(stored) == Decimal(sent)
    return str(sent).strip() == str(stored).strip()


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None
