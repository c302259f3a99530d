"""How discounts, contracts and packings of 1C become our prices."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from structlog.testing import capture_logs

from api.domain.product import Price
from api.erp.onec import names
from tests.api.erp.onec.fake import EMPTY, Base, all_of, onec, ref, row

NAMES = names.load()
MILK, SUGAR = ref(1), ref(2)
RETAIL, WHOLESALE = ref(11), ref(12)
BOX = ref(21)
SLICE = f"{NAMES.prices.entity}/SliceLast"


def listed(product: str, price_type: str, amount: object, packing: str = EMPTY) -> dict[str, Any]:
    return row(
        NAMES.prices,
        product=product,
        price_type=price_type,
        packing=packing,
        amount=amount,
        since="2025-11-01T00:00:00",
    )


def discount(**ours: object) -> dict[str, Any]:
    plain: dict[str, object] = {
        "id": ref(31), "deleted": False, "name": "Скидка", "method": "Процент", "value": 10, "condition": "Количество",
        "threshold": 12, "starts": "2025-12-01T00:00:00", "ends": "2025-12-31T00:00:00", "lines": [lines(MILK)],
    }  # fmt: skip
    return row(NAMES.discounts, **(plain | ours))


def lines(product: str) -> dict[str, Any]:
    return row(NAMES.discount_lines, product=product)


async def read(
    server: HTTPServer, tables: dict[str, list[dict[str, Any]]], ids: list[str] | None = None
) -> list[Price]:
    base = Base(server, tables)
    erp = onec(server)
    prices = await all_of(erp.prices(ids))
    await erp.close()
    assert any("SliceLast(Period=datetime'2025-12-15T12:00:00'" in address for address in base.asked)
    return prices


def by_discounts(prices: list[Price]) -> list[Price]:
    """Those that a discount has made: all discounts here have an end."""
    return [price for price in prices if price.valid_to]


BASIC = [listed(MILK, RETAIL, 100), listed(MILK, WHOLESALE, "92.55"), listed(SUGAR, RETAIL, 50)]


async def test_a_price_of_a_box_is_told_for_a_piece(httpserver: HTTPServer) -> None:
    packing = row(NAMES.packings, id=BOX, owner=MILK, name="кор", numerator=12, denominator=1)
    tables = {SLICE: [listed(MILK, RETAIL, 1000, BOX)], NAMES.packings.entity: [packing]}
    (price,) = await read(httpserver, tables)
    assert price == Price(MILK, Decimal("83.33"), RETAIL, valid_from=date(2025, 11, 1))


async def test_a_volume_discount_is_a_price_from_a_quantity(httpserver: HTTPServer) -> None:
    prices = await read(httpserver, {SLICE: BASIC, NAMES.discounts.entity: [discount()]})
    term = {"min_quantity": Decimal(12), "valid_from": date(2025, 12, 1), "valid_to": date(2025, 12, 31)}
    assert by_discounts(prices) == [
        Price(MILK, Decimal("90.00"), RETAIL, **term),
        Price(MILK, Decimal("83.30"), WHOLESALE, **term),
    ]


async def test_a_discount_of_one_price_type_leaves_the_others(httpserver: HTTPServer) -> None:
    prices = await read(httpserver, {SLICE: BASIC, NAMES.discounts.entity: [discount(price_type=WHOLESALE)]})
    assert [price.price_list_id for price in by_discounts(prices)] == [WHOLESALE]


async def test_prepayment_and_promotion(httpserver: HTTPServer) -> None:
    ways = [
        discount(condition="Предоплата", price_type=RETAIL),
        discount(
            id=ref(32), condition="Акция", name="Неделя молока", method="ЗначениеЦены", value="79.9", price_type=RETAIL
        ),
    ]
    prices = await read(httpserver, {SLICE: BASIC, NAMES.discounts.entity: ways})
    paid, promo = by_discounts(prices)
    assert (paid.amount, paid.prepayment, paid.promo, paid.min_quantity) == (Decimal("90.00"), True, "", 0)
    assert (promo.amount, promo.prepayment, promo.promo) == (Decimal("79.90"), False, "Неделя молока")


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "Сумма"},
        {"condition": "ДеньРождения"},
        {"deleted": True},
        {"ends": "2025-12-14T00:00:00"},
        {"value": 100},
    ],
)
async def test_a_discount_that_is_over_or_not_understood_changes_no_price(
    httpserver: HTTPServer, changes: dict[str, object]
) -> None:
    assert len(await read(httpserver, {SLICE: BASIC, NAMES.discounts.entity: [discount(**changes)]})) == len(BASIC)


async def test_a_discount_without_products_is_for_all(httpserver: HTTPServer) -> None:
    prices = await read(httpserver, {SLICE: BASIC, NAMES.discounts.entity: [discount(lines=[])]})
    assert len(prices) == 2 * len(BASIC)


def agreement(**ours: object) -> dict[str, Any]:
    own = [row(NAMES.agreement_lines, product=MILK, amount="95.5"), row(NAMES.agreement_lines, product=SUGAR, amount=1)]
    plain: dict[str, object] = {
        "id": ref(41), "deleted": False, "customer": ref(51), "status": "Действует", "lines": own,
        "vat_included": True,
        "starts": "2025-01-01T00:00:00", "ends": "0001-01-01T00:00:00",
    }  # fmt: skip
    return row(NAMES.agreements, **(plain | ours))


async def test_contract_prices_of_the_products_asked_for(httpserver: HTTPServer) -> None:
    prices = await read(httpserver, {SLICE: BASIC, NAMES.agreements.entity: [agreement()]}, [MILK])
    own = [price for price in prices if price.customer_id]
    assert own == [Price(MILK, Decimal("95.50"), customer_id=ref(51), valid_from=date(2025, 1, 1))]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "НеДействует"},
        {"ends": "2025-12-14T00:00:00"},
        {"starts": "2025-12-16T00:00:00"},
        {"deleted": True},
    ],
)
async def test_an_agreement_out_of_force_has_no_prices(httpserver: HTTPServer, changes: dict[str, object]) -> None:
    prices = await read(httpserver, {SLICE: BASIC, NAMES.agreements.entity: [agreement(**changes)]})
    assert all(price.customer_id is None for price in prices)


async def test_a_line_of_an_agreement_without_a_price_gives_nothing_away(httpserver: HTTPServer) -> None:
    """A line may name a price type instead: then its price is 0."""
    free = agreement(lines=[row(NAMES.agreement_lines, product=MILK, amount=0)])
    prices = await read(httpserver, {SLICE: BASIC, NAMES.agreements.entity: [free]})
    assert all(price.customer_id is None for price in prices)


async def test_an_agreement_of_no_customer_has_no_prices_of_its_own(httpserver: HTTPServer) -> None:
    """«Типовое соглашение»: many customers may trade by it, and one empty reference must not stop all prices."""
    prices = await read(httpserver, {SLICE: BASIC, NAMES.agreements.entity: [agreement(customer=EMPTY)]})
    assert len(prices) == len(BASIC)


@pytest.mark.parametrize("ids", [None, [MILK]])
async def test_only_the_agreement_that_orders_are_written_under_prices_them(
    httpserver: HTTPServer, ids: list[str] | None
) -> None:
    """The lower price of an older agreement is not the customer's price any more, though both are in force."""
    older = agreement(id=ref(42), starts="2024-01-01T00:00:00", lines=[lines_of_agreement(MILK, 80)])
    prices = await read(httpserver, {SLICE: BASIC, NAMES.agreements.entity: [older, agreement()]}, ids)
    assert [price.amount for price in prices if price.customer_id and price.product_id == MILK] == [Decimal("95.50")]


def lines_of_agreement(product: str, amount: int) -> dict[str, Any]:
    return row(NAMES.agreement_lines, product=product, amount=amount)


async def test_a_newer_agreement_without_the_product_ends_the_older_ones_price(httpserver: HTTPServer) -> None:
    """Asked for one product, 1C tells only the agreements that name it: the newer one is looked up."""
    older = agreement(id=ref(42), starts="2024-01-01T00:00:00", lines=[lines_of_agreement(MILK, 80)])
    newer = agreement(lines=[lines_of_agreement(SUGAR, 1)])
    prices = await read(httpserver, {SLICE: BASIC, NAMES.agreements.entity: [older, newer]}, [MILK])
    assert all(price.customer_id is None for price in prices)


@pytest.mark.parametrize("numerator", [0, None])
async def test_a_price_of_a_packing_of_unknown_size_is_not_told(httpserver: HTTPServer, numerator: int | None) -> None:
    """It would be told as the price of a piece."""
    packing = row(NAMES.packings, id=BOX, owner=MILK, name="кор", numerator=numerator, denominator=1)
    tables = {SLICE: [listed(MILK, RETAIL, 1000, BOX)], NAMES.packings.entity: [packing] if numerator == 0 else []}
    assert await read(httpserver, tables) == []


@pytest.mark.parametrize("turned", [False, True])
async def test_of_two_prices_of_one_type_the_newer_holds(httpserver: HTTPServer, turned: bool) -> None:
    """A register that keeps prices by packing goes on telling the one that nobody changes any more."""
    packing = row(NAMES.packings, id=BOX, owner=MILK, name="кор", numerator=12, denominator=1)
    rows = [listed(MILK, RETAIL, 600, BOX) | {NAMES.prices["since"]: "2024-01-01T00:00:00"}, listed(MILK, RETAIL, 100)]
    tables = {SLICE: rows[::-1] if turned else rows, NAMES.packings.entity: [packing]}
    assert [price.amount for price in await read(httpserver, tables)] == [Decimal(100)]


ROUBLE, DOLLAR = ref(61), ref(62)
CURRENCIES = [
    row(NAMES.currencies, id=ROUBLE, code="643", name="руб."),
    row(NAMES.currencies, id=DOLLAR, code="840", name="USD"),
]


def price_types(wholesale: dict[str, object]) -> dict[str, list[dict[str, Any]]]:
    """Two types of prices of which one is as most are."""
    plain: dict[str, object] = {"currency": ROUBLE, "vat_included": True}
    return {
        NAMES.currencies.entity: CURRENCIES,
        NAMES.price_types.entity: [
            row(NAMES.price_types, id=RETAIL, name="Розничная", **plain),
            row(NAMES.price_types, id=WHOLESALE, name="Экспорт", **(plain | wholesale)),
        ],
    }


def amounts(prices: list[Price]) -> dict[tuple[str, str | None], Decimal]:
    return {(price.product_id, price.price_list_id): price.amount for price in prices if not price.customer_id}


@pytest.mark.parametrize("currency", [DOLLAR, ref(63)])
async def test_a_price_in_dollars_is_no_price_in_roubles(httpserver: HTTPServer, currency: str) -> None:
    """Nor one in a currency that nobody can name."""
    tables = {SLICE: BASIC, NAMES.discounts.entity: [discount()]} | price_types({"currency": currency})
    with capture_logs() as logs:
        prices = await read(httpserver, tables)
    assert {price.price_list_id for price in prices} == {RETAIL}
    assert [entry["price_types"] for entry in logs if entry["event"] == "onec.foreign_currency"] == [["Экспорт"]]


@pytest.mark.parametrize("rouble", [{"code": "643"}, {"name": "RUB"}, {"name": "Руб."}, {"code": "810"}])
async def test_roubles_are_known_by_a_code_or_a_word(httpserver: HTTPServer, rouble: dict[str, object]) -> None:
    tables = {SLICE: BASIC} | price_types({})
    tables[NAMES.currencies.entity] = [row(NAMES.currencies, id=ROUBLE, **rouble)]
    assert len(await read(httpserver, tables)) == len(BASIC)


async def test_the_currency_of_a_row_goes_before_its_type(httpserver: HTTPServer) -> None:
    rows = [row_ | {NAMES.prices["currency"]: DOLLAR if place == 0 else ROUBLE} for place, row_ in enumerate(BASIC)]
    prices = await read(httpserver, {SLICE: rows} | price_types({"currency": DOLLAR}))
    assert set(amounts(prices)) == {(MILK, WHOLESALE), (SUGAR, RETAIL)}


async def test_an_agreement_in_dollars_has_no_prices_of_its_own(httpserver: HTTPServer) -> None:
    own = agreement(currency=DOLLAR)
    with capture_logs() as logs:
        prices = await read(httpserver, {SLICE: BASIC, NAMES.agreements.entity: [own]} | price_types({}))
    assert len(prices) == len(BASIC)
    assert [entry["agreements"] for entry in logs if entry["event"] == "onec.foreign_currency"] == [[ref(41)]]


def goods(milk: str) -> dict[str, list[dict[str, Any]]]:
    return {NAMES.products.entity: [row(NAMES.products, id=MILK, vat=milk), row(NAMES.products, id=SUGAR, vat="НДС20")]}


@pytest.mark.parametrize(
    ("rate", "told"),
    [("НДС10", "101.81"), ("НДС20", "111.06"), ("НДС22", "112.91"), ("НДС20_120", "111.06"), ("БезНДС", "92.55")],
)
@pytest.mark.parametrize("ids", [None, [MILK]])
async def test_a_price_without_vat_is_told_with_it(
    httpserver: HTTPServer, rate: str, told: str, ids: list[str] | None
) -> None:
    prices = await read(httpserver, {SLICE: BASIC} | price_types({"vat_included": False}) | goods(rate), ids)
    assert (amounts(prices)[MILK, WHOLESALE], amounts(prices)[MILK, RETAIL]) == (Decimal(told), Decimal(100))


@pytest.mark.parametrize("rate", ["", "НДС99"])
async def test_a_price_without_vat_and_without_a_known_rate_is_not_told(httpserver: HTTPServer, rate: str) -> None:
    rows = [*BASIC, listed(SUGAR, WHOLESALE, 10)]
    with capture_logs() as logs:
        prices = await read(httpserver, {SLICE: rows} | price_types({"vat_included": False}) | goods(rate))
    assert amounts(prices) == {(MILK, RETAIL): 100, (SUGAR, RETAIL): 50, (SUGAR, WHOLESALE): 12}
    assert [entry["rates"] for entry in logs if entry["event"] == "onec.vat_rate_unknown"] == [{rate: 1}]


async def test_a_discount_to_a_price_is_of_the_type_without_vat(httpserver: HTTPServer) -> None:
    tables = {SLICE: BASIC} | price_types({"vat_included": False}) | goods("НДС20")
    tables[NAMES.discounts.entity] = [
        discount(method="ЗначениеЦены", value=80), discount(id=ref(32), condition="Предоплата"),
    ]  # fmt: skip
    told = [(price.price_list_id, price.amount) for price in by_discounts(await read(httpserver, tables))]
    assert told == [(RETAIL, 80), (WHOLESALE, 96), (RETAIL, 90), (WHOLESALE, Decimal("99.95"))]


async def test_individual_prices_without_vat(httpserver: HTTPServer) -> None:
    own = agreement(vat_included=False)
    prices = await read(httpserver, {SLICE: BASIC, NAMES.agreements.entity: [own]} | goods("НДС10"))
    assert [price.amount for price in prices if price.customer_id] == [Decimal("105.05"), Decimal("1.20")]


async def test_an_individual_price_of_a_box_is_told_for_a_piece(httpserver: HTTPServer) -> None:
    """And of a packing that nobody has measured not at all."""
    boxes = [
        row(NAMES.agreement_lines, product=MILK, amount=1200, packing=BOX),
        row(NAMES.agreement_lines, product=SUGAR, amount=500, packing=ref(22)),
    ]
    packing = row(NAMES.packings, id=BOX, owner=MILK, name="кор", numerator=12, denominator=1)
    tables = {SLICE: BASIC, NAMES.agreements.entity: [agreement(lines=boxes)], NAMES.packings.entity: [packing]}
    own = [price for price in await read(httpserver, tables) if price.customer_id]
    assert [(price.product_id, price.amount) for price in own] == [(MILK, 100)]
