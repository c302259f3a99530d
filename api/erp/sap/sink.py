"""Orders into SAP: look up, create, read back, compare; and withdraw.

Version 2 of OData has no idempotency key. Our key stands in PurchaseOrderByCustomer and is looked for before and after
a create; senders of one process wait for each other. Two processes may still create both: then the lowest number is
kept, and the others that the same user made are rejected by whoever sees them first.
"""

import asyncio
from dataclasses import replace
from weakref import WeakValueDictionary

import structlog

from api.domain.clock import Clock
from api.domain.order import Difference, OrderDraft, OrderStatus, PlacedOrder
from api.erp.errors import ErpError, ErpUnsupported, Reason
from api.erp.sap.bodies import order_body
from api.erp.sap.client import ODataClient
from api.erp.sap.goods import Goods
from api.erp.sap.literals import key as key_of
from api.erp.sap.orders import (
    ITEMS,
    NOT_BEGUN,
    ORDERS,
    WHOLE,
    Orders,
    delivery_status,
    is_rejected,
    number_of,
)
from api.erp.sap.records import Record
from api.erp.sap.refusals import CHANGED, Refused
from api.erp.sap.settings import SapSettings

BLOCKED = "SAP записала заказ, но задержала его по кредитному контролю."
NOT_FOUND = "SAP не находит только что записанный заказ."
TWIN = "Второй заказ с тем же ключом"

log = structlog.get_logger()


class Sink:
    """Writes orders. `clock` is in the distributor's zone."""

    def __init__(self, client: ODataClient, settings: SapSettings, orders: Orders, goods: Goods, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._orders = orders
        self._goods = goods
        self._clock = clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        record = chosen(await self._orders.with_key(key))
        return None if record is None else (await self._orders.read([record]))[0]

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink. An order that credit control holds is refused, and stays: `find` tells it as failed."""
        async with self._locks.setdefault(draft.key, asyncio.Lock()):
            found = await self._orders.with_key(draft.key)
            if not found:
                found = await self._create(draft)
            record, twins = await self._settle(found)
            placed = (await self._orders.read([record]))[0]
        if placed.status is OrderStatus.FAILED:
            raise ErpError(BLOCKED, permanent=True, evidence=f"№{placed.number}", reason=Reason.CREDIT)
        return replace(placed, differences=self._orders.differences(draft, record, placed) + twins)

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink: rejects all items."""
        if not self._settings.rejection_reason:
            raise ErpUnsupported("Отмена заказов в SAP не настроена: причина отклонения не задана.")
        record = chosen(await self._orders.with_key(key))
        if record is None:
            raise ErpError("Такого заказа в SAP нет.", permanent=True, evidence=key)
        if not is_rejected(record):
            await self._reject(record)
            record = await self._stored(record.text("SalesOrder"))
        after = (await self._orders.read([record]))[0]
        if after.status is not OrderStatus.CANCELLED:
            raise ErpError("SAP не отменила заказ.", permanent=True, evidence=f"№{after.number}: {after.status}")
        return after

    async def _create(self, draft: OrderDraft) -> list[Record]:
        """The new document, and any that another process made with the same key meanwhile."""
        units = await self._goods.base_units(line.product_id for line in draft.lines)
        body = order_body(draft, self._settings, units, self._clock.now())
        made = (await self._client.create(ORDERS, body)).text("SalesOrder")
        found = await self._orders.with_key(draft.key)
        if made not in {record.text("SalesOrder") for record in found}:
            found = sorted([*found, await self._stored(made)], key=number_of)
        return found

    async def _settle(self, found: list[Record]) -> tuple[Record, tuple[Difference, ...]]:
        """The document that is kept, and those beside it that could not be withdrawn.

        A person may have copied our order with its key: what another user made is left alone.
        """
        kept = chosen(found)
        if kept is None:
            raise ErpError(NOT_FOUND, permanent=False)
        maker, left = kept.text("CreatedByUser"), list[Difference]()
        for twin in found:
            if twin is kept or is_rejected(twin) or twin.text("CreatedByUser") != maker:
                continue
            number = twin.text("SalesOrder")
            log.warning("sap.twin", kept=kept.text("SalesOrder"), rejected=number)
            try:
                await self._reject(twin)
            except ErpError as error:
                if not error.permanent:
                    raise
                left.append(Difference(TWIN, "", f"№{number}"))
        return kept, tuple(left)

    async def _reject(self, record: Record) -> None:
        """Gives each item the reason of rejection; an item that somebody changed meanwhile is read once more."""
        number = record.text("SalesOrder")
        if not self._settings.rejection_reason:
            raise ErpUnsupported("Причина отклонения не задана.")
        if delivery_status(record) not in ("", NOT_BEGUN):
            raise ErpError(
                "Заказ уже собирается или отгружен, отменить его нельзя.",
                permanent=True,
                evidence=number,
                reason=Reason.LATE,
            )
        for item in record.many("to_Item"):
            key = key_of(SalesOrder=number, SalesOrderItem=item.text("SalesOrderItem"))
            try:
                await self._reject_item(key)
            except Refused as error:
                if error.message != CHANGED:
                    raise
                await self._reject_item(key)

    async def _reject_item(self, key: str) -> None:
        """The version is read just before: that of an item changes with its neighbours'."""
        item = await self._client.entity(ITEMS, key)
        if item is not None and not item.text("SalesDocumentRjcnReason"):
            reason = {"SalesDocumentRjcnReason": self._settings.rejection_reason}
            await self._client.change(ITEMS, key, reason, item.etag)

    async def _stored(self, number: str) -> Record:
        record = await self._client.entity(ORDERS, key_of(SalesOrder=number), expand=WHOLE)
        if record is None:
            raise ErpError(NOT_FOUND, permanent=False, evidence=number)
        return record


def chosen(found: list[Record]) -> Record | None:
    """Of several documents with one key the oldest that is alive; they come by number."""
    alive = [record for record in found if not is_rejected(record)]
    return next(iter(alive or found), None)
