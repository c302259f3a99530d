"""How discounts, contracts and packings of 1C become our prices."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

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
