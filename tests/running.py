"""What tests do to the running product from behind: 1C's switches and documents, and the first morning again."""

from typing import Any

import httpx
import psycopg

from api.run.postgres import LOGIN
from api.run.system import System
from api.worker import READINGS


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


class Morning:
    """The database as it was right after the first start, kept beside it and put back before each dialogue.

    Reading the demo anew takes four seconds, of which a test that talks for half a second would wait most.
    """

    def __init__(self, system: System) -> None:
        # PostgreSQL's own superuser: the product's login is bound by the policies and by the foreign keys.
        self._url = system.database_url.replace(f"//{LOGIN}@", "//postgres@")
        with psycopg.connect(self._url) as connection:
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                " AND tablename NOT IN ('alembic_version', 'queue_beats') AND tablename NOT LIKE 'procrastinate%'"
            )
            self._tables = [name for (name,) in found]
            connection.execute("CREATE SCHEMA morning")
            for table in self._tables:
                connection.execute(f"CREATE TABLE morning.{table} AS TABLE public.{table}")

    def again(self) -> None:
        """No conversations, no orders of ours; every process re-reads the goods, whatever was changed of them."""
        self._settle()
        with psycopg.connect(self._url) as connection:
            connection.execute("SET session_replication_role = replica")  # in any order, past the foreign keys
            version = connection.execute("SELECT version FROM public.catalog_version").fetchone()
            connection.execute(f"TRUNCATE {', '.join(f'public.{table}' for table in self._tables)}")
            for table in self._tables:
                connection.execute(f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE TABLE morning.{table}")
            connection.execute("UPDATE public.catalog_version SET version = %s + 1", version)

    def _settle(self) -> None:
        """No reading of an accounting system waits: one to be tried again later would hold back the next dialogue's."""
        with psycopg.connect(self._url) as connection:
            connection.execute(f"DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = '{READINGS}'")
