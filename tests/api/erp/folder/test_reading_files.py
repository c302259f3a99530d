"""Files as they come: encodings, marks, workbooks, headings, and what is answered to a wrong one."""

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from api.domain.product import Price
from api.erp.folder.tables import TABLES
from api.erp.port import Data
from tests.api.erp.conformance import all_of
from tests.api.erp.folder.desk import GOODS, PRICES, Desk, FolderWorld, csv_of

D = Decimal
HEAD = ["Артикул", "Наименование", "Ед."]


def xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


async def names(desk: Desk) -> list[str]:
    return [product.name for product in await all_of(desk.erp.products())]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "cp866"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
async def test_encodings_and_marks(desk: Desk, encoding: str, mark: str) -> None:
    await desk.bring("товары.csv", csv_of(GOODS, encoding, mark))
    assert await names(desk) == ["Молоко 3,2% 10л", "Сыр весовой"]


async def test_a_workbook_with_a_title_above_and_a_second_sheet(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Прайс-лист на 16.12.2025"],
        [],
        ["Код", "Товар", "Ед.изм.", "Штрихкод"],
        [20013, "Кефир", "шт", "46"],
    ):
        book.active.append(row)
    book.create_sheet("Архив").append(["Код", "Товар"])
    written = io.BytesIO()
    book.save(written)
    await desk.bring("Номенклатура 16.12.xlsx", written.getvalue())
    (product,) = await all_of(desk.erp.products())
    assert (product.sku, product.name, product.base_unit, product.step) == ("20013", "Кефир", "шт", 1)
    notes = desk.only("Архив", ".замечания.txt")
    assert "Столбец «Штрихкод» не знаком" in notes
    assert "только первый лист" in notes


async def test_prices_by_columns(world: FolderWorld) -> None:
    rows = [["Артикул", "Цена Опт", "Цена: Розница, руб."], ["10001", 450.5, None], ["10002", 90.004, "1 120"]]
    await world.desk.bring("Цены.xlsx", xlsx([list(row) for row in rows]))
    assert await all_of(world.erp.prices()) == [
        Price("10001", D("450.50"), "Опт"), Price("10002", D("90.00"), "Опт"), Price("10002", D(1120), "Розница")
    ]  # fmt: skip
    assert "округлена" in world.desk.only("Архив", "Цены.xlsx.замечания.txt")


async def test_promotions_prepayment_and_volume(world: FolderWorld) -> None:
    head = ["Артикул", "Цена", "Вид цен", "Клиент", "От", "Предоплата", "Акция", "С", "По"]
    rows = [
        head,
        ["10001", "500", "", "", "", "", "", "", ""],
        ["10001", "480", "", "", "12", "да", "", "", ""],
        ["10001", "450", "", "", "", "", "Новый год", "01.12.2025", "2025-12-31"],
        ["10001", "470", "", "ООО «РОМАШКА»", "", "", "", "", ""],
    ]
    await world.desk.bring("цены.csv", rows)
    prices = await all_of(world.erp.prices(["10001"]))
    assert {(price.amount, price.price_list_id, price.customer_id, price.min_quantity) for price in prices} == {
        (500, "Основной", None, 0), (480, "Основной", None, 12), (450, None, None, 0), (470, None, "К-1", 0)
    }  # fmt: skip
    (promo,) = [price for price in prices if price.promo]
    assert (promo.promo, str(promo.valid_from), str(promo.valid_to)) == ("Новый год", "2025-12-01", "2025-12-31")
    assert [price.prepayment for price in prices if price.min_quantity] == [True]


async def test_the_samples_are_files_of_ours_without_the_example(desk: Desk) -> None:
    await desk.erp.ping()
    for table in TABLES.values():
        path = desk.root / "Образцы" / f"{table.name}.csv"
        await desk.bring(path.name, path.read_bytes())
    assert sorted(name.split(" ", 2)[2] for name in desk.names("Отказы") if name.endswith(".csv")) == sorted(
        f"{table.name}.csv" for data, table in TABLES.items() if data is not Data.ORDERS
    )
    filled = (desk.root / "Образцы" / "Товары.csv").read_bytes().replace("ПРИМЕР-1".encode(), b"77")
    await desk.bring("Товары.csv", filled)
    assert await names(desk) == ["Молоко 3,2 % 1 л"]
    page = (desk.root / "ПРОЧТИТЕ.txt").read_bytes()
    assert page.startswith(b"\xef\xbb\xbf")
    assert page.count(b"\r\n") == page.count(b"\n") > 10


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([HEAD, ["1", "Сыр", "кг"], ["1", "Творог", "кг"]], "Строка 3, столбец «вся строка»"),
        ([HEAD, ["", "Сыр", "кг"]], "Строка 2, столбец «Артикул»: пусто. Нужно: значение"),
        ([[*HEAD, "Кратность"], ["1", "Сыр", "кг", "1e5"]], "«1e5». Нужно: число. Пример: 1."),
        ([[*HEAD, "Кратность"], ["1", "Сыр", "кг", "0"]], "число больше нуля"),
        ([HEAD, ["4,6E+12", "Сыр", "кг"]], "формат «Текстовый»"),
        ([HEAD, ["1", "Сыр" * 5000, "кг"]], "текст короче 500 знаков"),
        ([["Артикул", "Наименование"], ["1", "Сыр"]], "нет столбца: «Ед.» (например, шт)"),
        ([["что-то", "ещё"], ["1", "2"]], "нет столбца: «Артикул»"),
        ([HEAD, ["", "", ""]], "ни одной строки"),
    ],
)  # fmt: skip
async def test_a_wrong_file_is_answered_with_what_to_mend(desk: Desk, rows: list[list[str]], told: str) -> None:
    assert await desk.bring("Товары.csv", rows) == frozenset()
    assert told in desk.only("Отказы", ".причина.txt")
    assert desk.names("Архив") == desk.names("Входящие") == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("Товары.pdf", b"%PDF-1.4 nothing", "не таблица"),
        ("Товары.xlsx", b"PK\x03\x04" + b"\0" * 300, "повреждён"),
        ("Товары.csv", b"", "ни одной заполненной"),
        ("Товары.csv", b"\0" * 5000, "ни одной заполненной"),
        ("Бланк.csv", csv_of(GOODS), "По имени файла непонятно"),
    ],
)
async def test_what_is_no_table(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, told: str
) -> None:
    monkeypatch.setattr("api.erp.folder.inbox.HALF_SECONDS", 0)
    await desk.bring(name, content)
    await desk.engine()  # what looks half written is looked at twice
    assert told in desk.only("Отказы", ".причина.txt")


async def test_fifty_wrong_rows_are_shown_and_all_are_counted(desk: Desk) -> None:
    await desk.bring("Товары.csv", [GOODS[0][:3], *([["", "Сыр", "кг"]] * 70)])
    told = desk.only("Отказы", ".причина.txt")
    assert "строк с ошибками — 70" in told
    assert told.count("Строка ") == 50
    assert "и ещё 20" in told


async def test_a_unit_that_is_not_the_base_one_is_refused(world: FolderWorld) -> None:
    await world.desk.bring("Цены.csv", [["Артикул", "Цена", "Ед."], ["10001", "6000", "кор"]])
    assert "та же единица, что в файле «Товары»: «шт»" in world.desk.only("Отказы", ".причина.txt")
    assert len(await all_of(world.erp.prices())) == len(PRICES) - 1


async def test_a_unit_is_checked_also_when_the_goods_come_later(desk: Desk) -> None:
    """The price of a carton must not become that of a piece, in whatever order the files came."""
    await desk.bring("Цены.csv", [["Артикул", "Цена", "Ед."], ["10001", "6000", "кор"], ["10002", "99", "Кг."]])
    await desk.bring("Остатки.csv", [["Артикул", "Остаток", "Ед."], ["10001", "5", "кор"], ["10002", "7", "кг"]])
    await desk.bring("Товары.csv", GOODS)
    assert [row.product_id for row in await all_of(desk.erp.prices())] == ["10002"]
    assert [row.product_id for row in await all_of(desk.erp.stock())] == ["10002"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Цены изменения", [["Артикул", "Цена", "Клиент"], ["10001", "1", "ИП Ветрова"]]),
        ("Долги изменения", [["Клиент", "Долг"], ["ИП Ветрова", "1"]]),
    ],
)
async def test_a_name_of_two_customers_means_neither(world: FolderWorld, name: str, rows: list[list[str]]) -> None:
    """Kept until one of them is gone, the price or the debt would become the other's."""
    both = [["Код", "Клиент"], ["К-8", "ИП Ветрова"], ["К-9", "ИП Ветрова"]]
    await world.desk.bring("Клиенты изменения.csv", both)
    assert await world.desk.bring(f"{name}.csv", rows) == frozenset()
    assert "столбец «Код клиента»: «ИП Ветрова». Нужно: код" in world.desk.only("Отказы", ".причина.txt")
    assert {row.customer_id for row in await all_of(world.erp.balances())} == {"К-2"}
    one = [["Код", "Клиент"], ["К-9", "ООО «Ромашка»"]]
    assert await world.desk.bring("Клиенты изменения.csv", one) >= {Data.PRICES, Data.BALANCES}


async def test_a_row_that_forgot_the_code_is_no_second_customer(world: FolderWorld) -> None:
    """Its people would see the prices of the main list instead of their company's."""
    rows = [
        ["Код", "Клиент", "Вид цен", "Контакт"],
        ["К-9", "ИП Ветрова", "Опт", "Анна"],
        ["", "ип ветрова", "", "Пётр"],
    ]
    await world.desk.bring("Клиенты изменения.csv", rows)
    assert "Строка 3, столбец «Код клиента»: пусто" in world.desk.only("Отказы", ".причина.txt")


async def test_negative_stock_is_none_and_absurd_stock_is_wrong(world: FolderWorld) -> None:
    await world.desk.bring("Остатки.csv", [["Артикул", "Остаток"], ["10001", "-5"], ["10002", ""]])
    assert [(row.product_id, row.quantity) for row in await all_of(world.erp.stock())] == [("10001", 0), ("10002", 0)]
    await world.desk.bring("Остатки.csv", [["Артикул", "Остаток"], ["10001", "99999999999"]])
    assert "число не больше 1 000 000 000" in world.desk.only("Отказы", ".причина.txt")


async def test_customers_of_several_rows(world: FolderWorld) -> None:
    head = ["Код", "Название", "Торговая точка", "Адрес", "Дни доставки", "Окно с", "Контактное лицо", "Тел.", "Лимит"]
    rows = [
        head,
        ["К-9", "ИП Ветрова", "На Лесной", "Лесная, 1", "пн-ср", "8", "Анна", "79000000011", "100 000"],
        ["К-9", "ИП Ветрова", "На Лесной", "Лесная, 1", "пн-ср", "8", "Пётр", "8 900 000-00-12", ""],
        ["К-9", "ИП Ветрова", "На Речной", "Речная, 2", "", "", "", "", "100000"],
    ]
    await world.desk.bring("Клиенты изменения.csv", rows)
    found = {customer.id: customer for customer in await all_of(world.erp.customers())}
    assert set(found) == {"К-1", "К-2", "К-9"}
    customer = found["К-9"]
    assert (customer.credit_limit, customer.price_list_id) == (100_000, "Основной")
    assert [(outlet.name, outlet.delivery_days) for outlet in customer.outlets] == [
        ("На Лесной", (1, 2, 3)), ("На Речной", (1, 2, 3, 4, 5, 6))
    ]  # fmt: skip
    assert [(person.name, person.phone) for person in customer.contacts] == [
        ("Анна", "+79000000011"), ("Пётр", "8 900 000-00-12")
    ]  # fmt: skip
    rows[2][8] = "50 000"
    await world.desk.bring("Клиенты изменения.csv", rows)
    assert "Строка 3, столбец «Кредитный лимит»" in world.desk.only("Отказы", ".причина.txt")


async def test_two_companies_do_not_share_a_code_to_sign_in(world: FolderWorld) -> None:
    rows = [["Клиент", "Код для входа"], ["ИП А", "LUG"], ["ИП Б", "LUG"]]
    await world.desk.bring("Клиенты.csv", rows)
    assert "код, которого нет у другого клиента" in world.desk.only("Отказы", ".причина.txt")


async def test_debts_with_and_without_documents(world: FolderWorld) -> None:
    rows = [
        ["Клиент", "Долг", "Счёт", "Оплатить до", "Остаток"],
        ["К-1", "-500", "", "", ""],
        ["К-2", "1 000", "7", "10.12.2025", "400"],
        ["К-2", "1 000", "8", "20.12.2025", "600"],
        ["К-77", "5", "", "", ""],
    ]
    await world.desk.bring("Долги.csv", rows)
    one, two = await all_of(world.erp.balances())
    assert (one.customer_id, one.debt, one.overdue, one.invoices) == ("К-1", -500, 0, ())
    assert (two.debt, two.overdue, [invoice.number for invoice in two.invoices]) == (1000, 400, ["7", "8"])
    rows[3][1] = "900"
    await world.desk.bring("Долги.csv", rows)
    assert "весь долг клиента" in world.desk.only("Отказы", ".причина.txt")


def test_the_page_for_the_distributor_names_every_column() -> None:
    page = (Path(__file__).parents[4] / "docs" / "connect-folder.md").read_text(encoding="utf-8")
    for table in TABLES.values():
        section = page.split(f"### {table.name}\n")[1].split("\n#")[0]
        head = " ".join(line.split("|")[1] for line in section.splitlines() if line.startswith("|"))
        assert [column.title for column in table.columns if column.title not in head] == []
        needed = [column.title for column in table.columns if column.needed]
        assert [title for title in needed if f"**{title}**" not in head] == []
