"""Pages, changes since a moment, the check, and answers that are not by the contract."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from api.domain.clock import FixedClock
from api.domain.customer import CardChange, CardField
from api.domain.order import OrderStatus
from api.domain.product import Stock
from api.erp.errors import ErpError
from api.erp.onec_http import nouns, wire
from api.erp.onec_http.client import IDS_IN_ONE, OVERLAP, portions
from api.erp.port import Checked, Data, Exchange, Finding
from tests.api.erp.conformance import all_of
from tests.api.erp.onec_http.conftest import CLOCK, HsWorld, Service, open_service
from tests.api.erp.onec_http.contract import METHODS, Contract
from tests.api.erp.worlds import draft


async def test_small_pages_bring_the_same(world: HsWorld, service: Service) -> None:
    small = open_service(service.url, page=40)
    for one, other in (
        (world.erp.products(), small.products()),
        (world.erp.prices(), small.prices()),
        (world.erp.stock(), small.stock()),
        (world.erp.customers(), small.customers()),
    ):
        assert await all_of(one) == await all_of(other)
    await small.close()


async def test_prices_come_one_product_after_the_other(world: HsWorld) -> None:
    ids = [price.product_id for price in await all_of(world.erp.prices())]
    changes = sum(one != other for one, other in pairwise(ids))
    assert changes == len(set(ids)) - 1


async def test_only_what_changed_is_told(world: HsWorld) -> None:
    since = world.clock.now() + OVERLAP
    assert await all_of(world.erp.products(since)) == []
    product, outlet = world.goods[0], world.customer.outlets[0]
    sent = draft(world)
    await world.erp.place(sent)
    await world.set_status(sent.key, OrderStatus.PICKING)
    (order,) = await all_of(world.erp.orders(since))
    assert (order.key, order.status) == (sent.key, OrderStatus.PICKING)
    assert {row.product_id for row in await all_of(world.erp.stock(since=since))} == {good.id for good in world.goods}
    await world.readdress(outlet.id, outlet.address)
    assert [customer.id for customer in await all_of(world.erp.customers(since))] == [world.customer.id]
    body = {"sku": product.sku, "price": "500", "customer": world.customer.code}
    (await world.control.put("/control/prices", json=body)).raise_for_status()
    mine = {
        price.customer_id for price in await all_of(world.erp.prices(since=since)) if price.product_id == product.id
    }
    assert world.customer.id in mine
    assert await all_of(world.erp.products(since)) == []


async def test_a_clock_of_1c_that_is_slow_misses_no_change(world: HsWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    fast = world.clock.now() + timedelta(minutes=5)
    assert sent.key in {order.key for order in await all_of(world.erp.orders(fast))}
    assert await all_of(world.erp.stock(since=fast))


async def test_stock_that_is_gone_is_told_as_zero(world: HsWorld) -> None:
    since = world.clock.now() + OVERLAP
    product, place = world.goods[1], world.customer.outlets[0].warehouse_id
    assert place is not None
    (before,) = [row for row in await all_of(world.erp.stock([product.id])) if row.warehouse_id == place]
    body = {"sku": product.sku, "warehouse": place, "quantity": "0"}
    (await world.control.put("/control/stock", json=body)).raise_for_status()
    assert Stock(product.id, place, Decimal(0)) in await all_of(world.erp.stock(since=since))
    before_the_journal = since - timedelta(days=400)
    assert Stock(product.id, place, Decimal(0)) in await all_of(world.erp.stock(since=before_the_journal))
    assert place not in {row.warehouse_id for row in await all_of(world.erp.stock([product.id]))}
    body["quantity"] = str(before.quantity)
    (await world.control.put("/control/stock", json=body)).raise_for_status()


async def test_a_time_before_the_journal_means_everything(world: HsWorld) -> None:
    long_ago = world.clock.now() - timedelta(days=400)
    assert len(await all_of(world.erp.products(long_ago))) == len(await all_of(world.erp.products()))


async def test_without_a_webhook_changes_are_asked_for(world: HsWorld, service: Service) -> None:
    moment = FixedClock(CLOCK.now())
    erp = open_service(service.url, clock=moment, poll_seconds=5)
    assert isinstance(erp, Exchange)
    assert await erp.arrived() == frozenset()  # from here on
    await world.erp.place(draft(world))
    assert await erp.arrived() == frozenset()  # not yet time
    erp._arrivals._clock = FixedClock(moment.now() + timedelta(seconds=6))  # type: ignore[union-attr]
    assert await erp.arrived() == {Data.ORDERS, Data.STOCK, Data.BALANCES}
    await erp.taken(Data.STOCK)
    assert await erp.arrived() == {Data.ORDERS, Data.BALANCES}
    await erp.taken(Data.ORDERS, "не прочиталось")
    assert await erp.arrived() == {Data.BALANCES}
    await erp.close()


async def test_the_adapter_uses_the_whole_contract(world: HsWorld, service: Service) -> None:
    watch, erp, sent = service.watch, world.erp, draft(world)
    watch.seen.clear()
    person = world.customer.contacts[0]
    change = CardChange("C-20", world.customer.id, CardField.CONTACT, person.id, person.name, person.name)
    await erp.ping()
    for rows in (erp.categories(), erp.products(), erp.price_lists(), erp.prices(), erp.warehouses(), erp.stock()):
        assert await all_of(rows)
    assert await all_of(erp.customers())
    assert await all_of(erp.balances())
    await erp.quote(sent)
    await erp.place(sent)
    await erp.find(sent.key)
    await all_of(erp.orders(world.clock.now() - timedelta(hours=1)))
    await erp.cancel(sent.key)
    await erp.change_card(change)
    assert isinstance(erp, Exchange)
    await erp.arrived()
    paths = Contract().document["paths"].values()
    every = {item[method]["operationId"] for item in paths for method in METHODS if method in item}
    assert {operation for operation, _ in watch.seen} == every


async def test_the_check_of_a_sound_base(world: HsWorld, service: Service) -> None:
    erp = open_service(service.url, webhook_secret="s")
    assert isinstance(erp, Checked)
    findings = await all_of(erp.check())
    assert {finding.severity for finding in findings} == {"ok"}
    assert "договор 1.0" in findings[0].text
    await erp.close()
    assert [finding.severity for finding in await all_of(world.erp.check())].count("warning") == 1  # type: ignore[attr-defined]


PING = {
    "contract": "2.0",
    "extension": "9",
    "configuration": "К",
    "can": ["goods"],
    "missing": ["Нет роли бот_Обмен у пользователя."],
}


async def test_the_check_says_what_to_do(httpserver: HTTPServer) -> None:
    an_hour_ago = (CLOCK.now() - timedelta(hours=1)).isoformat()
    httpserver.expect_request("/demo/hs/bot/ping").respond_with_json(PING | {"now": an_hour_ago})
    httpserver.expect_request("/demo/hs/bot/goods").respond_with_json({"items": [], "next": None})
    erp = open_service(httpserver.url_for("").rstrip("/"), webhook_secret="s")
    findings = await all_of(erp.check())
    errors = [finding.text for finding in findings if finding.severity == "error"]
    assert any("договор 1.x" in text for text in errors)
    assert any("бот_Обмен" in text for text in errors)
    assert any("расходятся на 36" in text for text in errors)
    assert Finding("warning", "Чтение товаров: пусто.", findings[-6].todo) in findings
    assert all(finding.todo for finding in findings if finding.severity != "ok")
    await erp.close()


async def test_the_check_of_silence_ends_early() -> None:
    erp = open_service("http://127.0.0.1:9")
    (finding,) = await all_of(erp.check())
    assert finding.severity == "error"
    assert "не отвечает" in finding.text
    await erp.close()


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        ({"items": [{"id": "p"}], "next": None}, True),
        ({"items": [], "next": ""}, True),
        ({"items": [], "next": "a"}, True),
        ([], True),
        ("{", False),
        ("", False),
    ],
)
async def test_answers_that_are_not_by_the_contract(httpserver: HTTPServer, answer: Any, permanent: bool) -> None:
    page = httpserver.expect_request("/demo/hs/bot/goods")
    respond: Callable[[Any], object] = page.respond_with_data if isinstance(answer, str) else page.respond_with_json
    respond(answer)
    erp = open_service(httpserver.url_for("").rstrip("/"))
    with pytest.raises(ErpError) as strange:
        await asyncio.wait_for(all_of(erp.products()), 10)
    assert strange.value.permanent is permanent
    assert "1С" in strange.value.message
    await erp.close()


async def test_a_price_of_nothing_is_no_price(httpserver: HTTPServer) -> None:
    row = {
        "product_id": "p",
        "prices": [{"amount": "0.00", "customer_id": "c"}, {"amount": "5.00", "price_list_id": "l"}],
    }
    httpserver.expect_request("/demo/hs/bot/prices").respond_with_json({"items": [row], "next": None})
    erp = open_service(httpserver.url_for("").rstrip("/"))
    assert [price.amount for price in await all_of(erp.prices())] == [Decimal("5.00")]
    await erp.close()
    told = wire.Quote.model_validate({"lines": [{"product_id": "p", "price": "0.00"}]})
    assert [line.price for line in nouns.quote(told, CLOCK.now().date()).lines] == [None]


async def test_a_customers_own_number_is_no_key_of_ours(httpserver: HTTPServer) -> None:
    """Our keys stand in «Номер по данным клиента», where people write such numbers, in their drafts too."""
    row = {
        "id": "d", "key": "12", "number": "1", "created": "2026-03-02T09:00:00Z", "status": "accepted",
        "customer_id": "c", "outlet_id": None, "delivery_date": None, "address": "", "comment": "", "lines": [],
    }  # fmt: skip
    items = [row, row | {"id": "draft", "status": "failed"}]
    httpserver.expect_request("/demo/hs/bot/orders").respond_with_json({"items": items, "next": None})
    erp = open_service(httpserver.url_for("").rstrip("/"))
    assert [(order.erp_id, order.key) for order in await all_of(erp.orders(CLOCK.now()))] == [("d", "")]
    await erp.close()


async def test_a_number_of_json_is_no_money(httpserver: HTTPServer) -> None:
    row = {"product_id": "p", "prices": [{"amount": 500.0, "price_list_id": "l"}]}
    httpserver.expect_request("/demo/hs/bot/prices").respond_with_json({"items": [row], "next": None})
    erp = open_service(httpserver.url_for("").rstrip("/"))
    with pytest.raises(ErpError) as strange:
        await all_of(erp.prices())
    assert strange.value.permanent
    await erp.close()


@given(st.lists(st.text(min_size=1, max_size=100), max_size=200))
def test_portions_lose_nothing_and_stay_short(ids: list[str]) -> None:
    parts = list(portions(ids))
    assert [ref for part in parts for ref in part] == list(dict.fromkeys(ids))
    assert all(1 <= len(part) <= IDS_IN_ONE for part in parts)
