"""What an accounting system does not tell is not said to be nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from api.customers import service as customers
from api.db.models import BalanceRow, CustomerRow, SyncRunRow
from api.deps.erp import erp
from api.erp.port import Capabilities, Data
from api.orders import limits, service
from tests.api.orders.conftest import CREAM, NOW, PETRA, World


@pytest.fixture
def tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither stock nor debts."""
    capabilities = Capabilities(reads=frozenset(Data) - {Data.STOCK, Data.BALANCES})
    monkeypatch.setattr(erp(), "capabilities", replace(capabilities))


async def test_without_stock_everything_sold_may_be_ordered(world: World, tells: None) -> None:
    async with world.turn() as turn:
        answer = await service.perform(turn, "message", text="сливки 60")
    assert answer.cart is not None
    (line,) = answer.cart.lines
    assert (line.sku, line.stock, line.stock_text) == (
        CREAM,
        "in",
        "наличие подтвердит менеджер",
    )
    assert line.issue is None


async def test_a_debt_that_nobody_told_is_not_none(world: World) -> None:
    await world.change(CustomerRow, {"id": PETRA}, credit_limit=Decimal(1000))
    async with world.turn() as turn:
        told = await customers.balance(turn.session, PETRA, turn.clock)
        customer = await turn.session.get_one(CustomerRow, PETRA)
        assert not await limits.debt_is_known(turn.session, customer)
    assert (told.debt_text, told.available_text, told.as_of_text) == (None, None, None)


@pytest.mark.parametrize("row", ["run", "balance"])
async def test_who_is_not_named_among_the_debts_owes_nothing(world: World, row: str) -> None:
    run = SyncRunRow(backend="main", name="balances", succeeded_at=NOW)
    own = BalanceRow(customer_id=PETRA, debt=Decimal(0), overdue=Decimal(0), as_of=NOW)
    await world.add(run if row == "run" else own)
    async with world.turn() as turn:
        told = await customers.balance(turn.session, PETRA, turn.clock)
        assert await limits.debt_is_known(turn.session, await turn.session.get_one(CustomerRow, PETRA))
    assert told.debt_text == "0\xa0₽"
