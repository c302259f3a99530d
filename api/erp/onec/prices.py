"""Prices as 1C keeps them: price types, individual prices of agreements, discounts — as rows of our Price.

1C gives discounts by conditions; here they become prices: one row per product and price type, so that the price of a
quantity is found without asking 1C.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.product import Price
from api.erp.onec.client import ODataClient
from api.erp.onec.goods import Goods, conditions
from api.erp.onec.literals import Where, moment
from api.erp.onec.records import Record
from api.erp.onec.terms import is_in_force

KOPECK = Decimal("0.01")

Listed = Mapping[str, Mapping[str, Price]]
"""Prices of the price types: product → price type → price."""


class Prices:
    """Reads prices."""

    def __init__(self, client: ODataClient, goods: Goods, clock: Clock, zone: ZoneInfo) -> None:
        self._client = client
        self._zone = zone
        self._names = client.names
        self._goods = goods
        self._clock = clock

    async def prices(self, product_ids: Sequence[str] | None) -> AsyncIterator[Price]:
        """All prices in force, and discounts that are to come."""
        today = self._clock.now().date()
        listed = await self._listed(product_ids)
        for of_product in listed.values():
            for price in of_product.values():
                yield price
        wanted = None if product_ids is None else frozenset(product_ids)
        async for price in self._contract(wanted, today):
            yield price
        async for record in self._client.rows(self._names.discounts):
            if not record.flag("deleted") and not _is_over(record, today):
                for price in self._discounted(record, listed, wanted):
                    yield price

    async def _listed(self, product_ids: Sequence[str] | None) -> Listed:
        table = self._names.prices
        now = self._clock.now().astimezone(self._zone).replace(tzinfo=None)
        records: list[Record] = []
        for where in conditions(table, "product", product_ids):
            slice_ = self._client.virtual(table, "SliceLast", {"Period": moment(now)}, where)
            records.extend([record async for record in slice_])
        factors = await self._goods.factors({ref for record in records if (ref := record.ref("packing"))})
        found: dict[str, dict[str, Price]] = defaultdict(dict)
        for record in records:
            price = _list_price(record, factors)
            if price.price_list_id:
                found[price.product_id][price.price_list_id] = price
        return found

    async def _contract(self, wanted: frozenset[str] | None, today: date) -> AsyncIterator[Price]:
        """Individual prices. For a few products only the agreements that name them are asked for."""
        table, lines = self._names.agreements, self._names.agreement_lines
        where = None
        if wanted is not None and len(wanted) <= 10:
            any_of = " or ".join(f"d/{lines['product']} eq guid'{ref}'" for ref in sorted(wanted))
            where = Where(f"{table['lines']}/any(d: {any_of})", lambda record: True)
        async for record in self._client.rows(table, where):
            if not is_in_force(record, self._names.words, today):
                continue
            for line in record.lines("lines", lines):
                product = line.need_ref("product")
                if wanted is None or product in wanted:
                    yield Price(
                        product_id=product,
                        amount=_rounded(line.number("amount")),
                        customer_id=record.need_ref("customer"),
                        valid_from=record.day("starts"),
                        valid_to=record.day("ends"),
                    )

    def _discounted(self, record: Record, listed: Listed, wanted: frozenset[str] | None) -> Iterator[Price]:
        """The rows that a discount makes out of the prices of the price types."""
        products = [line.need_ref("product") for line in record.lines("lines", self._names.discount_lines)]
        only = record.ref("price_type")
        for product in products or list(listed):
            if wanted is not None and product not in wanted:
                continue
            for price_list, price in listed.get(product, {}).items():
                if only in (None, price_list):
                    changed = self._changed(record, price)
                    if changed is not None:
                        yield changed

    def _changed(self, record: Record, price: Price) -> Price | None:
        """The price under the discount; None for one that this adapter does not know, which must not lower a price."""
        words, method, condition = self._names.words, record.text("method"), record.text("condition")
        if method == words.discount_percent:
            amount = _rounded(price.amount * (100 - record.number("value")) / 100)
        elif method == words.discount_price:
            amount = _rounded(record.number("value"))
        else:
            return None
        known = (words.condition_quantity, words.condition_prepayment, words.condition_promotion)
        if condition not in known or amount <= 0:
            return None
        return Price(
            product_id=price.product_id,
            amount=amount,
            price_list_id=price.price_list_id,
            min_quantity=record.number("threshold") if condition == words.condition_quantity else Decimal(0),
            prepayment=condition == words.condition_prepayment,
            promo=record.text("name") if condition == words.condition_promotion else "",
            valid_from=record.day("starts"),
            valid_to=record.day("ends"),
        )


def _list_price(record: Record, factors: Mapping[str, Decimal]) -> Price:
    """A price of a packing becomes the price of a base unit."""
    factor = factors.get(record.ref("packing") or "", Decimal(1))
    return Price(
        product_id=record.need_ref("product"),
        amount=_rounded(record.number("amount") / factor),
        price_list_id=record.ref("price_type"),
        valid_from=record.day("since"),
    )


def _rounded(amount: Decimal) -> Decimal:
    """To kopecks: an order keeps no more."""
    return amount.quantize(KOPECK, ROUND_HALF_UP)


def _is_over(record: Record, today: date) -> bool:
    ends = record.day("ends")
    return ends is not None and ends < today
