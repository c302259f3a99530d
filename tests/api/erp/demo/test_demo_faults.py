"""Every recorded fault of a live base, on and off, and the base being down."""

import time

import httpx
import pytest

ORDERS = "Document_ЗаказКлиента"


def create(demo, **more):
    return demo.post(ORDERS, demo.draft(**more))


def path(order):
    return f"{ORDERS}(guid'{order['Ref_Key']}')"


def test_long_strings_are_cut_in_silence_or_refused(demo):
    demo.faults(truncate_strings=True)
    body = create(demo, АдресДоставки="а" * 700, Комментарий="к" * 238).json()
    assert (len(body["АдресДоставки"]), len(body["Комментарий"])) == (500, 100)
    demo.faults(truncate_strings=False)
    assert create(demo, АдресДоставки="а" * 700).json()["odata.error"]["code"] == "16"
    assert len(create(demo, Комментарий="к" * 238).json()["Комментарий"]) == 238


def test_unknown_fields_are_dropped_or_refused(demo):
    assert "КлючБота" not in create(demo, КлючБота="1").json()
    demo.faults(drop_unknown_fields=False)
    assert create(demo, КлючБота="1").json()["odata.error"]["code"] == "10"


@pytest.mark.parametrize(
    "given",
    [
        {"Отменен": "да"},
        {"ЖелаемаяДатаОтгрузки": "завтра"},
        {"Партнер_Key": "Петр"},
        {"Статус": "Потерян"},
        {"Комментарий": 5},
    ],
)
def test_wrong_types_are_ignored_or_refused(demo, given):
    order = create(demo).json()
    changed = demo.patch(path(order), given)
    assert changed.status_code == 200
    assert {name: changed.json()[name] for name in given} == {name: order[name] for name in given}
    demo.faults(ignore_wrong_types=False)
    assert demo.patch(path(order), given).json()["odata.error"]["code"] == "16"


def test_a_reference_to_nothing_is_stored_or_refused(demo):
    nowhere = "11111111-1111-1111-1111-111111111111"
    assert create(demo, ТорговаяТочка_Key=nowhere).json()["ТорговаяТочка_Key"] == nowhere
    demo.faults(dangling_references_stored=False)
    assert create(demo, ТорговаяТочка_Key=nowhere).status_code == 400


def test_a_stale_if_match_is_accepted_or_refused(demo):
    order = create(demo).json()
    stale = {"If-Match": order["DataVersion"]}
    demo.patch(path(order), {"Комментарий": "первый"})
    assert demo.patch(path(order), {"Комментарий": "второй"}, **stale).json()["Комментарий"] == "второй"
    demo.faults(stale_if_match_accepted=False)
    assert demo.patch(path(order), {"Комментарий": "третий"}, **stale).status_code == 412


def test_an_answer_is_lost_but_the_order_is_made(demo):
    demo.faults(lose_answer_after_create=1)
    draft = demo.draft(НомерПоДаннымКлиента="lost-1")
    with pytest.raises(httpx.TransportError):
        demo.post(ORDERS, draft)
    assert len(demo.rows(ORDERS, filter="НомерПоДаннымКлиента eq 'lost-1'")) == 1
    assert demo.post(ORDERS, draft).status_code == 201


def test_posting_is_refused_so_many_times(demo):
    demo.faults(refuse_posting=1)
    order = create(demo).json()
    refused = demo.post(f"{path(order)}/Post")
    assert refused.status_code == 500
    assert "задолженности" in refused.json()["odata.error"]["message"]["value"]
    assert demo.post(f"{path(order)}/Post").json()["Posted"] is True


def test_debt_control_refuses_an_order_over_the_limit(demo):
    demo.faults(debt_control=True)
    over, within = create(demo, code="BISTRO-DOLG").json(), create(demo).json()
    assert demo.post(f"{path(within)}/Post").status_code == 200
    assert demo.post(f"{path(over)}/Post").status_code == 500
    demo.faults(debt_control=False)
    assert demo.post(f"{path(over)}/Post").status_code == 200


def test_the_first_write_is_slow_and_the_next_is_not(demo):
    demo.faults(slow_first_write_seconds=0.6)
    draft = demo.draft()
    spent = []
    for _ in range(2):
        started = time.monotonic()
        demo.post(ORDERS, draft)
        spent.append(time.monotonic() - started)
    assert spent[0] >= 0.6 > spent[1]


def test_the_next_requests_fail(demo):
    demo.faults(fail_next={"status": 502, "times": 2})
    assert [demo.get("Catalog_Склады").status_code for _ in range(3)] == [502, 502, 200]


@pytest.mark.parametrize("mode", ["drop", "503"])
def test_down_and_up_again_while_page_and_control_stay(demo, mode):
    demo.faults(down=True, down_mode=mode)
    if mode == "drop":
        with pytest.raises(httpx.TransportError):
            demo.get("Catalog_Склады")
    else:
        assert demo.get("Catalog_Склады").status_code == 503
    assert "1С не отвечает" in httpx.get(f"{demo.url}/demo/").text
    assert httpx.get(f"{demo.url}/health/live").status_code == 200
    demo.faults(down=False)
    assert demo.get("Catalog_Склады").status_code == 200


def test_switches_not_named_stay_and_unknown_ones_are_refused(demo):
    demo.faults(refuse_posting=3)
    demo.faults(truncate_strings=True)
    state = demo.http.get(f"{demo.url}/control/faults").json()
    assert (state["refuse_posting"], state["truncate_strings"]) == (3, True)
    assert demo.http.put(f"{demo.url}/control/faults", json={"explode": True}).status_code == 422
    assert demo.http.delete(f"{demo.url}/control/faults").json()["refuse_posting"] == 0


def test_an_answer_of_any_write_is_lost_but_the_write_is_done(demo):
    order = create(demo).json()
    demo.faults(lose_answer_after_write=1)
    with pytest.raises(httpx.TransportError):
        demo.patch(path(order), {"Комментарий": "дошло"})
    assert demo.get(path(order), format="json").json()["Комментарий"] == "дошло"


def test_half_a_body_and_a_slow_first_byte(demo):
    demo.faults(half_body=1)
    with pytest.raises(httpx.TransportError):
        demo.get("Catalog_Склады")
    demo.faults(slow_first_byte_seconds=0.3)
    started = time.monotonic()
    assert demo.get("Catalog_Склады").status_code == 200
    assert time.monotonic() - started >= 0.3


def test_only_the_first_page_is_there(demo):
    demo.faults(later_pages_status=404)
    assert demo.get("Catalog_Номенклатура", top=5, skip=0).status_code == 200
    assert demo.get("Catalog_Номенклатура", top=5, skip=5).status_code == 404


def test_a_password_that_was_taken_away(demo):
    demo.faults(password_revoked=True)
    assert demo.get("Catalog_Склады").status_code == 401


def test_what_was_not_ticked_is_absent_everywhere(demo):
    demo.faults(unpublished="Catalog_Склады")
    assert demo.get("Catalog_Склады").json()["odata.error"]["code"] == "8"
    assert 'Name="Catalog_Склады"' not in demo.get("$metadata").text
    assert "Catalog_Склады" not in {row["name"] for row in demo.rows("")}
    demo.faults(unpublished="")
    assert 'Name="Catalog_Склады"' in demo.get("$metadata").text


def test_rights_and_records_that_are_hidden(demo):
    whole = len(demo.rows("Catalog_Партнеры"))
    demo.faults(restricted="Catalog_Партнеры")
    assert demo.get("Catalog_Партнеры").json()["odata.error"]["code"] == "20"
    allowed = demo.http.get(f"{demo.root}/Catalog_Партнеры?$format=json&allowedOnly=true")
    assert len(allowed.json()["value"]) == whole - 1
    demo.faults(restricted="", forbidden="Catalog_Партнеры")
    assert demo.http.get(f"{demo.root}/Catalog_Партнеры?allowedOnly=true").status_code == 403


@pytest.mark.parametrize(
    ("kind", "said"), [("credit", "задолженности"), ("stock", "не хватает"), ("period", "запрета")]
)
def test_posting_is_refused_for_different_reasons(demo, kind, said):
    demo.faults(refuse_posting=1, refusal=kind)
    refused = demo.post(f"{path(create(demo).json())}/Post")
    assert said in refused.json()["odata.error"]["message"]["value"]
