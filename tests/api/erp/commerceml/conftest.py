"""The bench of the exchange."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.erp.commerceml.bench import Bench, bench


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench(tmp_path) as made:
        yield made
