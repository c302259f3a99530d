"""Catalogue: prices, availability, browsing by sections, promotions, picking a product."""

import asyncio
import re
from collections.abc import Sequence

from actions import cart_text, catalog_text, replies, words
from actions.skill import SkillAction
from actions.turn import Turn
from actions.views import CategoriesView, ProductRef, ProductsPage

_WHOLE_CATALOGUE = re.compile(
    r"ассортимент|каталог|прайс|вс[её] (?:что|товар)|что (?:у вас )?(?:вообще )?(?:есть|бывает|продаёте|продаете)\W*$",
    re.IGNORECASE,
)


QUERY_LIMIT = 400
"""The longest search the api takes."""


class Price(SkillAction):
    """The customer's own price, with what depends on quantity."""

    action_name = "action_price"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        await tell_prices(turn)


class StockOf(SkillAction):
    """Whether it is there."""

    action_name = "action_stock"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        await tell_stock(turn)


class CatalogQuery(SkillAction):
    """«Какие соки бывают»: the goods that fit, or the sections."""

    action_name = "action_catalog_query"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        if not turn.text or _WHOLE_CATALOGUE.search(turn.text):
            _show_sections(turn, await turn.gateway.categories(), 1)
            return
        page = await turn.gateway.products(query=turn.text[:QUERY_LIMIT])
        if not page["products"]:
            turn.say(catalog_text.not_found(""), [replies.CATALOGUE, replies.CALL_HUMAN])
            return
        more = ""
        if page["total"] > len(page["products"]):
            found = words.plural(page["total"], "товар", "товара", "товаров")
            more = f"\nВсего нашлось: {found}. Уточните название, чтобы сузить."
        shown: ProductsPage = {**page, "pages": 1, "title": "Нашлось"}
        turn.say(catalog_text.page_text(shown) + more, _product_page_buttons(shown, None))


class Promo(SkillAction):
    """What is offered now."""

    action_name = "action_promo"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        await tell_promotions(turn)


class Browse(SkillAction):
    """Sections and pages by buttons."""

    action_name = "action_browse"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        category, page = turn.entities.get("category"), _page(turn.entities.get("page"))
        if category is None:
            _show_sections(turn, await turn.gateway.categories(), page)
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
            turn.say(catalog_text.page_text(products), _product_page_buttons(products, category))


class AddProducts(SkillAction):
    """«Добавить товары»: by words or through the sections."""

    action_name = "action_add_products"

    async def act(self, turn: Turn) -> None:
        _show_sections(turn, await turn.gateway.categories(), 1)


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


async def tell_prices(turn: Turn) -> None:
    """Answers «почём …»; a promotion is asked about in the same breath («скидка от объёма есть?»)."""
    found = await turn.gateway.lookup(turn.text)
    if not found["products"]:
        turn.say(catalog_text.not_found(found["phrase"]), [replies.CATALOGUE, replies.CALL_HUMAN])
        return
    text = catalog_text.listed("Ваши цены", map(catalog_text.priced_text, found["products"]))
    if not any(product["price_text"] for product in found["products"]):
        text += "\nЦены подскажет менеджер."
    _offer(turn, text, found["products"])


async def tell_stock(turn: Turn) -> None:
    """Answers «есть ли …»."""
    found = await turn.gateway.lookup(turn.text)
    if not found["products"]:
        turn.say(catalog_text.not_found(found["phrase"]), [replies.CATALOGUE, replies.CALL_HUMAN])
        return
    text = catalog_text.listed("Наличие", map(catalog_text.availability_text, found["products"]))
    _offer(turn, text, found["products"])


async def tell_promotions(turn: Turn) -> None:
    """Answers «что по акции»."""
    products = (await turn.gateway.promotions())["products"]
    if not products:
        turn.say(catalog_text.NO_PROMOTIONS, [replies.CATALOGUE, replies.CALL_HUMAN])
        return
    shown = products[:8]
    turn.say(catalog_text.listed("Сейчас по акции", map(catalog_text.promo_text, shown)), _order_buttons(shown))


def _offer(turn: Turn, text: str, products: Sequence[ProductRef]) -> None:
    """One product and nothing else asked: the next number is how much of it («есть тархун?» … «давайте 5»)."""
    if len(products) == 1 and products[0]["stock"] != "out" and turn.next_expecting is None:
        turn.expect(f"quantity:{products[0]['sku']}")
        text += "\nЕсли нужно, напишите сколько — добавлю в заказ."
    turn.say(text, _order_buttons(products))


def _order_buttons(products: Sequence[ProductRef]) -> list[replies.Button]:
    return [*catalog_text.product_buttons(products), replies.SHOW_CART]


def _product_page_buttons(page: ProductsPage, category: str | None) -> list[replies.Button]:
    buttons = catalog_text.product_buttons(page["products"])
    if page["page"] < page["pages"]:
        buttons.append(replies.browse("Ещё товары", category, page["page"] + 1))
    return [*buttons, replies.SECTIONS]


def _show_sections(turn: Turn, view: CategoriesView, page: int) -> None:
    if not view["categories"]:
        turn.say("Каталог пока недоступен. Напишите, что нужно, своими словами.", [replies.CALL_HUMAN])
        return
    turn.say(catalog_text.ASK_SECTION, catalog_text.category_buttons(view["categories"], page))


def _page(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdigit() else 1
