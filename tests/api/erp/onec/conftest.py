"""The demo 1C as a world for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import SecretStr

from api.domain.clock import SystemClock
from api.domain.customer import Customer
from api.domain.product import Product
from api.erp.http import HttpLimits
from api.erp.onec.backend import OneC, open_onec
from api.erp.onec.settings import OnecSettings
from api.erp.port import Erp, Place
from tests.api.erp.conformance import all_of
from tests.api.erp.conftest import PASSWORD, USER
from tests.api.erp.worlds import OnecWorld

ZONE = ZoneInfo("Europe/Moscow")
CLOCK = SystemClock(ZONE)
QUICK = HttpLimits(first_wait=0.01, attempts=2)


def open_demo(url: str, *, password: str = PASSWORD, limits: HttpLimits = QUICK, allowed_only: bool = False) -> OneC:
    settings = OnecSettings(url=f"{url}/demo", user=USER, password=SecretStr(password), allowed_only=allowed_only)
    return open_onec(settings, Place("main", ZONE, CLOCK, Path("exchange")), limits)


async def pick(erp: Erp) -> tuple[Customer, tuple[Product, Product]]:
    """A customer with an outlet, and two goods of which there is plenty in its warehouse, the second by weight."""
    customer = next(found for found in await all_of(erp.customers()) if found.code == "KOFE-PETRA")
    warehouse = customer.outlets[0].warehouse_id
    here = {row.product_id for row in await all_of(erp.stock()) if row.warehouse_id == warehouse and row.quantity > 99}
    goods = [product for product in await all_of(erp.products()) if product.active and product.id in here]
    piece = next(product for product in goods if product.base_unit == "шт")
    weight = next(product for product in goods if product.base_unit == "кг")
    return customer, (piece, weight)


@pytest.fixture(scope="session")
async def sample(demo_process: str) -> tuple[Customer, tuple[Product, Product]]:
    erp = open_demo(demo_process)
    try:
        return await pick(erp)
    finally:
        await erp.close()


@pytest.fixture
async def world(demo_process: str, sample: tuple[Customer, tuple[Product, Product]]) -> AsyncIterator[OnecWorld]:
    erp = open_demo(demo_process)
    async with httpx.AsyncClient(base_url=demo_process, auth=(USER, PASSWORD), trust_env=False) as control:
        world = OnecWorld(CLOCK, erp, control, *sample)
        yield world
        (await control.delete("/control/faults")).raise_for_status()
        await world.forget_people("Новый Человек")
    await erp.close()
