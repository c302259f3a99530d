"""The in-memory twin keeps the laws of the port."""

from zoneinfo import ZoneInfo

import pytest

from api.domain.clock import SystemClock
from tests.api.erp.conformance import ErpConformance
from tests.api.erp.worlds import MemoryWorld


class TestMemory(ErpConformance):
    @pytest.fixture
    def world(self) -> MemoryWorld:
        return MemoryWorld(SystemClock(ZoneInfo("Europe/Moscow")))
