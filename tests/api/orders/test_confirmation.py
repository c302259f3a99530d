"""Confirming: every check, and one order whatever the customer presses."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from api.config import settings
from api.db.models import BalanceRow, CustomerRow, ErpHealthRow, OrderLineRow, OrderRow, PriceRow, SyncRunRow
from api.db.session import staff_session
from api.domain.order import OrderStatus
from api.orders import service
from api.orders.confirmation import confirm
from api.orders.schemas import Confirmation
from tests.api.orders.conftest import BEREZKA, BUNS, FLOUR, MILK, NOW, PETRA, VANILLA, World


async def put(world: World, sku: str, quantity: str, customer: str = PETRA) -> int:
    async with world.turn(customer) as turn:
        outcome = await service.perform(turn, "set_line", sku=sku, quantity=quantity)
    return outcome.cart.version


async def send(world: World, version: int | None = None, leave: bool = False, **turn_options: object) -> Confirmation:
    async with world.turn(**turn_options) as turn:  # type: ignore[arg-type]
        return await confirm(turn, version, leave)


async def orders() -> list[OrderRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(OrderRow).order_by(OrderRow.id)))


async def test_the_cart_becomes_an_order_and_a_job(world: World) -> None:
    await put(world, MILK, "8")
    version = await put(world, VANILLA, "2")
    confirmation = await send(world, version)
    assert confirmation.state == "sending"
    assert confirmation.order and confirmation.order.total_text == "5\u00a0200\u00a0₽"
    assert confirmation.order.delivery_text == "завтра, 16 декабря, с 9:00 до 12:00"
    assert confirmation.manager.name == "Анна"
    (order,) = await orders()
    assert (order.status, order.total, order.delivery_date) == ("sending", Decimal(5200), date(2025, 12, 16))
    assert order.key.startswith("AI-") and len(order.key) <= 30
    assert await world.jobs() == [("orders.send", {"order_id": order.id})]
    async with world.turn() as turn:
        assert (await service.show(turn)).empty


async def test_the_second_press_makes_no_second_order(world: World) -> None:
    version = await put(world, MILK, "8")
    first = await send(world, version)
    again = await send(world, version)
    in_words = await send(world, None)
    assert (first.state, again.state, in_words.state) == ("sending", "already_sent", "already_sent")
    assert again.order and first.order and again.order.id == first.order.id
    assert len(await orders()) == 1


async def test_presses_at_the_same_moment_make_one_order(world: World) -> None:
    version = await put(world, MILK, "8")
    states = [answer.state for answer in await asyncio.gather(*(send(world, version) for _ in range(4)))]
    assert sorted(states) == ["already_sent", "already_sent", "already_sent", "sending"]
    assert len(await orders()) == 1
    assert len(await world.jobs()) == 1


async def test_the_repeated_message_gets_the_first_answer(world: World) -> None:
    await put(world, MILK, "8")
    answers = []
    for _ in range(2):
        async with world.turn(inbox=500) as turn:
            answers.append(await turn.once("orders", lambda: confirm(turn, None, False), Confirmation))
    assert answers[0] == answers[1]
    assert len(await orders()) == 1


async def test_a_cart_changed_by_somebody_else_is_shown_again(world: World) -> None:
    version = await put(world, MILK, "8")
    await put(world, MILK, "3")
    confirmation = await send(world, version)
    assert (confirmation.state, confirmation.refusal and confirmation.refusal.code) == ("refused", "version")
    assert confirmation.cart and confirmation.cart.lines[0].quantity == "3"
    assert await orders() == []


async def test_an_old_button_sends_no_new_cart(world: World) -> None:
    version = await put(world, MILK, "8")
    await send(world, version)
    await put(world, VANILLA, "1")
    confirmation = await send(world, version)
    assert confirmation.refusal and confirmation.refusal.code == "version"
    assert len(await orders()) == 1


async def test_nothing_to_send(world: World) -> None:
    confirmation = await send(world)
    assert confirmation.refusal and confirmation.refusal.code == "empty"


async def test_an_open_question_stops_it(world: World) -> None:
    await put(world, MILK, "8")
    await put(world, BUNS, "7")
    confirmation = await send(world)
    assert confirmation.refusal and confirmation.refusal.code == "questions"
    assert "Булочки" in confirmation.refusal.message


async def test_short_goods_are_named(world: World) -> None:
    await put(world, MILK, "8")
    await put(world, VANILLA, "2")
    await world.set_stock("p-milk", 3)
    confirmation = await send(world)
    assert confirmation.refusal and confirmation.refusal.code == "stock"
    assert confirmation.refusal.message == "Молоко 3,2% 10 л — в наличии только 3 шт."
    assert confirmation.cart and confirmation.cart.lines[0].issue == "short"


async def test_goods_without_a_price_are_named(world: World) -> None:
    await put(world, MILK, "8")
    async with staff_session() as session:
        for price in await session.scalars(select(PriceRow).filter_by(product_id="p-milk")):
            await session.delete(price)
    confirmation = await send(world)
    assert confirmation.refusal and confirmation.refusal.code == "stock"
    assert "цену нужно уточнить" in confirmation.refusal.message


async def test_goods_on_order_move_their_own_promise(world: World) -> None:
    await put(world, MILK, "8")
    await put(world, FLOUR, "1")
    confirmation = await send(world)
    assert confirmation.state == "sending"
    assert confirmation.warnings == ["Мука миндальная 25 кг — под заказ, привезём 22 декабря."]
    assert (await orders())[0].delivery_date == date(2025, 12, 16)


async def test_nothing_but_goods_on_order_come_when_they_arrive(world: World) -> None:
    await put(world, FLOUR, "1")
    confirmation = await send(world)
    assert confirmation.warnings == []
    assert (await orders())[0].delivery_date == date(2025, 12, 22)


async def test_the_minimum_sum(world: World) -> None:
    await world.change(CustomerRow, {"id": PETRA}, minimum_sum=Decimal(3000))
    await put(world, MILK, "4")
    confirmation = await send(world)
    assert confirmation.refusal and confirmation.refusal.code == "minimum_sum"
    assert confirmation.refusal.minimum_text == "3\u00a0000\u00a0₽"
    assert confirmation.refusal.missing_text == "1\u00a0000\u00a0₽"


async def limited(world: World, debt: int) -> None:
    await world.change(CustomerRow, {"id": PETRA}, credit_limit=Decimal(10_000))
    await world.add(BalanceRow(customer_id=PETRA, debt=Decimal(debt), overdue=Decimal(0), as_of=NOW))


async def test_the_credit_limit_counts_debt_and_orders_on_their_way(world: World) -> None:
    await limited(world, 5000)
    await put(world, MILK, "6")
    assert (await send(world)).state == "sending"
    await put(world, MILK, "5")
    confirmation = await send(world)
    refusal = confirmation.refusal
    assert refusal and refusal.code == "credit_limit"
    assert refusal.message.startswith("К сожалению, ваш кредитный лимит исчерпан.")
    assert (refusal.limit_text, refusal.debt_text, refusal.over_text) == (
        "10\u00a0000\u00a0₽", "5\u00a0000\u00a0₽", "500\u00a0₽",
    )  # fmt: skip
    assert len(await orders()) == 1


async def test_fitting_the_limit_makes_it_pass(world: World) -> None:
    await limited(world, 7000)
    await put(world, MILK, "8")
    await put(world, VANILLA, "2")
    async with world.turn() as turn:
        fitted = await service.perform(turn, "fit_limit")
    assert Decimal(fitted.cart.total) <= 3000
    assert {line.sku for line in fitted.cart.lines} == {MILK, VANILLA}
    assert (await send(world)).state == "sending"


@pytest.mark.parametrize(("policy", "state"), [("warn", "sending"), ("ask", "refused"), ("block", "refused")])
async def test_the_distributor_chooses_what_a_limit_means(
    world: World, monkeypatch: pytest.MonkeyPatch, policy: str, state: str
) -> None:
    monkeypatch.setattr(settings(), "credit_limit_policy", policy)
    await limited(world, 9000)
    await put(world, MILK, "8")
    confirmation = await send(world)
    assert confirmation.state == state
    if policy == "warn":
        assert "кредитный лимит" in confirmation.warnings[0]


@pytest.mark.parametrize(("policy", "state"), [("warn", "sending"), ("block", "refused")])
async def test_overdue_debt(world: World, monkeypatch: pytest.MonkeyPatch, policy: str, state: str) -> None:
    monkeypatch.setattr(settings(), "overdue_policy", policy)
    await world.add(BalanceRow(customer_id=PETRA, debt=Decimal(500), overdue=Decimal(200), as_of=NOW))
    await put(world, MILK, "8")
    confirmation = await send(world)
    assert confirmation.state == state
    told = confirmation.warnings[0] if policy == "warn" else confirmation.refusal and confirmation.refusal.message
    assert told and "200\u00a0₽" in told


async def test_the_system_is_down_unless_the_order_is_left(world: World) -> None:
    await world.add(ErpHealthRow(up=False, changed_at=NOW))
    read_at = NOW.replace(hour=9, minute=40)
    await world.add(*(SyncRunRow(name=name, finished_at=NOW, succeeded_at=read_at) for name in ("prices", "stock")))
    await put(world, MILK, "8")
    confirmation = await send(world)
    assert (confirmation.state, confirmation.figures_at_text) == ("erp_down", "Цены и остатки — по данным на 09:40.")
    assert await orders() == []
    left = await send(world, leave=True)
    assert (left.state, left.figures_at_text) == ("sending", "Цены и остатки — по данным на 09:40.")
    assert len(await orders()) == 1


async def test_the_outlet_comes_first(world: World) -> None:
    confirmation = await send(world, customer=BEREZKA)
    assert confirmation.refusal and confirmation.refusal.code == "no_outlet"


async def test_without_the_right(world: World) -> None:
    await put(world, MILK, "8")
    confirmation = await send(world, rights="prices balance")
    assert confirmation.refusal and confirmation.refusal.code == "no_right"
    assert await orders() == []


async def test_an_order_keeps_the_price_of_its_moment(world: World) -> None:
    await put(world, MILK, "8")
    await send(world)
    await world.change(PriceRow, {"product_id": "p-milk"}, amount=Decimal(999))
    async with staff_session() as session:
        assert await session.scalar(select(OrderLineRow.price)) == Decimal(500)
        assert await session.scalar(select(func.count()).where(OrderRow.status == OrderStatus.SENDING.value)) == 1


@pytest.mark.parametrize("policy", ["ask", "block"])
async def test_who_may_not_see_the_balance_hears_nothing_of_limit_or_debt(
    world: World, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    monkeypatch.setattr(settings(), "credit_limit_policy", policy)
    monkeypatch.setattr(settings(), "overdue_policy", policy)
    await limited(world, 9000)
    await put(world, MILK, "8")
    over_limit = await send(world, rights="order prices")
    await world.change(CustomerRow, {"id": PETRA}, credit_limit=None)
    await world.change(BalanceRow, {"customer_id": PETRA}, overdue=Decimal(200))
    overdue = await send(world, rights="order prices")
    for confirmation in (over_limit, overdue):
        assert confirmation.refusal and confirmation.refusal.code == "no_right"
        told = confirmation.refusal.model_dump_json()
        assert not [word for word in ("₽", "лимит", "долг", "остаток") if word in told]


async def test_who_may_not_see_the_balance_is_not_warned_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "credit_limit_policy", "warn")
    await limited(world, 9000)
    await world.change(BalanceRow, {"customer_id": PETRA}, overdue=Decimal(200))
    await put(world, MILK, "8")
    confirmation = await send(world, rights="order prices")
    assert (confirmation.state, confirmation.warnings) == ("sending", [])


async def test_who_may_not_see_prices_hears_no_sum_from_the_minimum(world: World) -> None:
    await world.change(CustomerRow, {"id": PETRA}, minimum_sum=Decimal(3000))
    await put(world, MILK, "4")
    confirmation = await send(world, rights="order")
    assert confirmation.refusal and confirmation.refusal.minimum_text == "3\u00a0000\u00a0₽"
    assert confirmation.refusal.missing_text is None


@pytest.mark.parametrize("up", [True, False])
async def test_an_accounting_system_that_is_no_more_gets_no_order(world: World, up: bool) -> None:
    await put(world, MILK, "8")
    await world.change(CustomerRow, {"id": PETRA}, backend="north")
    await world.add(ErpHealthRow(backend="north", up=up, changed_at=NOW))
    # The goods are the main one's here: what counts is that nothing is made.
    confirmation = await send(world, leave=True)
    assert confirmation.state == "refused" and await orders() == []
