"""The assistant is back: what a person said in between it has not heard, so it starts from what stands now."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import service as catalog
from api.config import settings
from api.conversations import buttons
from api.db.models import ContactRow, ConversationRow, CustomerRow
from api.db.session import customer_session
from api.deps.turn import rights_of
from api.domain.wording import listed, plural
from api.orders.glance import current_cart
from api.orders.schemas import CartView

HELLO = "Снова на связи помощник."
FREE = f"{HELLO} Что хотите сделать?"
NEXT = "Что делаем дальше?"
QUESTIONS = 3
"""Open questions that are named; of more the number is told."""

FREE_BUTTONS = [buttons.NEW_ORDER, buttons.REPEAT_LAST, buttons.STATUS, buttons.CALL_HUMAN]
CART_BUTTONS = [buttons.SHOW_CART, buttons.NEW_ORDER, buttons.STATUS, buttons.CALL_HUMAN]


def words(cart: CartView | None, *, several_outlets: bool = False) -> str:
    """«Снова на связи помощник. В корзине 3 позиции на 5 200 ₽. Осталось уточнить: сметана. Что делаем дальше?»"""
    if cart is None or (cart.empty and not cart.questions):
        return FREE
    count = len(cart.lines)
    said = [HELLO]
    if count:
        total = f" на {cart.total_text}" if cart.total_text else ""
        where = f" ({cart.outlet.name})" if cart.outlet and several_outlets else ""
        said.append(f"В корзине{where} {count} {plural(count, 'позиция', 'позиции', 'позиций')}{total}.")
    if cart.delivery_text:
        said.append(f"Доставка: {cart.delivery_text}.")
    said += _unclear(cart)
    return " ".join([*said, NEXT])


def _unclear(cart: CartView) -> list[str]:
    phrases = [f"«{question.phrase}»" for question in cart.questions if question.phrase]
    if not phrases:
        return []
    more = len(phrases) + cart.questions_behind
    if more > QUESTIONS:
        return [f"Осталось уточнить {more} {plural(more, 'позицию', 'позиции', 'позиций')}."]
    return [f"Осталось уточнить: {listed(phrases)}."]


async def back(session: AsyncSession, conversation: ConversationRow) -> tuple[str, list[dict[str, str]]]:
    """The words and buttons of the assistant's return: prices only for who may see them."""
    contact = await session.get(ContactRow, conversation.contact_id) if conversation.contact_id else None
    customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
    rights = rights_of(conversation, contact, customer)
    if customer is None or rights is None or "order" not in rights:
        return FREE, FREE_BUTTONS
    async with customer_session(customer.id) as own:
        now, sees = settings().clock.now(), "prices" in rights
        who = await catalog.shopper(own, customer.id, conversation.id, now, shows_prices=sees)
        said = words(await current_cart(who), several_outlets=len(who.outlets) > 1)
    return said, FREE_BUTTONS if said == FREE else CART_BUTTONS
