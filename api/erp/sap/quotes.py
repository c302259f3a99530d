"""What SAP itself makes of a draft: price, availability and credit in one simulated order, which is never saved."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from api.domain.order import OrderDraft
from api.erp.errors import ErpError, Reason
from api.erp.port import Quote, QuotedLine
from api.erp.sap.bodies import simulation_body
from api.erp.sap.client import CUT, ODataClient, Set
from api.erp.sap.goods import Goods
from api.erp.sap.orders import CREDIT_BLOCKED, KOPECK, amount_of, living_items
from api.erp.sap.records import Record
from api.erp.sap.settings import SapSettings

SIMULATION = Set("API_SALES_ORDER_SIMULATION_SRV", "A_SalesOrderSimulation", "SalesOrder")

OTHER_MONEY = "SAP рассчитывает этого клиента в другой валюте."


class Quotes:
    """Simulates orders."""

    def __init__(self, client: ODataClient, settings: SapSettings, goods: Goods) -> None:
        self._client = client
        self._settings = settings
        self._goods = goods

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink."""
        units = await self._goods.base_units(line.product_id for line in draft.lines)
        answer = await self._client.create(SIMULATION, simulation_body(draft, self._settings, units))
        items = living_items(answer)
        for item in items:
            self._same_money(item)
        if len(items) != len(draft.lines):
            raise ErpError(CUT, permanent=False, evidence=f"{len(items)} items of {len(draft.lines)}")
        lines = tuple(
            self._line(line.product_id, line.quantity, item, draft.delivery_date)
            for line, item in zip(draft.lines, items, strict=True)
        )
        return Quote(lines, credit_of(answer.one("to_Credit")))

    def _same_money(self, item: Record) -> None:
        """Amounts of a customer that pays in another currency must not be read as roubles."""
        told = item.text("TransactionCurrency")
        if told not in ("", self._settings.currency):
            raise ErpError(OTHER_MONEY, permanent=True, evidence=told, reason=Reason.PRICE)

    def _line(self, product: str, quantity: Decimal, item: Record, day: date) -> QuotedLine:
        """Quantities come in the unit that was sent, the base unit. A substitute is not what was asked for."""
        if item.text("Material") != product:
            return QuotedLine(product, None, Decimal(0))
        amount = amount_of(item, gross=self._settings.gross)
        price = (amount / quantity).quantize(KOPECK, ROUND_HALF_UP) if amount > 0 else None
        return QuotedLine(product, price, available(item, day))


def available(item: Record, day: date) -> Decimal:
    """What is confirmed by the day. SAP confirms no more than was asked for."""
    schedule = item.many("to_ScheduleLine")
    if not schedule:
        return item.number("ConfdDelivQtyInOrderQtyUnit")
    return sum(
        (
            line.number("ConfdOrderQtyByMatlAvailCheck")
            for line in schedule
            if (line.day("ConfirmedDeliveryDate") or date.max) <= day
        ),
        Decimal(0),
    )


def credit_of(credit: Record) -> bool | None:
    """Whether credit control lets the order through; None: it was not asked."""
    status = credit.text("TotalCreditCheckStatus")
    return status not in CREDIT_BLOCKED if status else None
