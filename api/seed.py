"""The first fill of an empty database: `python -m api.seed`. Reads everything from the accounting system once.

Does nothing when the database has goods already; `--again` reads anew. The first console login is made here too.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

from sqlalchemy import select

from api.catalog import sync as catalog
from api.config import settings
from api.console.accounts import ensure_first_admin
from api.customers import sync as customers
from api.db.models import CatalogVersionRow
from api.db.session import dispose_engines, staff_session
from api.deps.erp import close_erp
from api.deps.sync import losses_accepted, run
from api.erp.errors import ErpError
from api.erp.port import Erp
from api.orders import history

HISTORY = timedelta(days=120)


async def _orders(source: Erp) -> int:
    return await history.read(source, settings().clock.now() - HISTORY)


STEPS: tuple[tuple[str, str, Callable[[Erp], Awaitable[int]]], ...] = (
    ("catalog", "товары", catalog.goods),
    ("prices", "цены", catalog.prices),
    ("stock", "остатки", catalog.stock),
    ("customers", "клиенты", customers.customers),
    ("balances", "взаиморасчёты", customers.balances),
    ("orders", "заказы за 4 месяца", _orders),
)


async def _is_filled() -> bool:
    async with staff_session() as session:
        return await session.scalar(select(CatalogVersionRow.version)) is not None


async def seed(again: bool) -> None:
    """Runs the steps, saying each; raises ErpError when the accounting system does not answer."""
    async with staff_session() as session:
        await ensure_first_admin(session)
    if await _is_filled() and not again:
        print("данные: уже загружены")
        return
    losses_accepted.set(again)
    for name, words, step in STEPS:
        started = monotonic()
        print(f"данные: {words}…", end=" ", flush=True)
        await run(name, step)
        print(f"готово за {monotonic() - started:.1f} с", flush=True)


async def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--again", action="store_true", help="read everything anew")
    again = arguments.parse_args().again
    try:
        await seed(again)
    except ErpError as error:
        print(f"\nУчётная система не отдала данные: {error.message} {error.evidence}", file=sys.stderr)
        return 1
    finally:
        await close_erp()
        await dispose_engines()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
