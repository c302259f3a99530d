"""Dialogues against the one running product (tests/conftest.py): each from the first morning again."""

import subprocess
from typing import Any

import httpx
import psycopg
import pytest

from api.run.paths import ROOT, python_of
from api.run.system import System
from tests.e2e.chat import Chat

OWN_TABLES = (
    "stored_results, handoffs, misunderstood, events, inbox, outbox, conversations, cart_sessions, carts, "
    "order_lines, orders, sign_in_attempts, sync_runs, catalog_version, procrastinate_jobs"
)


class Demo1C:
    """The demo 1C from behind: its switches and its documents."""

    def __init__(self, system: System) -> None:
        password = system.environment["ERP_PASSWORD"]
        base = system.erp_url.removesuffix("/demo")
        self.http = httpx.Client(base_url=base, auth=("bot", password), timeout=30, trust_env=False)

    def orders(self) -> list[dict[str, Any]]:
        """Every order document, as 1C has it."""
        answer = self.http.get("/control/orders", params={"limit": 1000})
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
