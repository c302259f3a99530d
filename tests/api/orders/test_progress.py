"""What the figures are told of an order in the making."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from api.db.models import CustomerRow, EventRow
from api.db.session import staff_session
from api.orders import confirmation, progress, service
from tests.api.orders.conftest import BEREZKA, NOW, PETRA, World

KINDS = ("order_started", "order_step", "order_dropped", "order_confirmed")


async def told() -> list[tuple[str, dict[str, Any]]]:
    async with staff_session() as session:
        rows = await session.scalars(select(EventRow).where(EventRow.kind.in_(KINDS)).order_by(EventRow.id))
        return [(row.kind, row.data) for row in rows]


async def say(world: World, text: str, *, inbox: int = 0, now: datetime = NOW) -> None:
    async with world.turn(inbox=inbox, now=now) as turn:
        await service.perform(turn, "message", text=text)


async def confirm(world: World, *, inbox: int = 0) -> None:
    async with world.turn(inbox=inbox) as turn:
        await progress.pressed(turn, await confirmation.confirm(turn, None, False))


async def test_an_order_with_a_question_from_its_first_word_to_its_end(world: World) -> None:
    await say(world, "сироп 2", inbox=7)
    async with world.turn() as turn:
        cart = await service.show(turn)
    async with world.turn() as turn:
        question = cart.questions[0]
        await service.perform(turn, "answer", question_id=question.id, value=question.options[0].value)
    await confirm(world, inbox=9)
    events = await told()
    attempt = events[0][1]["attempt"]
    assert [(kind, data.get("step")) for kind, data in events] == [
        ("order_started", None),
        ("order_step", "questions"),
        ("order_step", "ready"),
        ("order_confirmed", None),
    ]
    done = events[-1][1]
    assert all(data["attempt"] == attempt for _, data in events)
    assert (done["inbox"], done["questions"], done["repeated"]) == (7, 1, False)


async def test_a_repeated_order_tells_in_how_many_lines_it_differs(world: World) -> None:
    await world.past_order(PETRA, {"p-milk": ("5", "500"), "p-cream": ("10", "180")})
    async with world.turn() as turn:
        await service.perform(turn, "repeat")
    await say(world, "молока 8")
    await confirm(world)
    done = (await told())[-1][1]
    assert (done["repeated"], done["changed"], done["questions"], done["by"]) == (True, 1, 0, "repeat")


async def test_an_emptied_cart_is_a_dropped_order_and_the_next_is_another(world: World) -> None:
    await say(world, "молока 3")
    async with world.turn() as turn:
        await service.perform(turn, "clear")
    await say(world, "молока 3")
    kinds = [kind for kind, _ in await told()]
    assert kinds == ["order_started", "order_step", "order_dropped", "order_started", "order_step"]
    assert len({data["attempt"] for _, data in await told()}) == 2


async def test_a_refusal_is_a_step_with_its_reason(world: World) -> None:
    await world.change(CustomerRow, {"id": PETRA}, minimum_sum=100_000)
    await say(world, "молока 3")
    await confirm(world)
    assert (await told())[-1][1] | {"attempt": ""} == {"attempt": "", "step": "refused", "code": "minimum_sum"}


async def test_a_cart_that_was_left_for_a_day_is_taken_up_as_another_attempt(world: World) -> None:
    await say(world, "молока 3")
    await say(world, "сливок 5", now=NOW + progress.STALE + timedelta(minutes=1))
    started = [data["attempt"] for kind, data in await told() if kind == "order_started"]
    assert len(set(started)) == 2


async def test_words_that_waited_for_the_outlet_were_the_first(world: World) -> None:
    async with world.turn(BEREZKA, inbox=3) as turn:
        asked = await service.perform(turn, "message", text="молока 3")
    async with world.turn(BEREZKA, inbox=4) as turn:
        await service.choose_outlet(turn, asked.outlets[0].id)
    async with world.turn(BEREZKA, inbox=5) as turn:
        await confirmation.confirm(turn, None, False)
    assert (await told())[-1][1]["inbox"] == 3
