"""An emulator for the session, a fresh account for each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.api.erp.moysklad.emulator.store import Store
from tests.api.erp.moysklad.world import Emulator, MoyskladWorld, open_emulator, pick


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator().running() as running:
        yield running


@pytest.fixture
def store(emulator: Emulator) -> Store:
    return emulator.renew()


@pytest.fixture
async def world(store: Store) -> AsyncIterator[MoyskladWorld]:
    erp = open_emulator(store)
    customer, goods = await pick(erp)
    yield MoyskladWorld(erp, store, customer, goods)
    await erp.close()
