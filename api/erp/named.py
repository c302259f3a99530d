"""A backend among several: what it calls its things gets the backend's name before it, so that two never mix.

Outside everything is «north:42», inside it is 42. The main backend's ids are stored as they are.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from api.domain.customer import Balance, CardChange, Customer
from api.domain.order import OrderDraft, OrderLine, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpError, Reason
from api.erp.port import Capabilities, Erp, Quote


class Named:
    """See the port for what each method promises."""

    def __init__(self, name: str, erp: Erp) -> None:
        self.inner = erp
        self._prefix = f"{name}:"

    @property
    def capabilities(self) -> Capabilities:
        """The backend's own."""
        return self.inner.capabilities

    async def ping(self) -> None:
        """See Source."""
        await self.inner.ping()

    async def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        async for row in self.inner.categories():
            yield replace(row, id=self._out(row.id), parent_id=self._maybe(row.parent_id))

    async def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        async for row in self.inner.products(since):
            yield replace(row, id=self._out(row.id), category_id=self._maybe(row.category_id))

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        async for row in self.inner.price_lists():
            yield replace(row, id=self._out(row.id))

    async def prices(
        self, product_ids: Sequence[str] | None = None, since: datetime | None = None
    ) -> AsyncIterator[Price]:
        """See Source."""
        async for row in self.inner.prices(self._all_in(product_ids), since):
            yield replace(
                row,
                product_id=self._out(row.product_id),
                price_list_id=self._maybe(row.price_list_id),
                customer_id=self._maybe(row.customer_id),
            )

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        async for row in self.inner.warehouses():
            yield replace(row, id=self._out(row.id))

    async def stock(
        self, product_ids: Sequence[str] | None = None, since: datetime | None = None
    ) -> AsyncIterator[Stock]:
        """See Source."""
        async for row in self.inner.stock(self._all_in(product_ids), since):
            yield replace(row, product_id=self._out(row.product_id), warehouse_id=self._out(row.warehouse_id))

    async def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source."""
        async for row in self.inner.customers(since):
            yield self._customer(row)

    async def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source."""
        asked = None if customer_id is None else self._in(customer_id)
        async for row in self.inner.balances(asked):
            yield replace(row, customer_id=self._out(row.customer_id))

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source."""
        async for row in self.inner.orders(since):
            yield self._placed(row)

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink."""
        quote = await self.inner.quote(self._draft(draft))
        lines = tuple(replace(line, product_id=self._out(line.product_id)) for line in quote.lines)
        balance = quote.balance and replace(quote.balance, customer_id=self._out(quote.balance.customer_id))
        return replace(quote, lines=lines, balance=balance)

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        found = await self.inner.find(key)
        return None if found is None else self._placed(found)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink."""
        return self._placed(await self.inner.place(self._draft(draft)))

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink."""
        return self._placed(await self.inner.cancel(key))

    async def change_card(self, change: CardChange, *, force: bool = False) -> str:
        """See OrderSink."""
        subject = self._in(change.subject_id) if change.subject_id else ""
        named = replace(change, customer_id=self._in(change.customer_id), subject_id=subject)
        return self._out(await self.inner.change_card(named, force=force))

    async def close(self) -> None:
        """See Erp."""
        await self.inner.close()

    def _out(self, own: str) -> str:
        return self._prefix + own

    def _maybe(self, own: str | None) -> str | None:
        return None if own is None else self._out(own)

    def _in(self, named: str) -> str:
        if not named.startswith(self._prefix):
            message = "Это относится к другой учётной системе."
            raise ErpError(message, permanent=True, evidence=f"{named}: not of {self._prefix}", reason=Reason.GOODS)
        return named.removeprefix(self._prefix)

    def _all_in(self, named: Sequence[str] | None) -> list[str] | None:
        return None if named is None else [self._in(one) for one in named]

    def _lines(self, lines: Sequence[OrderLine], *, inside: bool) -> tuple[OrderLine, ...]:
        turn = self._in if inside else self._out
        return tuple(replace(line, product_id=turn(line.product_id)) for line in lines)

    def _draft(self, draft: OrderDraft) -> OrderDraft:
        return replace(
            draft,
            customer_id=self._in(draft.customer_id),
            outlet_id=None if draft.outlet_id is None else self._in(draft.outlet_id),
            warehouse_id=None if draft.warehouse_id is None else self._in(draft.warehouse_id),
            lines=self._lines(draft.lines, inside=True),
        )

    def _placed(self, order: PlacedOrder) -> PlacedOrder:
        return replace(
            order,
            erp_id=self._out(order.erp_id),
            customer_id=self._out(order.customer_id),
            outlet_id=self._maybe(order.outlet_id),
            lines=self._lines(order.lines, inside=False),
        )

    def _customer(self, row: Customer) -> Customer:
        own = self._out(row.id)
        return replace(
            row,
            id=own,
            price_list_id=self._maybe(row.price_list_id),
            outlets=tuple(
                replace(o, id=self._out(o.id), customer_id=own, warehouse_id=self._maybe(o.warehouse_id))
                for o in row.outlets
            ),
            contacts=tuple(replace(c, id=self._out(c.id), customer_id=own) for c in row.contacts),
        )
