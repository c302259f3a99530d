"""What several suites share. Imports nothing of ours at the top: the Rasa environment reads this file too."""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from api.run.system import System
    from tests.e2e.providers import Providers
    from tests.running import Demo1C, Morning


TODAY = datetime(2025, 12, 15, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))
"""The running system's day, a Monday: the dialogues' dates do not depend on the machine's."""

ADMIN_PASSWORD = "console-password"
NORTH_PASSWORD = "exchange-password"
"""Of the second legal entity, whose 1C brings its data itself."""


@pytest.fixture(scope="session")
def providers() -> "Iterator[Providers]":
    """The servers of the messengers that the running system speaks with."""
    from tests.e2e.providers import Providers

    server = Providers()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def system(providers: "Providers", tmp_path_factory: pytest.TempPathFactory) -> "Iterator[System]":
    """The whole product as `./run up` starts it, on free ports, with a database of its own, standing on TODAY."""
    from api.run.system import System

    offset = int((TODAY - datetime.now(TODAY.tzinfo)).total_seconds())
    variables = {
        "ADMIN_PASSWORD": ADMIN_PASSWORD,
        "ERP_MORE": "north",
        "ERP_NORTH_KIND": "commerceml",
        "ERP_NORTH_USER": "north",
        "ERP_NORTH_PASSWORD": NORTH_PASSWORD,
        "EXCHANGE_DIR": str(tmp_path_factory.mktemp("exchange")),
    }
    variables |= providers.variables
    with System.for_tests(clock_offset_seconds=offset, variables=variables, progress=print) as running:
        yield running


@pytest.fixture
def demo(system: "System") -> "Demo1C":
    """The running system's 1C from behind."""
    from tests.running import Demo1C

    return Demo1C(system)


@pytest.fixture(scope="session")
def morning(system: "System") -> "Morning":
    """The running system's data as they were when it started."""
    from tests.running import Morning

    return Morning(system)


@pytest.fixture
def fresh(morning: "Morning", demo: "Demo1C") -> None:
    """The running system as on its first morning."""
    demo.reset()
    morning.again()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; the test is skipped where there is none."""
    from api.run.browser import find

    found = os.environ.get("CHROMIUM") or find()
    if not found:
        pytest.skip("no chromium on this machine: ./run test installs it under root")
    return found
