"""What a draft costs: МойСклад's own wizard prices it, with the counterparty's price type and its active discounts.

The documentation promises «автозаполнение» for customerorder, its examples show wizard/demand: not run on a live
account here. Where the address is not there, the error is ErpUnsupported, as with a backend that prices no drafts.
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from api.domain.customer import Balance
from api.domain.order import OrderDraft
from api.erp.errors import ErpError, ErpUnsupported, Reason
from api.erp.moysklad.balances import Balances
from api.erp.moysklad.client import Client, one_of
from api.erp.moysklad.drafts import position
from api.erp.moysklad.goods import Goods
from api.erp.moysklad.partners import credit_limit
from api.erp.moysklad.refusals import NO_PATH, Refused
from api.erp.moysklad.rows import Row, id_of, number, roubles, text
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.moysklad.stock import Stocks
from api.erp.port import Quote, QuotedLine

NO_WIZARD = "МойСклад не рассчитывает черновик заказа."
NO_CUSTOMER = "Клиента этого заказа в МоёмСкладе нет."
WIZARD = "wizard/customerorder"
ACTIONS = "evaluate_price,evaluate_discount"


class Quotes:
    """Prices drafts and keeps nothing."""

    def __init__(
        self, client: Client, goods: Goods, stocks: Stocks, balances: Balances, settings: MoyskladSettings
    ) -> None:
        self._client = client
        self._goods = goods
        self._stocks = stocks
        self._balances = balances
        self._settings = settings

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink."""
        if not self._settings.quotes:
            raise ErpUnsupported(NO_WIZARD)
        customer = await customer_card(self._client, draft.customer_id)
        prices = await self._prices(draft)
        free = await self._free(draft)
        lines = [
            QuotedLine(line.product_id, price, free.get(line.product_id, Decimal(0)))
            for line, price in zip(draft.lines, prices, strict=True)
        ]
        balance = await self._balance(draft.customer_id)
        limit = credit_limit(customer, self._settings.credit_field)
        if balance is None or limit is None:
            return Quote(tuple(lines), None, balance)
        total = sum((line.quantity * (price or 0) for line, price in zip(draft.lines, prices, strict=True)), Decimal(0))
        return Quote(tuple(lines), balance.debt + total <= limit, balance)

    async def _prices(self, draft: OrderDraft) -> list[Decimal | None]:
        """Of the draft's lines; None: it is not sold, or has no price of this customer's type."""
        cards = await self._goods.cards({line.product_id for line in draft.lines})
        sold = {ref: card for ref, card in cards.items() if not card.get("archived")}
        asked = [line for line in draft.lines if line.product_id in sold]
        if not asked:
            return [None] * len(draft.lines)
        body = {
            "agent": self._client.link("counterparty", draft.customer_id),
            "vatIncluded": True,
            "positions": [position(self._client, line, sold[line.product_id]) for line in asked],
        }
        told = iter(await self._evaluated(body, [line.product_id for line in asked]))
        return [next(told) if line.product_id in sold else None for line in draft.lines]

    async def _evaluated(self, body: dict[str, Any], asked: list[str]) -> list[Decimal | None]:
        try:
            answer = await self._client.post(WIZARD, body, {"action": ACTIONS})
        except Refused as error:
            if error.code in NO_PATH or error.status in (404, 405):
                raise ErpUnsupported(NO_WIZARD) from error
            raise
        positions: list[Row] = answer.get("positions") or []
        told = [id_of(row.get("assortment")) for row in positions]
        if told != asked:
            raise ErpError(NO_WIZARD, permanent=False, evidence=f"{WIZARD}: {told} instead of {asked}")
        return [_price(row) for row in positions]

    async def _free(self, draft: OrderDraft) -> dict[str, Decimal]:
        free = defaultdict[str, Decimal](Decimal)
        async for row in self._stocks.stock([line.product_id for line in draft.lines], None):
            if draft.warehouse_id in (None, row.warehouse_id):
                free[row.product_id] += row.quantity
        return free

    async def _balance(self, customer: str) -> Balance | None:
        if not self._settings.balances:
            return None
        return await anext(self._balances.balances(customer))


async def customer_card(client: Client, ref: str) -> Row:
    """The counterparty, or a permanent ErpError when it is not there or in the archive."""
    rows = client.rows("entity/counterparty", one_of("id", [ref]))
    found = [row async for row in rows if text(row, "id") == ref]
    if not found:
        raise ErpError(NO_CUSTOMER, permanent=True, evidence=ref, reason=Reason.CUSTOMER)
    return found[0]


def _price(row: Row) -> Decimal | None:
    discounted = row.get("discountedPrice")
    if discounted is None:
        discounted = number(row.get("price")) * (100 - number(row.get("discount"))) / 100
    return roubles(discounted) or None
