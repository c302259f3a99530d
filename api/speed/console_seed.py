"""How large the invented year of console_rows.py is, and how it gets into a database."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from time import perf_counter

import psycopg
from pwdlib import PasswordHash

from api.db.session import Role
from api.speed.console_rows import STATEMENTS


@dataclass(frozen=True)
class Volumes:
    """How much of everything. `messages`: of each conversation, both sides together; `long`: of the longest one."""

    customers: int = 5_000
    products: int = 5_000
    conversations: int = 100_000
    messages: int = 10
    long: int = 1_000
    open: int = 500
    """Conversations that wait for a person, or have one."""
    handoffs: int = 20_000
    orders: int = 200_000
    events: int = 300_000
    readings: int = 200_000
    review: int = 50_000
    decisions: int = 2_000
    aliases: int = 20_000
    audit: int = 100_000
    staff: int = 30
    ratings: int = 20_000
    blocks: int = 2_000


LOGIN, PASSWORD = "admin", "only-for-the-measurement"
"""Who looks at the pages."""


def seed(address: str, now: datetime, volumes: Volumes) -> Mapping[str, float]:
    """Fills an empty, migrated database; returns the seconds of each step. The login of `address` owns the tables."""
    values = asdict(volumes) | {"now": now, "login": LOGIN, "hash": PasswordHash.recommended().hash(PASSWORD)}
    seconds: dict[str, float] = {}
    with psycopg.connect(address, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(f"SET ROLE {Role.STAFF.value}")
        connection.execute("SET synchronous_commit = off")
        for title, statement in STATEMENTS:
            started = perf_counter()
            connection.execute(statement, values)
            seconds[title] = round(perf_counter() - started, 1)
            if seconds[title] >= 1:
                print(f"bench: {title}: {seconds[title]} s", file=sys.stderr, flush=True)
    with psycopg.connect(address, autocommit=True) as connection:
        started = perf_counter()
        connection.execute("VACUUM ANALYZE")
        seconds["analyze"] = round(perf_counter() - started, 1)
    return seconds
