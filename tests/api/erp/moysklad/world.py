"""МойСклад under test: our emulator on a real socket, its store in the hands of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from pydantic import SecretStr

from api.domain.clock import Clock, SystemClock
from api.domain.customer import Customer
from api.domain.order import OrderStatus
from api.domain.product import Product
from api.erp.http import HttpLimits
from api.erp.moysklad.backend import Moysklad, open_moysklad
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.port import Place
from tests.api.erp.demo.conftest import serve
from tests.api.erp.moysklad.emulator.app import create_app
from tests.api.erp.moysklad.emulator.seed import seed
from tests.api.erp.moysklad.emulator.store import ROOT, Row, Store

ZONE = ZoneInfo("Europe/Moscow")
CLOCK = SystemClock(ZONE)
QUICK = HttpLimits(read=5.0, attempts=2, first_wait=0.01, concurrency=4)
STATE_NAMES = {
    OrderStatus.PICKING: "Собран",
    OrderStatus.SHIPPED: "Отгружен",
    OrderStatus.DELIVERED: "Доставлен",
}


class Emulator:
    """A running server whose account may be exchanged for a fresh one."""

    def __init__(self) -> None:
        self.store = Store()
        self._server: uvicorn.Server
        self._thread: threading.Thread

    @contextmanager
    def running(self) -> Iterator["Emulator"]:
        store = self.store
        self._server, self._thread, url = serve(create_app(store))
        store.base = f"{url}{ROOT}"
        try:
            yield self
        finally:
            self._server.should_exit = True
            self._thread.join(10)

    def renew(self) -> Store:
        """The same server with the account as it was in the beginning."""
        self.store.clear()
        seed(self.store)
        return self.store


def open_emulator(store: Store, *, limits: HttpLimits = QUICK, **settings: Any) -> Moysklad:
    plain: dict[str, Any] = {"url": store.base, "token": SecretStr(store.token), "requests": 1000}
    return open_moysklad(MoyskladSettings(**(plain | settings)), Place("main", ZONE, CLOCK, Path("exchange")), limits)


async def pick(erp: Moysklad) -> tuple[Customer, tuple[Product, Product]]:
    customers = [customer async for customer in erp.customers()]
    products = {product.sku: product async for product in erp.products()}
    return next(one for one in customers if one.code == "ROMASHKA"), (products["10001"], products["10002"])


@dataclass
class MoyskladWorld:
    """See World. МойСклад posts while it writes, so nothing can be left unposted by a refusal."""

    erp: Moysklad
    store: Store
    customer: Customer
    goods: tuple[Product, Product]
    clock: Clock = CLOCK
    lacks: frozenset[str] = frozenset(("refuse",))

    async def settle(self) -> None:
        """Nothing waits."""

    async def down(self, on: bool) -> None:
        self.store.faults.down = on

    async def lose_answer(self) -> None:
        self.store.faults.lose_answer = 1

    async def truncate(self) -> None:
        self.store.faults.truncate = True

    async def refuse(self) -> None:
        raise NotImplementedError("it is lacking")

    async def set_status(self, key: str, status: OrderStatus) -> None:
        self.set_state(self.order(key), STATE_NAMES[status])

    def set_state(self, row: Row, name: str) -> None:
        states = self.store.metadata["customerorder"]["states"]
        row["state"] = {"meta": next(state for state in states if state["name"] == name)["meta"]}
        self.store.touch(row)

    async def documents(self, key: str) -> int:
        return len(self.orders(key))

    def order(self, key: str) -> Row:
        (row,) = self.orders(key)
        return row

    def orders(self, key: str) -> list[Row]:
        return [row for row in self.store.rows["customerorder"].values() if row["externalCode"] == key]

    async def readdress(self, outlet_id: str, address: str) -> None:
        row = self.store.rows["counterparty"][outlet_id.split("/")[0]]
        row["actualAddress"] = address
        self.store.touch(row)
