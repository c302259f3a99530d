"""A third-party client of 1C's OData, python-1c-odata, works with the demo as with a live base."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from python_1c_odata import (
    AccumulationRegister,
    Catalog,
    Document,
    EntityNotFound,
    F,
    Infobase,
    InformationRegister,
    ODataError,
    PostingMode,
    guid,
    startswith,
)


def with_client(demo, work: Callable[[Infobase], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Infobase(demo.url, "demo", "bot", "demo") as base:
            await work(base)

    asyncio.run(run())


def test_catalogue_queries(demo):
    async def work(base):
        goods = Catalog(base, "Номенклатура")
        page = await goods.query(
            top=10,
            select=["Ref_Key", "Description"],
            inlinecount=True,
            odata_filter=(F("DeletionMark") == False) & startswith(F("Description"), "Молоко"),  # noqa: E712
        )
        assert len(page.value) == 10 < page.count
        item = await goods.get(page.value[0]["Ref_Key"])
        assert item["Description"].startswith("Молоко")
        names = [row["Description"] async for row in goods.iterate(page_size=400, orderby="Code")]
        assert len(names) == await goods.count()
        with pytest.raises(EntityNotFound):
            await goods.get("11111111-1111-1111-1111-111111111111")

    with_client(demo, work)


def test_virtual_tables(demo):
    async def work(base):
        milk = (await Catalog(base, "Номенклатура").query(odata_filter=F("Артикул") == "10001")).value[0]["Ref_Key"]
        is_milk = F("Номенклатура_Key") == guid(milk)
        stock = await AccumulationRegister(base, "СвободныеОстатки").balance(condition=is_milk)
        assert len(stock["value"]) == 2
        prices = await InformationRegister(base, "ЦеныНоменклатуры25", record_type=True).slice_last(
            period="2090-01-01T00:00:00", condition=is_milk
        )
        assert sorted(row["Цена"] for row in prices["value"]) == [500, 520, 560]

    with_client(demo, work)


def test_an_order_is_created_edited_posted_and_unposted(demo):
    draft = demo.draft(НомерПоДаннымКлиента="client-1")

    async def work(base):
        orders = Document(base, "ЗаказКлиента")
        made = await orders.create(draft, posting_mode=PostingMode.POST)
        assert (await orders.get(made["Ref_Key"]))["Posted"] is True
        await orders.edit(made["Ref_Key"], {"Комментарий": "Позвонить"}, if_match=made["DataVersion"])
        [found] = (await orders.query(odata_filter=F("НомерПоДаннымКлиента") == "client-1")).value
        assert found["Комментарий"] == "Позвонить"
        await orders.unpost(made["Ref_Key"])
        assert (await orders.get(made["Ref_Key"]))["Posted"] is False

    with_client(demo, work)


def test_a_card_is_changed_and_a_person_added(demo):
    outlet = demo.rows("Catalog_ТорговыеТочки", top=1)[0]

    async def work(base):
        outlets, people = Catalog(base, "ТорговыеТочки"), Catalog(base, "КонтактныеЛицаПартнеров")
        await outlets.edit(outlet["Ref_Key"], {"Адрес": "ул. Новая, 1"})
        assert (await outlets.get(outlet["Ref_Key"]))["Адрес"] == "ул. Новая, 1"
        await outlets.edit(outlet["Ref_Key"], {"Адрес": outlet["Адрес"]})
        made = await people.create({"Owner_Key": outlet["Owner_Key"], "Description": "Анна", "Телефон": "+79000000055"})
        [found] = (await people.query(odata_filter=F("Телефон") == "+79000000055")).value
        assert found["Ref_Key"] == made["Ref_Key"]
        await people.delete(made["Ref_Key"])

    with_client(demo, work)


def test_an_object_that_is_not_ticked_is_nowhere(demo):
    demo.faults(unpublished="Catalog_ВидыЦен")

    async def work(base):
        assert await base.entity_type_for_set("Catalog_Склады") is not None
        with pytest.raises((ODataError, KeyError)):
            await base.entity_type_for_set("Catalog_ВидыЦен")
        with pytest.raises(ODataError) as caught:
            await Catalog(base, "ВидыЦен").query(top=1)
        assert caught.value.internal_code == "8"

    with_client(demo, work)


def test_metadata_and_errors(demo):
    async def work(base):
        info = await base.entity_type_for_set("Document_ЗаказКлиента")
        assert info.keys == ("Ref_Key",)
        assert "Контрагент" in info.navigation_properties
        with pytest.raises(ODataError) as caught:
            await Catalog(base, "Номенклатура").query(select="Нет")
        assert caught.value.internal_code == "10"

    with_client(demo, work)
