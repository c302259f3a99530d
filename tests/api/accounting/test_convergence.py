"""However whole readings and readings of changes follow each other, the tables end as one whole reading makes them."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from api.accounting import service
from api.db.session import staff_session
from api.domain.customer import Balance, Contact, Customer, Outlet
from api.erp.port import Data
from tests.api.accounting.conftest import TELLS_CHANGES, ChangingErp, Connect, MovedClock, price, product, stock

GOODS = range(4)
COMPANIES = range(3)
KINDS = [data for data in service.READS if data is not Data.ORDERS]

TABLES = {
    "products": "SELECT id, sku, name, active FROM products WHERE backend = :backend AND active",
    "prices": "SELECT product_id, amount, price_list_id, customer_id FROM prices WHERE product_id LIKE :prefix",
    "stock": "SELECT product_id, warehouse_id, quantity FROM stock WHERE product_id LIKE :prefix",
    "customers": "SELECT id, name, active FROM customers WHERE backend = :backend",
    "outlets": "SELECT id, customer_id, address FROM outlets WHERE active AND customer_id LIKE :prefix",
    "contacts": "SELECT id, customer_id, name FROM contacts WHERE active AND customer_id LIKE :prefix",
    "phones": "SELECT contact_id, phone FROM contact_phones WHERE contact_id LIKE :prefix",
    "balances": "SELECT customer_id, debt FROM balances WHERE customer_id LIKE :prefix",
}

products = st.lists(st.tuples(st.booleans(), st.sampled_from("абв")), min_size=4, max_size=4)
amounts = st.dictionaries(st.sampled_from(["retail", "bulk", "c1"]), st.integers(1, 3), min_size=1)
prices = st.lists(amounts, min_size=4, max_size=4)
stocks = st.lists(st.integers(0, 2), min_size=4, max_size=4)
companies = st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 2), st.integers(0, 2)), min_size=3, max_size=3)
debts = st.lists(st.integers(0, 2), min_size=3, max_size=3)
skus = st.permutations(list(GOODS))
states = st.tuples(st.integers(1, 4), products, skus, prices, stocks, companies, debts)
steps = st.lists(
    st.tuples(states, st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), max_size=4)), min_size=1, max_size=3
)
numbers = count(1)


def _put(erp: ChangingErp, state: Any) -> None:
    """Makes it the state of the accounting system; what differs from before is a change of now."""
    known, cards, order, price_rows, quantities, people, owed = state
    known = max(known, len(erp.product_rows))
    new_products = [
        product(n, sku=f"{order[n]}", name=f"Товар {cards[n][1]}", active=cards[n][0]) for n in range(known)
    ]
    new_prices = [
        price(n, str(amount), None if kind == "c1" else kind, customer_id="c1" if kind == "c1" else None)
        for n in range(known)
        for kind, amount in price_rows[n].items()
    ]
    new_stock = [stock(n, str(quantities[n])) for n in range(known)]
    new_customers = [_company(n, *people[n]) for n in COMPANIES]
    for data, before, after, key in (
        (Data.GOODS, erp.product_rows, new_products, "id"),
        (Data.PRICES, erp.price_rows, new_prices, "product_id"),
        (Data.STOCK, erp.stock_rows, new_stock, "product_id"),
        (Data.CUSTOMERS, erp.customer_rows, new_customers, "id"),
    ):
        erp.touch(data, *{getattr(row, key) for row in [*before, *after] if (row in before) != (row in after)})  # type: ignore[operator]
    erp.product_rows, erp.price_rows, erp.stock_rows = new_products, new_prices, new_stock
    erp.customer_rows = new_customers
    erp.balance_rows = [Balance(f"c{n}", Decimal(owed[n]), Decimal(0)) for n in COMPANIES if owed[n]]


def _company(number: int, name: str, outlets: int, people: int) -> Customer:
    own = f"c{number}"
    return Customer(
        id=own,
        name=name,
        outlets=tuple(Outlet(f"o{number}{n}", own, "Точка", f"ул. {name}, {n}") for n in range(outlets)),
        contacts=tuple(Contact(f"k{number}{n}", own, name, f"+7900000{number}{n}{outlets}0") for n in range(people)),
    )


async def _tables(backend: str) -> dict[str, list[tuple[Any, ...]]]:
    async with staff_session() as session:
        return {
            name: sorted(
                tuple(str(value).replace(f"{backend}:", "") for value in row)
                for row in await session.execute(text(query), {"backend": backend, "prefix": f"{backend}:%"})
            )
            for name, query in TABLES.items()
        }


@pytest.mark.timeout(600)
@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=steps)
async def test_any_sequence_ends_as_one_whole_reading(
    connect: Connect, clock: MovedClock, accepted: None, steps: list[Any]
) -> None:
    number = next(numbers)
    by_steps, at_once = f"s{number}", f"f{number}"
    erp = connect(by_steps, ChangingErp(clock, capabilities=TELLS_CHANGES))
    for state, readings in steps:
        _put(erp, state)
        for data, whole in readings:
            clock.move(10)
            await service.read(by_steps, data, whole=whole)
        clock.move(10)
    for data in KINDS:
        await service.read(by_steps, data)
    connect(at_once, erp)
    for data in KINDS:
        await service.read(at_once, data, whole=True)
    assert await _tables(by_steps) == await _tables(at_once)


async def test_the_other_backend_stays_as_it_is(connect: Connect, clock: MovedClock, accepted: None) -> None:
    """The same numbers, codes of goods and ids there; whatever becomes of one, the other is untouched."""
    state = (4, [(True, "а")] * 4, [0, 1, 2, 3], [{"retail": 1, "c1": 2}] * 4, [2] * 4, [("x", 1, 1)] * 3, [1] * 3)
    for backend in ("main", "north"):
        _put(connect(backend), state)
        for data in KINDS:
            await service.read(backend, data, whole=True)
    before = await _tables("north")
    assert all(before.values())
    gone = replace(TELLS_CHANGES)
    connect("main", ChangingErp(clock, capabilities=gone))
    for data in KINDS:
        await service.read("main", data, whole=True)
    assert await _tables("north") == before
    async with staff_session() as session:
        left = "SELECT count(*) FROM products WHERE backend = 'main' AND active"
        assert await session.scalar(text(left)) == 0
