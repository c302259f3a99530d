"""Writing: create, change, post, and what an order does to stock and debts."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest

ORDERS = "Document_ЗаказКлиента"


def created(demo, **more):
    answer = demo.post(ORDERS, demo.draft(**more))
    assert answer.status_code == 201, answer.text
    return answer.json()


def post(demo, key, function="Post?PostingModeOperational=false"):
    return demo.post(f"{ORDERS}(guid'{key}')/{function}")


def test_a_created_order_is_whole_numbered_and_summed(demo):
    answer = demo.post(ORDERS, demo.draft(НомерПоДаннымКлиента="k-1"))
    body = answer.json()
    assert answer.status_code == 201
    location = next(value for name, value in answer.headers.raw if name.lower() == b"location").decode()
    assert unquote(location).endswith(f"{ORDERS}(guid'{body['Ref_Key']}')")
    assert body["Number"].startswith("УТ00-0")
    assert int(body["Number"][5:]) >= 12847
    assert (body["СуммаДокумента"], body["Статус"], body["Posted"]) == (4000, "НеСогласован", False)
    line = body["Товары"][0]
    assert (line["LineNumber"], line["Сумма"], line["Ref_Key"]) == ("1", 4000, body["Ref_Key"])
    alone = demo.get(f"{ORDERS}(guid'{body['Ref_Key']}')").json()
    del alone["odata.metadata"]
    assert demo.one(ORDERS, "НомерПоДаннымКлиента eq 'k-1'") == alone


def test_a_posted_order_reserves_and_a_cancelled_one_gives_back(demo):
    order = created(demo)
    before = demo.free("10001")[order["Склад_Key"]]
    assert post(demo, order["Ref_Key"]).json()["Posted"] is True
    assert demo.free("10001")[order["Склад_Key"]] == before - 8
    demo.patch(f"{ORDERS}(guid'{order['Ref_Key']}')", {"Отменен": True})
    assert demo.free("10001")[order["Склад_Key"]] == before
    demo.patch(f"{ORDERS}(guid'{order['Ref_Key']}')", {"Отменен": False})
    assert demo.free("10001")[order["Склад_Key"]] == before - 8
    assert post(demo, order["Ref_Key"], "Unpost").json()["Posted"] is False
    assert demo.free("10001")[order["Склад_Key"]] == before


def test_a_delivered_order_leaves_the_stock_and_becomes_a_debt(demo):
    order = created(demo, code="BULOCHNAYA")
    post(demo, order["Ref_Key"])
    free = demo.free("10001")[order["Склад_Key"]]
    partner = order["Партнер_Key"]
    table = f"AccumulationRegister_РасчетыСКлиентами/Balance(Condition='Партнер_Key eq guid''{partner}''')"
    debt = demo.rows(table)[0]["СуммаBalance"]
    demo.patch(f"{ORDERS}(guid'{order['Ref_Key']}')", {"Статус": "Закрыт"})
    assert demo.free("10001")[order["Склад_Key"]] == free
    assert demo.rows(table)[0]["СуммаBalance"] == debt + 4000
    invoices = demo.rows(
        "AccumulationRegister_РасчетыСКлиентамиПоСрокам/Balance()",
        filter=f"ДокументРегистратор eq guid'{order['Ref_Key']}'",
    )
    assert [row["ДолгBalance"] for row in invoices] == [4000]


def test_patch_replaces_a_tabular_part_whole(demo):
    order = created(demo)
    line = {"LineNumber": 1, "Номенклатура_Key": demo.product("10002")["Ref_Key"], "Количество": 3, "Цена": 180}
    changed = demo.patch(f"{ORDERS}(guid'{order['Ref_Key']}')", {"Товары": [line]}).json()
    [stored] = changed["Товары"]
    assert (stored["Номенклатура_Key"], stored["Количество"]) == (line["Номенклатура_Key"], 3)
    assert changed["СуммаДокумента"] == 540
    assert changed["DataVersion"] != order["DataVersion"]


def test_quantity_comes_from_packs_when_it_is_not_given(demo):
    syrup = demo.product("10003")["Ref_Key"]
    box = demo.one("Catalog_УпаковкиЕдиницыИзмерения", f"Owner_Key eq guid'{syrup}'")
    line = {"LineNumber": "1", "Номенклатура_Key": syrup, "КоличествоУпаковок": 2, "Цена": 600}
    line["Упаковка_Key"] = box["Ref_Key"]
    body = demo.post(ORDERS, demo.draft() | {"Товары": [line]}).json()
    assert (body["Товары"][0]["Количество"], body["СуммаДокумента"]) == (12, 7200)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[]", 400), (b"{", 400), (b"[" * 100_000, 400), (b'{"Date": "' + b"x" * 5_000_000 + b'"}', 413)],
)
def test_a_broken_or_too_large_body_is_refused(demo, body, status):
    answer = demo.http.post(f"{demo.root}/{ORDERS}", content=body)
    assert answer.status_code == status
    assert "odata.error" in answer.json()


def test_line_numbers_are_mandatory_and_run_from_one(demo):
    draft = demo.draft()
    missing = {name: value for name, value in draft["Товары"][0].items() if name != "LineNumber"}
    assert demo.post(ORDERS, draft | {"Товары": [missing]}).status_code == 500
    assert demo.post(ORDERS, draft | {"Товары": [missing | {"LineNumber": 2}]}).status_code == 400


def test_an_empty_order_and_a_marked_one_cannot_be_posted(demo):
    empty = demo.post(ORDERS, demo.draft() | {"Товары": []}).json()
    answer = post(demo, empty["Ref_Key"])
    assert (answer.status_code, answer.json()["odata.error"]["code"]) == (500, "-1")
    order = created(demo)
    post(demo, order["Ref_Key"])
    marked = demo.patch(f"{ORDERS}(guid'{order['Ref_Key']}')", {"DeletionMark": True}).json()
    assert marked["Posted"] is False
    assert post(demo, order["Ref_Key"]).status_code == 500


def test_registers_are_read_only_and_unknown_functions_fail(demo):
    assert demo.post("AccumulationRegister_СвободныеОстатки", {}).status_code == 405
    order = created(demo)
    assert post(demo, order["Ref_Key"], "Fly").json()["odata.error"]["code"] == "6"
    assert post(demo, "11111111-1111-1111-1111-111111111111").status_code == 404


def test_a_given_key_is_kept_and_cannot_be_given_twice(demo):
    key = "5b6b1d0e-0000-4000-8000-000000000001"
    assert created(demo, Ref_Key=key)["Ref_Key"] == key
    again = demo.post(ORDERS, demo.draft(Ref_Key=key))
    assert again.json()["odata.error"]["code"] == "15"


def test_put_empties_what_is_not_given_and_delete_removes(demo):
    order = created(demo, Комментарий="Звонить")
    path = f"{ORDERS}(guid'{order['Ref_Key']}')"
    replaced = demo.http.put(f"{demo.root}/{path}", json=demo.draft()).json()
    assert (replaced["Комментарий"], replaced["Number"]) == ("", order["Number"])
    assert demo.http.delete(f"{demo.root}/{path}").status_code == 204
    assert demo.get(path).status_code == 404


def test_many_writers_get_numbers_of_their_own(demo):
    draft = demo.draft()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: demo.post(ORDERS, draft), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["Number"] for answer in answers}) == 24


def test_state_survives_a_restart(start_demo, tmp_path):
    data = tmp_path / "own.sqlite3"
    first = start_demo(data)
    order = created(first, НомерПоДаннымКлиента="kept")
    post(first, order["Ref_Key"])
    first.stop()
    second = start_demo(data)
    assert second.one(ORDERS, "НомерПоДаннымКлиента eq 'kept'")["Posted"] is True
    assert created(second)["Number"] > order["Number"]


@pytest.mark.parametrize(
    "value",
    ["\ud800", [], {}, None, True, -1, 10**40, "1e400", "NaN", "0001-01-01", "9999-12-31T23:59:59", "x" * 10_000],
)
def test_no_value_of_any_field_breaks_the_base(demo, value):
    order = created(demo)
    names = [name for name in order if "@" not in name and name not in {"odata.metadata", "Ref_Key"}]
    line = demo.draft()["Товары"][0]
    lines = [{"Товары": [line | {name: value}]} for name in line]
    body = [{name: value} for name in names] + lines
    for given in body:
        answer = demo.http.patch(f"{demo.root}/{ORDERS}(guid'{order['Ref_Key']}')", content=json.dumps(given))
        assert answer.status_code in {200, 400, 500}
        assert answer.headers["content-type"].startswith("application/json"), (given, answer.text)
