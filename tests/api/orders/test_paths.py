"""How each line came into the order: kept with the cart through edits, written with the order, told to nobody else."""

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from api.aliases import service as vocabulary
from api.db.models import CartRow, ContactRow, ConversationRow, CustomerRow, OrderLineRow, OrderRow
from api.db.session import staff_session
from api.orders import confirmation, paths, repository, service
from api.orders.paths import LONGEST, Cause, Step, after, from_json, to_json
from tests.api.orders.conftest import CARAMEL, CREAM, MILK, NOW, PETRA, World


async def do(world: World, operation: str, *, minutes: int = 0, **arguments: Any) -> None:
    async with world.turn(now=NOW + timedelta(minutes=minutes), inbox=100 + minutes) as turn:
        await service.perform(turn, operation, **arguments)


async def cart_path(sku: str) -> list[dict[str, Any]]:
    async with staff_session() as session:
        (lines,) = await session.scalars(select(CartRow.lines))
    return next(line.get("path", []) for line in lines if line["sku"] == sku)


async def order_paths() -> dict[str, list[dict[str, Any]]]:
    async with staff_session() as session:
        return {row.product_id: row.path for row in await session.scalars(select(OrderLineRow))}


async def test_words_an_answer_and_a_button_each_are_a_step(world: World) -> None:
    await do(world, "message", text="сироп 2, молоко 5")
    await do(world, "message", text="карамель", minutes=1)
    await do(world, "set_line", sku=MILK, quantity="8", minutes=2)
    async with world.turn(now=NOW + timedelta(minutes=3)) as turn:
        confirmed = await confirmation.confirm(turn, None, leave=False)
    assert "path" not in confirmed.model_dump_json()
    trodden = await order_paths()
    assert trodden["p-milk"] == [
        {"at": NOW.isoformat(), "how": "words", "words": "молоко", "inbox": 100, "score": 1.0, "quantity": "5"},
        {"at": (NOW + timedelta(minutes=2)).isoformat(), "how": "button", "words": "", "inbox": 102, "score": None,
         "quantity": "8"},
    ]  # fmt: skip
    (step,) = trodden["p-caramel"]
    assert (step["how"], step["words"], step["quantity"]) == ("answer", "сироп", "2")


async def test_what_is_taken_out_takes_its_path_along_and_a_repeat_begins_anew(world: World) -> None:
    await world.past_order(PETRA, {"p-milk": ("5", "500")})
    await do(world, "message", text="молоко 5, сливки 3")
    await do(world, "message", text="сливки убери", minutes=1)
    await do(world, "message", text="сливки 4", minutes=2)
    assert [step["quantity"] for step in await cart_path(CREAM)] == ["4"]
    await do(world, "message", text="молоко 7", minutes=3)
    assert [step["quantity"] for step in await cart_path(MILK)] == ["5", "7"]
    await do(world, "repeat", mode="replace", minutes=4)
    assert [(step["how"], step["quantity"]) for step in await cart_path(MILK)] == [("repeat", "5")]


async def test_an_alias_is_named_as_such(world: World) -> None:
    async with staff_session() as session:
        await vocabulary.add(session, PETRA, "химозный", "p-caramel", "admin", NOW)
    await do(world, "message", text="химозный 3")
    (step,) = await cart_path(CARAMEL)
    assert (step["how"], step["words"], step["quantity"]) == ("alias", "химозный", "3")


async def test_another_person_of_the_company_is_a_colleague(world: World) -> None:
    there = uuid4()
    await world.add(
        ContactRow(id="c-2", customer_id=PETRA, name="Ольга"),
        ConversationRow(id=there, channel="webchat", channel_user="olga", customer_id=PETRA),
    )
    await do(world, "message", text="молоко 5")
    async with world.turn(conversation=there) as turn:
        await service.perform(turn, "message", text="молока 6, сливки 2")
    async with world.turn() as turn:
        await confirmation.confirm(turn, None, leave=False)
    trodden = await order_paths()
    assert [(step["how"], step["words"]) for step in trodden["p-milk"]] == [
        ("words", "молоко"),
        ("colleague", "молока"),
    ]
    assert [step["how"] for step in trodden["p-cream"]] == ["colleague"]


async def test_made_to_fit_the_limit(world: World) -> None:
    await do(world, "message", text="молоко 5")
    await world.change(CustomerRow, {"id": PETRA}, credit_limit=Decimal(1500))
    await do(world, "fit_limit", minutes=1)
    assert [(step["how"], step["quantity"]) for step in await cart_path(MILK)] == [("words", "5"), ("fitted", "3")]


async def test_a_cart_from_before_loads(world: World) -> None:
    await do(world, "message", text="молоко 5")
    old = [{"sku": MILK, "quantity": "5", "unit": None, "note": ""}]
    async with staff_session() as session:
        await session.execute(update(CartRow).values(lines=old))
    await do(world, "message", text="молоко 7", minutes=1)
    assert [step["quantity"] for step in await cart_path(MILK)] == ["7"]


async def test_lines_rewritten_by_the_accounting_system_keep_their_paths(world: World) -> None:
    await do(world, "message", text="молоко 5, сливки 3")
    async with world.turn() as turn:
        await confirmation.confirm(turn, None, leave=False)
    before = await order_paths()
    async with staff_session() as session:
        order = (await session.scalars(select(OrderRow))).one()
        await repository.replace_lines(session, order.id, (await repository.lines(session, order.id))[:1])
    assert await order_paths() == {"p-milk": before["p-milk"]}


STEPS = st.builds(
    Step,
    at=st.datetimes(timezones=st.just(UTC)),
    how=st.sampled_from(["words", "alias", "answer", "repeat", "button", "list", "fitted"]),
    words=st.text(max_size=20),
    inbox=st.integers(1, 10**12),
    score=st.none() | st.floats(0, 1).map(lambda value: round(value, 3)),
    quantity=st.decimals(1, 1000, places=2).map(lambda value: Decimal(f"{value.normalize():f}")),
    by=st.sampled_from(["me", "other"]),
)


@given(st.lists(STEPS, max_size=30))
def test_the_laws_of_merging(steps: list[Step]) -> None:
    path: paths.Path = ()
    for step in steps:
        path = after(path, step)
        assert path[-1] == step
        assert len(path) <= LONGEST
        assert step.how != "repeat" or path == (step,)
    begun = max((place for place, step in enumerate(steps) if step.how == "repeat"), default=0)
    assert not steps or path[0] == steps[begun]
    assert from_json(to_json(path)) == path


def test_a_phone_among_the_words_is_masked() -> None:
    cause = Cause(NOW, "words", 1, "me", "не 10, а 12, звоните 89001234567")
    assert cause.step(MILK, Decimal(12)).words == "не 10, а 12, звоните •••••••••••"
