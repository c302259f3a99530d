"""Where an order's news are said: where it was asked, where the person wants to hear, and elsewhere when that fails."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import outbox
from api.conversations import service as conversations
from api.db.models import ContactRow, ConversationRow, EventRow, HandoffRow, OrderRow, OutboxRow
from api.db.session import staff_session
from api.deps.token import Claims
from api.deps.turn import identify
from api.domain.clock import FixedClock
from api.errors import Conflict
from api.notifications import routing, service
from tests.api.notifications.conftest import Join
from tests.api.orders.conftest import BEREZKA, NOW, PETRA, World

CLOCK = FixedClock(NOW)


async def order_of(world: World, conversation: UUID | None, contact: str | None = "vera") -> int:
    order = await world.past_order(PETRA, {"p-milk": ("5", "500")}, status="shipped")
    await world.change(OrderRow, {"id": order}, conversation_id=conversation, contact_id=contact)
    return order


async def tell(order: int, event: str = "status", reason: str = "") -> None:
    async with staff_session() as session:
        await service.tell_order_changed(session, CLOCK, order, event, reason)


async def heard() -> list[tuple[UUID, str]]:
    async with staff_session() as session:
        rows = await session.execute(select(OutboxRow.conversation_id, OutboxRow.text).order_by(OutboxRow.id))
        return [(conversation, words) for conversation, words in rows]


async def refuse_last() -> None:
    """The channel did not take the newest message."""
    async with staff_session() as session:
        last = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1))).one()
        last.state = "failed"
        await service.fall_back(session, CLOCK, last.id)


async def places() -> list[UUID]:
    return [conversation for conversation, _ in await heard()]


async def test_the_answer_comes_where_it_was_asked(world: World, join: Join) -> None:
    web = await join("vera", minutes=60, preferred_channel="telegram")
    await tell(await order_of(world, web), "accepted")
    assert await places() == [web]


async def test_a_status_goes_to_the_preferred_channel(world: World, join: Join) -> None:
    web = await join("vera", minutes=1, preferred_channel="telegram")
    telegram = await join("vera-t", "telegram", minutes=600)
    await world.change(ConversationRow, {"id": telegram}, contact_id="vera")
    await tell(await order_of(world, web))
    assert await places() == [telegram]


async def test_without_a_preference_it_goes_where_the_person_wrote_last(world: World, join: Join) -> None:
    web, telegram = await join("vera", minutes=100), await join("vera-t", "telegram", minutes=5)
    await world.change(ConversationRow, {"id": telegram}, contact_id="vera")
    await tell(await order_of(world, web))
    assert await places() == [telegram]


async def test_what_cannot_be_delivered_goes_to_the_next_channel_and_no_further_than_the_last(
    world: World, join: Join
) -> None:
    web, telegram = await join("vera", minutes=100), await join("vera-t", "telegram", minutes=5)
    colleague = await join("oleg", "max", minutes=1)
    await world.change(ConversationRow, {"id": telegram}, contact_id="vera")
    await world.change(ConversationRow, {"id": world.conversations[PETRA]}, blocked_at=NOW)
    await tell(await order_of(world, web))
    for _ in range(3):
        await refuse_last()
    assert await places() == [telegram, web, colleague]
    assert len({words for _, words in await heard()}) == 1
    async with staff_session() as session:
        assert len((await session.scalars(select(EventRow).filter_by(kind="undelivered"))).all()) == 1


async def test_it_is_said_once_in_a_place(world: World, join: Join) -> None:
    order = await order_of(world, await join("vera"))
    await tell(order)
    await tell(order)
    assert len(await heard()) == 1


async def test_no_other_company_and_nobody_without_a_right_is_told(world: World, join: Join) -> None:
    web = await join("vera", minutes=1)
    await join("looker", "telegram", rights=("prices",))
    await join("gone", "telegram", active=False)
    await join("stranger", "telegram", customer=BEREZKA)
    await world.change(ConversationRow, {"id": world.conversations[PETRA]}, blocked_at=NOW)
    order = await order_of(world, web)
    async with staff_session() as session:
        moved = update(ConversationRow).where(ConversationRow.id == web).values(customer_id=BEREZKA)
        await session.execute(moved)
    await tell(order, "accepted")
    assert await heard() == []


async def test_the_reason_of_a_change_is_for_who_may_see_prices(world: World, join: Join) -> None:
    web = await join("vera", rights=("order",))
    order = await order_of(world, web)
    await tell(order, "changed", "Молоко подорожало: 500 ₽ вместо 450 ₽.")
    ((_, words),) = await heard()
    assert "₽" not in words


async def test_the_word_to_another_person_tells_no_prices(world: World, join: Join) -> None:
    web, oleg = await join("vera"), await join("oleg", "telegram", minutes=2)
    await world.change(ConversationRow, {"id": world.conversations[PETRA]}, blocked_at=NOW)
    order = await order_of(world, web)
    await tell(order, "changed", "Молоко подорожало: 500 ₽ вместо 450 ₽.")
    await refuse_last()
    assert "₽" in (await heard())[0][1]
    where, words = (await heard())[1]
    assert where == oleg and "₽" not in words


async def test_an_order_made_elsewhere_is_told_nowhere(world: World, join: Join) -> None:
    await join("vera")
    await tell(await order_of(world, None))
    assert await heard() == []


async def prefer(conversation: UUID, channel: str) -> None:
    speaker = await identify(Claims(conversation, 1, PETRA))
    async with staff_session() as session:
        await conversations.prefer_channel(session, speaker, channel)


async def test_a_person_chooses_among_the_channels_where_they_write(world: World, join: Join) -> None:
    web, telegram = await join("vera"), await join("vera-t", "telegram")
    await world.change(ConversationRow, {"id": telegram}, contact_id="vera")
    await prefer(web, "telegram")
    async with staff_session() as session:
        assert (await session.get_one(ContactRow, "vera")).preferred_channel == "telegram"
    for conversation, code in ((web, "nobody_there"), (world.conversations[PETRA], "no_person")):
        with pytest.raises(Conflict) as refused:
            await prefer(conversation, "max")
        assert refused.value.code == code


async def test_a_chat_that_changes_hands_at_that_moment_hears_nothing(
    world: World, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = await join("vera")
    order = await order_of(world, web)
    choose = routing.choose

    async def chosen_and_lost(session: AsyncSession, *args: Any, **more: Any) -> ConversationRow | None:
        chosen = await choose(session, *args, **more)
        await world.change(ConversationRow, {"id": web}, customer_id=BEREZKA, contact_id=None)
        return chosen

    monkeypatch.setattr(routing, "choose", chosen_and_lost)
    await tell(order, "accepted")
    assert await heard() == []


async def test_what_is_meant_for_one_company_is_not_said_to_another(world: World) -> None:
    async with staff_session() as session:
        said = await outbox.say(session, world.conversations[BEREZKA], NOW, "500 ₽", only_to=PETRA)
    assert not said
    assert await heard() == []


async def test_old_news_are_not_told_again_elsewhere(world: World, join: Join) -> None:
    web = await join("vera", minutes=1)
    await join("oleg", "max", minutes=5)
    order = await order_of(world, web)
    await tell(order)
    await world.change(OrderRow, {"id": order}, status="delivered")
    await refuse_last()
    assert await places() == [web]


async def test_an_order_that_needs_a_person_calls_one_also_when_nobody_can_be_told(world: World, join: Join) -> None:
    web = await join("vera", minutes=1, blocked_at=NOW)
    await world.change(ConversationRow, {"id": world.conversations[PETRA]}, blocked_at=NOW)
    order = await order_of(world, web)
    await world.change(OrderRow, {"id": order}, evidence="1С: нет прав")
    await tell(order, "failed")
    assert await heard() == []
    async with staff_session() as session:
        asked = (await session.scalars(select(HandoffRow))).one()
        assert (asked.conversation_id, asked.reason) == (web, "order_failed")
        assert "1С: нет прав" in asked.note
        assert len((await session.scalars(select(EventRow).filter_by(kind="undelivered"))).all()) == 1


async def test_a_channel_that_is_not_set_up_comes_last(world: World, join: Join) -> None:
    await join("vera", "viber", minutes=1, preferred_channel="viber")
    telegram = await join("vera-t", "telegram", minutes=600)
    await world.change(ConversationRow, {"id": telegram}, contact_id="vera")
    await tell(await order_of(world, telegram))
    assert await places() == [telegram]


@pytest.mark.parametrize(("rights", "told"), [(("order", "prices"), False), (("order", "prices", "balance"), True)])
async def test_credit_and_debt_are_for_who_may_see_the_balance(
    world: World, join: Join, rights: tuple[str, ...], told: bool
) -> None:
    order = await order_of(world, await join("vera", rights=rights))
    await world.change(OrderRow, {"id": order}, reason="credit", differences=[{"kind": "price"}])
    await tell(order, "changed", "Молоко — цена была 450 ₽, теперь 500 ₽.")
    await world.change(OrderRow, {"id": order}, differences=[{"kind": "price"}, {"kind": "credit_limit"}])
    await world.change(OrderRow, {"id": order}, status="cancelled")
    await tell(order, "changed", "Сумма заказа больше свободного кредитного лимита.")
    await tell(order, "failed")
    price, limit, failed = [words for _, words in await heard()]
    assert "500 ₽" in price
    assert [("кредитн" in words) for words in (limit, failed)] == [told, told]
