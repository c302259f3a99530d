"""Orders out: one file whatever happens, readable by anybody, and the customer hears only what is true."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.domain.order import OrderLine, OrderStatus
from api.erp.errors import ErpError, Reason
from api.erp.folder import orders
from api.erp.folder.layout import Layout
from api.erp.folder.orders import file_name
from api.erp.port import Call, Data
from tests.api.erp.conformance import all_of
from tests.api.erp.folder.conftest import NOW
from tests.api.erp.folder.desk import GOODS, FolderWorld, order_rows
from tests.api.erp.worlds import draft


def shown(world: FolderWorld) -> list[Path]:
    return sorted((world.desk.root / "Заказы").glob("*"))


async def test_what_stands_in_the_file(world: FolderWorld) -> None:
    sent = draft(world, comment='=HYPERLINK("http://evil.example")\nпозвонить', address="")
    assert (await world.erp.place(sent)).status is OrderStatus.SENDING
    (path,) = shown(world)
    assert path.name == f"Заказ 2025-12-16 {sent.key}.csv"
    first, second = order_rows(path)
    assert first == {
        "Ключ": sent.key, "Номер": "", "Статус": "", "Дата заказа": "16.12.2025", "Код клиента": "К-1",
        "Клиент": "ООО «Ромашка»", "Код точки": "Т-1", "Торговая точка": "На Садовой", "Адрес": "ул. Садовая, 12",
        "Дата доставки": "17.12.2025", "Время доставки": "09:00-12:00", "Склад": "Основной", "Артикул": "10001",
        "Наименование": "Молоко 3,2% 10л", "Количество": "5", "Ед.": "шт", "Цена": "500", "Сумма": "2500",
        "Комментарий": '\'=HYPERLINK("http://evil.example") позвонить',
    }  # fmt: skip
    assert [second[name] for name in ("Артикул", "Количество", "Ед.", "Цена", "Сумма")] == [
        "10002", "1,5", "кг", "99,9", "149,85"
    ]  # fmt: skip
    assert list((world.desk.root / "Служебное" / "пишутся").iterdir()) == []


async def test_an_order_in_windows_1251(world: FolderWorld) -> None:
    world.desk.settings.encoding = "windows-1251"
    await world.desk.another().place(draft(world, comment="Спасибо 🙂"))
    content = shown(world)[0].read_bytes().decode("cp1251")
    assert content.startswith("Ключ;Номер;")
    assert "Спасибо ?" in content


STEPS: list[tuple[Any, str]] = [
    (orders, "document"),
    (orders, "sync"),
    (orders.Orders, "_stage"),
    (Path, "replace"),
    (orders.Orders, "_found"),
]


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _, name in STEPS])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("someone_takes", [False, True], ids=["lies", "taken"])
async def test_a_death_at_any_step_makes_no_second_file(
    world: FolderWorld, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, after: bool, someone_takes: bool
) -> None:
    """Killed before and after each step, with somebody who takes the file as soon as it is there."""

    class Killed(BaseException):
        pass

    real: Callable[..., Any] = getattr(owner, name)

    def dying(*values: Any) -> None:
        if after:
            real(*values)
        raise Killed

    sent = draft(world)
    with monkeypatch.context() as dead:
        dead.setattr(owner, name, dying)
        with pytest.raises(Killed):
            await world.erp.place(sent)
    if someone_takes:
        await world.settle()
    erp = world.desk.another()
    again = await erp.place(sent)
    assert again.lines == sent.lines
    assert again == await erp.find(sent.key) == await erp.place(sent)
    assert await world.documents(sent.key) == 1
    assert len(order_rows(next(path for path in world.desk.root.rglob("*.csv") if sent.key in path.name))) == 2
    await erp.close()


async def test_many_processes_place_one_order(world: FolderWorld) -> None:
    sent, workers = draft(world), [world.desk.another() for _ in range(4)]
    await asyncio.gather(*(worker.place(sent) for worker in workers for _ in range(3)))
    await world.settle()
    await asyncio.gather(*(worker.place(sent) for worker in workers))
    assert await world.documents(sent.key) == 1
    for worker in workers:
        await worker.close()


async def test_a_file_that_was_taken_is_accepted_for_good(world: FolderWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    (path,) = shown(world)
    path.unlink()
    found = await world.erp.find(sent.key)
    assert found is not None
    assert (found.status, found.number) == (OrderStatus.ACCEPTED, sent.key)
    path.write_text("положили обратно")
    assert await world.erp.find(sent.key) == found


async def test_the_order_file_itself_tells_number_and_status(world: FolderWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    (path,) = shown(world)
    content = path.read_text(encoding="utf-8-sig").replace(f"{sent.key};;;", f"{sent.key};УТ-77;В сборке;")
    path.unlink()
    assert await world.desk.bring(path.name, content.encode("cp1251")) == {Data.ORDERS}
    found = await world.erp.find(sent.key)
    assert found is not None
    assert (found.number, found.status, found.lines) == ("УТ-77", OrderStatus.PICKING, sent.lines)
    assert not [name for name in world.desk.names("Архив") if "Заказ" in name and name.endswith(".txt")]
    await world.desk.bring("статусы.csv", [["Номер заказа", "Состояние"], ["УТ-77", "Доставлен"]])
    found = await world.erp.find(sent.key)
    assert found is not None
    assert (found.number, found.status) == ("УТ-77", OrderStatus.DELIVERED)


async def test_a_changed_quantity_is_told(world: FolderWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    await world.desk.bring(
        "Статусы.csv", [["Ключ", "Статус", "Артикул", "Количество"], [sent.key, "отгружен", "10001", "4"]]
    )
    found = await world.erp.find(sent.key)
    assert found is not None
    assert found.lines == (replace(sent.lines[0], quantity=Decimal(4)),)


async def test_zeros_that_excel_took_off_are_found_again(world: FolderWorld) -> None:
    await world.desk.bring("Товары изменения.csv", [GOODS[0], ["00077", "Хлеб", "шт", "", "", "", ""]])
    sent = draft(world, lines=(OrderLine("00077", Decimal(3), Decimal(40), "шт"),))
    await world.erp.place(sent)
    rows = [["Ключ", "Статус", "Артикул", "Количество"], [sent.key, "принят", "77", "2"]]
    await world.desk.bring("Статусы.csv", rows)
    found = await world.erp.find(sent.key)
    assert found is not None
    assert found.lines == (replace(sent.lines[0], quantity=Decimal(2)),)


TITLES = ["Ключ", "Номер", "Дата", "Клиент", "Статус", "Артикул", "Количество", "Цена"]


@pytest.mark.parametrize(
    ("day", "customer"), [("16.12.2025", "К-2"), ("16.12.2026", "К-1"), ("16.12.2026", "ИП Кто-то")]
)
async def test_a_number_that_is_given_anew_is_another_order(world: FolderWorld, day: str, customer: str) -> None:
    """1C begins its numbers anew each year: the lines and prices of one customer are never another's."""
    sent = draft(world)
    await world.erp.place(sent)
    await world.desk.bring("Статусы.csv", [["Ключ", "Номер", "Статус"], [sent.key, "УТ-1", "принят"]])
    before = await world.erp.find(sent.key)
    await world.desk.bring("Заказы.csv", [TITLES, ["", "УТ-1", day, customer, "доставлен", "10002", "7", "1"]])
    assert await world.erp.find(sent.key) == before


FIRST = ["", "УТ-1", "10.12.2025", "К-1", "", "10001", "1", "1"]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ([["{key}", "УТ-1", "", "ип луговой", "принят", "10001", "1", "1"]], "Строка 2, столбец «Код клиента»"),
        ([FIRST, ["", "УТ-1", "10.12.2025", "К-2", "", "10002", "1", "1"]], "Строка 3, столбец «Код клиента»"),
        ([FIRST, ["", "УТ-1", "10.12.2024", "К-1", "", "10002", "1", "1"]], "столбец «Дата заказа»: «10.12.2024»"),
    ],
)
async def test_an_order_of_two_customers_is_refused(world: FolderWorld, rows: list[list[str]], column: str) -> None:
    """A person copied the file of an order for another customer, or two orders have one number."""
    sent = draft(world)
    await world.erp.place(sent)
    before = await world.erp.find(sent.key)
    await world.desk.bring("Статусы.csv", [TITLES, *([cell.format(key=sent.key) for cell in row] for row in rows)])
    assert column in world.desk.only("Отказы", ".причина.txt")
    assert await world.erp.find(sent.key) == before
    assert len(await all_of(world.erp.orders(NOW - timedelta(days=30)))) == 1


async def test_the_same_number_of_two_years_is_two_orders(world: FolderWorld) -> None:
    for year, customer in ((2024, "К-1"), (2025, "К-2")):
        await world.desk.bring("Заказы.csv", [TITLES, ["", "УТ-1", f"10.12.{year}", customer, "", "10001", "1", "5"]])
    orders = await all_of(world.erp.orders(NOW - timedelta(days=500)))
    assert [order.customer_id for order in orders] == ["К-1", "К-2"]
    assert len({order.erp_id for order in orders}) == 2


async def test_orders_made_elsewhere_are_history(world: FolderWorld) -> None:
    rows = [
        ["Номер", "Дата", "Клиент", "Статус", "Артикул", "Количество", "Цена"],
        ["УТ-1", "10.12.2025", "К-1", "доставлен", "10001", "12", "500"],
        ["УТ-1", "10.12.2025", "К-1", "доставлен", "10002", "1,5", "99,90"],
        ["УТ-2", "11.12.2025", "", "принят", "", "", ""],
        ["УТ-3", "11.12.2025", "ООО Чужие", "принят", "10001", "1", "1"],
    ]
    await world.desk.bring("Заказы за декабрь.csv", rows)
    (order,) = await all_of(world.erp.orders(NOW - timedelta(days=30)))
    assert (order.number, order.key, order.customer_id, order.status) == ("УТ-1", "", "К-1", OrderStatus.DELIVERED)
    assert [(line.product_id, line.quantity) for line in order.lines] == [("10001", 12), ("10002", Decimal("1.5"))]
    assert "Заказ, сделанный не через бота, пропущен" in world.desk.only("Архив", "декабрь.csv.замечания.txt")


async def test_words_that_are_no_status_refuse_the_file(world: FolderWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    await world.desk.bring("Статусы.csv", [["Ключ", "Статус"], [sent.key, "отгружен"], ["", "кое-что"]])
    assert "«кое-что». Нужно: статус: принят, собирается" in world.desk.only("Отказы", ".причина.txt")
    found = await world.erp.find(sent.key)
    assert found is not None
    assert found.status is OrderStatus.SENDING


async def test_a_file_that_lies_there_is_withdrawn(world: FolderWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    assert (await world.erp.cancel(sent.key)).status is OrderStatus.CANCELLED
    assert shown(world) == []
    assert world.desk.names("Отменённые заказы") == [f"Заказ 2025-12-16 {sent.key}.csv"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_while_withdrawing(world: FolderWorld, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    class Killed(BaseException):
        pass

    def dying(path: Path, target: Path) -> None:
        if after:
            path.rename(target)
        raise Killed

    sent = draft(world)
    await world.erp.place(sent)
    with monkeypatch.context() as dead:
        dead.setattr(Path, "replace", dying)
        with pytest.raises(Killed):
            await world.erp.cancel(sent.key)
    assert (await world.erp.cancel(sent.key)).status is OrderStatus.CANCELLED
    assert (await world.erp.place(sent)).status is OrderStatus.CANCELLED
    assert await world.documents(sent.key) == 1


async def test_what_is_entered_already_cannot_be_withdrawn(world: FolderWorld) -> None:
    """They entered it and left the file where it lay."""
    sent = draft(world)
    await world.erp.place(sent)
    await world.desk.bring("Статусы.csv", [["Ключ", "Номер", "Статус"], [sent.key, "УТ-5", "принят"]])
    with pytest.raises(ErpError) as late:
        await world.erp.cancel(sent.key)
    assert late.value.reason is Reason.LATE


async def test_an_unmounted_share_is_no_sign_that_orders_were_taken(world: FolderWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    await world.down(True)
    for call in (world.erp.find(sent.key), all_of(world.erp.orders(NOW - timedelta(days=1)))):
        with pytest.raises(ErpError) as gone:
            await call
        assert not gone.value.permanent
    await world.down(False)
    found = await world.erp.find(sent.key)
    assert found is not None
    assert found.status is OrderStatus.SENDING


async def test_a_share_that_goes_while_we_look_is_no_sign_either(
    world: FolderWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    real = Layout.ready

    def going(layout: Layout) -> None:
        real(layout)
        if layout.root.exists() and layout.orders.exists():
            layout.root.rename(layout.root.with_name("away"))
            layout.root.mkdir()

    with monkeypatch.context() as flaky:
        flaky.setattr(Layout, "ready", going)
        with pytest.raises(ErpError, match="недоступна"):
            await world.erp.find(sent.key)
    await world.down(False)
    found = await world.erp.find(sent.key)
    assert found is not None
    assert found.status is OrderStatus.SENDING


async def test_an_order_file_that_says_nothing_is_sent_back(world: FolderWorld) -> None:
    await world.erp.place(draft(world))
    (path,) = shown(world)
    await world.desk.bring(path.name, path.read_bytes())
    assert "Строка 2, столбец «Статус»: пусто" in world.desk.only("Отказы", ".причина.txt")


async def test_refusals_have_reasons(world: FolderWorld) -> None:
    for wrong, reason in (
        ({"customer_id": "К-0"}, Reason.CUSTOMER),
        ({"lines": (replace(draft(world).lines[0], product_id="0"),)}, Reason.GOODS),
    ):
        with pytest.raises(ErpError) as refused:
            await world.erp.place(draft(world, **wrong))
        assert refused.value.reason is reason


def test_keys_become_names_that_stay_apart() -> None:
    names = {file_name(key, NOW) for key in ("AI-1", "AI/1", "AI\\1", "../AI-1", "AI_1")}
    assert len(names) == 5
    assert all("/" not in name and "\\" not in name for name in names)


async def test_nobody_calls_a_folder(world: FolderWorld) -> None:
    async def nothing() -> Any:
        for piece in ():
            yield piece

    assert (await world.erp.answer(Call("GET", "", {}, {}, nothing()))).status == 404
