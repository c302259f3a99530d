"""Goods, prices and stock as МойСклад keeps them."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from api.domain.product import Packaging, Product
from api.erp.http import percent
from api.erp.moysklad import stock as stock_module
from api.erp.moysklad.client import escaped, portions
from api.erp.moysklad.goods import Skus
from api.erp.moysklad.rows import moscow, roubles
from tests.api.erp.conformance import all_of
from tests.api.erp.moysklad.emulator.lists import PART
from tests.api.erp.moysklad.emulator.reports import stock_moved
from tests.api.erp.moysklad.emulator.seed import named, price, to
from tests.api.erp.moysklad.emulator.store import MSK, Row, Store
from tests.api.erp.moysklad.world import CLOCK, MoyskladWorld, open_emulator


async def products(world: MoyskladWorld, since: datetime | None = None) -> dict[str, Product]:
    return {product.name: product for product in await all_of(world.erp.products(since))}


def age(store: Store, *kinds: str) -> None:
    for kind in kinds:
        for row in store.rows[kind].values():
            row["updated"] = "2020-01-01 00:00:00.000"


async def test_a_card(world: MoyskladWorld) -> None:
    milk = (await products(world))["Молоко «Луговое» 3,2% 1 л"]
    assert (milk.sku, milk.base_unit, milk.brand, milk.active) == ("10001", "шт", "Луговое", True)
    assert milk.packagings == (Packaging("кор", Decimal(12)),)
    assert milk.category_id == named(world.store, "productfolder", "Молоко")["id"]
    assert (await products(world))["Сыр весовой"].step == Decimal("0.1")


async def test_each_variant_is_a_product_and_their_heading_is_not_sold(world: MoyskladWorld) -> None:
    found = await products(world)
    cherry = found["Йогурт (вишня)"]
    assert not found["Йогурт"].active
    assert (cherry.active, cherry.base_unit, cherry.sku) == (True, "шт", "00006-вишня")
    assert cherry.packagings == (Packaging("кор", Decimal(12)),)
    assert [price.amount async for price in world.erp.prices([cherry.id])] == [Decimal(45)]
    assert [row.quantity async for row in world.erp.stock([cherry.id])] == [Decimal(40)]


async def test_an_archived_card_is_told_as_withdrawn(world: MoyskladWorld) -> None:
    assert not (await products(world))["Кефир старый"].active


async def test_a_shared_article_gives_way_to_the_code(world: MoyskladWorld) -> None:
    found = await products(world)
    assert [found[name].sku for name in ("Сметана 15%", "Сметана 20%")] == ["00003", "00004"]
    age(world.store, "product", "variant")
    world.store.touch(named(world.store, "product", "Сметана 20%"))
    changed = await products(world, CLOCK.now() - timedelta(minutes=1))
    assert {name: product.sku for name, product in changed.items()} == {"Сметана 20%": "00004"}


async def test_only_what_changed_is_read(world: MoyskladWorld) -> None:
    age(world.store, "product", "variant")
    since = CLOCK.now() - timedelta(minutes=1)
    assert await products(world, since) == {}
    assert await all_of(world.erp.prices(since=since)) == []
    world.store.touch(named(world.store, "product", "Кефир старый"))
    world.store.touch(named(world.store, "variant", "Йогурт (персик)"))
    assert set(await products(world, since)) == {"Кефир старый", "Йогурт (персик)"}
    assert [one.amount for one in await all_of(world.erp.prices(since=since))] == [Decimal(45)]


async def test_a_clock_of_ours_that_is_fast_misses_no_change(world: MoyskladWorld) -> None:
    age(world.store, "product", "variant")
    world.store.touch(named(world.store, "product", "Кефир старый"))
    fast = CLOCK.now() + timedelta(minutes=3)
    assert set(await products(world, fast)) == {"Кефир старый"}


async def test_a_changed_product_brings_its_variants(world: MoyskladWorld) -> None:
    age(world.store, "product", "variant")
    world.store.touch(named(world.store, "product", "Йогурт"))
    found = await products(world, CLOCK.now() - timedelta(minutes=1))
    assert set(found) == {"Йогурт", "Йогурт (вишня)", "Йогурт (персик)"}


async def test_changes_are_asked_for_in_moscow_time(world: MoyskladWorld) -> None:
    await products(world, datetime.fromisoformat("2026-03-01T22:30:00+05:00"))
    assert any("updated%3E=2026-03-01%2020:25:00" in asked for asked in world.store.asked)


async def test_prices_are_roubles_of_every_type_and_nothing_foreign(world: MoyskladWorld) -> None:
    with capture_logs() as logs:
        prices = await all_of(world.erp.prices())
    milk = [(one.amount, one.price_list_id) for one in prices if one.product_id == world.goods[0].id]
    retail, wholesale = (row["id"] for row in world.store.price_types)
    assert milk == [(Decimal(600), retail), (Decimal(500), wholesale)]
    cream = named(world.store, "product", "Сметана 15%")["id"]
    assert [one.amount for one in prices if one.product_id == cream] == [Decimal("123.46")]
    dollars = named(world.store, "product", "Сметана 20%")["id"]
    assert dollars not in {one.product_id for one in prices}
    assert {"event": "moysklad.foreign_price", "product": dollars} == {
        key: logs[0][key] for key in ("event", "product")
    }


async def test_a_large_catalogue_comes_page_by_page(store: Store) -> None:
    folder, unit = named(store, "productfolder", "Молоко"), named(store, "uom", "шт")
    for number in range(2500):
        fields = {"uom": to(unit), "productFolder": to(folder), "archived": False, "salePrices": [price(store, 1, 100)]}
        store.add("product", name=f"Товар {number}", code=f"P{number}", **fields)
    erp = open_emulator(store)
    found = await all_of(erp.products())
    assert len(found) == len(store.rows["product"]) + len(store.rows["variant"])
    assert len({product.sku for product in found}) == len(found)
    assert sum("entity/product?" in asked for asked in store.asked) == 6
    assert all("limit=1000" in asked for asked in store.asked if "entity/product?" in asked)
    assert all("limit=100&" in asked for asked in store.asked if "expand=" in asked)
    await erp.close()


async def test_stock_of_a_negative_balance_is_none(world: MoyskladWorld) -> None:
    south = named(world.store, "store", "Южный")["id"]
    rows = {(row.product_id, row.warehouse_id): row.quantity for row in await all_of(world.erp.stock())}
    assert rows[world.goods[0].id, south] == 0


async def test_a_reserve_of_no_warehouse_is_taken_off_where_there_is_only_one(world: MoyskladWorld) -> None:
    both = [row.quantity async for row in world.erp.stock([world.goods[0].id]) if row.quantity]
    assert both == [Decimal(1000)]
    erp = open_emulator(world.store, warehouses="основной")
    assert [row.quantity async for row in erp.stock([world.goods[0].id])] == [Decimal(995)]
    await erp.close()


async def test_changed_stock_is_told_whole_and_with_zeros(world: MoyskladWorld) -> None:
    since = CLOCK.now() - timedelta(minutes=1)
    assert await all_of(world.erp.stock(since=since)) == []
    main, south = (named(world.store, "store", name)["id"] for name in ("Основной", "Южный"))
    milk = world.goods[0].id
    world.store.stock[milk, main] = 0.0
    stock_moved(world.store, milk)
    found = {row.warehouse_id: row.quantity for row in await all_of(world.erp.stock(since=since))}
    assert found == {main: 0, south: 0}
    overlap = moscow(since - timedelta(minutes=5)).replace(" ", "%20")
    assert any(f"changedSince={overlap}" in asked for asked in world.store.asked)


async def test_changes_older_than_a_day_are_everything(world: MoyskladWorld) -> None:
    everything = await all_of(world.erp.stock())
    assert set(await all_of(world.erp.stock(since=CLOCK.now() - timedelta(days=3)))) == set(everything)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_module, "RECOUNTS", (0.01, 0.01))


@pytest.mark.usefixtures("impatient")
async def test_what_is_being_recounted_is_waited_for(world: MoyskladWorld) -> None:
    before = await all_of(world.erp.stock())
    world.store.faults.recounted = {world.goods[0].id: 2}
    assert set(await all_of(world.erp.stock())) == set(before)


@pytest.mark.usefixtures("impatient")
async def test_what_stays_uncounted_keeps_its_old_stock_with_us(world: MoyskladWorld) -> None:
    milk = world.goods[0].id
    stock_moved(world.store, milk)
    world.store.faults.recounted = {milk: 99}
    assert await all_of(world.erp.stock(since=CLOCK.now() - timedelta(minutes=1))) == []


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=8)


@given(st.lists(st.tuples(WORDS, WORDS, st.booleans()), max_size=30))
def test_skus_never_meet(cards: list[tuple[str, str, bool]]) -> None:
    rows: list[Row] = [
        {"id": f"{number:08d}-1111", "article": article, "code": code, "archived": archived}
        for number, (article, code, archived) in enumerate(cards)
    ]
    skus = Skus()
    found = [skus.of(row) for row in rows]
    assert len(set(found)) == len(found)
    assert all(found)


@given(st.lists(WORDS.map(lambda word: word.replace("\\", "")), min_size=1, max_size=4))
def test_a_semicolon_in_a_value_parts_no_conditions(values: list[str]) -> None:
    conditions = ";".join(f"code={escaped(value)}" for value in values)
    assert [part.replace("\\;", ";") for part in PART.split(conditions)] == [f"code={value}" for value in values]


@given(st.lists(st.text(max_size=255), max_size=250))
def test_a_filter_never_outgrows_an_address(values: list[str]) -> None:
    parts = list(portions(values))
    assert [value for part in parts for value in part] == list(dict.fromkeys(values))
    assert all(len(part) <= 100 for part in parts)
    assert all(len(part) == 1 or sum(len(percent(value)) for value in part) <= 5000 for part in parts)


@given(st.decimals(0, 10**9, places=4, allow_nan=False))
def test_kopecks_are_a_hundredth(value: Decimal) -> None:
    assert abs(roubles(value) * 100 - value) <= Decimal("0.5")


def test_a_moment_of_any_zone_is_told_in_moscow() -> None:
    assert moscow(datetime.fromisoformat("2026-01-01T00:30:00+10:00")) == "2025-12-31 17:30:00"
    assert moscow(datetime(2026, 1, 1, 12, tzinfo=MSK)) == "2026-01-01 12:00:00"
