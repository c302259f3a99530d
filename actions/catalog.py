"""Catalogue: prices, availability, browsing by sections, promotions, picking a product."""

import asyncio

from actions import cart_text, catalog_text, replies, words
from actions.catalog_answers import (
    product_page_buttons,
    show_sections,
    tell_goods,
    tell_prices,
    tell_promotions,
    tell_stock,
)
from actions.skill import Beside, SkillAction
from actions.turn import Turn
from actions.views import ProductRef


class Price(SkillAction):
    """The customer's own price, with what depends on quantity."""

    action_name = "action_price"
    keeps_question = True
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await tell_prices(turn)


class StockOf(SkillAction):
    """Whether it is there."""

    action_name = "action_stock"
    keeps_question = True
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await tell_stock(turn)


class CatalogQuery(SkillAction):
    """«Какие соки бывают»: the goods that fit, or the sections."""

    action_name = "action_catalog_query"
    keeps_question = True
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await tell_goods(turn)


class Promo(SkillAction):
    """What is offered now."""

    action_name = "action_promo"
    keeps_question = True
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await tell_promotions(turn)


class Browse(SkillAction):
    """Sections and pages by buttons."""

    action_name = "action_browse"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        category, page = turn.entities.get("category"), _page(turn.entities.get("page"))
        if category is None:
            show_sections(turn, await turn.gateway.categories(), page)
            return
        sections, products = await asyncio.gather(
            turn.gateway.categories(category), turn.gateway.products(category=category, page=page)
        )
        if not products["products"]:
            turn.say("В этом разделе сейчас пусто.", [replies.SECTIONS, replies.CALL_HUMAN])
        elif sections["categories"]:
            text = f"{catalog_text.page_text({**products, 'pages': 1})}\nВыберите раздел, чтобы увидеть всё:"
            inner = catalog_text.category_buttons(sections["categories"], page, category)
            turn.say(text, [*inner, replies.SECTIONS])
        else:
            turn.say(catalog_text.page_text(products), product_page_buttons(products, category))


class AddProducts(SkillAction):
    """«Добавить товары»: by words or through the sections."""

    action_name = "action_add_products"

    async def act(self, turn: Turn) -> None:
        show_sections(turn, await turn.gateway.categories(), 1)


class PickProduct(SkillAction):
    """A product of the catalogue was pressed: how much of it?"""

    action_name = "action_pick_product"

    async def act(self, turn: Turn) -> None:
        sku = turn.entities["sku"]
        cart, found = await asyncio.gather(turn.gateway.cart(), turn.gateway.products(query=sku))
        known: list[ProductRef] = [*cart["lines"], *found["products"]]
        product = next((product for product in known if product["sku"] == sku), None)
        line = next((line for line in cart["lines"] if line["sku"] == sku), None)
        if product is None:
            turn.say("Сколько нужно?", [replies.SECTIONS, replies.CALL_HUMAN])
        else:
            asked = cart_text.ask_quantity(product["name"], product["unit"], line["step"] if line else None)
            already = words.sentence(f" Сейчас в заказе {line['quantity_text']}") if line else ""
            turn.say(asked + already, [replies.SECTIONS, replies.SHOW_CART])
        turn.expect(f"quantity:{sku}")


def _page(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdigit() else 1
