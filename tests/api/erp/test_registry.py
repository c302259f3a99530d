"""The table of kinds."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from api.domain.clock import FixedClock
from api.erp.memory import MemoryErp
from api.erp.onec.backend import OneC
from api.erp.registry import open_erp

ZONE = ZoneInfo("Europe/Moscow")
PLACE = {"url": "http://127.0.0.1:1/base", "user": "bot", "password": "x", "zone": ZONE}


@pytest.mark.parametrize(("kind", "made"), [("memory", MemoryErp), ("onec", OneC)])
async def test_kinds(kind: str, made: type) -> None:
    erp = open_erp(kind, clock=FixedClock(datetime(2025, 12, 15, tzinfo=ZONE)), **PLACE)
    assert isinstance(erp, made)
    await erp.close()


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'1c'.*memory, onec"):
        open_erp("1c", clock=FixedClock(datetime(2025, 12, 15, tzinfo=ZONE)), **PLACE)
