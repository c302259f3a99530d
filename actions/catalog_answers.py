"""Answers about goods, asked alone or beside an order: prices, availability, what there is, promotions."""

import re
from collections.abc import Sequence

from actions import catalog_text, replies, words
from actions.turn import Turn
from actions.views import CategoriesView, LookupView, ProductRef, ProductsPage

_WHOLE_CATALOGUE = re.compile(
    r"ассортимент|каталог|прайс|вс[её] (?:что|товар)|что (?:у вас )?(?:вообще )?(?:есть|бывает|продаёте|продаете)\W*$",
    re.IGNORECASE,
)


QUERY_LIMIT = 400
"""The longest search the api takes."""


async def tell_prices(turn: Turn) -> None:
    """Answers «почём …»; a promotion is asked about in the same breath («скидка от объёма есть?»)."""
    found = await _named(turn)
    if products := found["products"]:
        text = catalog_text.listed("Ваши цены", map(catalog_text.priced_text, products))
        if not any(product["price_text"] for product in products):
            text += "\nЦены подскажет менеджер."
        _offer(turn, text + _age(found), products)


async def tell_stock(turn: Turn) -> None:
    """Answers «есть ли …»."""
    found = await _named(turn)
    if products := found["products"]:
        text = catalog_text.listed("Наличие", map(catalog_text.availability_text, products))
        _offer(turn, text + _age(found), products)


async def _named(turn: Turn) -> LookupView:
    """The goods that the words name; that there are none of them is said here."""
    found = await turn.gateway.lookup(turn.text)
    if not found["products"]:
        turn.say(catalog_text.not_found(found["phrase"]), [replies.CATALOGUE, replies.CALL_HUMAN])
    return found


def _age(found: LookupView) -> str:
    """How old the figures are, where that has to be said."""
    return f"\n{found['figures_at_text']}" if found["figures_at_text"] else ""


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


async def tell_goods(turn: Turn) -> None:
    """Answers «какие соки бывают»: the goods that fit, or the sections."""
    if not turn.text or _WHOLE_CATALOGUE.search(turn.text):
        show_sections(turn, await turn.gateway.categories(), 1)
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
    turn.say(catalog_text.page_text(shown) + more, product_page_buttons(shown, None))


def product_page_buttons(page: ProductsPage, category: str | None) -> list[replies.Button]:
    """«В заказ» for each product of the page, and the ways on."""
    buttons = catalog_text.product_buttons(page["products"])
    if page["page"] < page["pages"]:
        buttons.append(replies.browse("Ещё товары", category, page["page"] + 1))
    return [*buttons, replies.SECTIONS]


def show_sections(turn: Turn, view: CategoriesView, page: int) -> None:
    """The sections of the catalogue, a page of them."""
    if not view["categories"]:
        turn.say("Каталог пока недоступен. Напишите, что нужно, своими словами.", [replies.CALL_HUMAN])
        return
    turn.say(catalog_text.ASK_SECTION, catalog_text.category_buttons(view["categories"], page))
