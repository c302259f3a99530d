"""The catalogue in memory: renewed in the background in every process, and never far behind."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import select, text

from api.catalog import snapshot, sync
from api.catalog.snapshot import Catalogue, Snapshots, build
from api.db.models import CartRow, ProductRow
from api.db.session import staff_session, sync_session
from api.deps.notices import listen
from api.domain.product import Product
from api.orders import service
from api.run.paths import ROOT
from tests.api.orders.conftest import MILK, World

NEW = "Молоко топлёное"


async def catalogue(kept: Snapshots) -> Catalogue:
    async with staff_session() as session:
        return await kept.get(session)


async def rename(name: str = NEW, *, notice: bool = True) -> None:
    """What a sync does that found another name."""
    async with sync_session() as session:
        await session.execute(text("UPDATE products SET name = :name WHERE sku = :sku"), {"name": name, "sku": MILK})
        if notice:
            await sync._bump_version(session)
        else:
            await session.execute(text("UPDATE catalog_version SET version = version + 1"))


async def within(seconds: float, holds: Callable[[], bool]) -> bool:
    for _ in range(int(seconds / 0.02)):
        if holds():
            return True
        await asyncio.sleep(0.02)
    return holds()


@asynccontextmanager
async def listening(*kept: Snapshots) -> AsyncIterator[None]:
    """Each on a connection of its own, as in processes of their own."""
    tasks = [asyncio.create_task(listen([one])) for one in kept]
    try:
        assert await within(5, lambda: all(one._current is not None for one in kept))
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_a_notice_renews_every_process_without_a_request(world: World) -> None:
    kept = (Snapshots(), Snapshots())
    async with listening(*kept):
        await rename()
        assert await within(
            5, lambda: {one._current.of("main").by_sku[MILK].name for one in kept if one._current} == {NEW}
        )


async def test_another_process_hears_of_it(world: World) -> None:
    """`python` with a Snapshots of its own prints the name once it has changed."""
    program = (
        "import asyncio\n"
        "from api.catalog.snapshot import Snapshots\n"
        "from api.deps.notices import listen\n"
        "async def main():\n"
        "    kept = Snapshots()\n"
        "    task = asyncio.create_task(listen([kept]))\n"
        "    while kept._current is None: await asyncio.sleep(0.02)\n"
        "    print('ready', flush=True)\n"
        f"    while kept._current.of('main').by_sku['{MILK}'].name != '{NEW}': await asyncio.sleep(0.02)\n"
        "    print('renewed', flush=True)\n"
        "    task.cancel()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
        await rename()
        assert await asyncio.wait_for(process.stdout.readline(), 10) == b"renewed\n"
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_an_unchanged_version_is_the_same_catalogue(world: World) -> None:
    kept = Snapshots()
    first = await catalogue(kept)
    await world.change(ProductRow, {"sku": MILK}, name=NEW)
    assert await catalogue(kept) is first


async def test_a_lost_notice_costs_a_request_or_two(world: World) -> None:
    kept = Snapshots()
    first = await catalogue(kept)
    await rename(notice=False)
    assert await catalogue(kept) is first, "nobody waits for the new one"
    assert await within(5, lambda: kept._current.of("main") is not first)
    assert (await catalogue(kept)).by_sku[MILK].name == NEW


async def test_nobody_is_served_by_an_old_catalogue_for_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Snapshots()
    await catalogue(kept)
    monkeypatch.setattr(snapshot, "LONGEST_BEHIND", 0.0)
    await rename(notice=False)
    assert (await catalogue(kept)).by_sku[MILK].name == NEW


async def test_a_change_during_the_building_is_not_missed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, versions = Snapshots(), []

    async def change_once() -> None:
        if len(versions) == 1:
            await rename()

    def slow(*given: object) -> Catalogue:
        versions.append(given[0])
        asyncio.run_coroutine_threadsafe(change_once(), loop).result(5)
        return build(*given)  # type: ignore[arg-type]

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(snapshot, "build", slow)
    found = await catalogue(kept)
    assert versions == [1, 2] and found.by_sku[MILK].name == NEW


async def test_a_failure_is_told_and_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Snapshots()
    first = await catalogue(kept)
    await rename(notice=False)
    with monkeypatch.context() as broken:
        broken.setattr(snapshot, "build", lambda *_: 1 / 0)
        assert await catalogue(kept) is first
        assert await within(5, lambda: kept._task is not None and kept._task.done())
    assert await catalogue(kept) is first
    assert await within(5, lambda: kept._current.of("main") is not first)


async def test_a_line_that_a_process_ahead_put_is_not_lost(world: World) -> None:
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=MILK, quantity="5")
    await world.add(ProductRow(id="p-new", sku="new", name="Новинка", base_unit="шт"))
    async with staff_session() as session:
        await session.execute(text("UPDATE catalog_version SET version = version + 1"))
        cart = (await session.scalars(select(CartRow))).one()
        cart.lines = [*cart.lines, {"sku": "new", "quantity": "2", "unit": None, "note": ""}]
    async with world.turn() as turn:
        outcome = await service.perform(turn, "message", text="молоко 6")
    assert {line.sku: line.quantity for line in outcome.cart.lines} == {MILK: "6", "new": "2"}


def test_names_that_are_known_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    products = [Product("1", "1", "Молоко 3,2% 1 л", "шт", None), Product("2", "2", "Кефир 1% 1 л", "шт", None)]
    former = build(1, products, [])
    later = build(2, [*products[:1], Product("2", "2", "Кефир 2,5% 1 л", "шт", None)], [], former)
    assert later.index.by_sku["1"] is former.index.by_sku["1"]
    assert later.index.by_sku["2"] is not former.index.by_sku["2"]
