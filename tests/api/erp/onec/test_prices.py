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
