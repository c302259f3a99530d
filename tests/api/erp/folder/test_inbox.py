"""Files are taken over once, whole, in any order; what the engine refuses leaves no trace."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from api.erp.errors import ErpError, ErpUnsupported
from api.erp.folder.inbox import LOADERS, Inbox
from api.erp.folder.settings import FolderSettings
from api.erp.port import Data, Exchange
from tests.api.erp.conformance import all_of
from tests.api.erp.folder.desk import GOODS, PRICES, STOCK, Desk, FolderWorld, csv_of
from tests.api.erp.folder.test_reading_files import xlsx


async def amounts(desk: Desk) -> list[int]:
    return [int(price.amount) for price in await all_of(desk.erp.prices())]


async def test_a_growing_file_is_waited_for(desk: Desk) -> None:
    desk.settings = desk.settings.model_copy(update={"quiet_seconds": 0.3})
    erp = desk.erp = desk.another()
    await erp.ping()
    path = desk.put("Товары.csv", csv_of(GOODS)[:90])
    assert await erp.arrived() == frozenset()
    await asyncio.sleep(0.35)
    with path.open("ab") as more:
        more.write(csv_of(GOODS)[90:])
    assert await erp.arrived() == frozenset()
    await asyncio.sleep(0.35)
    assert await erp.arrived() == {Data.GOODS}
    assert len(await all_of(erp.products())) == 2


async def test_half_a_workbook_and_kept_space_are_waited_for(desk: Desk) -> None:
    """Windows keeps the whole space of a file that it copies: its size says nothing."""
    await desk.erp.ping()
    whole = xlsx([list(row) for row in GOODS])
    for half in (whole[:-200], csv_of(GOODS) + b"\0" * 200, b""):
        desk.put("Товары.xlsx", half)
        assert await desk.engine() == frozenset()
        assert await desk.engine() == frozenset()
    desk.put("Товары.xlsx", whole)
    assert await desk.engine() == {Data.GOODS}
    assert desk.names("Отказы") == []


@pytest.mark.parametrize(
    "name", ["~$Товары.xlsx", "Товары.csv.tmp", ".Товары.csv.swp", "Товары.xlsx.crdownload", "Thumbs.db"]
)
async def test_what_is_not_ready_is_left_alone(desk: Desk, name: str) -> None:
    assert await desk.bring(name, GOODS) == frozenset()
    assert desk.names("Входящие") == [name]


async def test_a_locked_file_is_tried_again_and_holds_up_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.rename

    def locked(path: Path, target: Path) -> Path:
        if path.name == "Цены.csv":
            raise PermissionError("open in Excel")
        return real(path, target)

    await desk.erp.ping()
    desk.put("Цены.csv", PRICES)
    with monkeypatch.context() as opened:
        opened.setattr(Path, "rename", locked)
        assert await desk.bring("Товары.csv", GOODS) == {Data.GOODS}
    assert desk.names("Входящие") == ["Цены.csv"]
    assert await desk.engine() == {Data.PRICES}


async def test_a_link_leads_nowhere(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_bytes(csv_of(GOODS))
    await desk.erp.ping()
    (desk.root / "Входящие" / "Товары.csv").symlink_to(tmp_path / "secret.csv")
    assert await desk.engine() == frozenset()


async def test_a_name_too_long_to_be_stamped_holds_up_nobody(world: FolderWorld) -> None:
    """The name tells that it holds only what changed: that must outlive the shortening."""
    name = f"Остатки {'очень ' * 15}длинное название изменения.csv"
    world.desk.put("Цены.csv", PRICES)
    assert await world.desk.bring(name, [STOCK[0], ["10001", "7", "Основной"]]) == {Data.STOCK, Data.PRICES}
    assert [int(row.quantity) for row in await all_of(world.erp.stock())] == [7, 100]
    assert any("Остатки изменения.csv" in archived for archived in world.desk.names("Архив"))


async def test_what_strangers_left_among_our_own_files_holds_up_nobody(desk: Desk, tmp_path: Path) -> None:
    """Windows leaves its own files in every folder that somebody looks into."""
    (tmp_path / "secret.csv").write_bytes(csv_of(GOODS))
    await desk.erp.ping()
    ours = desk.root / "Служебное" / "читаются"
    (ours / "Новая папка").mkdir()
    (ours / "Товары.csv").symlink_to(tmp_path / "secret.csv")
    (ours / "Цены.csv").symlink_to(tmp_path / "nothing")
    (ours / "Thumbs.db").write_bytes(b"x")
    assert await desk.bring("Остатки.csv", STOCK) == {Data.STOCK}
    assert desk.names("Отказы") == []


async def test_the_file_is_archived_once_the_engine_has_read_it(desk: Desk) -> None:
    await desk.erp.ping()
    desk.put("Товары.csv", GOODS)
    assert await desk.erp.arrived() == {Data.GOODS}
    assert desk.names("Архив") == []
    assert await desk.erp.arrived() == {Data.GOODS}
    await desk.erp.taken(Data.GOODS)
    assert desk.names("Архив") == ["2025-12-16 09-40-00 Товары.csv"]
    assert await desk.erp.arrived() == frozenset()
    await desk.erp.taken(Data.GOODS)
    await desk.bring("Товары.csv", GOODS)
    assert desk.names("Архив") == ["2025-12-16 09-40-00 Товары.csv", "2025-12-16 09-40-00-2 Товары.csv"]


async def test_what_the_engine_refuses_leaves_the_tables_as_they_were(world: FolderWorld) -> None:
    world.desk.put("Товары.csv", GOODS[:2])
    assert Data.GOODS in await world.erp.arrived()
    assert len(await all_of(world.erp.products())) == 1
    await world.desk.erp.taken(Data.GOODS, "Из каталога пропала бы половина товаров.")
    assert len(await all_of(world.erp.products())) == 2
    assert "пропала бы половина" in world.desk.only("Отказы", ".причина.txt")


async def test_a_second_file_of_a_table_waits_for_the_first(desk: Desk) -> None:
    await desk.erp.ping()
    first, second = desk.put("Товары.csv", GOODS[:2]), desk.put("Товары новые.csv", GOODS)
    os.utime(first, (1, 1))
    assert await desk.engine() == {Data.GOODS}
    assert len(await all_of(desk.erp.products())) == 1
    assert second.exists()
    assert await desk.engine() == {Data.GOODS}
    assert len(await all_of(desk.erp.products())) == 2


async def test_changes_are_merged_and_a_whole_file_replaces(world: FolderWorld) -> None:
    desk = world.desk
    await desk.bring("Цены изменения.csv", [PRICES[0], ["10001", "510", "Оптовая", ""], ["10002", "", "Оптовая", ""]])
    assert await amounts(desk) == [510, 99]
    await desk.bring("Цены.csv", PRICES[:2])
    assert await amounts(desk) == [500]
    await desk.bring("Изменения остатков.csv", [STOCK[0], ["10001", "7", "Основной"]])
    assert (await all_of(world.erp.stock()))[0].quantity == 7
    assert len(await all_of(world.erp.stock())) == 2


async def test_files_come_in_any_order(desk: Desk) -> None:
    """Prices of goods that are not there yet wait for them, and are told again when they are."""
    assert await desk.bring("Цены.csv", PRICES) == {Data.PRICES}
    assert await desk.bring("Остатки.csv", STOCK) == {Data.STOCK}
    assert await amounts(desk) == []
    notes = desk.only("Архив", "Цены.csv.замечания.txt")
    assert "В файле «Товары» нет «10001»: строка подождёт" in notes
    assert "В файле «Клиенты» нет «К-1»: строка подождёт" in notes
    assert await desk.bring("Товары.csv", GOODS) == {Data.GOODS, Data.PRICES, Data.STOCK}
    assert await amounts(desk) == [500, 120]  # the contract's price waits for its customer
    assert await desk.bring("Клиенты.csv", [["Код", "Клиент"], ["К-1", "ООО «Ромашка»"]]) >= {Data.PRICES}
    assert sorted(await amounts(desk)) == [99, 120, 500]
    assert await desk.bring("Товары.csv", GOODS) == {Data.GOODS}


async def test_what_never_came(desk: Desk) -> None:
    await desk.erp.ping()
    with pytest.raises(ErpError, match="не было файла «Товары»") as missing:
        await all_of(desk.erp.products())
    assert not missing.value.permanent
    with pytest.raises(ErpUnsupported):
        await all_of(desk.erp.balances())
    assert Data.BALANCES not in desk.erp.capabilities.reads


async def test_two_workers_take_a_file_once(desk: Desk) -> None:
    await desk.erp.ping()
    workers = [desk.erp, *(desk.another() for _ in range(3))]
    desk.put("Товары.csv", GOODS)
    desk.put("Бланк.csv", GOODS)
    await asyncio.gather(*(worker.arrived() for worker in workers))
    assert await desk.erp.arrived() == {Data.GOODS}
    await asyncio.gather(*(worker.taken(Data.GOODS) for worker in workers))
    assert len(desk.names("Архив")) == 1
    assert len([name for name in desk.names("Отказы") if name.endswith(".csv")]) == 1
    for worker in workers[1:]:
        await worker.close()


@pytest.mark.parametrize("step", ["_read", "_note_arrival", "_archive"])
async def test_a_death_half_way_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    await desk.erp.ping()
    desk.put("Товары.csv", GOODS)
    with monkeypatch.context() as dying:
        dying.setattr(Inbox, step, die)
        with pytest.raises(Killed):
            await desk.engine()
    assert desk.names("Входящие") == []
    after = desk.another()
    assert await after.arrived() == {Data.GOODS}
    await after.taken(Data.GOODS)
    assert len(desk.names("Архив")) == 1
    assert len(await all_of(after.products())) == 2
    await after.close()


async def test_a_mistake_of_ours_in_one_file_does_not_stop_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("тайна")

    await desk.erp.ping()
    monkeypatch.setitem(LOADERS, Data.STOCK, broken)
    desk.put("Остатки.csv", STOCK)
    assert await desk.bring("Товары.csv", GOODS) == {Data.GOODS}
    told = desk.only("Отказы", ".причина.txt")
    assert "по нашей вине" in told
    assert "тайна" not in told


async def test_something_brought_while_the_engine_reads_is_read_again(world: FolderWorld) -> None:
    """The engine reads prices; meanwhile another process takes over new goods, whose prices had waited."""
    desk, other = world.desk, world.desk.another()
    desk.put("Цены.csv", [PRICES[0], ["10003", "50", "", ""]])
    assert await desk.erp.arrived() == {Data.PRICES}
    desk.put("Товары.csv", [*GOODS, ["10003", "Хлеб", "шт", "", "", "", ""]])
    assert Data.GOODS in await other.arrived()
    await desk.erp.taken(Data.PRICES)
    assert await desk.erp.arrived() == {Data.GOODS, Data.PRICES, Data.STOCK}
    await other.close()


async def test_a_share_that_is_not_there_is_no_empty_share(world: FolderWorld, tmp_path: Path) -> None:
    desk = world.desk
    desk.root.joinpath("Служебное").rename(tmp_path / "away")
    with pytest.raises(ErpError, match="Папка обмена недоступна") as gone:
        await desk.erp.arrived()
    assert not gone.value.permanent


async def test_another_folder_must_have_what_lay_in_the_first(world: FolderWorld, tmp_path: Path) -> None:
    """Else the orders that wait in the first one would seem to be taken."""
    (tmp_path / "other").mkdir()
    world.desk.settings = FolderSettings(folder=tmp_path / "other")
    erp = world.desk.another()
    with pytest.raises(ErpError, match="недоступна"):
        await erp.ping()
    await erp.close()


async def test_folders_that_somebody_tidied_away_come_back(world: FolderWorld) -> None:
    shutil.rmtree(world.desk.root / "Архив")
    (world.desk.root / "Отказы").rmdir()
    await world.desk.bring("Товары.csv", GOODS)
    assert len(world.desk.names("Архив")) == 1


async def test_a_misspelt_folder_is_not_made(tmp_path: Path, desk: Desk) -> None:
    desk.settings = FolderSettings(folder=tmp_path / "misspelt")
    erp = desk.another()
    with pytest.raises(ErpError):
        await erp.ping()
    assert not (tmp_path / "misspelt").exists()
    (finding,) = await all_of(erp.check())
    assert finding.severity == "error"
    assert "misspelt" in finding.text
    await erp.close()


async def test_without_a_setting_the_folder_is_the_backends_own(tmp_path: Path, desk: Desk) -> None:
    desk.settings = FolderSettings()
    erp = desk.another()
    await erp.ping()
    assert (tmp_path / "exchange" / "Входящие").is_dir()
    await erp.close()


async def test_what_a_check_says(world: FolderWorld) -> None:
    assert isinstance(world.erp, Exchange)
    assert {finding.severity for finding in await all_of(world.erp.check())} == {"ok"}
    await world.desk.bring("Бланк.csv", GOODS)
    said = [finding for finding in await all_of(world.erp.check()) if finding.severity != "ok"]
    assert ["непринятых файлов: 1" in finding.text for finding in said] == [True]


async def test_a_check_before_anything_came(desk: Desk) -> None:
    said = {finding.text: finding for finding in await all_of(desk.erp.check())}
    assert said["Файла «Товары» ещё не было."].severity == "error"
    assert said["Файла «Долги» ещё не было."].severity == "warning"
    assert "Входящие" in said["Файла «Цены» ещё не было."].todo
