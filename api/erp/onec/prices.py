"""Prices as 1C keeps them: price types, individual prices of agreements, discounts — as rows of our Price.

1C gives discounts by conditions; here they become prices: one row per product and price type, so that the price of a
quantity is found without asking 1C. The parts come from 1C in any order: they are put aside, then told by product.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import structlog

from api.domain.clock import Clock
from api.domain.product import Price
from api.erp.onec.client import ODataClient
from api.erp.onec.goods import Goods, conditions
from api.erp.onec.literals import Where, guid, moment, not_before
from api.erp.onec.records import Record
from api.erp.onec.refusals import Refused
from api.erp.onec.spool import Spool
from api.erp.onec.terms import chosen, is_in_force
from api.erp.onec.versions import Versions, versions_of

log = structlog.get_logger()

KOPECK = Decimal("0.01")
AGREEMENTS_AT_ONCE = 20
"""Agreements with their prices in one answer: each may have thousands."""
NAMED_AT_ONCE = 10
"""For so many products only the agreements that name them are asked for."""
LOOK_BACK = timedelta(days=3)
"""A document of prices is dated when somebody begins it, and posted later."""

LISTED, OWN = "listed", "own"


@dataclass(frozen=True)
class Discount:
    """A discount in use with the products it names; none named: all."""

    record: Record
    products: frozenset[str]


class Prices:
    """Reads prices."""

    def __init__(self, client: ODataClient, goods: Goods, clock: Clock, zone: ZoneInfo) -> None:
        self._client = client
        self._zone = zone
        self._names = client.names
        self._goods = goods
        self._clock = clock
        self._rules = (Versions(), Versions())

    async def prices(self, product_ids: Sequence[str] | None, since: datetime | None = None) -> AsyncIterator[Price]:
        """All prices in force, and discounts that are to come; all rows of a product stand together."""
        if since is not None and product_ids is None and not await self._others_changed(since):
            product_ids = await self._repriced(since)
        today = self._clock.now().date()
        with Spool() as spool:
            packings = await self._put_listed(spool, product_ids)
            await self._put_own(spool, None if product_ids is None else frozenset(product_ids), today)
            factors = await self._goods.factors(packings)
            discounts = await self._discounts(today)
            for product, rows in spool.groups():
                for price in self._of_product(product, rows, factors, discounts):
                    yield price

    async def _others_changed(self, since: datetime) -> bool:
        """Whether an agreement or a discount changed, or a day began, on which some of them come into force.

        Which products they named before is not known any more: then everything is told.
        """
        now = self._clock.now()
        changed = since.astimezone(self._zone).date() < now.astimezone(self._zone).date()
        for table, seen in zip((self._names.agreements, self._names.discounts), self._rules, strict=True):
            changed |= bool(seen.changed(await versions_of(self._client, table), now, since))
        return changed

    async def _repriced(self, since: datetime) -> list[str] | None:
        """Products with new records of prices; None, which means all, where the base does not filter by date.

        All records of all years would be more than all prices of today.
        """
        table = self._names.prices.only("product", "since")
        start = (since - LOOK_BACK).astimezone(self._zone).replace(tzinfo=None, microsecond=0)
        new = not_before(table, "since", start)
        # All records of a document have one moment: without the product pages would skip some of them.
        order = f"{table['since']},{table['product']}"
        records = self._client.rows(table, new, order, whole_if_refused=False)
        try:
            return list({record.need_ref("product"): None async for record in records})
        except Refused as error:
            if error.may_mean_the_query:
                return None
            raise

    async def _put_listed(self, spool: Spool, product_ids: Sequence[str] | None) -> set[str]:
        """The prices of the price types; returns the packings they are for."""
        table, packings = self._names.prices, set[str]()
        now = self._clock.now().astimezone(self._zone).replace(tzinfo=None)
        for where in conditions(table, "product", product_ids):
            async for record in self._client.virtual(table, "SliceLast", {"Period": moment(now)}, where):
                price_type, packing = record.ref("price_type"), record.ref("packing") or ""
                if price_type is None or record.ref("characteristic") is not None:
                    continue
                since, amount = record.day("since"), record.number("amount")
                spool.add(record.need_ref("product"), LISTED, price_type, packing, str(amount), _stored(since))
                if packing:
                    packings.add(packing)
        return packings

    async def _put_own(self, spool: Spool, wanted: frozenset[str] | None, today: date) -> None:
        """Individual prices. For a few products only the agreements that name them are asked for."""
        table, lines = self._names.agreements, self._names.agreement_lines
        if not table["lines"] or wanted == frozenset():
            return
        where = None
        if wanted is not None and len(wanted) <= NAMED_AT_ONCE:
            any_of = " or ".join(f"d/{lines['product']} eq {guid(ref)}" for ref in sorted(wanted))
            where = Where(f"{table['lines']}/any(d: {any_of})", lambda record: True)
        held = await self._held(None if where is None else await self._customers(where, today), today)
        async for record in self._client.rows(table, where, page=AGREEMENTS_AT_ONCE):
            customer = record.ref("customer")
            if customer is None or held.get(customer) != record.ref("id"):
                continue
            term = (_stored(record.day("starts")), _stored(record.day("ends")))
            for line in record.lines("lines", lines):
                product, amount = line.need_ref("product"), line.number("amount")
                # A line without a price of its own may name a price type instead: it gives nothing away.
                if amount > 0 and (wanted is None or product in wanted):
                    spool.add(product, OWN, customer, str(amount), *term)

    async def _customers(self, where: Where, today: date) -> list[str]:
        """Whose agreements in force these are."""
        found = self._client.rows(self._names.agreements.but("lines"), where)
        held = [record.ref("customer") async for record in found if is_in_force(record, self._names.words, today)]
        return [customer for customer in held if customer is not None]

    async def _held(self, customers: Sequence[str] | None, today: date) -> dict[str, str | None]:
        """The agreement that orders of each customer are written under: of several in force, its prices hold."""
        table, found = self._names.agreements.but("lines"), defaultdict[str, list[Record]](list)
        for where in conditions(table, "customer", customers):
            async for record in self._client.rows(table, where):
                if (customer := record.ref("customer")) and is_in_force(record, self._names.words, today):
                    found[customer].append(record)
        agreements = {customer: chosen(records, self._names.words, today) for customer, records in found.items()}
        return {customer: agreement.ref("id") for customer, agreement in agreements.items() if agreement}

    async def _discounts(self, today: date) -> list[Discount]:
        lines = self._names.discount_lines
        return [
            Discount(record, frozenset(line.need_ref("product") for line in record.lines("lines", lines)))
            async for record in self._client.rows(self._names.discounts)
            if not record.flag("deleted") and not _is_over(record, today)
        ]

    def _of_product(
        self, product: str, rows: list[list[str]], factors: Mapping[str, Decimal], discounts: Sequence[Discount]
    ) -> Iterator[Price]:
        listed: dict[str, Price] = {}
        for kind, *parts in rows:
            if kind == LISTED:
                price_type, packing, amount, since = parts
                factor = factors.get(packing) if packing else Decimal(1)
                if factor is None:
                    # As the price of a piece it would be somebody's loss.
                    log.warning("onec.packing_of_no_size", product=product, packing=packing)
                    continue
                price, other = _listed(product, price_type, Decimal(amount) / factor, since), listed.get(price_type)
                if price.amount > 0 and (other is None or _age(price) >= _age(other)):
                    listed[price_type] = price
        yield from listed.values()
        for kind, *parts in rows:
            if kind == OWN:
                yield _own(product, *parts)
        for discount in discounts:
            if not discount.products or product in discount.products:
                yield from self._discounted(discount.record, listed)

    def _discounted(self, record: Record, listed: Mapping[str, Price]) -> Iterator[Price]:
        """The rows that a discount makes out of the prices of the price types."""
        only = record.ref("price_type")
        for price_type, price in listed.items():
            changed = self._changed(record, price) if only in (None, price_type) else None
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


def _listed(product: str, price_type: str, amount: Decimal, since: str) -> Price:
    """A price of a packing has become the price of a base unit."""
    return Price(product, _rounded(amount), price_type, valid_from=_day(since))


def _age(price: Price) -> tuple[date, Decimal]:
    """Of several prices of one type the newest holds; of one day the highest: too low a price is never mended."""
    return price.valid_from or date.min, price.amount


def _own(product: str, customer: str, amount: str, starts: str, ends: str) -> Price:
    price = _rounded(Decimal(amount))
    return Price(product, price, customer_id=customer, valid_from=_day(starts), valid_to=_day(ends))


def _stored(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rounded(amount: Decimal) -> Decimal:
    """To kopecks: an order keeps no more."""
    return amount.quantize(KOPECK, ROUND_HALF_UP)


def _is_over(record: Record, today: date) -> bool:
    ends = record.day("ends")
    return ends is not None and ends < today
