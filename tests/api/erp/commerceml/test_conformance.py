"""The exchange keeps the laws of the port: 1C calls over real HTTP and fetches, confirms and sends back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api.domain.clock import Clock, SystemClock
from api.domain.customer import Customer
from api.domain.order import OrderStatus
from api.domain.product import Product
from api.erp.commerceml.backend import CommerceMl
from tests.api.erp.commerceml.bench import FIRST, SECOND, ZONE, opened, small_shop
from tests.api.erp.commerceml.caller import OneC, serving
from tests.api.erp.commerceml.files import COMPANY
from tests.api.erp.conformance import ErpConformance, all_of

WORDS = {OrderStatus.PICKING: "К обеспечению", OrderStatus.SHIPPED: "К отгрузке", OrderStatus.DELIVERED: "Закрыт"}


@dataclass
class ExchangeWorld:
    """Orders reach 1C by its own calls only: nothing can be lost, cut or refused while one is placed."""

    clock: Clock
    erp: CommerceMl
    onec: OneC
    customer: Customer
    goods: tuple[Product, Product]
    lacks: frozenset[str] = field(default=frozenset({"down", "lose_answer", "truncate", "refuse"}))

    async def settle(self) -> None:
        await self.onec.exchange_orders()

    async def down(self, on: bool) -> None:
        raise NotImplementedError

    async def lose_answer(self) -> None:
        raise NotImplementedError

    async def truncate(self) -> None:
        raise NotImplementedError

    async def refuse(self) -> None:
        raise NotImplementedError

    async def set_status(self, key: str, status: OrderStatus) -> None:
        self.onec.orders[key].status = WORDS[status]
        await self.onec.exchange_orders()

    async def documents(self, key: str) -> int:
        return self.onec.loaded.count(key)

    async def readdress(self, outlet_id: str, address: str) -> None:
        raise NotImplementedError


class TestExchange(ErpConformance):
    @pytest.fixture(params=["", "2.08"], ids=["old protocol", "new protocol"])
    async def world(self, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ExchangeWorld]:
        clock = SystemClock(ZONE)
        erp = opened(tmp_path, clock)
        async with serving(erp) as server:
            onec = OneC(server.url, version=request.param)
            answers = await onec.send(small_shop("windows-1251"), packed=True)
            assert answers == ["success"] * 3
            products = {product.id: product for product in await all_of(erp.products())}
            (customer,) = await all_of(erp.customers())
            assert customer.id == COMPANY
            yield ExchangeWorld(clock, erp, onec, customer, (products[FIRST], products[SECOND]))
            await onec.client.aclose()
