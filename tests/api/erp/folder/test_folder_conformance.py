"""The exchange folder keeps the laws of the port: the distributor's people are played at a folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.domain.clock import SystemClock
from api.domain.order import OrderStatus
from api.erp.folder.settings import FolderSettings
from tests.api.erp.conformance import ErpConformance
from tests.api.erp.folder.desk import ZONE, Desk, FolderWorld
from tests.api.erp.worlds import draft


async def world_of(path: Path, accept: str) -> AsyncIterator[FolderWorld]:
    (path / "share").mkdir()
    settings = FolderSettings.model_validate({"folder": path / "share", "accept": accept, "quiet_seconds": 0})
    clock = SystemClock(ZONE)
    world = FolderWorld(Desk(path / "exchange", clock, settings), clock)
    await world.fill()
    yield world
    await world.erp.close()


class TestFolder(ErpConformance):
    """An order is accepted when somebody takes its file."""

    @pytest.fixture
    async def world(self, tmp_path: Path) -> AsyncIterator[FolderWorld]:
        async for world in world_of(tmp_path, "taken"):
            yield world


class TestFolderAcceptedAtOnce(ErpConformance):
    """An order is accepted when its file is written."""

    @pytest.fixture
    async def world(self, tmp_path: Path) -> AsyncIterator[FolderWorld]:
        async for world in world_of(tmp_path, "written"):
            yield world

    async def test_it_is_accepted_at_once(self, world: FolderWorld) -> None:
        assert (await world.erp.place(draft(world))).status is OrderStatus.ACCEPTED
