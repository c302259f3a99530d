"""The invented company: what the dialogues count on."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from api.erp.demo import entities as e
from api.erp.demo import registers
from api.erp.demo.schema import SCHEMA
from api.erp.demo.seed.fill import ensure_seeded, make_rows, reseed
from api.erp.demo.store import Store

NOW = datetime(2025, 12, 16, 11, 30)


@pytest.fixture(scope="module")
def store():
    store = Store(":memory:")
    reseed(store, NOW)
    yield store
    store.close()


def by_sku(store):
    return {row["Артикул"]: row for row in store.rows(e.PRODUCTS) if not row["IsFolder"]}


def partner(store, code):
    return next(row for row in store.rows(e.PARTNERS) if row["КодДляБота"] == code)["Ref_Key"]


def orders_of(store, code):
    own = (row for row in store.rows(e.ORDERS) if row["Партнер_Key"] == partner(store, code))
    return sorted(own, key=lambda row: row["Date"])


def price(store, sku, type_name, moment="2025-12-16T11:30:00"):
    kind = next(row["Ref_Key"] for row in store.rows(e.PRICE_TYPES) if row["Description"] == type_name)
    key = by_sku(store)[sku]["Ref_Key"]
    condition = f"Номенклатура_Key eq guid''{key}'' and ВидЦены_Key eq guid''{kind}''"
    [row] = registers.read_table(store, SCHEMA[e.PRICES], "SliceLast", {"Period": moment, "Condition": condition})[1]
    return row["Цена"]


def free(store, sku):
    key = by_sku(store)[sku]["Ref_Key"]
    rows = [row for row in registers.stock_rows(store) if row["Номенклатура_Key"] == key]
    return sum(row["ВНаличииBalance"] - row["ВРезервеСоСкладаBalance"] for row in rows)


def debt(store, code):
    sums = {row["Партнер_Key"]: row["СуммаBalance"] for row in registers.settlement_rows(store)}
    return sums.get(partner(store, code), 0)


def test_the_same_day_gives_the_same_rows():
    first, second = (list(make_rows(datetime(2025, 12, 16))) for _ in range(2))
    assert first == second


def test_a_filled_base_is_left_alone_unless_it_is_stale_and_unused():
    store = Store(":memory:")
    assert ensure_seeded(store, NOW) is True
    assert ensure_seeded(store, NOW + timedelta(days=1)) is False
    assert ensure_seeded(store, NOW + timedelta(days=30)) is True
    store.next_number("order")
    assert ensure_seeded(store, NOW + timedelta(days=90)) is False
    store.close()


def test_goods_are_about_a_thousand_with_unique_names_and_numbers(store):
    goods = by_sku(store)
    assert 950 <= len(goods) <= 1100
    assert max(Counter(row["Description"] for row in goods.values()).values()) == 1
    assert all(row["Марка_Key"] == e.EMPTY_REF or store.get(e.BRANDS, row["Марка_Key"]) for row in goods.values())
    units = {row["Description"] for row in store.rows(e.UNITS) if row["Owner_Key"] == e.EMPTY_REF}
    packs = {row["Description"] for row in store.rows(e.UNITS) if row["Owner_Key"] != e.EMPTY_REF}
    assert {"шт", "уп", "кг", "меш"} <= units
    assert {"кор", "лоток", "ящ", "дес", "уп"} <= packs
    assert any(row["СрокПоставкиДней"] for row in goods.values())
    assert any(row["Недействителен"] for row in goods.values())
    assert any(row["Весовой"] and row["КратностьЗаказа"] == 0.1 for row in goods.values())


def test_every_reference_of_every_object_points_to_something(store):
    for entity in (*e.CATALOGS, *e.DOCUMENTS):
        for row in store.rows(entity):
            for prop in SCHEMA[entity].references.values():
                assert row[prop.name] == e.EMPTY_REF or store.get(prop.target, row[prop.name]), (entity, prop.name)
            for part, shape in SCHEMA[entity].parts.items():
                for line in row[part]:
                    assert all(
                        line[prop.name] == e.EMPTY_REF or store.get(prop.target, line[prop.name])
                        for prop in shape.references.values()
                        if prop.name in line
                    )


def test_the_last_order_of_the_cafe_is_the_one_of_the_article(store):
    last = orders_of(store, "KOFE-PETRA")[-1]
    goods = {row["Ref_Key"]: row for row in by_sku(store).values()}
    lines = [
        (goods[line["Номенклатура_Key"]]["Description"], line["Количество"], line["Цена"]) for line in last["Товары"]
    ]
    assert lines == [
        ("Молоко пастер. 3,2% 10л канистра Белый ключ", 5, 500),
        ("Сливки пастер. 20% 1л Белый ключ (12)", 10, 180),
        ("Сироп Ваниль 1л Аромель", 2, 600),
    ]
    assert last["СуммаДокумента"] == 5500
    assert last["Date"].startswith("2025-12-12")
    assert [price(store, sku, "Кафе и рестораны") for sku in ("10001", "10002", "10003")] == [500, 180, 600]
    assert all(free(store, sku) > 100 for sku in ("10001", "10002", "10003"))
    [outlet] = [row for row in store.rows(e.OUTLETS) if row["Owner_Key"] == partner(store, "KOFE-PETRA")]
    assert (outlet["ДниДоставки"], outlet["ОкноС"], outlet["ОкноПо"]) == ("1,2,3,4,5", "09:00", "12:00")


def test_what_is_delivered_was_due_and_the_rest_is_reserved(store):
    today = NOW.replace(hour=0, minute=0).isoformat()
    for order in store.rows(e.ORDERS):
        assert (order["Статус"] == "Закрыт") == (order["ЖелаемаяДатаОтгрузки"] < today)
    assert all(row["ВНаличииBalance"] >= row["ВРезервеСоСкладаBalance"] for row in registers.stock_rows(store))
    numbers = [order["Number"] for order in sorted(store.rows(e.ORDERS), key=lambda row: row["Date"])]
    assert numbers == sorted(numbers)


def test_shops_buy_in_packings_at_the_price_of_a_packing(store):
    lines = [line for order in orders_of(store, "GASTRONOM-3") for line in order["Товары"]]
    packed = [line for line in lines if line["Упаковка_Key"] != e.EMPTY_REF]
    assert packed
    for line in packed:
        pack = store.get(e.UNITS, line["Упаковка_Key"])
        assert pack["Owner_Key"] == line["Номенклатура_Key"]
        assert line["КоличествоУпаковок"] * pack["Числитель"] == line["Количество"]
        assert line["КоличествоУпаковок"] * line["Цена"] == line["Сумма"]


def test_no_discount_touches_the_goods_of_the_dialogues(store):
    told = {row["Ref_Key"] for sku, row in by_sku(store).items() if sku.startswith("1")}
    for discount in store.rows(e.DISCOUNTS):
        assert discount["Товары"], discount["Description"]
        assert not told & {line["Номенклатура_Key"] for line in discount["Товары"]}


def test_customers_and_their_situations(store):
    assert len(store.rows(e.PARTNERS)) == 25
    assert len([row for row in store.rows(e.OUTLETS) if row["Owner_Key"] == partner(store, "STOLOVAYA-7")]) == 2
    assert orders_of(store, "NOVYY-KLIENT") == []
    counts = Counter(len(orders_of(store, row["КодДляБота"])) for row in store.rows(e.PARTNERS))
    assert counts == {13: 24, 0: 1}
    limits = {row["Партнер_Key"]: row["ДопустимаяСуммаЗадолженности"] for row in store.rows(e.CONTRACTS)}
    over = [
        row["КодДляБота"]
        for row in store.rows(e.PARTNERS)
        if limits[row["Ref_Key"]] and debt(store, row["КодДляБота"]) > limits[row["Ref_Key"]]
    ]
    assert over == ["BISTRO-DOLG"]
    assert debt(store, "SMUZI-BAR") < 0
    overdue = {
        row["Партнер_Key"]
        for row in registers.invoice_rows(store)
        if row["ДолгBalance"] > 0 and row["ДатаПлановогоПогашения"] < NOW.isoformat()
    }
    assert overdue == {partner(store, "LAVKA-24"), partner(store, "KOFEYNYA-SEVER")}


def test_another_customer_has_another_price_of_the_same_milk(store):
    milk = by_sku(store)["10001"]["Ref_Key"]
    agreement = next(row for row in store.rows(e.AGREEMENTS) if row["Партнер_Key"] == partner(store, "MAGAZIN-BEREZKA"))
    assert next(line["Цена"] for line in agreement["Товары"] if line["Номенклатура_Key"] == milk) == 505
    assert price(store, "10001", "Оптовая") == 520


def test_the_last_order_of_the_bakery_cannot_be_repeated_as_it_is(store):
    last = orders_of(store, "BULOCHNAYA")[-1]
    goods = by_sku(store)
    paid = {line["Номенклатура_Key"]: line["Цена"] for line in last["Товары"]}
    assert free(store, "10005") == 0
    assert goods["10006"]["Недействителен"] is True
    assert paid[goods["10007"]["Ref_Key"]] != price(store, "10007", "Кафе и рестораны") == 2080


@pytest.mark.parametrize("day", range(15, 22))
def test_on_every_day_of_a_week_the_dialogues_find_what_they_need(day):
    store = Store(":memory:")
    today = datetime(2025, 12, day, 9)
    reseed(store, today)
    last = orders_of(store, "KOFE-PETRA")[-1]
    assert (last["Статус"], last["СуммаДокумента"]) == ("Закрыт", 5500)
    assert all(row["ВНаличииBalance"] >= row["ВРезервеСоСкладаBalance"] for row in registers.stock_rows(store))
    late = {
        row["Партнер_Key"]
        for row in registers.invoice_rows(store)
        if row["ДолгBalance"] > 0 and row["ДатаПлановогоПогашения"][:10] < today.isoformat()[:10]
    }
    assert late == {partner(store, "LAVKA-24"), partner(store, "KOFEYNYA-SEVER")}
    store.close()
