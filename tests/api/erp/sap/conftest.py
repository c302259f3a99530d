"""The emulator with its company, fresh for each test, and the adapter opened on it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.api.erp.conformance import all_of
from tests.api.erp.conftest import free_port
from tests.api.erp.sap.company import CHEESE, CUSTOMER, MILK, fill, open_emulated
from tests.api.erp.sap.emulator import Emulator, Server
from tests.api.erp.sap.world import SapWorld


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Emulator, str]]:
    emulator, port = Emulator(), free_port()
    with Server(emulator.app, port):
        yield emulator, f"http://127.0.0.1:{port}"


@pytest.fixture
def system(served: tuple[Emulator, str]) -> tuple[Emulator, str]:
    """The emulator as new; its sessions go on."""
    emulator, url = served
    fresh = Emulator(page=4)
    for name in ("tables", "sales", "faults", "page", "counts", "asked"):
        setattr(emulator, name, getattr(fresh, name))
    fill(emulator.tables)
    return emulator, url


@pytest.fixture
async def world(system: tuple[Emulator, str]) -> AsyncIterator[SapWorld]:
    emulator, url = system
    erp = open_emulated(url)
    customer = next(row for row in await all_of(erp.customers()) if row.id == CUSTOMER)
    goods = {row.id: row for row in await all_of(erp.products())}
    yield SapWorld(erp, emulator, customer, (goods[MILK], goods[CHEESE]))
    await erp.close()
