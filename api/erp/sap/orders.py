"""The sales order: how it is read as our order, and how what was stored is compared with what was sent."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from api.domain.order import Difference, OrderDraft, OrderLine, OrderStatus, PlacedOrder
from api.erp.sap.bodies import comment_of, ship_to
from api.erp.sap.client import ODataClient, Set
from api.erp.sap.goods import Factors
from api.erp.sap.literals import at_moment, text
from api.erp.sap.records import Record
from api.erp.sap.settings import SapSettings

SERVICE = "API_SALES_ORDER_SRV"
ORDERS = Set(SERVICE, "A_SalesOrder", "SalesOrder")
ITEMS = Set(SERVICE, "A_SalesOrderItem", "SalesOrder,SalesOrderItem")
WHOLE = "to_Item,to_Partner,to_Text"

BATCH = 50
KOPECK = Decimal("0.01")
ROUNDING = Decimal("0.02")
"""Net amount and tax of a line are rounded apart."""
HALF_KOPECK = Decimal("0.005")
"""A price of a base unit is rounded to kopecks: a carton of 12 for 100 roubles costs 12 × 8.33 here."""

NOT_BEGUN, PARTLY, WHOLLY = "A", "B", "C"
CREDIT_BLOCKED = frozenset("BC")
"""TotalCreditCheckStatus: checked and not all right; C: released in part."""


class Orders:
    """Reads sales orders."""

    def __init__(self, client: ODataClient, settings: SapSettings, zone: ZoneInfo) -> None:
        self._client = client
        self._settings = settings
        self._zone = zone

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """Orders of the sales area created or changed since then, by number, that is as they were created."""
        settings, factors, batch = self._settings, Factors(self._client), list[Record]()
        where = (
            f"LastChangeDateTime ge {at_moment(since)}"
            f" and SalesOrganization eq {text(settings.sales_organization)}"
            f" and DistributionChannel eq {text(settings.distribution_channel)}"
        )
        async for record in self._client.rows(ORDERS, where, expand=WHOLE):
            batch.append(record)
            if len(batch) == BATCH:
                for order in await self.read(batch, factors):
                    yield order
                batch = []
        for order in await self.read(batch, factors):
            yield order

    async def with_key(self, key: str) -> list[Record]:
        """The documents with this key, by number."""
        where = f"PurchaseOrderByCustomer eq {text(key)}"
        found = [record async for record in self._client.rows(ORDERS, where, expand=WHOLE)]
        return sorted(found, key=number_of)

    async def read(self, records: Sequence[Record], factors: Factors | None = None) -> list[PlacedOrder]:
        """Documents as our orders."""
        known = factors or Factors(self._client)
        await known.learn(item.text("Material") for record in records for item in record.many("to_Item"))
        return [self._order(record, known) for record in records]

    def _order(self, record: Record, factors: Factors) -> PlacedOrder:
        key = record.text("PurchaseOrderByCustomer")
        key = key if key.startswith(self._settings.key_prefix) else ""
        customer = record.text("SoldToParty")
        return PlacedOrder(
            erp_id=record.text("SalesOrder"),
            number=record.text("SalesOrder"),
            key=key,
            customer_id=customer,
            created=self._created(record, ours=bool(key)),
            status=status_of(record),
            lines=tuple(self._line(item, factors) for item in living_items(record)),
            outlet_id=f"{customer}/{self.ship_to(record)}",
            delivery_date=record.day("RequestedDeliveryDate"),
        )

    def ship_to(self, record: Record) -> str:
        """The ship-to party; the customer itself where none is named."""
        function = self._settings.ship_to_function
        named = (row.text("Customer") for row in record.many("to_Partner") if row.text("PartnerFunction") == function)
        return next(named, "") or record.text("SoldToParty")

    def comment(self, record: Record) -> str:
        texts = (
            row.text("LongText") for row in record.many("to_Text") if row.text("LongTextID") == self._settings.text_id
        )
        return next(texts, "")

    def _created(self, record: Record, *, ours: bool) -> datetime:
        """SAP tells only the day; the hour and minute of our orders stand in a field of theirs."""
        day = (record.day("SalesOrderDate") if ours else None) or record.day("CreationDate") or date.min
        told = record.text(self._settings.clock_field) if ours and self._settings.clock_field else ""
        try:
            moment = time(int(told[:2]), int(told[2:4]))
        except ValueError:
            moment = time(0)
        return datetime.combine(day, moment, self._zone if day > date.min else UTC)

    def _line(self, item: Record, factors: Factors) -> OrderLine:
        product = item.text("Material")
        quantity = item.number("RequestedQuantity") * factors.of(product, item.text("RequestedQuantityUnit"))
        amount = amount_of(item, gross=self._settings.gross)
        price = (amount / quantity).quantize(KOPECK, ROUND_HALF_UP) if quantity else Decimal(0)
        return OrderLine(product, quantity, price)

    def differences(self, draft: OrderDraft, stored: Record, order: PlacedOrder) -> tuple[Difference, ...]:
        """What SAP keeps otherwise than it was sent."""
        pairs = [
            ("Клиент", draft.customer_id, order.customer_id),
            ("Точка доставки", ship_to(draft), self.ship_to(stored)),
            ("Дата доставки", str(draft.delivery_date), str(order.delivery_date)),
            ("Комментарий", comment_of(draft), self.comment(stored)),
            ("Число строк", str(len(draft.lines)), str(len(order.lines))),
        ]
        items = living_items(stored)
        for place, (sent, kept, item) in enumerate(zip(draft.lines, order.lines, items, strict=False), start=1):
            amount = amount_of(item, gross=self._settings.gross)
            same = abs(sent.sum - amount) <= ROUNDING + HALF_KOPECK * sent.quantity
            pairs += [
                (f"Строка {place}: товар", sent.product_id, kept.product_id),
                (f"Строка {place}: количество", f"{sent.quantity:f}", _like(kept.quantity, sent.quantity)),
                (f"Строка {place}: сумма", f"{sent.sum:f}", f"{sent.sum if same else amount:f}"),
            ]
            if draft.warehouse_id:
                pairs.append((f"Строка {place}: завод", draft.warehouse_id, item.text("ProductionPlant")))
        return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def number_of(record: Record) -> tuple[int, str]:
    """To find the oldest document: numbers grow."""
    number = record.text("SalesOrder")
    return len(number), number


def status_of(record: Record) -> OrderStatus:
    """A delivery status tells of delivery documents: B some, C all. A completed order is billed too.

    An order that credit control holds back is no order yet: it failed until somebody releases it.
    """
    if is_rejected(record):
        return OrderStatus.CANCELLED
    if record.text("OverallSDProcessStatus") == WHOLLY:
        return OrderStatus.DELIVERED
    delivered = delivery_status(record)
    if delivered in (PARTLY, WHOLLY):
        return OrderStatus.SHIPPED if delivered == WHOLLY else OrderStatus.PICKING
    if record.text("TotalCreditCheckStatus") in CREDIT_BLOCKED:
        return OrderStatus.FAILED
    return OrderStatus.ACCEPTED


def delivery_status(record: Record) -> str:
    """Of all items; releases differ in which of the two fields they fill."""
    return record.text("OverallDeliveryStatus") or record.text("OverallTotalDeliveryStatus")


def is_rejected(record: Record) -> bool:
    """Whether all items are."""
    items = record.many("to_Item")
    if items:
        return all(item.text("SalesDocumentRjcnReason") for item in items)
    return record.text("OverallSDDocumentRejectionSts") == WHOLLY


def living_items(record: Record) -> list[Record]:
    """The customer's own lines: without those that SAP adds under them (free goods, parts of a set) and the rejected.

    Of an order that is rejected whole, all lines.
    """
    items = [item for item in record.many("to_Item") if not item.text("HigherLevelItem").strip("0")]
    items.sort(key=lambda item: int(item.text("SalesOrderItem") or 0))
    return [item for item in items if not item.text("SalesDocumentRjcnReason")] or items


def amount_of(item: Record, *, gross: bool) -> Decimal:
    """Of the line, in roubles. SAP's own amounts are without tax."""
    return item.number("NetAmount") + (item.number("TaxAmount") if gross else Decimal(0))


def _like(kept: Decimal, sent: Decimal) -> str:
    """5.000 written as 5 when that is what was sent."""
    return f"{sent:f}" if kept == sent else f"{kept:f}"
