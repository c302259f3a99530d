"""The first fill of an empty database: `python -m api.seed`. Reads everything from the accounting system once.

Does nothing when the database has goods already; `--again` reads anew. The first console login is made here too.
"""

import argparse
import asyncio
import sys
from datetime import timedelta
from time import monotonic

from sqlalchemy import select

from api.accounting import service
from api.accounting.words import TITLES
from api.catalog import sync as catalog
from api.config import MAIN_ERP, settings
from api.console.accounts import ensure_first_admin
from api.db.models import CatalogVersionRow
from api.db.session import dispose_engines, staff_session, sync_session
from api.deps.erp import close_erp, erp, kind_of
from api.deps.holds import losses_accepted
from api.deps.sync import Reading, run
from api.erp.errors import ErpError
from api.erp.port import Data
from api.orders import history

WORDS = {**TITLES, Data.ORDERS: "заказы за 4 месяца"}
HISTORY = timedelta(days=120)


async def _orders(reading: Reading) -> int:
    return await history.read(erp(reading.backend), settings().clock.now() - HISTORY)


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
    for backend in settings().erp_names:
        if erp(backend).capabilities.brings:
            print(f"данные: их принесёт учётная система ({kind_of(backend)}), тогда и прочитаем", flush=True)
            async with sync_session() as session:
                await catalog.begin(session)
            continue
        try:
            await _read_all(backend)
        except ErpError as error:
            if backend == MAIN_ERP:
                raise
            # The others take orders meanwhile; the schedule reads it when it answers.
            print(f"не получилось ({backend}): {error.message}", flush=True)


async def _read_all(backend: str) -> None:
    for data in service.reads(backend):
        started = monotonic()
        print(f"данные: {WORDS[data]}…", end=" ", flush=True)
        if data is Data.ORDERS:
            await run(erp(backend), backend, data, _orders, wait=True)
        else:
            await service.read(backend, data, whole=True, wait=True)
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
