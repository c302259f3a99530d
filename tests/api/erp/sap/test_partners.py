"""Goods, customers and debts as the port knows them."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from api.domain.product import Packaging, Stock
from api.erp.errors import ErpUnsupported
from api.erp.port import Data
from api.erp.sap.debts import balance
from api.erp.sap.partners import BASE_LIST, receiving_hours
from api.erp.sap.records import Record
from tests.api.erp.conformance import all_of
from tests.api.erp.sap.company import CHEESE, CLOCK, CUSTOMER, DEBTOR, MILK, OLD, SHOP, open_emulated
from tests.api.erp.sap.emulator import Emulator
from tests.api.erp.sap.tables import day
from tests.api.erp.sap.world import SapWorld

System = tuple[Emulator, str]


async def test_goods(world: SapWorld) -> None:
    goods = {row.id: row for row in await all_of(world.erp.products())}
    assert {code: row.active for code, row in goods.items()} == {MILK: True, CHEESE: True, OLD: False}
    assert (goods[MILK].name, goods[MILK].base_unit, goods[MILK].packagings) == (
        "Молоко 3,2% 1 л",
        "шт",
        (Packaging("кор", Decimal(12)),),
    )
    assert (goods[CHEESE].base_unit, goods[CHEESE].step, goods[CHEESE].packagings) == ("кг", Decimal("0.1"), ())
    assert {row.id: row.name for row in await all_of(world.erp.categories())} == {"L001": "Молоко", "L002": "Сыр"}


async def test_goods_changed_since(world: SapWorld) -> None:
    since = CLOCK.now() - timedelta(days=7)
    assert [row.id for row in await all_of(world.erp.products(since))] == [MILK]


async def test_goods_of_another_sales_area_are_not_sold(system: System) -> None:
    erp = open_emulated(system[1], distribution_channel="20", product_groups=False)
    assert {row.active for row in await all_of(erp.products())} == {False}
    assert await all_of(erp.categories()) == []
    await erp.close()


async def test_rounding_and_the_least_quantity_come_from_sales_data(world: SapWorld) -> None:
    for row in world.emulator.tables.rows["A_ProductSalesDelivery"]:
        row |= {"DeliveryQuantity": "6.000", "MinimumOrderQuantity": "12.000"}
    milk = next(row for row in await all_of(world.erp.products()) if row.id == MILK)
    assert (milk.step, milk.minimum) == (6, 12)


async def test_stock_is_what_is_free_and_ours(world: SapWorld) -> None:
    """Two storage locations add up; blocked stock, a supplier's stock and another plant do not count."""
    stock = await all_of(world.erp.stock([MILK]))
    assert set(stock) == {Stock(MILK, "1010", Decimal(200)), Stock(MILK, "1020", Decimal(0))}


async def test_customers(world: SapWorld) -> None:
    customers = {row.id: row for row in await all_of(world.erp.customers())}
    assert set(customers) == {CUSTOMER, DEBTOR}
    one, two = customers[CUSTOMER], customers[DEBTOR]
    assert (one.name, one.price_list_id, one.tax_id, one.payment_delay_days) == (
        "ООО «Ромашка»",
        "01",
        "7700000000",
        14,
    )
    assert (one.prepayment, two.prepayment, two.price_list_id) == (False, True, BASE_LIST)
    (outlet,) = one.outlets
    assert (outlet.id, outlet.name, outlet.address) == (f"{CUSTOMER}/{SHOP}", "На Садовой", "Москва, ул. Садовая, 12")
    assert (outlet.delivery_days, outlet.window_start, outlet.window_end) == ((1, 4), time(9), time(13))
    assert [row.id for row in two.outlets] == [f"{DEBTOR}/{DEBTOR}"]
    assert [(row.name, row.phone) for row in two.contacts] == [("Иван Луговой", "+79000000099")]


async def test_price_lists_have_names_where_they_are_given(world: SapWorld) -> None:
    world.emulator.tables.rows["A_CustomerSalesArea"][1]["PriceListType"] = "07"
    names = {row.id: row.name for row in await all_of(world.erp.price_lists())}
    assert names == {BASE_LIST: "Базовая цена", "01": "Оптовая", "07": "Вид прайс-листа 07"}


async def test_who_has_left_the_company_is_no_contact(world: SapWorld) -> None:
    yesterday = CLOCK.now().date() - timedelta(days=1)
    world.emulator.tables.rows["A_BPContactToFuncAndDept"][0]["ValidityEndDate"] = day(yesterday)
    assert {row.contacts for row in await all_of(world.erp.customers())} == {()}


def test_hours_in_the_afternoon_alone() -> None:
    point = {
        "FridayMorningOpeningTime": "PT00H00M00S",
        "FridayMorningClosingTime": "PT00H00M00S",
        "FridayAfternoonOpeningTime": "PT14H00M00S",
        "FridayAfternoonClosingTime": "PT18H00M00S",
    }
    assert receiving_hours(Record(point)) == ((5,), time(14), time(18))


def test_hours_that_do_not_meet_are_the_usual_ones() -> None:
    point = {
        "MondayMorningOpeningTime": "PT06H00M00S",
        "MondayMorningClosingTime": "PT08H00M00S",
        "TuesdayMorningOpeningTime": "PT14H00M00S",
        "TuesdayMorningClosingTime": "PT18H00M00S",
    }
    assert receiving_hours(Record(point))[1:] == (time(9), time(12))


async def test_a_part_that_was_paid_lessens_its_invoice(world: SapWorld) -> None:
    (owed,) = await all_of(world.erp.balances(DEBTOR))
    assert (owed.debt, owed.overdue) == (500, 400)
    assert [(row.number, row.amount, row.rest) for row in owed.invoices] == [
        ("УПД-7", 900, 400),
        ("90000002", 100, 100),
    ]


def test_an_advance_lessens_the_debt_and_no_invoice() -> None:
    today = CLOCK.now().date()
    rows = [
        {"AccountingDocument": "1", "AmountInCompanyCodeCurrency": "100.00", "NetDueDate": day(today)},
        {"AccountingDocument": "2", "AmountInCompanyCodeCurrency": "-130.00"},
    ]
    owed = balance("C", [Record(row) for row in rows], today)
    assert (owed.debt, owed.overdue, [row.rest for row in owed.invoices]) == (-30, 0, [100])


async def test_without_a_company_code_debts_are_not_told(system: System) -> None:
    erp = open_emulated(system[1], company_code="")
    assert Data.BALANCES not in erp.capabilities.reads
    assert not erp.capabilities.live_balance
    with pytest.raises(ErpUnsupported):
        await all_of(erp.balances())
    await erp.close()
