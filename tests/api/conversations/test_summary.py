"""What the assistant says when a person hands a conversation back: what stands in the cart, to whom it may be told."""

from uuid import UUID

import pytest

from api.conversations import summary
from api.db.models import ContactRow, ConversationRow
from api.db.session import staff_session
from api.orders import service
from tests.api.orders.conftest import BEREZKA, BUNS, CREAM, MILK, PETRA, World, world

__all__ = ["world"]


async def said(conversation: UUID) -> str:
    async with staff_session() as session:
        text, buttons = await summary.back(session, await session.get_one(ConversationRow, conversation))
    assert buttons[-1]["payload"] == "/call_human"
    return text.replace("\u00a0", " ")


async def fill(world: World, customer: str = PETRA) -> UUID:
    async with world.turn(customer) as turn:
        for sku, quantity in ((MILK, "8"), (CREAM, "5"), (BUNS, "12")):
            await service.perform(turn, "set_line", sku=sku, quantity=quantity)
    return world.conversations[customer]


async def test_the_cart_is_summed_up(world: World) -> None:
    assert await said(world.conversations[PETRA]) == "Снова на связи помощник. Что хотите сделать?"
    chat = await fill(world)
    assert await said(chat) == "Снова на связи помощник. В корзине 3 позиции на 5 260 ₽. Что делаем дальше?"
    async with world.turn() as turn:
        await service.perform(turn, "message", text="и молоко верблюжье 2 шт", intent=None, confidence=0)
    assert "Осталось уточнить: «" in await said(chat)


async def test_a_company_with_several_outlets_hears_which(world: World) -> None:
    async with world.turn(BEREZKA) as turn:
        await service.choose_outlet(turn, "berezka-2")
    assert "В корзине (Точка 2) 3 позиции" in await said(await fill(world, BEREZKA))


@pytest.mark.parametrize(("rights", "words"), [("order", "В корзине 3 позиции. Что"), ("balance", "Что хотите")])
async def test_who_may_not_see_prices_hears_none(world: World, rights: str, words: str) -> None:
    chat = await fill(world)
    await world.add(ContactRow(id="vera", customer_id=PETRA, name="Вера", rights=[rights]))
    await world.change(ConversationRow, {"id": chat}, contact_id="vera")
    text = await said(chat)
    assert words in text and "₽" not in text


async def test_who_has_signed_out_hears_of_no_cart(world: World) -> None:
    chat = await fill(world)
    await world.change(ConversationRow, {"id": chat}, customer_id=None)
    assert await said(chat) == summary.FREE
