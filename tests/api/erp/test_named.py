"""A backend among several keeps every law of the port, and what it names is never taken for another's."""

from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from api.domain.clock import SystemClock
from api.domain.customer import CardChange, CardField
from api.domain.order import OrderLine, OrderStatus
from api.erp.errors import ErpError
from api.erp.named import Named
from tests.api.erp.conformance import ErpConformance, all_of
from tests.api.erp.worlds import MemoryWorld, draft

CLOCK = SystemClock(ZoneInfo("Europe/Moscow"))


@dataclass
class NamedWorld:
    """The twin as the second legal entity «north»."""

    def __post_init__(self) -> None:
        self.inside = MemoryWorld(CLOCK)
        self.clock, self.lacks = CLOCK, frozenset[str]()
        self.erp = Named("north", self.inside.erp)
        first, second = self.inside.goods
        self.goods = (
            replace(first, id=f"north:{first.id}", category_id=f"north:{first.category_id}"),
            replace(second, id=f"north:{second.id}", category_id=f"north:{second.category_id}"),
        )
        known = self.inside.customer
        outlet = replace(known.outlets[0], id="north:o1", customer_id="north:k1", warehouse_id="north:w1")
        self.customer = replace(known, id="north:k1", price_list_id="north:l1", outlets=(outlet,))

    async def settle(self) -> None:
        await self.inside.settle()

    async def down(self, on: bool) -> None:
        await self.inside.down(on)

    async def lose_answer(self) -> None:
        await self.inside.lose_answer()

    async def truncate(self) -> None:
        await self.inside.truncate()

    async def refuse(self) -> None:
        await self.inside.refuse()

    async def set_status(self, key: str, status: OrderStatus) -> None:
        await self.inside.set_status(key, status)

    async def documents(self, key: str) -> int:
        return await self.inside.documents(key)

    async def readdress(self, outlet_id: str, address: str) -> None:
        await self.inside.readdress(outlet_id.removeprefix("north:"), address)


class TestNamed(ErpConformance):
    @pytest.fixture
    def world(self) -> NamedWorld:
        return NamedWorld()

    async def test_the_things_of_another_backend_are_refused(self, world: NamedWorld) -> None:
        sent = draft(world)
        strange = (
            replace(sent, customer_id="k1"),
            replace(sent, outlet_id="south:o1"),
            replace(sent, lines=(OrderLine("p1", Decimal(1), Decimal(500)),)),
        )
        for other in strange:
            with pytest.raises(ErpError) as refused:
                await world.erp.place(other)
            assert refused.value.permanent
        change = CardChange("c", "k1", CardField.ADDRESS, "o1", "", "ул. Чужая, 1")
        with pytest.raises(ErpError):
            await world.erp.change_card(change)
        with pytest.raises(ErpError):
            await all_of(world.erp.prices(["p1"]))
        assert world.inside.erp.documents == {}

    async def test_outside_every_name_tells_whose_it_is(self, world: NamedWorld) -> None:
        placed = await world.erp.place(draft(world))
        prices = await all_of(world.erp.prices())
        (balance,) = await all_of(world.erp.balances())
        quote = await world.erp.quote(draft(world))
        named = [placed.erp_id, placed.customer_id, placed.outlet_id, balance.customer_id]
        named += [line.product_id for line in (*placed.lines, *quote.lines)]
        named += [price.product_id for price in prices]
        named += [price.price_list_id or price.customer_id for price in prices]
        assert all(name and name.startswith("north:") for name in named)
        assert set(world.inside.erp.documents) == {placed.key}
