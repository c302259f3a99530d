"""Condition records as prices."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from api.domain.pricing import Terms, price_for
from api.domain.product import Price
from api.erp.errors import ErpUnsupported
from api.erp.port import Data
from api.erp.sap.backend import Sap
from api.erp.sap.partners import BASE_LIST
from api.erp.sap.prices import Found, spread
from tests.api.erp.conformance import all_of
from tests.api.erp.sap.company import CHEESE, CLOCK, CUSTOMER, DEBTOR, MILK, condition, open_emulated, settings
from tests.api.erp.sap.emulator import Emulator

System = tuple[Emulator, str]
TODAY = CLOCK.now().date()


@pytest.fixture
async def erp(system: System) -> AsyncIterator[Sap]:
    opened = open_emulated(system[1])
    yield opened
    await opened.close()


async def amounts(erp: Sap, product: str) -> set[tuple[str, Decimal, Decimal]]:
    """For whom, from how much on, how much."""
    rows = await all_of(erp.prices([product]))
    return {(row.customer_id or row.price_list_id or "", row.min_quantity, row.amount) for row in rows}


async def test_each_customer_has_its_own(erp: Sap) -> None:
    prices = await all_of(erp.prices())
    assert {price.product_id for price in prices} == {MILK, CHEESE}
    for terms, milk, cheese in ((Terms(CUSTOMER, "01"), "500", "99.90"), (Terms(DEBTOR, BASE_LIST), "520", "110")):
        for product, expected in ((MILK, milk), (CHEESE, cheese)):
            rows = [price for price in prices if price.product_id == product]
            found = price_for(rows, Decimal(1), terms, TODAY)
            assert found is not None and found.amount == Decimal(expected)


async def test_a_scale_gives_prices_by_quantity(system: System, erp: Sap) -> None:
    """In cartons of 12, per ten: everything comes in base units."""
    carton = {"ConditionQuantity": "10", "ConditionToBaseQtyNmrtr": "12", "ConditionToBaseQtyDnmntr": "1"}
    scales = (("1", "6000"), ("5", "5400"))
    condition(system[0].tables, "0100", "SCALE", "6000", scales=scales, record_fields=carton, PriceListType="01")
    assert await amounts(erp, "SCALE") == {
        ("01", Decimal(12), Decimal("50.00")),
        ("01", Decimal(60), Decimal("45.00")),
    }


LEFT_OUT: list[dict[str, Any]] = [
    {"unit": "USD"},
    {"unit": "%"},
    {"Plant": "1010"},
    {"OrderQuantityUnit": "CAR"},
    {"TransactionCurrency": "USD"},
    {"Customer": CUSTOMER, "PriceListType": "01"},
    {"SalesDocument": "5200001"},
    {"ConditionReleaseStatus": "B"},
    {"ends": TODAY - timedelta(days=1)},
    {"record_fields": {"ConditionIsDeleted": True}},
    {"record_fields": {"PricingScaleBasis": "G"}, "scales": (("1", "5"),)},
    {"record_fields": {"PricingScaleType": "B"}, "scales": (("1", "5"),)},
    {"record_fields": {"PricingScaleBasis": "C"}},
    {"record_fields": {"ConditionQuantityUnit": "CAR", "BaseUnit": "PC"}},
    {"record_fields": {"ConditionQuantityUnit": "PC", "ConditionScaleQuantityUnit": "CAR"}, "scales": (("1", "5"),)},
]


@pytest.mark.parametrize("told", LEFT_OUT)
async def test_what_is_not_understood_is_no_price(system: System, erp: Sap, told: dict[str, Any]) -> None:
    condition(system[0].tables, "0100", "ODD", "1", **told)
    assert await amounts(erp, "ODD") == set()


async def test_prices_with_tax_by_the_class_of_the_product(system: System) -> None:
    erp = open_emulated(system[1], gross=True, tax_rates={"1": Decimal(10)})
    assert ("01", Decimal(0), Decimal("550.00")) in await amounts(erp, MILK)
    await erp.close()


async def test_without_a_known_rate_of_tax_there_is_no_price_with_tax(system: System) -> None:
    """Told without its tax it would be a fifth too low."""
    condition(system[0].tables, "0100", "NEW", "500")
    erp = open_emulated(system[1], gross=True, tax_rates={"2": Decimal(20)})
    assert await amounts(erp, MILK) == await amounts(erp, "NEW") == set()
    await erp.close()


async def test_a_price_to_come_and_one_that_ends_keep_their_days(system: System, erp: Sap) -> None:
    ends = TODAY + timedelta(days=10)
    condition(system[0].tables, "0100", "SOON", "5", ends=ends)
    prices = await all_of(erp.prices(["SOON"]))
    assert {(price.valid_from, price.valid_to) for price in prices} == {(None, ends)}


async def test_many_goods_come_one_after_the_other(system: System, erp: Sap) -> None:
    for number in range(230):
        condition(system[0].tables, f"1{number:03}", f"P-{number:03}", "10")
    products = [price.product_id for price in await all_of(erp.prices())]
    seen = list(dict.fromkeys(products))
    assert len(seen) == 232
    assert products == sorted(products, key=seen.index)


async def test_without_a_condition_type_prices_are_only_quoted(system: System) -> None:
    erp = open_emulated(system[1], price_condition="")
    assert Data.PRICES not in erp.capabilities.reads
    assert erp.capabilities.quotes
    with pytest.raises(ErpUnsupported):
        await all_of(erp.prices())
    assert {customer.price_list_id for customer in await all_of(erp.customers())} == {None}
    await erp.close()


def test_gross_needs_rates() -> None:
    with pytest.raises(ValidationError, match="TAX_RATES"):
        settings("http://sap.example", gross=True)


levels = some.tuples(some.sampled_from(["", "C1", "C2"]), some.sampled_from(["", "01", "02"]), some.integers(1, 9))


@given(some.lists(levels, max_size=8))
def test_a_customer_never_sees_a_price_of_another(told: list[tuple[str, str, int]]) -> None:
    """And a price list's own price comes before the material's."""
    found = [Found(Price("p", Decimal(amount)), customer, "" if customer else name) for customer, name, amount in told]
    rows = list(spread(found, ["01", "02"]))
    for customer, name in (("C1", "01"), ("C2", BASE_LIST)):
        price = price_for(rows, Decimal(1), Terms(customer, name), TODAY)
        own = [row.price.amount for row in found if row.customer == customer]
        listed = [row.price.amount for row in found if not row.customer and row.price_list == name]
        base = [row.price.amount for row in found if not row.customer and not row.price_list]
        expected = own or listed or base
        assert (price.amount if price else None) == (min(expected) if expected else None)
