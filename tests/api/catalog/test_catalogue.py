"""Browsing, searching, prices, promotions: for the customer who asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest

from api.catalog import service
from api.catalog.service import Shopper
from api.catalog.snapshot import build
from api.db.models import CatalogVersionRow, PriceRow, ProductRow, SyncRunRow
from api.domain.product import Category, Product
from tests.api.orders.conftest import BEREZKA, BUNS, CARAMEL, CREAM, GONE, MILK, NOW, PETRA, VANILLA, World


@asynccontextmanager
async def shopping(world: World, customer: str = PETRA, shows_prices: bool = True) -> AsyncIterator[Shopper]:
    async with world.turn(customer) as turn:
        yield await service.shopper(
            turn.session, customer, turn.scope.conversation_id, turn.clock.now(), shows_prices=shows_prices
        )


async def test_categories_count_what_can_be_bought(world: World) -> None:
    async with shopping(world) as who:
        found = service.categories(who, None)
    assert [(category.id, category.count) for category in found.categories] == [
        ("dairy", 2), ("grocery", 2), ("syrups", 2),
    ]  # fmt: skip


async def test_a_page_shows_own_prices_and_stock(world: World) -> None:
    await world.set_stock("p-milk", 4)
    await world.set_stock("p-cream", 0)
    async with shopping(world) as who:
        page = await service.page(who, "dairy", None, 1)
    assert (page.title, page.total, page.pages) == ("dairy", 2, 1)
    assert [(p.sku, p.price_text, p.stock, p.stock_text) for p in page.products] == [
        (MILK, "500\u00a0₽", "low", "осталось 4 шт."), (CREAM, "180\u00a0₽", "out", "нет в наличии"),
    ]  # fmt: skip


async def test_pages_hold_eight(world: World) -> None:
    products = [
        ProductRow(id=f"n{n}", sku=f"n{n}", name=f"Чай травяной {n:02}", base_unit="шт", category_id="grocery")
        for n in range(17)
    ]
    await world.add(*products)
    await world.change(CatalogVersionRow, {"id": 1}, version=2)
    async with shopping(world) as who:
        pages = [await service.page(who, "grocery", None, number) for number in (1, 3, 99)]
    assert [(page.page, page.pages, len(page.products)) for page in pages] == [(1, 3, 8), (3, 3, 3), (3, 3, 3)]


async def test_searching_by_words(world: World) -> None:
    async with shopping(world) as who:
        page = await service.page(who, None, "сироп", 1)
    assert {product.sku for product in page.products} == {VANILLA, CARAMEL}


async def test_withdrawn_goods_are_never_offered(world: World) -> None:
    async with shopping(world) as who:
        everything = await service.page(who, None, None, 1)
        searched = await service.page(who, None, "сыр плавленый", 1)
        looked_up = await service.look_up(who, "почём сыр плавленый?")
    found = {product.sku for answer in (everything, searched, looked_up) for product in answer.products}
    assert GONE not in found


async def test_looking_up_tells_cheaper_quantities(world: World) -> None:
    await world.add(
        PriceRow(product_id="p-milk", amount=Decimal(480), price_list_id="list-petra", min_quantity=Decimal(12))
    )
    async with shopping(world) as who:
        found = await service.look_up(who, "почём молоко?")
    assert [(p.sku, p.price_text, [(s.from_text, s.price_text) for s in p.prices]) for p in found.products] == [
        (MILK, "500\u00a0₽", [("от 12 шт.", "480\u00a0₽")])
    ]


async def test_a_contract_price_is_seen_by_its_customer_only(world: World) -> None:
    await world.add(PriceRow(product_id="p-milk", amount=Decimal(410), customer_id=BEREZKA))
    prices = []
    for customer in (PETRA, BEREZKA):
        async with shopping(world, customer) as who:
            prices.append((await service.look_up(who, "почём молоко?")).products[0].price_text)
    assert prices == ["500\u00a0₽", "410\u00a0₽"]


async def test_promotions_better_than_the_own_price(world: World) -> None:
    last_day = date(2025, 12, 31)
    await world.add(
        PriceRow(product_id="p-milk", amount=Decimal(460), promo="Неделя молока", valid_to=last_day),
        PriceRow(product_id="p-buns", amount=Decimal(27), price_list_id="list-berezka", promo="Бургеры"),
        PriceRow(product_id="p-cream", amount=Decimal(1), promo="Прошла", valid_to=date(2025, 12, 1)),
    )
    async with shopping(world) as who:
        mine = await service.promotions(who)
    async with shopping(world, BEREZKA) as who:
        theirs = await service.promotions(who)
    assert [(p.sku, p.promo, p.price_text, p.price_was_text) for p in mine.products] == [
        (MILK, "Неделя молока, до 31 декабря", "460\u00a0₽", "500\u00a0₽")
    ]
    assert [(p.sku, p.promo) for p in theirs.products] == [(BUNS, "Бургеры")]


async def test_who_may_not_see_prices_sees_none(world: World) -> None:
    await world.add(
        PriceRow(product_id="p-milk", amount=Decimal(480), price_list_id="list-petra", min_quantity=Decimal(12))
    )
    async with shopping(world, shows_prices=False) as who:
        found = await service.look_up(who, "почём молоко?")
    assert "₽" not in found.model_dump_json()


@pytest.mark.parametrize(("amount", "expected"), [("900", CARAMEL), ("901", None)])
async def test_a_substitute_is_not_half_as_dear_again(world: World, amount: str, expected: str | None) -> None:
    await world.change(PriceRow, {"product_id": "p-caramel", "price_list_id": "list-petra"}, amount=Decimal(amount))
    async with shopping(world) as who:
        found = await service.substitutes(who, [who.catalogue.by_sku[VANILLA]])
    assert {sku: product.sku for sku, product in found.items()} == ({VANILLA: expected} if expected else {})


async def test_a_substitute_is_in_stock_and_of_the_same_kind(world: World) -> None:
    await world.set_stock("p-caramel", 0)
    async with shopping(world) as who:
        assert await service.substitutes(who, [who.catalogue.by_sku[VANILLA], who.catalogue.by_sku[MILK]]) == {}


def test_a_category_holds_what_is_below_it() -> None:
    tree = (("a", "Еда", None), ("b", "Молочка", "a"), ("c", "Сыры", "b"), ("x", "Без родителя", "no"))
    categories = [Category(*row) for row in tree]
    held = (("1", "a"), ("2", "c"), ("3", "x"), ("4", ""))
    products = [Product(key, key, key, "шт", category) for key, category in held]
    catalogue = build(1, products, categories)
    assert [product.sku for product in catalogue.within("a")] == ["1", "2"]
    assert [product.sku for product in catalogue.within(None)] == ["1", "2", "3", "4"]
    assert [category.id for category in catalogue.children[None]] == ["x", "a"]


async def test_old_figures_tell_their_age(world: World) -> None:
    await world.add(
        SyncRunRow(name="prices", succeeded_at=NOW - timedelta(minutes=40)),
        SyncRunRow(name="stock", succeeded_at=NOW - timedelta(minutes=40)),
    )
    async with shopping(world) as who:
        assert (await service.look_up(who, "почём молоко")).figures_at_text == "Остатки — по данным на 09:20."
