"""Orders into 1C: look up, create, post, read back, compare; and withdraw.

The protocol has no idempotency, so there are two guards against a second document: our key in a field of the document,
which is looked for first, and a Ref_Key made out of our key, with which a second create is refused.
"""

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.order import Difference, OrderDraft, OrderStatus, PlacedOrder
from api.domain.wording import window
from api.erp.errors import ErpError, ErpUnsupported, Reason
from api.erp.onec.client import ODataClient
from api.erp.onec.literals import is_one_of, is_text, named, not_before, portions
from api.erp.onec.money import roubles_of
from api.erp.onec.names import Table
from api.erp.onec.orders import Orders, differences, key_of
from api.erp.onec.records import EMPTY_REF, Record
from api.erp.onec.refusals import KEY_EXISTS, NO_OWN_REF, Refused
from api.erp.onec.terms import Terms, chosen, terms_of

OUR_ORDERS = uuid.UUID("6f6b1d0e-7c0e-5d49-9a43-2f1f5a8f3c11")
"""The namespace of references made out of our keys."""
LOOK_BACK = timedelta(days=31)
"""How old an order that is sent again may be."""
LAST_STATES = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


class Sink:
    """Writes orders."""

    def __init__(self, client: ODataClient, orders: Orders, clock: Clock, zone: ZoneInfo) -> None:
        self._client = client
        self._orders = orders
        self._names = client.names
        self._clock = clock
        self._zone = zone

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        record = await self._document(key)
        return None if record is None else await self._orders.read(record)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink."""
        if not draft.key or len(draft.key) > self._names.words.key_length:
            raise ErpError("Ключ заказа не помещается в 1С.", permanent=True, evidence=draft.key)
        record = await self._document(draft.key)
        values = await self._values(draft, new=record is None)
        if record is None:
            record = await self._created(values, draft.key)
        placed = await self._orders.read(record)
        if placed.status is OrderStatus.FAILED:
            await self._post(placed.erp_id, placed.number)
        stored = await self._stored(placed.erp_id)
        return replace(await self._orders.read(stored), differences=self._differences(values, stored))

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink."""
        orders = self._names.orders
        if not orders["cancelled"]:
            raise ErpUnsupported("Заказ в этой базе 1С отменяет менеджер.")
        found = await self.find(key)
        if found is None:
            raise ErpError("Такого заказа в 1С нет.", permanent=True, evidence=key)
        if found.status is OrderStatus.CANCELLED:
            return found
        # 1C accepts any version: what matters is how little time passes between this reading and the writing.
        now = await self._orders.read(await self._stored(found.erp_id))
        if now.status in LAST_STATES:
            raise ErpError(
                "Заказ уже отгружен, отменить его нельзя.", permanent=True, evidence=now.number, reason=Reason.LATE
            )
        await self._client.change(orders, now.erp_id, {orders["cancelled"]: True})
        after = await self._orders.read(await self._stored(now.erp_id))
        if after.status is not OrderStatus.CANCELLED:
            raise ErpError("1С не отменила заказ.", permanent=True, evidence=f"{after.number}: {after.status}")
        return after

    async def _document(self, key: str) -> Record | None:
        """The document with our key or our reference; of several the one that is alive, ours, the oldest.

        A copy has our key, too; and somebody may have written over the key of ours.
        """
        orders, ref = self._names.orders, reference_of(key)
        if not orders["key"]:
            return await self._recent(key)
        named = self._client.rows(orders, is_text(orders, "key", key), whole_if_refused=False)
        try:
            found = [record async for record in named]
        except Refused as error:
            if error.may_mean_the_query:
                return await self._recent(key)
            raise
        if all(record.ref("id") != ref for record in found) and (ours := await self._client.object(orders, ref)):
            found.append(ours)

        def rank(record: Record) -> tuple[bool, bool, str]:
            return record.flag("deleted"), record.ref("id") != ref, record.text("number")

        return min(found, key=rank, default=None)

    async def _recent(self, key: str) -> Record | None:
        """The document with our reference, else the oldest of the last weeks with our key.

        1C cannot compare a text without a length, which a comment is, and a base may refuse any condition: then the
        keys are read, but not those of all years.
        """
        orders = self._names.orders
        if (ours := await self._client.object(orders, reference_of(key))) is not None:
            return ours
        start = (self._clock.now() - LOOK_BACK).astimezone(self._zone).replace(tzinfo=None, microsecond=0)
        light = orders.only("id", "date", "number", "key", "comment", "deleted")
        recent = self._client.rows(light, not_before(orders, "date", start))
        found = [record async for record in recent if key_of(record) == key]
        alive = [record for record in found if not record.flag("deleted")]
        first = min(alive or found, key=lambda record: record.text("number"), default=None)
        return None if first is None else await self._stored(first.need_ref("id"))

    async def _stored(self, ref: str) -> Record:
        record = await self._client.object(self._names.orders, ref)
        if record is None:
            raise ErpError("1С не находит только что записанный заказ.", permanent=False, evidence=ref)
        return record

    async def _created(self, values: dict[str, Any], key: str) -> Record:
        ref = reference_of(key)
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
            evidence = f"№{number}. {error.evidence}"
            raise ErpError(message, permanent=error.permanent, evidence=evidence, reason=error.reason) from error

    def _differences(self, sent: dict[str, Any], stored: Record) -> tuple[Difference, ...]:
        # The date and the status are 1C's own to change.
        orders = self._names.orders
        own = (orders["date"], orders["status"])
        compared = {name: value for name, value in sent.items() if name not in own}
        return differences(compared, stored.row, orders["lines"])

    async def _values(self, draft: OrderDraft, *, new: bool) -> dict[str, Any]:
        """The document as it is sent. What it refers to is looked up: 1C would keep a broken reference in silence.

        One that is there already is only compared with this: whatever is gone since, it was accepted.
        """
        terms, company, products, outlet = await asyncio.gather(
            self._terms(draft.customer_id),
            self._company(draft.customer_id),
            self._products(draft),
            self._outlet(draft),
        )
        agreement = terms.agreement
        if new:
            await self._check(draft, agreement, products, outlet)
        orders = self._names.orders
        values: dict[str, Any] = {
            "date": f"{self._clock.now().astimezone(self._zone):%Y-%m-%dT%H:%M:%S}",
            "key": draft.key,
            "customer": draft.customer_id,
            "company": company or EMPTY_REF,
            "agreement": (agreement.ref("id") if agreement else None) or EMPTY_REF,
            "contract": terms.contract_id or EMPTY_REF,
            "price_type": terms.ref("price_type") or EMPTY_REF,
            # We tell all prices with VAT, whatever the price type or the agreement says.
            "vat_included": True,
            "organization": terms.ref("organization") or await self._organization(),
            "warehouse": self._warehouse(draft, outlet, agreement),
            "outlet": draft.outlet_id or EMPTY_REF,
            "delivery": f"{draft.delivery_date:%Y-%m-%d}T00:00:00",
            "address": draft.address,
            "comment": comment_of(draft, orders),
        }
        if self._names.words.new_order:
            values["status"] = self._names.words.new_order
        lines = [self._line(draft, place, products) for place in range(len(draft.lines))]
        return named(orders, values) | dict(self._names.words.constants) | {orders["lines"]: lines}

    async def _check(
        self, draft: OrderDraft, agreement: Record | None, products: dict[str, Record], outlet: Record | None
    ) -> None:
        """Refuses what 1C would keep in silence."""
        if agreement is None and await self._client.object(self._names.customers, draft.customer_id) is None:
            message = "Клиента этого заказа в 1С нет."
            raise ErpError(message, permanent=True, evidence=draft.customer_id, reason=Reason.CUSTOMER)
        await self._check_money(agreement)
        known = outlet is not None and outlet.ref("customer") == draft.customer_id and not outlet.flag("deleted")
        if draft.outlet_id and self._names.outlets and not known:
            message = "Торговой точки этого заказа в 1С нет."
            raise ErpError(message, permanent=True, evidence=draft.outlet_id, reason=Reason.CUSTOMER)
        missing = [line.product_id for line in draft.lines if line.product_id.lower() not in products]
        if missing:
            message = "В заказе есть товар, которого в 1С нет."
            raise ErpError(message, permanent=True, evidence=", ".join(missing), reason=Reason.GOODS)

    async def _check_money(self, agreement: Record | None) -> None:
        """1C would take the roubles for the money of the agreement."""
        currency = agreement.ref("currency") if agreement else None
        roubles = await roubles_of(self._client) if currency else None
        if roubles is not None and currency not in roubles:
            message = "Соглашение клиента в 1С — не в рублях, бот таких заказов не пишет."
            raise ErpError(message, permanent=True, evidence=str(currency), reason=Reason.PRICE)

    def _line(self, draft: OrderDraft, place: int, products: dict[str, Record]) -> dict[str, Any]:
        """A line in base units. LineNumber must run from 1: without it 1C answers with an internal error."""
        line, product = draft.lines[place], products.get(draft.lines[place].product_id.lower())
        values: dict[str, Any] = {
            "number": place + 1,
            "product": line.product_id,
            "packing": EMPTY_REF,
            "packs": line.quantity,
            "unit": (product and product.ref("unit")) or EMPTY_REF,
            "quantity": line.quantity,
            "price": line.price,
            "sum": line.sum,
            "total": line.sum,
        }
        if product and (vat := product.text("vat")):
            values["vat"] = vat
        return named(self._names.order_lines, values)

    def _warehouse(self, draft: OrderDraft, outlet: Record | None, agreement: Record | None) -> str:
        known = (draft.warehouse_id, outlet and outlet.ref("warehouse"), agreement and agreement.ref("warehouse"))
        return next((ref for ref in known if ref), EMPTY_REF)

    async def _terms(self, customer: str) -> Terms:
        """The contracts are asked for where no agreement decides."""
        names, today = self._names, self._clock.now().astimezone(self._zone).date()
        agreement = chosen(await self._of_customer(names.agreements.but("lines"), customer), names.words, today)
        if agreement is not None:
            return Terms(agreement)
        return terms_of((), await self._of_customer(names.contracts, customer), names.words, today)

    async def _company(self, customer: str) -> str | None:
        found = await self._of_customer(self._names.companies, customer)
        return next((record.ref("id") for record in found if not record.flag("deleted")), None)

    async def _of_customer(self, table: Table, customer: str) -> list[Record]:
        if not table:
            return []
        return [record async for record in self._client.rows(table, is_one_of(table, "customer", [customer]))]

    async def _outlet(self, draft: OrderDraft) -> Record | None:
        if draft.outlet_id is None or not self._names.outlets:
            return None
        return await self._client.object(self._names.outlets, draft.outlet_id)

    async def _products(self, draft: OrderDraft) -> dict[str, Record]:
        table, found = self._names.products, dict[str, Record]()
        for portion in portions(line.product_id for line in draft.lines):
            async for record in self._client.rows(table, is_one_of(table, "id", portion)):
                found[record.need_ref("id")] = record
        return found

    async def _organization(self) -> str:
        """The only organization there is; of several 1C's people choose."""
        table = self._names.organizations
        found = [record async for record in self._client.rows(table) if not record.flag("deleted")]
        return found[0].need_ref("id") if len(found) == 1 else EMPTY_REF


def reference_of(key: str) -> str:
    """The reference that a document with our key is created with."""
    return str(uuid.uuid5(OUR_ORDERS, key))


def comment_of(draft: OrderDraft, orders: Table) -> str:
    """The customer's words, and what the document has no field of its own for: at least the hours of delivery."""
    key = "" if orders["key"] else draft.key
    day = "" if orders["delivery"] else f" {draft.delivery_date:%d.%m.%Y}"
    address = "" if orders["address"] or not draft.address else f" Адрес: {draft.address}."
    hours = f"Доставка{day} {window(draft.window_start, draft.window_end)}.{address}"
    return " ".join(part for part in (key, draft.comment.strip(), hours) if part)
