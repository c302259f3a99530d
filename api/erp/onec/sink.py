"""Orders into 1C: look up, create, post, read back, compare; and withdraw.

The protocol has no idempotency, so there are two guards against a second document: our key in a field of the document,
which is looked for first, and a Ref_Key made out of our key, with which a second create is refused.
"""

import asyncio
import uuid
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.order import Difference, OrderDraft, OrderStatus, PlacedOrder
from api.domain.wording import window
from api.erp.errors import ErpError
from api.erp.onec.client import ODataClient
from api.erp.onec.literals import is_one_of, is_text, portions
from api.erp.onec.names import Table
from api.erp.onec.orders import differences, placed_order
from api.erp.onec.records import EMPTY_REF, Record
from api.erp.onec.refusals import KEY_EXISTS, Refused
from api.erp.onec.terms import chosen

OUR_ORDERS = uuid.UUID("6f6b1d0e-7c0e-5d49-9a43-2f1f5a8f3c11")
"""The namespace of references made out of our keys."""
NO_OWN_REF = (10, 16)
"""1C's numbers for a property that is not there or cannot be assigned."""
LAST_STATES = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


class Sink:
    """Writes orders."""

    def __init__(self, client: ODataClient, clock: Clock, zone: ZoneInfo) -> None:
        self._client = client
        self._names = client.names
        self._clock = clock
        self._zone = zone

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        record = await self._document(key)
        return None if record is None else self._read(record)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink."""
        if not draft.key or len(draft.key) > self._names.words.key_length:
            raise ErpError("Ключ заказа не помещается в 1С.", permanent=True, evidence=draft.key)
        values = await self._values(draft)
        record = await self._document(draft.key)
        if record is None:
            record = await self._created(values, draft.key)
        placed = self._read(record)
        if placed.status is OrderStatus.FAILED:
            await self._post(placed.erp_id, placed.number)
        stored = await self._stored(placed.erp_id)
        return replace(self._read(stored), differences=self._differences(values, stored))

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink."""
        found = await self.find(key)
        if found is None:
            raise ErpError("Такого заказа в 1С нет.", permanent=True, evidence=key)
        if found.status is OrderStatus.CANCELLED:
            return found
        # 1C accepts any version: what matters is how little time passes between this reading and the writing.
        now = self._read(await self._stored(found.erp_id))
        if now.status in LAST_STATES:
            raise ErpError("Заказ уже отгружен, отменить его нельзя.", permanent=True, evidence=now.number)
        orders = self._names.orders
        await self._client.change(orders, now.erp_id, {orders["cancelled"]: True})
        after = self._read(await self._stored(now.erp_id))
        if after.status is not OrderStatus.CANCELLED:
            raise ErpError("1С не отменила заказ.", permanent=True, evidence=f"{after.number}: {after.status}")
        return after

    def _read(self, record: Record) -> PlacedOrder:
        return placed_order(record, self._names, self._zone)

    async def _document(self, key: str) -> Record | None:
        """The document with our key; of several, which should not be, the one that is alive and the oldest."""
        orders = self._names.orders
        found = [record async for record in self._client.rows(orders, is_text(orders, "key", key))]
        alive = [record for record in found if not record.flag("deleted")]
        return min(alive or found, key=lambda record: record.text("number"), default=None)

    async def _stored(self, ref: str) -> Record:
        record = await self._client.object(self._names.orders, ref)
        if record is None:
            raise ErpError("1С не находит только что записанный заказ.", permanent=False, evidence=ref)
        return record

    async def _created(self, values: dict[str, Any], key: str) -> Record:
        ref = str(uuid.uuid5(OUR_ORDERS, key))
        try:
            made = await self._client.create(self._names.orders, {"Ref_Key": ref} | values)
        except Refused as error:
            if error.code == KEY_EXISTS:
                # Another sender was faster by a moment.
                return await self._stored(ref)
            if error.code not in NO_OWN_REF:
                raise
            # Nothing was written. This base wants to choose references itself; the look-up by key still guards.
            made = await self._client.create(self._names.orders, values)
        return await self._stored(made.need_ref("id"))

    async def _post(self, ref: str, number: str) -> None:
        try:
            await self._client.post(self._names.orders, ref)
        except Refused as error:
            message = "1С записала заказ, но не провела его." if error.permanent else error.message
            raise ErpError(message, permanent=error.permanent, evidence=f"№{number}. {error.evidence}") from error

    def _differences(self, sent: dict[str, Any], stored: Record) -> tuple[Difference, ...]:
        # The date and the status are 1C's own to change.
        orders = self._names.orders
        own = (orders["date"], orders["status"])
        compared = {name: value for name, value in sent.items() if name not in own}
        return differences(compared, stored.row, orders["lines"])

    async def _values(self, draft: OrderDraft) -> dict[str, Any]:
        """The document as it is sent. What it refers to is looked up: 1C would keep a broken reference in silence."""
        agreement, company, products, outlet = await asyncio.gather(
            self._agreement(draft.customer_id),
            self._company(draft.customer_id),
            self._products(draft),
            self._outlet(draft),
        )
        if agreement is None and await self._client.object(self._names.customers, draft.customer_id) is None:
            raise ErpError("Клиента этого заказа в 1С нет.", permanent=True, evidence=draft.customer_id)
        values: dict[str, Any] = {
            "date": f"{self._clock.now().astimezone(self._zone):%Y-%m-%dT%H:%M:%S}",
            "key": draft.key,
            "customer": draft.customer_id,
            "company": company or EMPTY_REF,
            "agreement": (agreement.ref("id") if agreement else None) or EMPTY_REF,
            "contract": (agreement.ref("contract") if agreement else None) or EMPTY_REF,
            "organization": (agreement.ref("organization") if agreement else None) or await self._organization(),
            "warehouse": self._warehouse(draft, outlet, agreement),
            "outlet": draft.outlet_id or EMPTY_REF,
            "delivery": f"{draft.delivery_date:%Y-%m-%d}T00:00:00",
            "address": draft.address,
            "comment": comment_of(draft),
            "status": self._names.words.new_order,
        }
        orders = self._names.orders
        lines = [self._line(draft, place, products) for place in range(len(draft.lines))]
        return {orders[name]: value for name, value in values.items() if orders[name]} | {orders["lines"]: lines}

    def _line(self, draft: OrderDraft, place: int, products: dict[str, Record]) -> dict[str, Any]:
        """A line in base units. LineNumber must run from 1: without it 1C answers with an internal error."""
        line, table = draft.lines[place], self._names.order_lines
        values: dict[str, Any] = {
            "number": place + 1,
            "product": line.product_id,
            "packing": EMPTY_REF,
            "packs": line.quantity,
            "quantity": line.quantity,
            "price": line.price,
            "sum": line.sum,
        }
        if vat := products[line.product_id.lower()].text("vat"):
            values["vat"] = vat
        return {table[name]: value for name, value in values.items() if table[name]}

    def _warehouse(self, draft: OrderDraft, outlet: Record | None, agreement: Record | None) -> str:
        known = (draft.warehouse_id, outlet and outlet.ref("warehouse"), agreement and agreement.ref("warehouse"))
        return next((ref for ref in known if ref), EMPTY_REF)

    async def _agreement(self, customer: str) -> Record | None:
        table = self._names.agreements
        return chosen(await self._of_customer(table, customer), self._names.words, self._clock.now().date())

    async def _company(self, customer: str) -> str | None:
        found = await self._of_customer(self._names.companies, customer)
        return next((record.ref("id") for record in found if not record.flag("deleted")), None)

    async def _of_customer(self, table: Table, customer: str) -> list[Record]:
        return [record async for record in self._client.rows(table, is_one_of(table, "customer", [customer]))]

    async def _outlet(self, draft: OrderDraft) -> Record | None:
        if draft.outlet_id is None:
            return None
        outlet = await self._client.object(self._names.outlets, draft.outlet_id)
        if outlet is None:
            raise ErpError("Торговой точки этого заказа в 1С нет.", permanent=True, evidence=draft.outlet_id)
        return outlet

    async def _products(self, draft: OrderDraft) -> dict[str, Record]:
        table, found = self._names.products, dict[str, Record]()
        for portion in portions(line.product_id for line in draft.lines):
            async for record in self._client.rows(table, is_one_of(table, "id", portion)):
                found[record.need_ref("id")] = record
        missing = [line.product_id for line in draft.lines if line.product_id.lower() not in found]
        if missing:
            raise ErpError("В заказе есть товар, которого в 1С нет.", permanent=True, evidence=", ".join(missing))
        return found

    async def _organization(self) -> str:
        """The only organization there is; of several 1C's people choose."""
        table = self._names.organizations
        found = [record async for record in self._client.rows(table) if not record.flag("deleted")]
        return found[0].need_ref("id") if len(found) == 1 else EMPTY_REF


def comment_of(draft: OrderDraft) -> str:
    """The customer's words and the delivery window, for which the document has no field of its own."""
    hours = f"Доставка {window(draft.window_start, draft.window_end)}."
    return f"{draft.comment.strip()} {hours}".strip()
