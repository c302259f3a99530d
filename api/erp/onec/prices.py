"""Prices as 1C keeps them: price types, individual prices of agreements, discounts — as rows of our Price.

1C gives discounts by conditions; here they become prices: one row per product and price type, so that the price of a
quantity is found without asking 1C. The parts come from 1C in any order: they are put aside, then told by product.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.product import Price
from api.erp.onec.aside import LISTED, NET, OWN, RATE, Aside, Measure, Row, rounded
from api.erp.onec.client import ODataClient
from api.erp.onec.goods import Goods, conditions
from api.erp.onec.literals import Where, guid, moment, not_before
from api.erp.onec.money import is_net, money_of
from api.erp.onec.records import Record
from api.erp.onec.refusals import Refused
from api.erp.onec.spool import Spool
from api.erp.onec.terms import chosen, is_in_force
from api.erp.onec.versions import LIGHT, Versions, versions_of

AGREEMENTS_AT_ONCE = 20
"""Agreements with their prices in one answer: each may have thousands."""
NAMED_AT_ONCE = 10
"""For so many products only the agreements that name them are asked for."""
LOOK_BACK = timedelta(days=3)
"""A document of prices is dated when somebody begins it, and posted later."""


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
        self._rules = (Versions(), Versions(), Versions())

    async def prices(self, product_ids: Sequence[str] | None, since: datetime | None = None) -> AsyncIterator[Price]:
        """All prices in force, and discounts that are to come; all rows of a product stand together."""
        if since is not None and product_ids is None and not await self._others_changed(since):
            product_ids = await self._repriced(since)
        today = self._clock.now().date()
        with Spool() as spool:
            aside = Aside(spool, await money_of(self._client))
            await self._put_listed(aside, product_ids)
            await self._put_own(aside, None if product_ids is None else frozenset(product_ids), today)
            if aside.net:
                await self._put_rates(aside, product_ids)
            aside.warn()
            measure = Measure(await self._goods.factors(aside.packings), self._names.words.vat_rates)
            discounts = await self._discounts(today)
            for product, rows in aside.groups():
                for price in self._of_product(product, rows, measure, discounts):
                    yield price
            measure.warn()

    async def _others_changed(self, since: datetime) -> bool:
        """Whether an agreement, a discount or a price type changed, or a day began.

        A day brings some of them into force. Which products they named before is not known any more: then everything
        is told.
        """
        now = self._clock.now()
        changed = since.astimezone(self._zone).date() < now.astimezone(self._zone).date()
        tables = (self._names.agreements, self._names.discounts, self._names.price_types)
        for table, seen in zip(tables, self._rules, strict=True):
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

    async def _put_listed(self, aside: Aside, product_ids: Sequence[str] | None) -> None:
        """The prices of the price types."""
        table = self._names.prices
        now = self._clock.now().astimezone(self._zone).replace(tzinfo=None)
        for where in conditions(table, "product", product_ids):
            async for record in self._client.virtual(table, "SliceLast", {"Period": moment(now)}, where):
                price_type = record.ref("price_type")
                if price_type is None or record.ref("characteristic") is not None:
                    continue
                kept = aside.money.types.get(price_type)
                if aside.money.in_roubles(record, kept):
                    row = _row(LISTED, price_type, record, net=is_net(kept), starts=record.day("since"))
                    aside.add(record.need_ref("product"), row)
                else:
                    aside.foreign_types.add(price_type)

    async def _put_own(self, aside: Aside, wanted: frozenset[str] | None, today: date) -> None:
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
            if not aside.money.in_roubles(record):
                aside.foreign_agreements.add(record.need_ref("id"))
                continue
            net, starts, ends = is_net(record), record.day("starts"), record.day("ends")
            for line in record.lines("lines", lines):
                product = line.need_ref("product")
                # A line without a price of its own may name a price type instead: it gives nothing away.
                if line.number("amount") > 0 and (wanted is None or product in wanted):
                    aside.add(product, _row(OWN, customer, line, net=net, starts=starts, ends=ends))

    async def _put_rates(self, aside: Aside, product_ids: Sequence[str] | None) -> None:
        """The rates of VAT of the products."""
        table = self._names.products.only("id", "vat")
        for where in conditions(table, "id", product_ids):
            async for card in self._client.rows(table, where, page=LIGHT):
                aside.add(card.need_ref("id"), Row(RATE, card.text("vat")))

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
        self, product: str, rows: Sequence[Row], measure: Measure, discounts: Sequence[Discount]
    ) -> Iterator[Price]:
        rate = next((row.of for row in rows if row.kind == RATE), "")
        listed, vat = dict[str, Price](), dict[str, Decimal]()
        own = list[Price]()
        for row in rows:
            amount = None if row.kind == RATE else measure.price(product, row, rate)
            if amount is None or amount <= 0:
                continue
            if row.kind == OWN:
                term = (_day(row.starts), _day(row.ends))
                own.append(Price(product, amount, customer_id=row.of, valid_from=term[0], valid_to=term[1]))
                continue
            price, other = Price(product, amount, row.of, valid_from=_day(row.starts)), listed.get(row.of)
            if other is None or _age(price) >= _age(other):
                listed[row.of], vat[row.of] = price, measure.vat(row, rate)
        yield from listed.values()
        yield from own
        for discount in discounts:
            if not discount.products or product in discount.products:
                yield from self._discounted(discount.record, listed, vat)

    def _discounted(self, record: Record, listed: Mapping[str, Price], vat: Mapping[str, Decimal]) -> Iterator[Price]:
        """The rows that a discount makes out of the prices of the price types; `vat`: what adds it to their amounts."""
        only = record.ref("price_type")
        for price_type, price in listed.items():
            changed = self._changed(record, price, vat[price_type]) if only in (None, price_type) else None
            if changed is not None:
                yield changed

    def _changed(self, record: Record, price: Price, vat: Decimal) -> Price | None:
        """The price under the discount; None for one that this adapter does not know, which must not lower a price."""
        words, method, condition = self._names.words, record.text("method"), record.text("condition")
        if method == words.discount_percent:
            amount = rounded(price.amount * (100 - record.number("value")) / 100)
        elif method == words.discount_price:
            amount = rounded(record.number("value") * vat)
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


def _row(kind: str, of: str, record: Record, *, net: bool, starts: date | None, ends: date | None = None) -> Row:
    """A price of the register or a line of an agreement as it is put aside."""
    amount, packing = str(record.number("amount")), record.ref("packing") or ""
    return Row(kind, of, amount, packing, NET if net else "", _stored(starts), _stored(ends))


def _age(price: Price) -> tuple[date, Decimal]:
    """Of several prices of one type the newest holds; of one day the highest: too low a price is never mended."""
    return price.valid_from or date.min, price.amount


def _stored(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _is_over(record: Record, today: date) -> bool:
    ends = record.day("ends")
    return ends is not None and ends < today
