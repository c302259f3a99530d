"""What is kept of a reading: beside the message, in its transaction, for other eyes than the customer's."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from api.db.models import EventRow, InboxRow, ReadingRow
from api.db.session import staff_session
from api.orders import readings, service
from api.orders.schemas import TurnOutcome
from tests.api.orders.conftest import CARAMEL, CREAM, MILK, NOW, PETRA, VANILLA, World


async def kept() -> list[ReadingRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(ReadingRow).order_by(ReadingRow.id)))


async def events(kind: str) -> list[EventRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(EventRow).where(EventRow.kind == kind).order_by(EventRow.id)))


async def say(world: World, text: str, *, after: int = 0, number: int = 0) -> TurnOutcome:
    """A typed message, stored as the intake stores it; `after` seconds after the first."""
    now = NOW + timedelta(seconds=after)
    number = number or after + 1
    row = InboxRow(
        id=number, channel="webchat", provider_id=f"{number}", conversation_id=world.conversations[PETRA], seq=number,
        at=now, text=text, raw={},
    )  # fmt: skip
    await world.add(row)
    async with world.turn(inbox=number, now=now) as turn:
        return await service.perform(turn, "message", text=text)


async def test_a_message_is_kept_with_its_spans_lines_and_questions(world: World) -> None:
    outcome = await say(world, "млоко 8 шт, сироп 2 и сгущёнка белогорье 5 банок")
    (row,) = await kept()
    assert (row.inbox_id, row.customer_id, row.operation) == (1, PETRA, "message")
    assert [(row.text[span["start"] : span["end"]], span["kind"]) for span in row.spans] == [
        ("млоко", "product"), ("8", "quantity"), ("шт", "unit"), ("сироп", "product"), ("2", "quantity"),
        ("сгущёнка", "product"), ("белогорье", "product"), ("5", "quantity"), ("банок", "unit"),
    ]  # fmt: skip
    (line,) = row.lines
    assert {name: line[name] for name in ("phrase", "op", "sku", "name", "quantity", "unit")} == {
        "phrase": "млоко", "op": "added", "sku": MILK, "name": "Молоко 3,2% 10 л", "quantity": "8", "unit": "шт",
    }  # fmt: skip
    assert 0.5 < line["score"] < 1
    syrup, unknown = row.questions
    assert (syrup["phrase"], syrup["reason"]) == ("сироп", "ambiguous")
    assert [one["sku"] for one in syrup["candidates"]] == [VANILLA, CARAMEL]
    assert all(one["score"] == 1 for one in syrup["candidates"])
    assert (unknown["phrase"], unknown["reason"], unknown["candidates"]) == ("сгущёнка белогорье", "unknown", [])
    assert [one["id"] for one in row.questions] == [question.id for question in outcome.cart.questions]


async def test_an_answer_and_a_repeat_are_readings_too_a_button_and_chatter_are_not(world: World) -> None:
    await world.past_order(PETRA, {"p-milk": ("5", "500")})
    await say(world, "сироп 2")
    await say(world, "карамель", after=10)
    await say(world, "а у вас погода хорошая", after=20)
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=CREAM, quantity="2")
    async with world.turn() as turn:
        await service.perform(turn, "repeat", mode="replace")
    assert [(row.operation, [line["sku"] for line in row.lines]) for row in await kept()] == [
        ("message", []),
        ("message", [CARAMEL]),
        ("repeat", [MILK]),
    ]


async def test_phones_and_codes_are_not_kept_and_places_stay(world: World) -> None:
    await say(world, "молоко 5, звоните +7 900 123-45-67")
    (row,) = await kept()
    assert row.text == "молоко 5, звоните +• ••• •••-••-••"
    assert row.text[row.spans[0]["start"] : row.spans[0]["end"]] == "молоко"


async def test_a_large_reading_says_what_it_leaves_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST", 2)
    await say(world, "молоко 5, сливки 3, сироп ваниль 2, сироп карамель 1")
    (row,) = await kept()
    assert [line["op"] for line in row.lines] == ["added", "added", "more"]
    assert row.lines[-1]["phrase"] == "ещё строк: 2"


async def test_an_answer_tells_what_was_offered_and_what_was_meant(world: World) -> None:
    await say(world, "сироп 2")
    await say(world, "карамель", after=10)
    (answer,) = await events("answer")
    assert (answer.data["guess"]["sku"], answer.data["meant"]["sku"]) == (VANILLA, CARAMEL)
    assert (answer.data["asked_in"], answer.data["inbox"]) == (1, 11)


async def test_a_name_instead_of_an_answer_settles_the_question_too(world: World) -> None:
    await say(world, "сироп 2")
    await say(world, "сироп карамель 1 л 3", after=10)
    (answer,) = await events("answer")
    assert answer.data["meant"]["sku"] == CARAMEL


def corrected(rows: list[EventRow]) -> list[tuple[str, str, str]]:
    return [(row.data["phrase"], row.data["guess"]["sku"], row.data["became"]) for row in rows]


async def test_a_line_taken_out_at_once_was_wrong(world: World) -> None:
    await say(world, "молоко 5, сливки 3")
    await say(world, "молоко убери", after=30)
    assert corrected(await events("line_corrected")) == [("молоко", MILK, "removed")]
    (row,) = await events("line_corrected")
    assert (row.data["inbox"], row.data["by_inbox"], row.data["quantity"]) == (1, 31, "5")


async def test_a_line_replaced_at_once_was_wrong(world: World) -> None:
    await say(world, "сироп ваниль 2")
    await say(world, "замени ваниль на карамель", after=30)
    (row,) = await events("line_corrected")
    assert (row.data["became"], row.data["meant"]["sku"]) == ("replaced", CARAMEL)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("молоко 5", "молока не 5, а 8"),
        ("молоко 5", "нет, молока 8"),
        ("молоко 5", "ещё 3 молока"),
        ("молоко 5, сливки 8", "ещё 3 молока"),
        ("молоко 5", "молока 8"),
        ("сливки 2 коробки", "ой, сливок 5 штук"),
        ("молоко 5, сливки 3", "убери всё"),
    ],
)
async def test_a_change_of_mind_is_no_mistake(world: World, first: str, then: str) -> None:
    await say(world, first)
    assert (await say(world, then, after=30)).kind == "changed"
    assert corrected(await events("line_corrected")) == []


async def test_a_quantity_that_had_been_said_and_was_not_taken(world: World) -> None:
    await say(world, "молоко 10 литров 4")
    async with world.turn(inbox=40, now=NOW + timedelta(seconds=40)) as turn:
        (line,) = (await service.show(turn)).lines
        other = {"4": "10", "10": "4"}[line.quantity]
        await service.perform(turn, "set_line", sku=MILK, quantity=other)
    assert corrected(await events("line_corrected"))[0][1:] == (MILK, "quantity")


async def test_a_quantity_that_nobody_said_and_that_is_called_wrong(world: World) -> None:
    await world.past_order(PETRA, {"p-milk": ("5", "500")})
    await say(world, "молока как обычно")
    await say(world, "нет, молока 8", after=20)
    assert corrected(await events("line_corrected")) == [("молока", MILK, "quantity")]


async def test_later_is_another_thought(world: World) -> None:
    await say(world, "молоко 5, сливки 3")
    await say(world, "молоко убери", after=600)
    assert await events("line_corrected") == []


async def test_after_other_messages_it_is_another_thought(world: World) -> None:
    await say(world, "молоко 5, сливки 3", number=1)
    await say(world, "ваниль 2", after=10, number=2)
    await say(world, "карамель 2", after=20, number=3)
    await say(world, "молоко убери", after=30, number=4)
    assert await events("line_corrected") == []


async def test_what_cannot_be_had_is_taken_out_without_having_been_wrong(world: World) -> None:
    await world.set_stock("p-milk", 0)
    await say(world, "молоко 5, сливки 3")
    await say(world, "молоко убери", after=30)
    assert await events("line_corrected") == []


async def test_quantities_stay_decimal(world: World) -> None:
    await say(world, "молоко 5")
    assert Decimal((await kept())[0].lines[0]["quantity"]) == 5
