"""Two people at one order: each sees what the other changes, at the prices that each may see."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from api.db.models import CartRow, OutboxRow
from api.db.session import staff_session
from api.domain.clock import FixedClock
from api.notifications import colleagues
from api.orders import confirmation, service
from tests.api.notifications.conftest import Join
from tests.api.orders.conftest import BEREZKA, CARAMEL, CREAM, MILK, NOW, PETRA, VANILLA, World

LATER = FixedClock(NOW + timedelta(seconds=6))


async def order(world: World, conversation: UUID, sku: str, quantity: str) -> None:
    async with world.turn(conversation=conversation) as turn:
        await service.perform(turn, "set_line", sku=sku, quantity=quantity)


async def tell(world: World) -> int:
    """Runs the waiting news; returns how many there were."""
    news = [args for task, args in await world.jobs() if task == "notifications.cart_changed"]
    for args in news:
        here = colleagues.Place(str(args["customer_id"]), str(args["outlet_id"]), UUID(str(args["conversation_id"])))
        async with staff_session() as session:
            await colleagues.tell_cart_changed(session, LATER, here, args["before"], sent=bool(args["sent"]))  # type: ignore[arg-type]
    return len(news)


def plain(words: str) -> str:
    """Amounts are written with no-break spaces; here a space is a space."""
    return words.replace("\u00a0", " ")


async def said(conversation: UUID) -> list[OutboxRow]:
    async with staff_session() as session:
        query = select(OutboxRow).filter_by(conversation_id=conversation).order_by(OutboxRow.seq)
        return list(await session.scalars(query))


async def test_a_colleague_sees_the_change(world: World, join: Join) -> None:
    vera, oleg = await join("vera"), await join("oleg", "telegram")
    await order(world, vera, MILK, "5")
    assert await tell(world) == 1
    (news,) = await said(oleg)
    assert plain(news.text) == "В заказе изменения (Vera):\n• Молоко 3,2% 10 л — 5 шт.\nИтого: 2 500 ₽"
    assert news.card is not None and news.card["kind"] == "update"
    assert await said(vera) == []


async def test_several_changes_are_told_together(world: World, join: Join) -> None:
    vera, oleg = await join("vera"), await join("oleg")
    await order(world, vera, MILK, "5")
    await order(world, vera, CREAM, "2")
    await order(world, vera, MILK, "0")
    assert await tell(world) == 1
    (news,) = await said(oleg)
    assert "Сливки" in news.text and "Молоко" not in news.text


async def test_a_long_list_is_told_shortly(world: World, join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    vera, oleg = await join("vera"), await join("oleg")
    lines = [{"sku": sku, "quantity": "5", "unit": None, "note": ""} for sku in (MILK, CREAM, VANILLA, CARAMEL)]
    await order(world, vera, MILK, "5")
    await world.change(CartRow, {"customer_id": PETRA}, lines=lines)
    monkeypatch.setattr(colleagues, "LINES_TOLD", 2)
    await tell(world)
    (news,) = await said(oleg)
    assert news.text.count("• ") == 2
    assert "… и ещё 2 позиции" in news.text


async def test_prices_only_for_who_may_see_them(world: World, join: Join) -> None:
    vera, oleg = await join("vera"), await join("oleg", rights=("order",))
    await order(world, vera, MILK, "5")
    await tell(world)
    (news,) = await said(oleg)
    assert "₽" not in news.text
    assert news.card is not None
    assert [line["sum_text"] for line in news.card["lines"]] == [None]
    assert news.card["total_text"] == ""


async def test_nobody_else_at_it_is_told(world: World, join: Join) -> None:
    vera = await join("vera")
    away = await join("oleg", minutes=45)
    person = await join("anna", mode="manager")
    dismissed = await join("boris", barred_at=NOW)
    stranger = await join("galina", customer=BEREZKA)
    await order(world, vera, MILK, "5")
    await tell(world)
    for conversation in (vera, away, person, dismissed, stranger, *world.conversations.values()):
        assert await said(conversation) == []


async def test_alone_nothing_is_deferred(world: World, join: Join) -> None:
    vera = await join("vera")
    await order(world, vera, MILK, "5")
    assert await tell(world) == 0


async def test_a_sent_order_is_told_as_sent(world: World, join: Join) -> None:
    vera, oleg = await join("vera"), await join("oleg")
    await order(world, vera, MILK, "5")
    async with world.turn(conversation=vera) as turn:
        assert (await confirmation.confirm(turn, None, leave=False)).state == "sending"
    assert await tell(world) == 2
    assert [news.text for news in await said(oleg)] == ["Заказ отправлен (Vera), корзина пуста."]


async def test_confirming_what_a_colleague_changed_meanwhile_shows_it_first(world: World, join: Join) -> None:
    vera, oleg = await join("vera"), await join("oleg", "telegram")
    await order(world, vera, MILK, "5")
    async with world.turn(conversation=oleg) as turn:
        seen = (await service.show(turn)).version
    await order(world, vera, MILK, "8")
    async with world.turn(conversation=oleg) as turn:
        answer = await confirmation.confirm(turn, seen, leave=False)
    assert answer.refusal is not None and answer.refusal.code == "version"
    assert answer.cart is not None and [line.quantity for line in answer.cart.lines] == ["8"]


async def test_begun_in_one_channel_finished_in_another(world: World, join: Join) -> None:
    await order(world, await join("vera", "telegram"), MILK, "5")
    async with world.turn() as turn:
        cart = await service.show(turn)
        assert [line.quantity for line in cart.lines] == ["5"]
        assert (await confirmation.confirm(turn, cart.version, leave=False)).state == "sending"
