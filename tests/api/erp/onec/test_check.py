"""What the check says of a base: of the demo 1C whole and with less, and of answers that are no description at all."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from api.erp.demo.metadata import edmx
from api.erp.onec import names
from api.erp.onec.check import tables_of, title
from api.erp.onec.edmx import NotEdmx, parse
from api.erp.port import Checked, Finding
from tests.api.erp.onec.conftest import open_demo
from tests.api.erp.onec.fake import AnyPath, Base, all_of, error, onec, ref, row
from tests.api.erp.worlds import OnecWorld

NAMES = names.load()
BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><EntitySet Name="&b;" EntityType="x"/>
</edmx:Edmx>"""


async def findings(world: OnecWorld) -> list[Finding]:
    assert isinstance(world.erp, Checked)
    return await all_of(world.erp.check())


async def test_the_demo_has_everything(world: OnecWorld) -> None:
    (done,) = await findings(world)
    assert done.severity == "ok"
    whole = [name for name, _ in tables_of(names.load()) if not name.endswith("_lines") and name != "contact_info"]
    assert f"Прочитано объектов: {len(whole)}." in done.text


async def test_an_object_that_is_not_published_is_named_with_its_place(world: OnecWorld) -> None:
    await world._faults(unpublished="Catalog_ВидыЦен")
    missing, done = await findings(world)
    assert missing.severity == "error"
    assert missing.text == "Не опубликован справочник «Виды цен» (Catalog_ВидыЦен): без него бот не работает."
    assert "состава стандартного интерфейса OData" in missing.todo
    assert done.severity == "ok"


async def test_what_the_bot_does_without_an_object_is_told(world: OnecWorld) -> None:
    await world._faults(unpublished="AccumulationRegister_СвободныеОстатки")
    missing, _ = await findings(world)
    assert "регистр накопления «Свободные остатки»" in missing.text
    assert "остатков бот не показывает" in missing.text
    assert "таблица «stock»" in missing.todo


@pytest.mark.parametrize("switch", ["forbidden", "restricted"])
async def test_a_right_that_is_missing(world: OnecWorld, switch: str) -> None:
    await world._faults(**{switch: "Catalog_Партнеры"})
    missing, _ = await findings(world)
    assert missing.severity == "error"
    assert missing.text == "Нет права чтения: справочник «Партнеры» (Catalog_Партнеры)."
    assert "ERP_ALLOWED_ONLY" in missing.todo


async def test_allowed_only_leaves_hidden_records_out(world: OnecWorld, demo_process: str) -> None:
    await world._faults(restricted="Catalog_Партнеры")
    erp = open_demo(demo_process, allowed_only=True)
    assert await all_of(erp.customers())
    assert [finding.severity for finding in await all_of(erp.check())] == ["ok"]
    await erp.close()


async def test_nobody_answers_or_lets_us_in(world: OnecWorld) -> None:
    for fault in ({"down": True}, {"down": False, "password_revoked": True}):
        await world._faults(**fault)
        (failed,) = await findings(world)
        assert (failed.severity, "ERP_URL" in failed.todo) == ("error", True)


@pytest.mark.parametrize("body", [b"<html><body>login</body></html>", b"{}", b"", BOMB, b"<a><b></a>"])
async def test_what_is_no_description(httpserver: HTTPServer, body: bytes) -> None:
    httpserver.expect_request(AnyPath()).respond_with_handler(lambda request: Response(body))
    erp = onec(httpserver)
    (failed,) = await all_of(erp.check())
    assert "$metadata" in failed.text
    await erp.close()
    with pytest.raises(NotEdmx):
        parse(body)


def described(change: Callable[[str], str]) -> bytes:
    return change(edmx()).encode()


def without(field: str) -> Callable[[str], str]:
    return lambda text: text.replace(f'Name="{field}"', 'Name="Другое"')


@pytest.mark.parametrize(
    ("change", "said", "todo"),
    [
        (without("НомерПоДаннымКлиента"), "нет реквизита «НомерПоДаннымКлиента»; если его нет: номер бота", "«key»"),
        (without("ВНаличииBalance"), "таблица Balance: нет реквизита «ВНаличииBalance»; без него", "«on_hand»"),
        (without("КоличествоУпаковок"), "таблица «Товары»: нет реквизита «КоличествоУпаковок»", "«packs»"),
        (without("КодДляБота"), "остаётся вход по телефону", "«code»"),
        (lambda text: text.replace('"Post"', '"Sent"'), "нельзя провести", "проводится"),
        (lambda text: text.replace('"SliceLast"', '"Slice"'), "таблицы SliceLast нет", "«prices»"),
    ],
)
async def test_a_field_or_a_function_that_is_missing(
    httpserver: HTTPServer, change: Callable[[str], str], said: str, todo: str
) -> None:
    base = Base(httpserver, {})
    base.refuse = lambda address: Response(described(change)) if address == "$metadata" else None
    erp = onec(httpserver)
    found = await all_of(erp.check())
    about = [finding for finding in found if said in finding.text]
    assert len(about) == 1
    assert todo in about[0].todo
    await erp.close()


async def test_a_condition_that_is_refused_in_both_styles_is_a_warning(httpserver: HTTPServer) -> None:
    base = Base(httpserver, {})

    def refuse(address: str) -> Response | None:
        if address == "$metadata":
            return Response(described(str))
        return error(400, 6, "Неверный формат URL") if "Condition" in address else None

    base.refuse = refuse
    erp = onec(httpserver)
    found = [finding for finding in await all_of(erp.check()) if "условия" in finding.text]
    assert {finding.severity for finding in found} == {"warning"}
    assert len(found) == 4
    await erp.close()


async def about_prices(server: HTTPServer, rows: dict[str, list[dict[str, Any]]]) -> list[Finding]:
    base = Base(server, rows)
    base.refuse = lambda address: Response(described(str)) if address == "$metadata" else None
    erp = onec(server)
    found = await all_of(erp.check())
    await erp.close()
    return [finding for finding in found if "показыва" in finding.text and finding.severity == "warning"]


async def test_prices_in_another_currency_are_named(httpserver: HTTPServer) -> None:
    types = [
        row(NAMES.price_types, id=ref(11), name="Розничная", currency=ref(61), vat_included=True),
        row(NAMES.price_types, id=ref(12), name="Экспорт", currency=ref(62), vat_included=True),
        row(NAMES.price_types, id=ref(13), name="Старая", currency=ref(62), deleted=True),
    ]
    agreements = [row(NAMES.agreements, id=ref(number), currency=ref(62), vat_included=True) for number in (41, 42)]
    types_, agreements_ = await about_prices(httpserver, {
        NAMES.currencies.entity: [row(NAMES.currencies, id=ref(61), code="643"), row(NAMES.currencies, id=ref(62))],
        NAMES.price_types.entity: types, NAMES.agreements.entity: agreements,
    })  # fmt: skip
    assert types_.text == "Не в рублях, не показываются цены видов: «Экспорт»."
    assert agreements_.text == "Не в рублях, не показываются индивидуальные цены соглашений: 2."


async def test_goods_whose_rate_of_vat_nobody_knows_are_counted(httpserver: HTTPServer) -> None:
    """Where prices without VAT are to be told with it."""
    types = [row(NAMES.price_types, id=ref(11), name="Оптовая", vat_included=False)]
    goods = [row(NAMES.products, id=ref(number), vat=rate) for number, rate in enumerate(("НДС10", "НДС33", ""), 1)]
    tables = {NAMES.price_types.entity: types, NAMES.products.entity: goods}
    (found,) = await about_prices(httpserver, tables)
    assert found.text == "Без НДС цены видов: «Оптовая». Не показываются цены товаров с неизвестной ставкой: 2."
    assert ("«не заполнена», «НДС33»" in found.todo, "vat_rates" in found.todo) == (True, True)


@pytest.mark.parametrize(
    ("entity", "said"),
    [
        ("InformationRegister_ЦеныНоменклатуры25_RecordType", "регистр сведений «Цены номенклатуры 25»"),
        ("Catalog_УпаковкиЕдиницыИзмерения", "справочник «Упаковки единицы измерения»"),
        ("Document_ЗаказКлиента", "документ «Заказ клиента»"),
    ],
)
def test_objects_are_called_as_1c_lists_them(entity: str, said: str) -> None:
    assert title(entity) == f"{said} ({entity})"
