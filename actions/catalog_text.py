"""Texts of the catalogue: prices, stock, categories, promotions."""

from collections.abc import Iterable, Sequence

from actions import replies, words
from actions.views import Button, CategoryView, PricedProduct, ProductRef, ProductsPage, PromoProduct

ASK_SECTION = "Напишите название и количество, например «кефир 6», — или выберите раздел:"
NO_PROMOTIONS = "Сейчас акций для вас нет. Появятся — расскажу."
SECTIONS_ON_PAGE = 8


def product_text(product: ProductRef) -> str:
    """«Молоко 3,2%, 10 л — 500 ₽ за шт., в наличии»."""
    price = f"{product['price_text']} за {words.unit_text(product['unit'])}" if product["price_text"] else ""
    about = ", ".join(part for part in (price, product["stock_text"]) if part)
    return f"{product['name']} — {about}" if about else product["name"]


def priced_text(product: PricedProduct) -> str:
    """The same with the prices that depend on quantity."""
    breaks = [f"  {item['from_text']} — {item['price_text']}" for item in product.get("prices") or ()]
    return "\n".join([product_text(product), *breaks])


def promo_text(product: PromoProduct) -> str:
    was = f" вместо {product['price_was_text']}" if product["price_was_text"] else ""
    price = f" — {product['price_text']}{was}" if product["price_text"] else ""
    return f"{product['name']}{price} ({product['promo']})" if product["promo"] else f"{product['name']}{price}"


def availability_text(product: ProductRef) -> str:
    return f"{product['name']} — {product['stock_text']}"


def page_text(page: ProductsPage) -> str:
    """A page of goods with its place in the whole."""
    place = f" (страница {page['page']} из {page['pages']})" if page["pages"] > 1 else ""
    return listed(f"{page['title'] or 'Товары'}{place}", map(product_text, page["products"]))


def listed(title: str, products: Iterable[str]) -> str:
    """The title and the products, numbered: buttons of like names are told apart by the number."""
    texts = list(products)
    if len(texts) == 1:
        return f"{title}:\n• {texts[0]}"
    return "\n".join([f"{title}:", *(f"{number}. {text}" for number, text in enumerate(texts, 1))])


def not_found(phrase: str) -> str:
    what = f": «{phrase}»" if phrase else " такого товара"
    return f"Не нашёл в каталоге{what}. Напишите, пожалуйста, иначе, посмотрите каталог или позовите человека."


def product_buttons(products: Sequence[ProductRef]) -> list[Button]:
    """«В заказ» for each product: its shortest telling name."""
    names = [words.called(product["name"]) for product in products]
    titles = words.distinct([words.head(name, names[:place] + names[place + 1 :]) for place, name in enumerate(names)])
    return [replies.pick_product(title, product["sku"]) for title, product in zip(titles, products, strict=True)]


def category_buttons(categories: Sequence[CategoryView], page: int, parent: str | None = None) -> list[Button]:
    """One page of sections, and the way to the next."""
    start = (page - 1) * SECTIONS_ON_PAGE
    shown = categories[start : start + SECTIONS_ON_PAGE]
    titles = words.distinct([category["name"] for category in shown])
    buttons = [replies.browse(title, category["id"]) for title, category in zip(titles, shown, strict=True)]
    if start + SECTIONS_ON_PAGE < len(categories):
        buttons.append(replies.browse("Ещё разделы", parent, page + 1))
    return buttons
