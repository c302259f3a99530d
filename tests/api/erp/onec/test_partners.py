"""Customers, their terms and debts, out of 1C's cards; and goods whose cards are not perfect."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from pytest_httpserver import HTTPServer

from api.domain.clock import FixedClock
from api.domain.customer import Balance, Customer, Invoice
from api.domain.product import Packaging, Stock
from api.erp.http import HttpClient
from api.erp.onec import names
from api.erp.onec.backend import OneC
from api.erp.onec.client import ODataClient
from api.erp.onec.names import Table
from tests.api.erp.onec.fake import NOW, QUICK, ZONE, Base, all_of, onec, ref, row

NAMES = names.load()
SHOP = ref(1)


def shop(**ours: object) -> dict[str, Any]:
    return row(NAMES.customers, **({"id": SHOP, "name": "Лавка", "full_name": "ООО «Лавка»"} | ours))


def agreement(number: int, starts: str, **ours: object) -> dict[str, Any]:
    plain = {"id": ref(number), "customer": SHOP, "status": "Действует", "starts": f"{starts}T00:00:00", "lines": []}
    return row(NAMES.agreements, **(plain | ours))


async def customers(server: HTTPServer, tables: dict[str, list[dict[str, Any]]]) -> list[Customer]:
    Base(server, tables)
    erp = onec(server)
    found = await all_of(erp.customers())
    await erp.close()
    return found


async def test_the_newest_agreement_in_force_gives_the_terms(httpserver: HTTPServer) -> None:
    old = agreement(11, "2024-01-01", price_type=ref(61), contract=ref(21))
    new = agreement(12, "2025-02-01", price_type=ref(62), contract=ref(22), payment="Предоплата", minimum_sum=3000)
    later = agreement(13, "2026-01-01", price_type=ref(63))
    contracts = [
        row(NAMES.contracts, id=ref(21), customer=SHOP, limited=True, limit=1, days=1),
        row(NAMES.contracts, id=ref(22), customer=SHOP, limited=True, limit=70000, days=14),
    ]
    (found,) = await customers(httpserver, {
        NAMES.customers.entity: [shop(code="LAVKA", manager=ref(31))],
        NAMES.agreements.entity: [old, new, later],
        NAMES.contracts.entity: contracts,
        NAMES.companies.entity: [row(NAMES.companies, id=ref(41), customer=SHOP, tax_id="0012345678")],
        NAMES.managers.entity: [row(NAMES.managers, id=ref(31), name="Анна", phone="+7 900 000-00-05")],
    })  # fmt: skip
    assert (found.name, found.code, found.tax_id) == ("ООО «Лавка»", "LAVKA", "0012345678")
    assert (found.price_list_id, found.prepayment, found.minimum_sum) == (ref(62), True, 3000)
    assert (found.credit_limit, found.payment_delay_days) == (70000, 14)
    assert (found.manager_name, found.manager_phone) == ("Анна", "+7 900 000-00-05")


async def test_of_contracts_that_nothing_names_the_strictest_holds(httpserver: HTTPServer) -> None:
    contracts = [row(NAMES.contracts, id=ref(n), customer=SHOP, limited=n > 20, limit=n) for n in (20, 30, 25)]
    (found,) = await customers(httpserver, {NAMES.customers.entity: [shop()], NAMES.contracts.entity: contracts})
    assert found.credit_limit == 25


async def test_closed_customers_are_not_told(httpserver: HTTPServer) -> None:
    closed = [shop(closed=True), shop(id=ref(2), deleted=True)]
    assert await customers(httpserver, {NAMES.customers.entity: closed}) == []


async def test_an_outlet_with_slips_in_its_card_gets_usual_days_and_hours(httpserver: HTTPServer) -> None:
    outlets = [
        row(NAMES.outlets, id=ref(71), customer=SHOP, name="Первая", days="пн-пт", opens="с утра", closes="25:00"),
        row(NAMES.outlets, id=ref(72), customer=SHOP, name="Вторая", days="5, 1,3,9", opens="8:30", closes="10:00"),
    ]
    tables = {
        NAMES.customers.entity: [shop()],
        NAMES.outlets.entity: outlets,
        NAMES.agreements.entity: [agreement(11, "2025-01-01", warehouse=ref(81))],
    }
    (found,) = await customers(httpserver, tables)
    first, second = found.outlets
    assert (first.delivery_days, first.window_start, first.window_end) == ((1, 2, 3, 4, 5, 6), time(9), time(12))
    assert (second.delivery_days, second.window_start, second.window_end) == ((1, 3, 5), time(8, 30), time(10))
    assert first.warehouse_id == ref(81), "the agreement's when the outlet names none"


def invoice(number: str, issued: str, due: str, amount: int, rest: int) -> dict[str, Any]:
    moments = {"issued": f"{issued}T10:00:00", "due": f"{due}T00:00:00"}
    return row(NAMES.invoices, customer=SHOP, number=number, amount=amount, rest=rest, **moments)


async def test_invoices_paid_by_stages_and_numbers_that_repeat(httpserver: HTTPServer) -> None:
    rows = [
        invoice("7", "2025-12-01", "2025-12-20", 900, 100),
        invoice("7", "2025-12-01", "2025-12-10", 900, 300),
        invoice("7", "2024-12-05", "2024-12-25", 50, 50),
        invoice("8", "2025-12-02", "2025-12-09", 500, 0),
        invoice("9", "2025-12-03", "2025-12-03", 2000, -2000),
    ]
    Base(httpserver, {
        f"{NAMES.invoices.entity}/Balance": rows,
        f"{NAMES.debts.entity}/Balance": [row(NAMES.debts, customer=SHOP, debt="-1550.5")],
    })  # fmt: skip
    erp = onec(httpserver)
    (balance,) = await all_of(erp.balances())
    old = Invoice("7 от 05.12.2024", date(2024, 12, 5), date(2024, 12, 25), Decimal(50), Decimal(50))
    staged = Invoice("7", date(2025, 12, 1), date(2025, 12, 10), Decimal(900), Decimal(400))
    assert balance == Balance(SHOP, Decimal("-1550.5"), Decimal(450), (old, staged))
    await erp.close()


async def test_registers_that_know_only_a_key_of_the_customer(httpserver: HTTPServer) -> None:
    """«АналитикаУчетаПоПартнерам»: a customer has a key for each of its companies."""
    keys = Table("Catalog_КлючиАналитикиУчетаПоПартнерам", {"id": "Ref_Key", "customer": "Партнер_Key"})
    debts = Table(NAMES.debts.entity, {**NAMES.debts.names, "customer": "АналитикаУчетаПоПартнерам_Key"})
    base = Base(httpserver, {
        keys.entity: [*(row(keys, id=ref(key), customer=SHOP) for key in (91, 92)), row(keys, id=ref(93))],
        f"{debts.entity}/Balance": [row(debts, customer=ref(91), debt=100), row(debts, customer=ref(92), debt=50)],
    })  # fmt: skip
    http = HttpClient(httpserver.url_for("/base/odata/standard.odata"), limits=QUICK)
    erp = OneC(ODataClient(http, replace(NAMES, customer_keys=keys, debts=debts)), zone=ZONE, clock=FixedClock(NOW))
    for customer in (SHOP, None):
        (balance,) = await all_of(erp.balances(customer))
        assert (balance.customer_id, balance.debt) == (SHOP, 150)
    assert any("АналитикаУчетаПоПартнерам_Key eq guid''" in asked for asked in base.asked)
    await erp.close()


async def test_goods_with_imperfect_cards(httpserver: HTTPServer) -> None:
    cards = [
        row(NAMES.products, id=ref(1), code="Ц-1", name="Соль", sku="500", type="Товар", folder=False),
        row(NAMES.products, id=ref(2), code="Ц-2", name="Соль мелкая", sku="500", type="Товар", folder=False),
        row(NAMES.products, id=ref(3), code="Ц-3", name="Доставка", sku="501", type="Услуга", folder=False),
        row(NAMES.products, id=ref(4), code="Ц-4", name="Бакалея", folder=True),
        row(NAMES.products, id=ref(5), code="Ц-5", name="Мёд", full_name="Мёд цветочный", unit=ref(21), step=6,
            parent=ref(4), on_order_days=3, closed=True, folder=False, sku="502"),
    ]  # fmt: skip
    cards.append(row(NAMES.products, id=ref(6), code="Ц-6", name="Мёд", sku="503", folder=False, deleted=True))
    cards.append(row(NAMES.products, id=ref(7), code="Ц-7", name="Мёд новый", sku="503", folder=False))
    packings = [
        row(NAMES.packings, id=ref(21), name="бан", numerator=1, denominator=1),
        row(NAMES.packings, id=ref(22), name="кор", owner=ref(5), numerator=12, denominator=1),
        row(NAMES.packings, id=ref(23), name="пал", owner=ref(5), numerator=0, denominator=0),
        row(NAMES.packings, id=ref(24), name="ящ", owner=ref(5), numerator=6, denominator=1, deleted=True),
    ]
    Base(httpserver, {NAMES.products.entity: cards, NAMES.packings.entity: packings})
    erp = onec(httpserver)
    salt, fine, honey, old, new = await all_of(erp.products())
    assert (salt.sku, fine.sku) == ("Ц-1", "Ц-2"), "an article of two cards tells nobody apart"
    assert (old.sku, new.sku) == ("Ц-6", "503"), "a withdrawn card gives its article away"
    assert (honey.name, honey.base_unit, honey.step, honey.category_id) == ("Мёд цветочный", "бан", 6, ref(4))
    assert (honey.packagings, honey.on_order_days, honey.active) == ((Packaging("кор", Decimal(12)),), 3, False)
    assert (salt.step, salt.minimum, salt.on_order_days, salt.active) == (1, 0, None, True)
    assert [category.id for category in await all_of(erp.categories())] == [ref(4)]
    await erp.close()


async def test_stock_that_is_oversold_is_none(httpserver: HTTPServer) -> None:
    def rest(product: int, on_hand: object, reserved: object) -> dict[str, Any]:
        return row(NAMES.stock, product=ref(product), warehouse=ref(9), on_hand=on_hand, reserved=reserved)

    Base(httpserver, {f"{NAMES.stock.entity}/Balance": [rest(1, 5, 7), rest(2, "10.5", 1), rest(2, 2, 0)]})
    erp = onec(httpserver)
    found = await all_of(erp.stock())
    assert found == [Stock(ref(1), ref(9), Decimal(0)), Stock(ref(2), ref(9), Decimal("11.5"))]
    await erp.close()


async def test_a_debt_of_nobody_stops_no_other(httpserver: HTTPServer) -> None:
    debts = [row(NAMES.debts, debt=5), row(NAMES.debts, customer=SHOP, debt=7)]
    Base(httpserver, {f"{NAMES.debts.entity}/Balance": debts})
    erp = onec(httpserver)
    assert [(found.customer_id, found.debt) for found in await all_of(erp.balances())] == [(SHOP, 7)]
    await erp.close()
