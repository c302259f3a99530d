"""An answer of the accounting system that is suspiciously short takes nothing away; codes follow the system."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from api.catalog import sync as catalog
from api.config import settings
from api.customers import codes
from api.customers import sync as customers
from api.db.models import CustomerRow, PriceRow, ProductRow, StockRow
from api.db.session import staff_session
from api.deps.holds import losses_accepted
from api.deps.sync import Reading
from api.domain.customer import Customer
from api.erp.errors import ErpError
from tests.api.orders.conftest import World, world

__all__ = ["world"]


class Answers:
    """A source that answers with what a test gives it, and with nothing to the rest."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        async def stream(*_: Any, **__: Any) -> Any:
            for row in self._answers.get(name, ()):
                yield row

        return stream


def of(**answers: Any) -> Reading:
    """A whole reading of a source with these answers."""
    return Reading(Answers(**answers), "main")  # type: ignore[arg-type]


COMPANY = Customer(id="petra", name="Кофейня", price_list_id=None, code="ONE")


async def _count(*where: Any, model: Any) -> int:
    async with staff_session() as session:
        return await session.scalar(select(func.count()).select_from(model).where(*where)) or 0


@pytest.fixture
def accepted() -> Iterator[None]:
    token = losses_accepted.set(True)
    yield
    losses_accepted.reset(token)


@pytest.mark.parametrize(
    ("read", "model"),
    [
        (catalog.goods, ProductRow),
        (catalog.prices, PriceRow),
        (catalog.stock, StockRow),
        (customers.customers, CustomerRow),
    ],
)
async def test_an_empty_answer_takes_nothing_away(world: World, read: Any, model: Any) -> None:
    where = [model.active] if hasattr(model, "active") else []
    before = await _count(*where, model=model)
    with pytest.raises(ErpError, match="мало"):
        await read(of())
    assert await _count(*where, model=model) == before > 0


async def test_a_person_may_insist(world: World, accepted: None) -> None:
    await catalog.stock(of())
    assert await _count(model=StockRow) == 0


async def _opens(code: str) -> str | None:
    async with staff_session() as session:
        found = await codes.find(session, code, settings().clock.now())
        return found.customer_id if found else None


async def test_codes_follow_the_accounting_system(database: str) -> None:
    other = replace(COMPANY, id="berezka", code="TWO")
    await customers.customers(of(customers=[COMPANY, other]))
    assert (await _opens("ONE"), await _opens("TWO")) == ("petra", "berezka")
    await customers.customers(of(customers=[replace(COMPANY, code="NEW"), replace(other, code="ONE")]))
    assert (await _opens("ONE"), await _opens("TWO"), await _opens("NEW")) == ("berezka", None, "petra")
    await customers.customers(of(customers=[replace(COMPANY, code="SAME"), replace(other, code="same")]))
    assert await _opens("SAME") is None


async def test_the_pilot_flag_is_ours(database: str) -> None:
    await customers.customers(of(customers=[COMPANY]))
    async with staff_session() as session:
        (await session.get_one(CustomerRow, "petra")).pilot = True
    await customers.customers(of(customers=[replace(COMPANY, name="Кофейня у Петра", tax_id="7701")]))
    async with staff_session() as session:
        row = await session.get_one(CustomerRow, "petra")
    assert (row.name, row.pilot) == ("Кофейня у Петра", True)
