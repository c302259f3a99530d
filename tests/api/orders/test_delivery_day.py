"""The day of delivery that a customer names: kept with the cart, told, confirmed, never silently another."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from api.db.models import OrderRow
from api.db.session import staff_session
from api.orders import service
from api.orders.confirmation import confirm
from api.orders.schemas import Confirmation, TurnOutcome
from tests.api.orders.conftest import NOW, PETRA, World
from tests.api.orders.test_reading import say

FRIDAY = "пятница, 19 декабря"


def told(outcome: TurnOutcome) -> list[tuple[str, str]]:
    return [(notice.code, notice.phrase) for notice in outcome.notices]


async def send(world: World, now: datetime = NOW) -> Confirmation:
    async with world.turn(now=now) as turn:
        return await confirm(turn, None, False)


async def delivery_dates() -> list[date | None]:
    async with staff_session() as session:
        return list(await session.scalars(select(OrderRow.delivery_date).order_by(OrderRow.id)))


async def test_the_named_day_is_told_and_kept(world: World) -> None:
    outcome = await say(world, "на пятницу молоко 5")
    assert told(outcome) == [("delivery_day", FRIDAY)]
    assert outcome.cart.delivery_text == FRIDAY
    later = await say(world, "и сливки 3")
    assert told(later) == [] and later.cart.delivery_text == FRIDAY
    confirmation = await send(world)
    assert confirmation.order and confirmation.order.delivery_text == "в пятницу, 19 декабря, с 9:00 до 12:00"
    assert await delivery_dates() == [date(2025, 12, 19)]


async def test_the_next_order_knows_nothing_of_it(world: World) -> None:
    await say(world, "на пятницу молоко 5")
    await send(world)
    outcome = await say(world, "молоко 2")
    assert outcome.cart.delivery_text is None
    await send(world)
    assert await delivery_dates() == [date(2025, 12, 19), date(2025, 12, 16)]


async def test_clearing_the_cart_forgets_it(world: World) -> None:
    await say(world, "на пятницу молоко 5")
    async with world.turn() as turn:
        cleared = await service.perform(turn, "clear")
    assert cleared.cart.delivery_text is None


@pytest.mark.parametrize(
    ("text", "why", "day"),
    [
        ("на воскресенье молоко 5", "В воскресенье не возим.", "понедельник, 22 декабря"),
        ("на сегодня молоко 5", "Сегодня уже не привезём.", "завтра, 16 декабря"),
        ("на 20 декабря молоко 5", "В субботу не возим.", "понедельник, 22 декабря"),
        ("на 20 февраля молоко 5", "На 20 февраля 2026 года заказы ещё не принимаем.", "завтра, 16 декабря"),
        ("на завтра мука миндальная 2", "К 16 декабря не успеем: товар под заказ.", "понедельник, 22 декабря"),
    ],
)
async def test_a_day_without_delivery_offers_the_nearest(world: World, text: str, why: str, day: str) -> None:
    outcome = await say(world, text)
    assert told(outcome)[-1] == ("delivery_refused", f"{why} Ближайшая доставка — {day}.")
    assert outcome.cart.delivery_text == day


async def test_after_the_cut_off(world: World) -> None:
    async with world.turn(now=NOW.replace(hour=19)) as turn:
        outcome = await service.perform(turn, "message", text="на завтра молоко 5")
    assert told(outcome) == [
        ("delivery_refused", "На 16 декабря заказы принимали до 18:00. Ближайшая доставка — среда, 17 декабря.")
    ]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("на пятницу", "order"),
        ("да, на пятницу", "affirm"),
        ("нет, лучше в пятницу", "deny"),
        ("в пятницу", "delivery"),
        ("тогда на пятницу", "repeat_order"),
    ],
)
async def test_a_day_alone_moves_the_delivery(world: World, text: str, intent: str) -> None:
    await say(world, "молоко 5")
    outcome = await say(world, text, intent=intent)
    assert outcome.cart.delivery_text == FRIDAY
    assert outcome.cart.version == 2
    assert outcome.cart.questions == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("в пятницу возите?", "delivery"),
        ("перенесите заказ на пятницу", "delivery"),
        ("не в пятницу", "deny"),
        ("спасибо, до пятницы", "thanks"),
    ],
)
async def test_a_day_in_a_question_moves_nothing(world: World, text: str, intent: str) -> None:
    await say(world, "молоко 5")
    outcome = await say(world, text, intent=intent)
    assert outcome.cart.delivery_text is None


async def test_an_order_may_begin_with_its_day(world: World) -> None:
    begun = await say(world, "хочу сделать заявку на пятницу")
    assert told(begun) == [("delivery_day", FRIDAY)]
    assert (await say(world, "молоко 5")).cart.delivery_text == FRIDAY


async def test_a_day_that_became_impossible_is_told_before_the_order_is_sent(world: World) -> None:
    await say(world, "на завтра молоко 5")
    evening = NOW.replace(hour=19)
    refused = await send(world, evening)
    assert refused.refusal and refused.refusal.code == "delivery_day"
    assert refused.refusal.message.endswith("Ближайшая доставка — среда, 17 декабря.")
    assert refused.cart and refused.cart.delivery_text == "среда, 17 декабря"
    assert (await send(world, evening)).state == "sending"
    assert await delivery_dates() == [date(2025, 12, 17)]


async def test_a_day_long_gone_is_not_shown(world: World) -> None:
    await say(world, "на завтра молоко 5")
    later = NOW + timedelta(days=3)
    async with world.turn(now=later) as turn:
        assert (await service.show(turn)).delivery_text is None
    refused = await send(world, later)
    assert refused.refusal
    assert refused.refusal.message == (
        "Доставка на 16 декабря уже не получится. Ближайшая доставка — завтра, 19 декабря."
    )


@pytest.mark.parametrize("text", ["на пятницу как обычно", "как обычно на пятницу"])
async def test_a_repeated_order_has_a_day_of_its_own(world: World, text: str) -> None:
    await world.past_order(PETRA, {"p-milk": ("5", "500")})
    outcome = await say(world, text, intent="repeat_order")
    assert outcome.cart.delivery_text == FRIDAY
    assert Decimal(outcome.cart.total) == 2500


async def test_the_day_of_the_past_order_is_no_day_of_delivery(world: World) -> None:
    await world.past_order(PETRA, {"p-milk": ("5", "500")}, days=3)
    outcome = await say(world, "то же, что в пятницу", intent="repeat_order")
    assert Decimal(outcome.cart.total) == 2500
    assert outcome.cart.delivery_text is None


async def test_the_day_outlives_the_question_which_order(world: World) -> None:
    await world.past_order(PETRA, {"p-milk": ("5", "500")})
    asked = await say(world, "на пятницу то же, что летом на банкет", intent="repeat_order")
    assert asked.kind == "asked"
    outcome = await say(world, "да", intent="affirm")
    assert outcome.cart.delivery_text == FRIDAY
    assert Decimal(outcome.cart.total) == 2500
