"""A desk for each test: a share in a folder of its own."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from api.domain.clock import FixedClock
from api.erp.folder.settings import FolderSettings
from tests.api.erp.folder.desk import ZONE, Desk, FolderWorld

NOW = datetime(2025, 12, 16, 9, 40, tzinfo=ZONE)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    (tmp_path / "share").mkdir()
    settings = FolderSettings(folder=tmp_path / "share", quiet_seconds=0)
    desk = Desk(tmp_path / "exchange", FixedClock(NOW), settings)
    yield desk
    await desk.erp.close()


@pytest.fixture
async def world(desk: Desk) -> FolderWorld:
    """The desk with a company that has brought its tables."""
    world = FolderWorld(desk, desk.clock)
    await world.fill()
    return world
