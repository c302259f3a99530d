"""The reading side: queries, virtual tables, errors, metadata."""

from xml.etree import ElementTree

import httpx
import pytest


def code_of(answer: httpx.Response) -> str:
    return answer.json()["odata.error"]["code"]


def test_a_wrong_password_is_401(demo):
    answer = httpx.get(f"{demo.root}/Catalog_Марки", auth=("bot", "wrong"))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_list_has_the_address_of_its_metadata_and_the_count_as_a_string(demo):
    options = {"top": 2, "inlinecount": "allpages", "filter": "IsFolder eq false"}
    body = demo.get("Catalog_Номенклатура", format="json", **options).json()
    assert body["odata.metadata"].endswith("/demo/odata/standard.odata/$metadata#Catalog_Номенклатура")
    assert len(body["value"]) == 2
    assert 950 < int(body["odata.count"]) < 1100


def test_pages_by_skip_and_top_cover_everything_once(demo):
    seen = []
    for skip in range(0, 2000, 250):
        seen += [row["Ref_Key"] for row in demo.rows("Catalog_Номенклатура", orderby="Code", skip=skip, top=250)]
    assert len(seen) == len(set(seen)) == int(demo.get("Catalog_Номенклатура/$count").text)


@pytest.mark.parametrize(
    ("condition", "skus"),
    [
        ("Артикул eq '10001' or Артикул eq '10003'", {"10001", "10003"}),
        (
            "startswith(Артикул, '1000') and not (Недействителен eq true or endswith(Артикул, '4'))",
            {"10001", "10002", "10003", "10005", "10007"},
        ),
        ("substringof('СИРОП ваниль', Description)", {"10003", "10004"}),
        ("Марка/Description eq 'Аромель' and startswith(Description, 'Сироп Ваниль')", {"10003", "10004"}),
        ("Артикул ge '10002' and Артикул lt '10004'", {"10002", "10003"}),
        ("Артикул eq 'О''Хара'", set()),
        ("МинимальноеКоличествоЗаказа gt 20.5 and МинимальноеКоличествоЗаказа le 30", None),
    ],
)
def test_filters(demo, condition, skus):
    found = {row["Артикул"] for row in demo.rows("Catalog_Номенклатура", filter=condition)}
    assert found == skus if skus is not None else found


def test_a_filter_on_a_tabular_part(demo):
    milk = demo.product("10001")["Ref_Key"]
    orders = demo.rows("Document_ЗаказКлиента", filter=f"Товары/any(d: d/Номенклатура_Key eq guid'{milk}')")
    assert orders
    assert all(milk in {line["Номенклатура_Key"] for line in order["Товары"]} for order in orders)


def test_orderby_several_keys_and_dates(demo):
    rows = demo.rows(
        "Document_ЗаказКлиента",
        orderby="Date desc,Number",
        top=50,
        select="Date,Number",
        filter="Date lt datetime'2100-01-01T00:00:00'",
    )
    assert [row["Date"] for row in rows] == sorted((row["Date"] for row in rows), reverse=True)
    assert set(rows[0]) == {"Number", "Date"}


def test_an_object_by_key_with_expanded_references(demo):
    key = demo.product("10001")["Ref_Key"]
    body = demo.get(f"Catalog_Номенклатура(guid'{key}')", format="json", expand="Марка,ЕдиницаИзмерения").json()
    assert body["odata.metadata"].endswith("#Catalog_Номенклатура/@Element")
    assert (body["Марка"]["Description"], body["ЕдиницаИзмерения"]["Description"]) == ("Белый ключ", "шт")
    assert demo.get(f"Catalog_Номенклатура(guid'{key}')/Марка").json()["Description"] == "Белый ключ"


@pytest.mark.parametrize(
    ("path", "options", "status", "code"),
    [
        ("Catalog_Нет", {}, 404, "8"),
        ("Catalog_Марки(guid'11111111-1111-1111-1111-111111111111')", {}, 404, "9"),
        ("Catalog_Марки(guid'нет')", {}, 400, "6"),
        ("Catalog_Марки/Balance()", {}, 400, "6"),
        ("Catalog_Марки", {"select": "Нет"}, 400, "10"),
        ("Catalog_Марки", {"orderby": "Нет"}, 400, "10"),
        ("Catalog_Номенклатура", {"expand": "Нет"}, 400, "10"),
        ("Catalog_Номенклатура", {"filter": "Нет eq 1"}, 400, "10"),
        ("Catalog_Номенклатура", {"filter": "Артикул eq"}, 400, "14"),
        ("Catalog_Номенклатура", {"filter": "Артикул eq 5"}, 400, "14"),
        ("Catalog_Номенклатура", {"filter": "contains(Артикул,'5')"}, 400, "14"),
        ("Catalog_Номенклатура", {"filter": "(" * 500 + "Недействителен" + ")" * 500}, 400, "14"),
        ("Catalog_Номенклатура", {"top": "много"}, 400, "14"),
        ("Catalog_Номенклатура", {"format": "atom"}, 400, "14"),
        ("Document_ЗаказКлиента", {"filter": "Комментарий eq 'x'"}, 500, "-1"),
        ("AccumulationRegister_СвободныеОстатки/Balance(Dimensions='Нет')", {}, 400, "10"),
    ],
)
def test_errors_as_the_platform_numbers_them(demo, path, options, status, code):
    answer = demo.get(path, **options)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_a_plus_is_not_a_space(demo):
    assert demo.http.get(f"{demo.root}/Catalog_Номенклатура?$filter=Артикул+eq+'10001'").status_code == 400


def test_stock_by_both_ways_of_quoting(demo):
    key = demo.product("10001")["Ref_Key"]
    doubled = f"AccumulationRegister_СвободныеОстатки/Balance(Condition='Номенклатура_Key eq guid''{key}''')"
    nested = (
        f"AccumulationRegister_СвободныеОстатки/Balance(Condition='Номенклатура_Key eq guid'{key}'',"
        "Dimensions='Номенклатура,Склад')"
    )
    assert demo.rows(doubled) == demo.rows(nested)
    assert len(demo.rows(doubled)) == 2
    one = demo.rows("AccumulationRegister_СвободныеОстатки/Balance(Dimensions='Склад')")
    assert {tuple(row) for row in one} == {("Склад_Key", "ВНаличииBalance", "ВРезервеСоСкладаBalance")}


def test_the_last_price_before_a_moment(demo):
    flour = demo.product("10007")["Ref_Key"]
    register = "InformationRegister_ЦеныНоменклатуры25_RecordType"
    table = register + "/SliceLast({}Condition='Номенклатура_Key eq guid''" + flour + "''')"
    records = demo.rows(register, orderby="Period", filter=f"Номенклатура_Key eq guid'{flour}'")
    first, last = records[0]["Period"], records[-1]["Period"]
    before = {row["ВидЦены_Key"]: row["Цена"] for row in demo.rows(table.format(f"Period=datetime'{first}',"))}
    after = {row["ВидЦены_Key"]: row["Цена"] for row in demo.rows(table.format(f"Period=datetime'{last}',"))}
    assert len(before) == len(after) == 3
    assert all(after[kind] > price for kind, price in before.items())


def test_metadata_names_entities_and_their_properties(demo):
    root = ElementTree.fromstring(demo.get("$metadata").text)
    space = "{http://schemas.microsoft.com/ado/2009/11/edm}"
    sets = {element.attrib["Name"] for element in root.iter(f"{space}EntitySet")}
    assert {"Catalog_Номенклатура", "Document_ЗаказКлиента", "AccumulationRegister_СвободныеОстатки"} <= sets
    order = next(item for item in root.iter(f"{space}EntityType") if item.attrib["Name"] == "Document_ЗаказКлиента")
    names = {element.attrib["Name"]: element.attrib for element in order.iter(f"{space}Property")}
    assert names["НомерПоДаннымКлиента"]["MaxLength"] == "30"
    assert "Товары" in names
