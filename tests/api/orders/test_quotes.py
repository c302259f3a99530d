"""What the accounting system says of a draft, and the age of the figures where it says nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from api.db.models import BalanceRow, CustomerRow, PriceRow, StockRow, SyncRunRow
from api.db.session import staff_session
from api.deps import erp as connection
from api.domain.customer import Balance
from api.erp.errors import ErpError
from api.erp.memory import MemoryErp
from api.erp.port import Capabilities
from api.orders import repository, sending, service
from api.orders.basket import Basket
from api.orders.confirmation import confirm
from api.orders.schemas import Confirmation
from tests.api.orders.conftest import BEREZKA, MILK, NOW, PETRA, VANILLA, World
from tests.api.orders.erps import SILENT, Quoting, Tight, like
from tests.api.orders.test_sending import base, confirmed, order, told

__all__ = ["base"]


@pytest.fixture
def quoting(base: MemoryErp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Quoting]:
    made = like(Quoting, base)
    monkeypatch.setitem(connection._open, "main", made)
    yield made


async def prices() -> list[tuple[str, Decimal, str | None, str | None]]:
    async with staff_session() as session:
        rows = await session.scalars(select(PriceRow).order_by(PriceRow.id))
        return [(row.product_id, row.amount, row.price_list_id, row.customer_id) for row in rows]


async def again(world: World) -> Confirmation:
    async with world.turn() as turn:
        return await confirm(turn, None, False)


async def reason(world: World) -> object:
    jobs = [args for task, args in await world.jobs() if task == "notifications.order_changed"]
    return jobs[-1].get("reason")


async def test_a_draft_that_is_as_it_was_confirmed_goes(world: World, quoting: Quoting) -> None:
    quoting.verdict = True
    quoting.asks = {"p-milk": Decimal("500.0000")}
    order_id = await confirmed(world)
    await sending.send(order_id, quoting)
    assert ((await order(order_id)).status, quoting.quotes) == ("accepted", 1)


async def test_a_quoted_price_is_shown_confirmed_and_nobody_elses(world: World, quoting: Quoting) -> None:
    """The list price is not touched: another customer, another cart, and the next sync see nothing of it."""
    known = await prices()
    order_id = await confirmed(world)
    quoting.asks = {"p-milk": Decimal("520.004")}
    await sending.send(order_id, quoting)
    assert (await order(order_id)).status == "cancelled"
    assert await reason(world) == "Молоко 3,2% 10 л — цена была 500\u00a0₽, теперь 520\u00a0₽."
    async with world.turn() as turn:
        milk, vanilla = (await service.show(turn)).lines
    assert (milk.price_was_text, milk.price_text, milk.sum_text) == ("500\u00a0₽", "520\u00a0₽", "4\u00a0160\u00a0₽")
    assert vanilla.price_was_text is None
    assert await prices() == known
    async with world.turn(BEREZKA) as turn:
        await service.choose_outlet(turn, "berezka-1")
        others = await service.perform(turn, "set_line", sku=MILK, quantity="8")
    assert others.cart.lines[0].price_text == "450\u00a0₽"
    confirmation = await again(world)
    assert confirmation.order and confirmation.order.total_text == "5\u00a0360\u00a0₽"
    await sending.send(int(confirmation.order.id), quoting)
    assert (await order(int(confirmation.order.id))).status == "accepted"


async def test_a_quote_is_of_its_quantity_and_its_day(world: World, quoting: Quoting) -> None:
    order_id = await confirmed(world)
    quoting.asks = {"p-milk": Decimal(480)}
    await sending.send(order_id, quoting)
    async with world.turn(now=NOW + timedelta(days=1)) as turn:
        assert (await service.show(turn)).lines[0].price_text == "500\u00a0₽"
    async with world.turn() as turn:
        assert (await service.show(turn)).lines[0].price_text == "480\u00a0₽"
    async with world.turn() as turn:
        changed = await service.perform(turn, "set_line", sku=MILK, quantity="9")
    assert changed.cart.lines[0].price_text == "500\u00a0₽"


async def test_what_is_not_sold_to_the_customer_cannot_be_confirmed(world: World, quoting: Quoting) -> None:
    order_id = await confirmed(world)
    quoting.asks = {"p-milk": None}
    await sending.send(order_id, quoting)
    assert await reason(world) == "Молоко 3,2% 10 л — цену нужно уточнить у менеджера."
    confirmation = await again(world)
    assert confirmation.refusal and confirmation.refusal.code == "stock"
    assert "цену нужно уточнить" in confirmation.refusal.message


async def test_quoted_stock_is_this_carts_alone(world: World, quoting: Quoting) -> None:
    order_id = await confirmed(world)
    quoting.left = {"p-milk": Decimal(3)}
    await sending.send(order_id, quoting)
    assert await reason(world) == "Молоко 3,2% 10 л — в наличии только 3 шт."
    async with world.turn() as turn:
        milk = (await service.show(turn)).lines[0]
    assert (milk.issue, milk.available) == ("short", "3")
    async with staff_session() as session:
        assert await session.scalar(select(StockRow.quantity).where(StockRow.product_id == "p-milk")) == 100


async def test_the_verdict_on_the_credit_is_the_backends(world: World, quoting: Quoting) -> None:
    order_id = await confirmed(world)
    quoting.verdict = False
    await sending.send(order_id, quoting)
    assert (await order(order_id)).status == "cancelled"
    assert await reason(world) == "Сумма заказа больше свободного кредитного лимита."


async def test_the_balance_of_a_quote_is_kept_only_if_it_is_the_customers(world: World, quoting: Quoting) -> None:
    quoting.told_balance = Balance(BEREZKA, Decimal(9999), Decimal(0))
    await sending.send(await confirmed(world), quoting)
    quoting.told_balance = Balance(PETRA, Decimal(700), Decimal(0))
    await sending.send(await confirmed(world), quoting)
    async with staff_session() as session:
        rows = (await session.scalars(select(BalanceRow))).all()
    assert [(row.customer_id, row.debt) for row in rows] == [(PETRA, Decimal(700))]


async def test_a_quote_of_other_lines_is_none(world: World, quoting: Quoting) -> None:
    quoting.mixed_up, quoting.asks = True, {"p-milk": Decimal(1)}
    order_id = await confirmed(world)
    await sending.send(order_id, quoting)
    assert (await order(order_id)).status == "accepted"


async def test_a_quote_that_may_come_later_is_waited_for(world: World, quoting: Quoting) -> None:
    quoting.refused = ErpError("Занята.", permanent=False)
    order_id = await confirmed(world)
    with pytest.raises(ErpError):
        await sending.send(order_id, quoting)
    assert (await order(order_id)).status == "sending"


# The age of figures.


async def synced(world: World) -> None:
    """Prices and stock of 09:40, debts of 06:00."""
    for name, hour, minute in (("prices", 9, 40), ("stock", 9, 40), ("balances", 6, 0)):
        read_at = NOW.replace(hour=hour, minute=minute)
        await world.add(SyncRunRow(name=name, finished_at=read_at, succeeded_at=read_at))


AGES = [
    (SILENT, "Цены и остатки — по данным на 09:40, задолженность — по данным на 06:00."),
    (replace(SILENT, live_stock=True), "Цены — по данным на 09:40, задолженность — по данным на 06:00."),
    (replace(SILENT, live_prices=True, live_balance=True), "Остатки — по данным на 09:40."),
    (replace(SILENT, live_stock=True, live_prices=True, live_balance=True), None),
    (Capabilities(quotes=True), None),
]


@pytest.mark.parametrize(("can", "text"), AGES)
async def test_what_is_not_read_live_tells_its_age(
    world: World, base: MemoryErp, monkeypatch: pytest.MonkeyPatch, can: Capabilities, text: str | None
) -> None:
    monkeypatch.setitem(connection._open, "main", like(MemoryErp, base, capabilities=can))
    await synced(world)
    await world.change(CustomerRow, {"id": PETRA}, credit_limit=Decimal(100000))
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=MILK, quantity="8")
    assert (await again(world)).figures_at_text == text


@pytest.mark.parametrize(
    ("rights", "text"),
    [
        ("order", "Остатки — по данным на 09:40."),
        ("order prices", "Цены и остатки — по данным на 09:40."),
    ],
)
async def test_the_age_of_what_one_may_not_see_is_not_told(
    world: World, base: MemoryErp, monkeypatch: pytest.MonkeyPatch, rights: str, text: str
) -> None:
    monkeypatch.setitem(connection._open, "main", like(MemoryErp, base, capabilities=SILENT))
    await synced(world)
    await world.change(CustomerRow, {"id": PETRA}, credit_limit=Decimal(100000))
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=MILK, quantity="8")
    async with world.turn(rights=rights) as turn:
        assert (await confirm(turn, None, False)).figures_at_text == text


async def test_debts_that_are_never_read_have_no_age(
    world: World, base: MemoryErp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection._open, "main", like(MemoryErp, base, capabilities=SILENT))
    await world.change(CustomerRow, {"id": PETRA}, credit_limit=Decimal(100000))
    await world.add(SyncRunRow(name="stock", finished_at=NOW, succeeded_at=NOW))
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=MILK, quantity="8")
    assert (await again(world)).figures_at_text == "Остатки — по данным на 10:00."


async def test_a_refused_reading_fails_no_order_and_its_age_is_told(world: World, base: MemoryErp) -> None:
    await synced(world)
    order_id = await confirmed(world)
    tight = like(Tight, base)
    await sending.send(order_id, tight)
    assert (await order(order_id)).status == "accepted"
    assert await told(world) == ["accepted"]
    assert await reason(world) == "Цены и остатки — по данным на 09:40."


async def test_an_order_that_comes_back_keeps_what_was_noted_at_its_lines(world: World, quoting: Quoting) -> None:
    wishes = {MILK: "свежее; не позже обеда", VANILLA: "в стекле"}
    async with staff_session() as session:
        basket = Basket.of(await repository.locked_cart(session, PETRA, "petra-1", NOW))
        for sku, note in wishes.items():
            basket.put(sku, Decimal(8), note=note)
        basket.save(NOW)
    quoting.asks = {"p-milk": Decimal(520)}
    confirmation = await again(world)
    assert confirmation.order
    await sending.send(int(confirmation.order.id), quoting)
    async with world.turn() as turn:
        assert {line.sku: line.note for line in (await service.show(turn)).lines} == wishes
