"""Engines by database role, and sessions that know whose rows they may see.

One login serves three roles: PostgreSQL sets the role when the connection starts (`-c role=…`), so a transaction
cannot forget it, and row-level security binds even a query without a WHERE.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from api.config import settings


class Role(StrEnum):
    """The application's roles; none is a superuser, none bypasses the policies."""

    CUSTOMER = "orders_customer"
    STAFF = "orders_staff"
    SYNC = "orders_sync"


def driver_url(url: str) -> str:
    """The same address for SQLAlchemy with psycopg 3."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@lru_cache
def engine(role: Role) -> AsyncEngine:
    """This process's engine for the role."""
    return create_async_engine(
        driver_url(settings().database_url),
        connect_args={"options": f"-c role={role.value}"},
        pool_size=5,
        max_overflow=10,
        pool_pre_ping=True,
        # The text of a failed statement goes into the log: phones and codes do not.
        hide_parameters=True,
    )


async def dispose_engines() -> None:
    """Closes the pools of this process."""
    for role in Role:
        await engine(role).dispose()
    engine.cache_clear()


@asynccontextmanager
async def staff_session() -> AsyncIterator[AsyncSession]:
    """One transaction that sees every row: intake, delivery, managers."""
    async with AsyncSession(engine(Role.STAFF), expire_on_commit=False) as session, session.begin():
        yield session


@asynccontextmanager
async def sync_session() -> AsyncIterator[AsyncSession]:
    """One transaction for what comes from the accounting system."""
    async with AsyncSession(engine(Role.SYNC), expire_on_commit=False) as session, session.begin():
        yield session


@asynccontextmanager
async def customer_session(customer_id: str) -> AsyncIterator[AsyncSession]:
    """One transaction that sees the rows of this customer only."""
    async with AsyncSession(engine(Role.CUSTOMER), expire_on_commit=False) as session, session.begin():
        await session.execute(text("SELECT set_config('app.customer_id', :id, true)"), {"id": customer_id})
        yield session
