"""What tests do to the running product from behind: 1C's switches and documents, and the first morning again."""

import subprocess
from typing import Any

import httpx
import psycopg

from api.run.paths import ROOT, python_of
from api.run.system import System

OWN_TABLES = (
    "stored_results, handoffs, misunderstood, events, inbox, outbox, conversations, cart_sessions, carts, "
    "order_lines, orders, profile_requests, sign_in_attempts, sync_runs"
)


class Demo1C:
    """The demo 1C from behind: its switches and its documents."""

    def __init__(self, system: System) -> None:
        password = system.environment["ERP_PASSWORD"]
        base = system.erp_url.removesuffix("/demo")
        self.http = httpx.Client(base_url=base, auth=("bot", password), timeout=30, trust_env=False)

    def orders(self) -> list[dict[str, Any]]:
        """The documents that came from us, as 1C's own interface shows them."""
        query = {"$filter": "startswith(НомерПоДаннымКлиента,'AI-')", "$format": "json"}
        answer = self.http.get("/demo/odata/standard.odata/Document_ЗаказКлиента", params=query)
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()["value"]
        return rows

    def count(self) -> int:
        """How many documents there are, told even while the interface is down."""
        answer = self.http.get("/control/orders", params={"limit": 1000})
        answer.raise_for_status()
        return len(answer.json()["orders"])

    def faults(self, **switches: Any) -> None:
        self.http.put("/control/faults", json=switches).raise_for_status()

    def set_status(self, ref: str, status: str) -> None:
        self.http.put(f"/control/orders/{ref}/status", json={"status": status}).raise_for_status()

    def reset(self) -> None:
        """The invented data anew, every switch as at the start."""
        self.http.delete("/control/faults").raise_for_status()
        self.http.post("/control/reset").raise_for_status()


def first_morning(system: System, demo: Demo1C) -> None:
    """The demo's own documents, no conversations, no orders of ours."""
    demo.reset()
    with psycopg.connect(system.database_url) as connection:
        connection.execute(f"TRUNCATE {OWN_TABLES} CASCADE")
        connection.execute("UPDATE erp_health SET up = true")
    seed = [str(python_of("api")), "-m", "api.seed", "--again"]
    done = subprocess.run(seed, cwd=ROOT, env=system.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
