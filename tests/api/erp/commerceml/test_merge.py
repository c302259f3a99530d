"""What files say, put together: goods, offers, prices, stock, companies."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from api.domain.customer import Contact, Customer, Outlet
from api.domain.product import Category, Packaging, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpUnsupported
from api.erp.port import Capabilities, Data
from tests.api.erp.commerceml.bench import FIRST, SECOND, Bench, bench, opened, small_shop
from tests.api.erp.commerceml.files import (
    CATALOG,
    COMPANY,
    DAIRY,
    MAIN,
    MILK,
    RETAIL,
    TYPES,
    WHOLESALE,
    at_main,
    catalog,
    companies,
    company,
    good,
    offer,
    offers,
    person,
    price,
    product_id,
    requisites,
    xml,
)
from tests.api.erp.conformance import all_of

OTHER = "w0000000-0000-4000-8000-000000000002"


async def sent(shop: Bench, name: str, inner: str, **more: str) -> None:
    assert await shop.onec.send({name: xml(inner, **more)}) == ["success"]


async def products(shop: Bench) -> dict[str, Product]:
    return {row.id: row for row in sorted(await all_of(shop.erp.products()), key=lambda row: row.id)}


async def amounts(shop: Bench, *, of: str = FIRST) -> dict[str | None, Decimal]:
    return {row.price_list_id: row.amount for row in await all_of(shop.erp.prices([of]))}


async def quantities(shop: Bench, *, of: str = FIRST) -> dict[str, Decimal]:
    return {row.warehouse_id: row.quantity for row in await all_of(shop.erp.stock([of]))}


async def test_a_whole_shop(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    assert await all_of(shop.erp.categories()) == [Category(DAIRY, "Молочное"), Category(MILK, "Молоко", DAIRY)]
    assert await all_of(shop.erp.price_lists()) == [PriceList(WHOLESALE, "Оптовая"), PriceList(RETAIL, "Розничная")]
    assert await all_of(shop.erp.warehouses()) == [Warehouse(MAIN, "Основной")]
    milk, cheese = (await products(shop)).values()
    assert milk == Product(
        FIRST, "10001", "Молоко луговое 3,2%", "шт", MILK, packagings=(Packaging("ящ", Decimal(12)),)
    )
    assert cheese == Product(SECOND, "10002", "Сыр весовой", "кг", DAIRY, step=Decimal("0.1"))
    assert await all_of(shop.erp.prices()) == [
        Price(FIRST, Decimal("500.00"), WHOLESALE),
        Price(FIRST, Decimal("550.00"), RETAIL),
        Price(SECOND, Decimal("99.90"), WHOLESALE),
    ]
    assert await all_of(shop.erp.stock()) == [Stock(FIRST, MAIN, Decimal(100)), Stock(SECOND, MAIN, Decimal("40.5"))]
    (customer,) = await all_of(shop.erp.customers())
    assert customer == Customer(
        COMPANY,
        "ООО «Ромашка»",
        WHOLESALE,
        tax_id="7701234567",
        credit_limit=Decimal("50000.00"),
        payment_delay_days=14,
        outlets=(Outlet(f"{COMPANY}#адрес", COMPANY, "ул. Садовая, 12", "ул. Садовая, 12"),),
        contacts=(Contact(f"{COMPANY}#h1", COMPANY, "Анна Котова", "+7 900 000-00-01"),),
        code="ROMASHKA",
    )


async def test_there_are_no_debts(shop: Bench) -> None:
    assert Data.BALANCES not in shop.erp.capabilities.reads
    assert shop.erp.capabilities.since == {Data.GOODS, Data.PRICES, Data.STOCK}
    assert isinstance(shop.erp.capabilities, Capabilities)
    with pytest.raises(ErpUnsupported):
        await all_of(shop.erp.balances())


async def test_goods_without_offers_keep_prices_and_stock(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    await sent(shop, "import.xml", catalog(good(FIRST, "Молоко новое"), good(SECOND, "Сыр")))
    assert (await products(shop))[FIRST].name == "Молоко новое"
    assert await amounts(shop) == {WHOLESALE: Decimal("500.00"), RETAIL: Decimal("550.00")}
    assert await quantities(shop) == {MAIN: Decimal(100)}


async def test_prices_alone_keep_stock_and_names_and_the_other_way_round(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    await sent(shop, "prices0_1.xml", offers(offer(FIRST, price("600")), whole=False, head=""))
    assert await amounts(shop) == {WHOLESALE: Decimal("600.00")}
    assert await quantities(shop) == {MAIN: Decimal(100)}
    rests = f"<Остатки><Остаток><Склад><Ид>{MAIN}</Ид><Количество>7</Количество></Склад></Остаток></Остатки>"
    await sent(shop, "rests0_1.xml", offers(offer(FIRST, stock=rests), whole=False, head=""))
    assert await amounts(shop) == {WHOLESALE: Decimal("600.00")}
    assert await quantities(shop) == {MAIN: Decimal(7)}
    assert (await products(shop))[FIRST].name == "Молоко луговое 3,2%"
    assert await amounts(shop, of=SECOND) == {WHOLESALE: Decimal("99.90")}


async def test_changes_only_touch_what_they_name(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    await sent(shop, "import.xml", catalog(good(product_id(3), "Кефир"), whole=False, groups=""))
    assert [row.active for row in (await products(shop)).values()] == [True] * 3
    assert len(await all_of(shop.erp.categories())) == 2


@pytest.mark.parametrize(
    "gone",
    [
        good(FIRST, "Молоко", status="Удален"),
        f'<Товар Статус="Удален"><Ид>{FIRST}</Ид></Товар>',
        good(FIRST, "Молоко", more="<ПометкаУдаления>true</ПометкаУдаления>"),
    ],
)
async def test_a_good_marked_as_deleted_is_withdrawn(shop: Bench, gone: str) -> None:
    await shop.onec.send(small_shop())
    start = shop.clock.now()
    shop.clock.move(hours=1)
    await sent(shop, "import.xml", catalog(gone, whole=False))
    assert {row.id: row.active for row in await all_of(shop.erp.products(start.replace(hour=12, minute=30)))} == {
        FIRST: False
    }
    assert (await products(shop))[FIRST].name.startswith("Молоко")
    await sent(shop, "import.xml", catalog(good(FIRST, "Молоко"), whole=False))
    assert (await products(shop))[FIRST].active


async def test_a_whole_catalogue_withdraws_what_it_does_not_name(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    await sent(shop, "import.xml", catalog(good(SECOND, "Сыр")))
    assert {row.id: row.active for row in (await products(shop)).values()} == {FIRST: False, SECOND: True}


async def test_another_catalogue_withdraws_nothing_of_this_one(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    await sent(shop, "import.xml", catalog(good(product_id(7), "Чай"), ref="another"))
    assert all(row.active for row in (await products(shop)).values())


async def test_parts_of_a_catalogue_are_one_when_all_has_come(shop: Bench) -> None:
    """Three goods in two files; the third is in neither. Nothing is withdrawn before 1C says that all came."""
    await sent(shop, "import.xml", catalog(*(good(product_id(n), f"Товар {n}") for n in (1, 2, 3))))
    parts = {f"import0_{n}.xml": xml(catalog(good(product_id(n), f"Товар {n}"))) for n in (1, 2)}
    assert await shop.onec.send(parts) == ["success"] * 2
    assert all(row.active for row in (await products(shop)).values())
    assert await shop.onec.send(parts, complete=True) == ["success"] * 3
    assert [row.active for row in (await products(shop)).values()] == [True, True, False]


async def test_nothing_is_withdrawn_when_a_part_could_not_be_read(shop: Bench) -> None:
    await sent(shop, "import.xml", catalog(*(good(product_id(n), f"Товар {n}") for n in (1, 2))))
    parts = {"import0_1.xml": xml(catalog(good(product_id(1), "Товар 1"))), "import0_2.xml": b"<broken"}
    answers = await shop.onec.send(parts, complete=True)
    assert [answer.partition("\n")[0] for answer in answers] == ["success", "failure", "success"]
    assert all(row.active for row in (await products(shop)).values())


async def test_a_whole_price_list_takes_away_what_it_does_not_name(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    shop.clock.move(hours=1)
    since = shop.clock.now()
    shop.clock.move(hours=1)
    await sent(shop, "offers.xml", offers(offer(SECOND, price("90"), stock=at_main("1"))))
    assert await amounts(shop) == {}
    assert await quantities(shop) == {MAIN: Decimal(0)}
    told = await all_of(shop.erp.products(since))
    assert [(row.id, row.active) for row in told] == [(FIRST, False)]
    assert await all_of(shop.erp.prices(since=since)) == [Price(SECOND, Decimal("90.00"), WHOLESALE)]
    assert {row.product_id for row in await all_of(shop.erp.stock(since=since))} == {FIRST, SECOND}
    await sent(shop, "prices.xml", offers(offer(FIRST, price("510")), whole=False))
    assert (await products(shop))[FIRST].active


async def test_only_what_changed_is_told_since(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    shop.clock.move(hours=1)
    since = shop.clock.now()
    shop.clock.move(hours=1)
    files = small_shop()
    files["offers.xml"] = xml(
        offers(
            offer(FIRST, price("500"), price("555", RETAIL), stock=at_main("100")),
            offer(SECOND, price("99.90"), stock=at_main("40.5")),
        )
    )
    await shop.onec.send(files)
    assert await all_of(shop.erp.products(since)) == []
    assert await all_of(shop.erp.stock(since=since)) == []
    assert {row.amount for row in await all_of(shop.erp.prices(since=since))} == {Decimal("500.00"), Decimal("555.00")}


def shirt(feature: str, value: str) -> str:
    values = (
        f"<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Вкус</Наименование><Значение>{value}</Значение>"
        "</ХарактеристикаТовара></ХарактеристикиТовара>"
    )
    return offer(f"{FIRST}#{feature}", price("70"), stock=at_main("5"), name="Йогурт", more=values)


async def test_characteristics_are_products_of_their_own(shop: Bench) -> None:
    await sent(shop, "import.xml", catalog(good(FIRST, "Йогурт", article="200")))
    assert (await products(shop))[FIRST].active
    shop.clock.move(hours=1)
    since = shop.clock.now()
    shop.clock.move(hours=1)
    await sent(shop, "offers.xml", offers(shirt("aaaaaaaa-1", "Вишня"), shirt("bbbbbbbb-1", "Малина")))
    told = {row.id: row for row in await all_of(shop.erp.products(since))}
    assert told[FIRST].active is False
    assert told[f"{FIRST}#aaaaaaaa-1"].name == "Йогурт (Вишня)"
    assert told[f"{FIRST}#bbbbbbbb-1"].category_id == MILK
    assert {row.sku for row in told.values()} == {"200/p0000001", "200/aaaaaaaa", "200/bbbbbbbb"}
    await sent(shop, "offers.xml", offers(shirt("aaaaaaaa-1", "Вишня")))
    assert {row.id for row in (await products(shop)).values() if row.active} == {f"{FIRST}#aaaaaaaa-1"}


async def test_characteristics_in_the_catalogue_itself(shop: Bench) -> None:
    """Schema 2.04: the good bears the whole id."""
    ref = f"{FIRST}#aaaaaaaa-1"
    await sent(shop, "import.xml", catalog(good(ref, "Йогурт")), version="2.04", namespace="")
    await sent(shop, "offers.xml", offers(offer(ref, price("70"), stock=at_main("5"))), version="2.04", namespace="")
    assert list(await products(shop)) == [ref]
    assert await amounts(shop, of=ref) == {WHOLESALE: Decimal("70.00")}


async def test_one_article_of_several_goods_is_nobodys(shop: Bench) -> None:
    goods = [good(product_id(1), "А", article="7"), good(product_id(2), "Б", article="7"), good(product_id(3), "В")]
    await sent(shop, "import.xml", catalog(*goods))
    assert [row.sku for row in (await products(shop)).values()] == ["7/p0000001", "7/p0000002", "p0000003"]
    await sent(shop, "import.xml", catalog(good(product_id(1), "А", article="7", status="Удален"), whole=False))
    assert [row.sku for row in (await products(shop)).values()] == ["7/p0000001", "7", "p0000003"]


async def test_a_price_of_a_packing_is_one_of_the_base_unit(shop: Bench) -> None:
    await sent(shop, "import.xml", catalog(good(FIRST, "Вода"), good(SECOND, "Сок")))
    both = offer(FIRST, price("10"), price("115", unit="кор", factor="12"))
    box = offer(SECOND, price("100", unit="778", factor="6", more="<МинКоличество>2</МинКоличество>"))
    await sent(shop, "offers.xml", offers(both, box))
    assert await all_of(shop.erp.prices()) == [
        Price(FIRST, Decimal("10.00"), WHOLESALE),
        Price(FIRST, Decimal("9.58"), WHOLESALE, min_quantity=Decimal(12)),
        Price(SECOND, Decimal("16.67"), WHOLESALE, min_quantity=Decimal(12)),
    ]
    found = await products(shop)
    assert found[FIRST].packagings == (Packaging("кор", Decimal(12)),)
    assert found[SECOND].packagings == (Packaging("упак", Decimal(6)),)


async def test_what_is_not_roubles_or_not_a_number_is_no_price(shop: Bench) -> None:
    await sent(shop, "import.xml", catalog(good(FIRST, "Вода")))
    dollars = price("3", "usd").replace("<Валюта>руб</Валюта>", "<Валюта>USD</Валюта>")
    await sent(shop, "offers.xml", offers(offer(FIRST, dollars, price("0"), price("много", RETAIL))))
    assert await amounts(shop) == {}
    head = TYPES.replace("RUB", "EUR")
    await sent(shop, "offers.xml", offers(offer(FIRST, price("1 234,50"), price("9", RETAIL)), head=head))
    assert await amounts(shop) == {WHOLESALE: Decimal("1234.50")}


@pytest.mark.parametrize(
    ("stock", "expected"),
    [
        ("<Количество>12,5</Количество>", {"all": Decimal("12.5")}),
        ("<Количество>-3</Количество>", {"all": Decimal(0)}),
        (f'<Количество>9</Количество><Склад ИдСклада="{OTHER}" КоличествоНаСкладе="4"/>', {OTHER: Decimal(4)}),
        (f'<Склады ИдСклада="{MAIN}" КоличествоНаСкладе="-1"/>', {MAIN: Decimal(0)}),
        ("<Остатки><Остаток><Количество>8</Количество></Остаток></Остатки>", {"all": Decimal(8)}),
        ("<Остатки><Остаток>8</Остаток></Остатки>", {"all": Decimal(8)}),
        (
            f"<Остатки><Остаток><Склад><Ид>{OTHER}</Ид></Склад><Количество>6</Количество></Остаток></Остатки>",
            {OTHER: Decimal(6)},
        ),
    ],
)
async def test_stock_is_told_in_many_ways(shop: Bench, stock: str, expected: dict[str, Decimal]) -> None:
    await sent(shop, "import.xml", catalog(good(FIRST, "Вода")))
    await sent(shop, "offers.xml", offers(offer(FIRST, price("5"), stock=stock)))
    assert await quantities(shop) == expected
    assert set(expected) <= {row.id for row in await all_of(shop.erp.warehouses())}


async def test_a_warehouse_that_is_named_no_more_is_empty(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    there = f'<Склад ИдСклада="{OTHER}" КоличествоНаСкладе="4"/>'
    await sent(shop, "rests.xml", offers(offer(FIRST, stock=there), whole=False))
    assert await quantities(shop) == {MAIN: Decimal(0), OTHER: Decimal(4)}


async def test_quick_changes(shop: Bench) -> None:
    """`ИзмененияПакетаПредложений` of schema 2.08 names the characteristic apart."""
    await sent(shop, "import.xml", catalog(good(FIRST, "Йогурт")))
    row = (
        f"<Предложение><Ид>{FIRST}</Ид><ИдХарактеристики>aaaaaaaa-1</ИдХарактеристики>"
        f'<Склады ИдСклада="{MAIN}" КоличествоНаСкладе="3"/><Цены>{price("71")}</Цены></Предложение>'
    )
    inner = f"<ИзмененияПакетаПредложений><Ид>x</Ид><Предложения>{row}</Предложения></ИзмененияПакетаПредложений>"
    await sent(shop, "offers.xml", inner)
    assert await amounts(shop, of=f"{FIRST}#aaaaaaaa-1") == {WHOLESALE: Decimal("71.00")}
    assert await quantities(shop, of=f"{FIRST}#aaaaaaaa-1") == {MAIN: Decimal(3)}


@pytest.mark.parametrize(
    ("unit", "word"),
    [
        (
            '<БазоваяЕдиница Код="796" НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт</БазоваяЕдиница>',
            "шт",
        ),
        ('<БазоваяЕдиница Код="166 "/>', "кг"),
        ("<БазоваяЕдиница>778</БазоваяЕдиница>", "упак"),
        ('<БазоваяЕдиница МеждународноеСокращение="LTR"/>', "л"),
        ('<БазоваяЕдиница Код="750">750</БазоваяЕдиница>', "кор"),
        ('<БазоваяЕдиница НаименованиеПолное="Ведро"/>', "ведро"),
        ("", "шт"),
    ],
)
async def test_units_are_told_in_many_ways(shop: Bench, unit: str, word: str) -> None:
    listed = (
        "<ЕдиницыИзмерения><ЕдиницаИзмерения><Ид>750</Ид><Код>750</Код><НаименованиеКраткое>кор</НаименованиеКраткое>"
        "</ЕдиницаИзмерения></ЕдиницыИзмерения>"
    )
    await sent(shop, "import.xml", catalog(good(FIRST, "Вода", unit=unit), groups=listed))
    assert (await products(shop))[FIRST].base_unit == word


async def test_requisites_of_goods(shop: Bench) -> None:
    facts = [("Полное наименование", "Вода питьевая 5 л"), ("Кратность заказа", "2"), ("Минимальный заказ", "4")]
    maker = "<Изготовитель><Ид>m</Ид><Наименование>Родник</Наименование></Изготовитель>"
    service = good(SECOND, "Доставка", more=requisites([("ТипНоменклатуры", "Услуга")]))
    await sent(shop, "import.xml", catalog(good(FIRST, "Вода", more=maker + requisites(facts)), service))
    (water,) = (await products(shop)).values()
    assert (water.name, water.step, water.minimum, water.brand) == (
        "Вода питьевая 5 л",
        Decimal(2),
        Decimal(4),
        "Родник",
    )


def buyers(*rows: str) -> str:
    return companies(*rows)


async def people(shop: Bench) -> Sequence[Customer]:
    return await all_of(shop.erp.customers())


async def test_codes_that_two_bear_are_nobodys(shop: Bench) -> None:
    rows = [company(f"k{n}", f"ООО {n}", facts={"Код для входа": code}) for n, code in enumerate(("А", "Б", "А"))]
    await sent(shop, "contragents.xml", buyers(*rows))
    assert [row.code for row in await people(shop)] == ["", "Б", ""]


async def test_price_types_of_companies(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    named = {"by name": "розничная", "by id": RETAIL, "unknown": "Секретная", "none": ""}
    await sent(shop, "contragents.xml", buyers(*(company(k, k, facts={"Вид цен": v}) for k, v in named.items())))
    own = {row.id: row.price_list_id for row in await people(shop)}
    assert own == {COMPANY: WHOLESALE, "by name": RETAIL, "by id": RETAIL, "unknown": None, "none": None}
    common = opened(shop.folder, shop.clock, price_type="Оптовая")
    shared = {row.id: row.price_list_id for row in await all_of(common.customers())}
    assert shared == own | {"none": WHOLESALE}


async def test_addresses_of_delivery_are_outlets(shop: Bench) -> None:
    pairs = requisites([("Адрес доставки", "ул. Речная, 1"), ("Адрес доставки", "ул. Лесная, 2")])
    row = company(COMPANY, "ООО «Ромашка»").replace(requisites([]), pairs)
    await sent(shop, "contragents.xml", buyers(row))
    before = (await people(shop))[0].outlets
    assert [outlet.address for outlet in before] == ["ул. Речная, 1", "ул. Лесная, 2"]
    turned = row.replace("Речная, 1", "x").replace("Лесная, 2", "Речная, 1").replace(">ул. x<", ">ул. Лесная, 2<")
    await sent(shop, "contragents.xml", buyers(turned))
    assert set((await people(shop))[0].outlets) == set(before)


async def test_a_person_of_two_companies_is_two_contacts(shop: Bench) -> None:
    who = f"<Представители>{person('h1', 'Анна', '+79000000001')}</Представители>"
    own = "<Контакты><Контакт><Тип>Телефон рабочий</Тип><Значение>222-33-44</Значение></Контакт></Контакты>"
    rows = [company("k1", "ООО Один", people=who), company("k2", "ООО Два", people=who + own)]
    await sent(shop, "contragents.xml", buyers(*rows))
    contacts = [contact for row in await people(shop) for contact in row.contacts]
    assert len({contact.id for contact in contacts}) == len(contacts) == 3
    assert contacts[-1].phone == "222-33-44"


async def test_deleted_companies_are_no_customers(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    gone = company(COMPANY, "ООО «Ромашка»").replace(
        "</Контрагент>", "<ПометкаУдаления>true</ПометкаУдаления></Контрагент>"
    )
    await sent(shop, "contragents.xml", buyers(gone))
    assert await people(shop) == []


async def test_catalogue_ids_are_kept_apart(shop: Bench) -> None:
    assert CATALOG != "another"
    await shop.onec.send(small_shop())
    await sent(shop, "offers.xml", offers(offer(product_id(7), price("5")), ref="another"))
    assert await amounts(shop) == {WHOLESALE: Decimal("500.00"), RETAIL: Decimal("550.00")}


async def test_goods_in_parts_are_whole_when_offers_come_by_the_old_protocol(shop: Bench) -> None:
    await sent(shop, "import.xml", catalog(*(good(product_id(n), f"Товар {n}") for n in (1, 2, 3))))
    parts = {f"import0_{n}.xml": xml(catalog(good(product_id(n), f"Товар {n}"))) for n in (1, 2)}
    assert await shop.onec.send(parts | {"offers0_1.xml": xml(offers(offer(FIRST, price("5"))))}) == ["success"] * 3
    assert [row.active for row in (await products(shop)).values()] == [True, True, False]


async def test_deactivate_withdraws_goods_though_nothing_says_that_it_is_everything(tmp_path: Path) -> None:
    """Schema 3: the flag is not used, 1C says `deactivate` after a whole export."""
    async with bench(tmp_path, version="3.1") as shop:
        await sent(shop, "import.xml", catalog(*(good(product_id(n), f"Товар {n}") for n in (1, 2)), whole=False))
        parts = {"goods/1/import___abc.xml": xml(catalog(good(FIRST, "Товар 1"), whole=False))}
        more = xml(offers(offer(FIRST, price("5")), whole=False))
        assert await shop.onec.send(parts | {"prices/1/prices___abc.xml": more}, complete=True) == ["success"] * 3
        assert [row.active for row in (await products(shop)).values()] == [True, True]
        await shop.onec.send(parts)
        assert await shop.onec.ask("catalog", "deactivate", timestamp="1") == "success"
        assert [row.active for row in (await products(shop)).values()] == [True, False]
        assert shop.server.changed[-1] == {Data.GOODS}


async def test_numbers_beyond_reason_are_none(shop: Bench) -> None:
    await sent(shop, "import.xml", catalog(good(FIRST, "Вода")))
    await sent(shop, "offers.xml", offers(offer(FIRST, price("1e400"), stock=at_main("NaN"))))
    assert await amounts(shop) == {}
    assert await quantities(shop) == {MAIN: Decimal(0)}


async def test_price_types_that_come_after_the_customers(shop: Bench) -> None:
    files = small_shop()
    await shop.onec.send({"contragents.xml": files["contragents.xml"]})
    assert (await people(shop))[0].price_list_id is None
    await shop.erp.taken(Data.CUSTOMERS)
    await shop.onec.send({name: files[name] for name in ("import.xml", "offers.xml")})
    assert Data.CUSTOMERS in await shop.erp.arrived()
    assert (await people(shop))[0].price_list_id == WHOLESALE
    await shop.erp.taken(Data.CUSTOMERS)
    await shop.onec.send({"offers.xml": files["offers.xml"]})
    assert Data.CUSTOMERS not in await shop.erp.arrived()
