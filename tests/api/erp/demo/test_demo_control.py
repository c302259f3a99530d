"""The control API and the page for people."""

import httpx
import pytest

ORDERS = "Document_ЗаказКлиента"


def create(demo, **more):
    return demo.post(ORDERS, demo.draft(**more)).json()


@pytest.mark.parametrize("path", ["faults", "orders"])
def test_control_needs_the_password(demo, path):
    assert httpx.get(f"{demo.url}/control/{path}").status_code == 401


def test_an_order_is_listed_and_its_status_is_set(demo):
    order = create(demo, НомерПоДаннымКлиента="ctl-1")
    [listed] = demo.http.get(f"{demo.url}/control/orders", params={"key": "ctl-1"}).json()["orders"]
    assert (listed["number"], listed["sum"], listed["lines"][0]["sku"]) == (order["Number"], "4000", "10001")
    url = f"{demo.url}/control/orders/{order['Ref_Key']}/status"
    assert demo.http.put(url, json={"status": "КОтгрузке"}).json()["Статус"] == "КОтгрузке"
    assert demo.one(ORDERS, "НомерПоДаннымКлиента eq 'ctl-1'")["Статус"] == "КОтгрузке"
    assert demo.http.put(url, json={"status": "Летит"}).status_code == 422
    assert demo.http.put(f"{demo.url}/control/orders/нет/status", json={"status": "Закрыт"}).status_code == 404


def test_free_stock_is_set_beside_what_is_reserved(demo):
    order = create(demo, sku="10004")
    demo.post(f"{ORDERS}(guid'{order['Ref_Key']}')/Post")
    body = {"sku": "10004", "warehouse": "Основной склад", "quantity": "3"}
    assert demo.http.put(f"{demo.url}/control/stock", json=body).status_code == 200
    assert demo.free("10004")[order["Склад_Key"]] == 3
    assert demo.http.put(f"{demo.url}/control/stock", json=body | {"sku": "нет"}).status_code == 404


def test_prices_of_a_type_and_of_a_contract_are_set(demo):
    product = demo.product("10004")["Ref_Key"]
    put = f"{demo.url}/control/prices"
    demo.http.put(put, json={"sku": "10004", "price": "251.5", "price_type": "Кафе и рестораны"}).raise_for_status()
    kind = demo.one("Catalog_ВидыЦен", "Description eq 'Кафе и рестораны'")["Ref_Key"]
    [price] = demo.rows(
        "InformationRegister_ЦеныНоменклатуры25_RecordType/SliceLast("
        f"Condition='Номенклатура_Key eq guid''{product}'' and ВидЦены_Key eq guid''{kind}''')"
    )
    assert price["Цена"] == 251.5
    demo.http.put(put, json={"sku": "10004", "price": "99", "customer": "PIZZA-MARS"}).raise_for_status()
    agreement = demo.one("Catalog_СоглашенияСКлиентами", "Партнер/КодДляБота eq 'PIZZA-MARS'")
    assert [(line["Номенклатура_Key"], line["Цена"]) for line in agreement["Товары"]] == [(product, 99)]


def test_reset_makes_the_data_anew(start_demo):
    demo = start_demo()
    create(demo, НомерПоДаннымКлиента="gone")
    demo.faults(down=True)
    demo.http.post(f"{demo.url}/control/reset").raise_for_status()
    assert demo.rows(ORDERS, filter="НомерПоДаннымКлиента eq 'gone'") == []
    assert create(demo)["Number"] == "УТ00-012847"


def test_the_page_shows_a_new_order_first_and_escapes_what_it_shows(demo):
    evil = {"Комментарий": "<script>alert(1)</script>", "НомерПоДаннымКлиента": "<b>k"}
    order = create(demo, Date="2090-01-01T10:00:00", **evil)
    page = httpx.get(f"{demo.url}/demo/").text
    assert page.index("УТ00-") == page.index(order["Number"])
    shown = httpx.get(f"{demo.url}/demo/orders/{order['Ref_Key']}").text
    assert "Молоко пастер. 3,2% 10л канистра Белый ключ" in shown
    assert "4\N{NO-BREAK SPACE}000,00 ₽" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert "<b>k" not in shown


def test_a_person_sets_a_status_cancels_and_takes_1c_down_by_forms(demo):
    order = create(demo)
    url = f"{demo.url}/demo/orders/{order['Ref_Key']}"
    assert httpx.post(f"{url}/status", data={"status": "КОбеспечению"}).status_code == 303
    assert "Собирается" in httpx.get(url).text
    httpx.post(f"{url}/status", data={"status": "Отменен"})
    assert demo.get(f"{ORDERS}(guid'{order['Ref_Key']}')").json()["Отменен"] is True
    assert httpx.post(f"{url}/status", data={"status": "Чужой"}).status_code == 404
    httpx.post(f"{demo.url}/demo/base", data={"down": "true"})
    assert demo.http.get(f"{demo.url}/control/faults").json()["down"] is True


def test_faults_are_switched_on_the_page(demo):
    form = {"truncate_strings": "on", "refuse_posting": "2", "fail_times": "0", "down_mode": "503"}
    assert httpx.post(f"{demo.url}/demo/faults", data=form).status_code == 303
    state = demo.http.get(f"{demo.url}/control/faults").json()
    assert (state["truncate_strings"], state["drop_unknown_fields"], state["refuse_posting"]) == (True, False, 2)
    assert "checked" in httpx.get(f"{demo.url}/demo/faults").text
    assert httpx.post(f"{demo.url}/demo/faults", data=form | {"refuse_posting": "-1"}).status_code == 422


def test_a_form_of_another_site_is_refused(demo):
    answer = httpx.post(f"{demo.url}/demo/base", data={"down": "true"}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert demo.http.get(f"{demo.url}/control/faults").json()["down"] is False


@pytest.mark.parametrize("path", ["control/faults", "demo/faults"])
def test_bodies_are_bounded_here_too(demo, path):
    send = demo.http.put if path.startswith("control") else demo.http.post
    answer = send(f"{demo.url}/{path}", content=b"x" * 200_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
