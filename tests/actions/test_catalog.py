"""Prices, availability, sections, promotions."""

from tests.actions import views
from tests.actions.conftest import Talk

OFFER = "Если нужно, напишите сколько — добавлю в заказ."


def page(products: list[dict[str, object]], **other: object) -> dict[str, object]:
    return {"products": products, "page": 1, "pages": 1, "total": len(products), "title": "Молочные", **other}


async def test_price_with_what_depends_on_quantity(talk: Talk) -> None:
    milk = views.MILK | {"prices": [{"from_text": "от 12 шт.", "price_text": "480 ₽"}]}
    talk.answers("POST", "catalog/lookup", {"products": [milk], "phrase": "молоко", "figures_at_text": ""})
    reply = await talk.run("action_price", "почём молоко?", "price_query")
    assert reply.text == "Ваши цены:\n• Молоко 3,2%, 10 л — 500 ₽ за шт., в наличии\n  от 12 шт. — 480 ₽\n" + OFFER
    assert reply.payload("Молоко") == '/pick_product{"sku": "20001"}'


async def test_price_without_the_right_to_see_it(talk: Talk) -> None:
    talk.answers(
        "POST",
        "catalog/lookup",
        {"products": [views.MILK | {"price_text": None}], "phrase": "молоко", "figures_at_text": ""},
    )
    reply = await talk.run("action_price", "почём молоко?", "price_query")
    assert reply.text.endswith("• Молоко 3,2%, 10 л — в наличии\nЦены подскажет менеджер.\n" + OFFER)


async def test_stock(talk: Talk) -> None:
    gone = views.VANILLA | {"stock": "out", "stock_text": "нет в наличии"}
    talk.answers("POST", "catalog/lookup", {"products": [gone], "phrase": "сироп ваниль", "figures_at_text": ""})
    reply = await talk.run("action_stock", "сироп ваниль есть?", "stock_query")
    assert reply.text == "Наличие:\n• Сироп ваниль, 1 л — нет в наличии"


async def test_nothing_found_is_said_with_ways_on(talk: Talk) -> None:
    talk.answers("POST", "catalog/lookup", {"products": [], "phrase": "устрицы", "figures_at_text": ""})
    reply = await talk.run("action_price", "почём устрицы", "price_query")
    assert reply.text.startswith("Не нашёл в каталоге: «устрицы».")
    assert reply.buttons == ["Каталог", "Позвать человека"]


async def test_goods_of_a_kind(talk: Talk) -> None:
    syrups = page([views.VANILLA, views.CARAMEL], total=14, pages=2, title="")
    talk.answers("GET", "catalog/products", syrups)
    reply = await talk.run("action_catalog_query", "какие сиропы бывают", "catalog_query")
    assert reply.text.splitlines()[0] == "Нашлось:"
    assert reply.text.endswith("Всего нашлось: 14 товаров. Уточните название, чтобы сузить.")
    assert reply.buttons == ["Сироп ваниль", "Сироп карамель", "К разделам"]
    assert talk.queries("catalog/products") == [{"query": "какие сиропы бывают", "page": "1"}]


async def test_the_whole_assortment_is_the_sections(talk: Talk) -> None:
    talk.answers("GET", "catalog/categories", {"categories": [{"id": "c1", "name": "Молочные продукты", "count": 9}]})
    reply = await talk.run("action_catalog_query", "покажите весь ассортимент", "catalog_query")
    assert reply.payload("Молочные продукты") == '/browse{"category": "c1", "page": "1"}'


async def test_sections_in_pages(talk: Talk) -> None:
    sections = [{"id": f"c{n}", "name": f"Раздел {n}", "count": 3} for n in range(1, 12)]
    talk.always("GET", "catalog/categories", {"categories": sections})
    first = await talk.run("action_browse")
    assert first.buttons[-1] == "Ещё разделы"
    assert first.payload("Ещё разделы") == '/browse{"page": "2"}'
    second = await talk.run("action_browse", page="2")
    assert second.buttons == ["Раздел 9", "Раздел 10", "Раздел 11"]


async def test_pages_of_a_section(talk: Talk) -> None:
    talk.answers("GET", "catalog/categories", {"categories": []})
    talk.answers("GET", "catalog/products", page([views.MILK, views.CREAM], pages=3, total=18))
    reply = await talk.run("action_browse", category="c1", page="1")
    assert reply.text == (
        "Молочные (страница 1 из 3):\n"
        "1. Молоко 3,2%, 10 л — 500 ₽ за шт., в наличии\n"
        "2. Сливки 20%, 1 л — 180 ₽ за шт., в наличии"
    )
    assert reply.buttons == ["Молоко", "Сливки", "Ещё товары", "К разделам"]
    assert reply.payload("Ещё товары") == '/browse{"category": "c1", "page": "2"}'


async def test_sections_within_a_section_and_an_empty_one(talk: Talk) -> None:
    talk.answers("GET", "catalog/categories", {"categories": [{"id": "c2", "name": "Кефир", "count": 2}]})
    talk.answers("GET", "catalog/products", page([views.MILK], pages=4))
    inner = await talk.run("action_browse", category="c1")
    assert inner.text.startswith("Молочные:\n• Молоко 3,2%, 10 л — 500 ₽ за шт.")
    assert inner.buttons == ["Кефир", "К разделам"]
    talk.answers("GET", "catalog/categories", {"categories": []})
    talk.answers("GET", "catalog/products", page([]))
    assert (await talk.run("action_browse", category="c3")).text == "В этом разделе сейчас пусто."


async def test_add_products_offers_sections(talk: Talk) -> None:
    talk.answers("GET", "catalog/categories", {"categories": [{"id": "c1", "name": "Сиропы", "count": 9}]})
    reply = await talk.run("action_add_products")
    assert reply.text.startswith("Напишите название и количество")
    assert reply.buttons == ["Сиропы"]


async def test_picking_a_product_asks_how_much(talk: Talk) -> None:
    talk.answers("GET", "cart", views.empty_cart())
    talk.answers("GET", "catalog/products", page([views.CARAMEL, views.VANILLA]))
    reply = await talk.run("action_pick_product", sku="20003")
    assert reply.text == "Сколько штук сиропа ваниль, 1 л?"
    assert reply.expecting == "quantity:20003"


async def test_picking_what_is_in_the_cart_already(talk: Talk) -> None:
    talk.answers("GET", "cart", views.cart())
    talk.answers("GET", "catalog/products", page([]))
    reply = await talk.run("action_pick_product", sku="20001")
    assert reply.text == "Сколько штук молока 3,2%, 10 л? Сейчас в заказе 5 шт."


async def test_picking_an_unknown_product_still_asks(talk: Talk) -> None:
    talk.answers("GET", "cart", views.empty_cart())
    talk.answers("GET", "catalog/products", page([]))
    reply = await talk.run("action_pick_product", sku="1")
    assert (reply.text, reply.expecting) == ("Сколько нужно?", "quantity:1")


async def test_promotions(talk: Talk) -> None:
    promo = views.CARAMEL | {"promo": "до 30 декабря", "price_was_text": "700 ₽"}
    talk.answers("GET", "promotions", {"products": [promo]})
    reply = await talk.run("action_promo", "что по акции", "promo")
    assert reply.text == "Сейчас по акции:\n• Сироп карамель, 1 л — 650 ₽ вместо 700 ₽ (до 30 декабря)"
    talk.answers("GET", "promotions", {"products": []})
    assert (await talk.run("action_promo", "акции?", "promo")).text == "Сейчас акций для вас нет. Появятся — расскажу."


async def test_like_names_are_numbered_on_the_buttons_as_in_the_list(talk: Talk) -> None:
    talk.orders_nothing()
    names = ["Молоко ультрапаст. 1,5% 1л Белый ключ (12)", "Молоко ультрапаст. 1,5% 1л Луговица (12)"]
    found = [views.product(str(place), name, "Молоко", "92 ₽") for place, name in enumerate(names, 1)]
    talk.answers("POST", "catalog/lookup", {"products": found, "phrase": "молоко", "figures_at_text": ""})
    reply = await talk.run("action_price", "почём молоко 1,5?", "price_query")
    assert "1. Молоко ультрапаст. 1,5% 1л Белый ключ (12) — 92 ₽ за шт." in reply.text
    assert reply.buttons[:2] == ["1. Молоко 1,5%, 1 л", "2. Молоко 1,5%, 1 л"]
    assert reply.payload("2. Молоко 1,5%, 1 л") == '/pick_product{"sku": "2"}'


async def test_after_one_product_a_number_is_its_quantity(talk: Talk) -> None:
    talk.answers("POST", "catalog/lookup", {"products": [views.MILK], "phrase": "молоко", "figures_at_text": ""})
    reply = await talk.run("action_stock", "молоко есть?", "stock_query")
    assert reply.text.endswith("Если нужно, напишите сколько — добавлю в заказ.")
    assert reply.expecting == "quantity:20001"


async def test_a_side_question_about_one_product_leaves_the_confirmation_open(talk: Talk) -> None:
    talk.slots["expecting"] = "confirm:3"
    talk.answers("POST", "catalog/lookup", {"products": [views.MILK], "phrase": "молоко", "figures_at_text": ""})
    reply = await talk.run("action_stock", "молоко есть?", "stock_query")
    assert reply.text == "Наличие:\n• Молоко 3,2%, 10 л — в наличии"
    assert reply.expecting == "confirm:3"


async def test_old_figures_tell_their_age(talk: Talk) -> None:
    age = "Остатки — по данным на 09:40."
    for action, intent in (("action_price", "price_query"), ("action_stock", "stock_query")):
        talk.answers("POST", "catalog/lookup", {"products": [views.MILK], "phrase": "молоко", "figures_at_text": age})
        reply = await talk.run(action, "есть молоко?", intent)
        assert age in reply.text.split("\n")
