"""One running product for all dialogues, standing on Monday, 15 December 2025, 10 in the morning."""

import subprocess
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest

from api.run.paths import ROOT, python_of
from api.run.system import System
from tests.e2e.chat import Chat

TODAY = datetime(2025, 12, 15, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))

OWN_TABLES = (
    "stored_results, handoffs, misunderstood, events, inbox, outbox, conversations, cart_sessions, carts, "
    "order_lines, orders, sign_in_attempts, sync_runs, catalog_version, procrastinate_jobs"
)


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """The product as `./run up` starts it, on free ports and with a database of its own."""
    offset = int((TODAY - datetime.now(TODAY.tzinfo)).total_seconds())
    with System.for_tests(clock_offset_seconds=offset, variables={"ADMIN_PASSWORD": "console-password"}) as running:
        yield running


class Demo1C:
    """The demo 1C from behind: its switches and its documents."""

    def __init__(self, system: System) -> None:
        password = system.environment["ERP_PASSWORD"]
        base = system.erp_url.removesuffix("/demo")
        self.http = httpx.Client(base_url=base, auth=("bot", password), timeout=30, trust_env=False)

    def orders(self) -> list[dict[str, Any]]:
        """Every order document, as 1C has it."""
        answer = self.http.get("/control/orders")
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()["orders"]
        return rows

    def faults(self, **switches: Any) -> None:
        self.http.put("/control/faults", json=switches).raise_for_status()

    def reset(self) -> None:
        self.http.post("/control/reset").raise_for_status()


@pytest.fixture
def demo(system: System) -> Demo1C:
    return Demo1C(system)


@pytest.fixture
def fresh(system: System, demo: Demo1C) -> None:
    """The first morning again: the demo's own documents, no conversations, no orders of ours."""
    demo.reset()
    with psycopg.connect(system.database_url) as connection:
        connection.execute(f"TRUNCATE {OWN_TABLES} RESTART IDENTITY CASCADE")
    seed = [str(python_of("api")), "-m", "api.seed", "--again"]
    subprocess.run(seed, cwd=ROOT, env=system.environment, check=True, capture_output=True)


@pytest.fixture
def cafe(system: System, fresh: None) -> Chat:
    """«Кофейня у Петра», just greeted."""
    return Chat(system.url, "KOFE-PETRA")
