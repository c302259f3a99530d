"""The demo base with its HTTP service on a real socket, a judge of the contract before it, and an adapter."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from api.domain.clock import Clock, SystemClock
from api.domain.customer import Customer
from api.domain.product import Product
from api.erp.demo.main import create_app
from api.erp.demo.settings import DemoSettings
from api.erp.http import HttpLimits
from api.erp.onec_http.backend import OneCHttp, open_onec_http
from api.erp.onec_http.settings import OnecHttpSettings
from api.erp.port import Place
from tests.api.erp.demo.conftest import serve
from tests.api.erp.onec.conftest import pick
from tests.api.erp.onec_http.contract import Contract, Watch
from tests.api.erp.worlds import OnecWorld

ZONE = ZoneInfo("Europe/Moscow")
CLOCK = SystemClock(ZONE)
QUICK = HttpLimits(first_wait=0.01, attempts=2)
USER, PASSWORD = "bot", "demo"
AGREED = ("500", "99.90")
"""What the customer's agreement says: the prices of worlds.draft."""


@dataclass
class Service:
    url: str
    watch: Watch


def open_service(
    url: str,
    *,
    password: str = PASSWORD,
    limits: HttpLimits = QUICK,
    page: int = 200,
    clock: Clock = CLOCK,
    **more: object,
) -> OneCHttp:
    settings = OnecHttpSettings.model_validate({"url": f"{url}/demo", "user": USER, "password": password, **more})
    return open_onec_http(settings, Place("main", ZONE, clock, Path("exchange")), limits, page)


@dataclass
class HsWorld(OnecWorld):
    """The same base as OnecWorld's; its people change cards through OData."""

    async def readdress(self, outlet_id: str, address: str) -> None:
        path = f"/demo/odata/standard.odata/Catalog_ТорговыеТочки(guid'{outlet_id}')"
        (await self.control.patch(path, json={"Адрес": address})).raise_for_status()

    async def misbehave(self, **switches: object) -> None:
        """Faults of the service itself."""
        (await self.control.put("/control/hs/faults", json=switches)).raise_for_status()

    async def faults(self, **switches: object) -> None:
        """Faults of the whole base."""
        await self._faults(**switches)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("demo-hs") / "demo.sqlite3"
    watch = Watch(create_app(DemoSettings(demo_erp_data=str(data), erp_user=USER, erp_password=PASSWORD)), Contract())
    server, thread, url = serve(watch)
    yield Service(url, watch)
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
async def sample(service: Service) -> tuple[Customer, tuple[Product, Product]]:
    erp = open_service(service.url)
    customer, goods = await pick(erp)
    async with httpx.AsyncClient(base_url=service.url, auth=(USER, PASSWORD), trust_env=False) as control:
        for product, price in zip(goods, AGREED, strict=True):
            body = {"sku": product.sku, "price": price, "customer": customer.code}
            (await control.put("/control/prices", json=body)).raise_for_status()
    await erp.close()
    return customer, goods


@pytest.fixture
async def world(service: Service, sample: tuple[Customer, tuple[Product, Product]]) -> AsyncIterator[HsWorld]:
    erp = open_service(service.url)
    async with httpx.AsyncClient(base_url=service.url, auth=(USER, PASSWORD), trust_env=False) as control:
        found = HsWorld(CLOCK, erp, control, *sample)
        yield found
        (await control.delete("/control/faults")).raise_for_status()
        await found.misbehave()
    await erp.close()
    violations, service.watch.violations = service.watch.violations, []
    assert violations == []
