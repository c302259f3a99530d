"""Orders in МойСклад: once, as they were confirmed, and back when it is not too late."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.domain.order import OrderDraft, OrderLine, OrderStatus
from api.erp.errors import ErpError, Reason
from api.erp.http import HttpLimits
from api.erp.moysklad.backend import open_moysklad
from api.erp.moysklad.drafts import comment_of
from api.erp.moysklad.orders import key_of, sync_id
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.moysklad.sink import LATE
from api.erp.moysklad.statuses import read_states
from api.erp.port import Place
from tests.api.erp.conformance import all_of
from tests.api.erp.moysklad.emulator import documents
from tests.api.erp.moysklad.emulator.seed import named
from tests.api.erp.moysklad.emulator.store import Row, Store, id_of
from tests.api.erp.moysklad.world import CLOCK, MoyskladWorld, open_emulator
from tests.api.erp.worlds import draft


async def test_the_document_as_it_is_written(world: MoyskladWorld) -> None:
    erp = open_emulator(world.store, new_state="подтвержден", sales_channel="Бот")
    sent = draft(world)
    placed = await erp.place(sent)
    row = world.order(sent.key)
    assert placed.differences == ()
    assert (row["syncId"], row["applicable"], row["vatEnabled"], row["vatIncluded"]) == (
        sync_id(sent.key),
        True,
        True,
        True,
    )
    assert id_of(row["salesChannel"]) == named(world.store, "saleschannel", "Бот")["id"]
    assert id_of(row["state"]) == world.store.metadata["customerorder"]["states"][1]["id"]
    assert (row["shipmentAddress"], row["deliveryPlannedMoment"][11:16]) == (sent.address, "09:00")
    assert row["description"] == "Позвонить за час Доставка с 9:00 до 12:00."
    milk, cheese = row["positions"]
    assert (milk["quantity"], milk["price"], milk["discount"], milk["reserve"]) == (5.0, 50000.0, 0, 5)
    assert (cheese["quantity"], cheese["price"], cheese["vat"], cheese["vatEnabled"]) == (1.5, 9990.0, 10, True)
    await erp.close()


async def test_a_write_slower_than_our_patience_is_found_later(world: MoyskladWorld) -> None:
    hasty, sent = open_emulator(world.store, limits=HttpLimits(read=0.3, attempts=2, first_wait=0.01)), draft(world)
    world.store.faults.slow_write = 0.6
    with pytest.raises(ErpError) as slow:
        await hasty.place(sent)
    assert not slow.value.permanent
    assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED
    assert await world.documents(sent.key) == 1
    await hasty.close()


async def test_a_document_whose_key_was_overwritten_is_still_not_made_twice(world: MoyskladWorld) -> None:
    """The syncId cannot be changed by anybody."""
    sent = draft(world)
    first = await world.erp.place(sent)
    world.order(sent.key)["externalCode"] = "ours-now"
    again = await world.erp.place(sent)
    assert again.erp_id == first.erp_id
    assert [difference.field for difference in again.differences] == ["Внешний код"]
    assert len(world.store.rows["customerorder"]) == 1


async def test_somebody_elses_document_with_our_code_is_not_ours(world: MoyskladWorld) -> None:
    sent = draft(world)
    placed = await world.erp.place(sent)
    copied = dict(world.order(sent.key)) | {"syncId": None, "id": "copy"}
    world.store.rows["customerorder"] = {"copy": copied} | world.store.rows["customerorder"]
    found = await world.erp.find(sent.key)
    assert found is not None
    assert (found.erp_id, key_of(copied)) == (placed.erp_id, "")


async def test_what_is_kept_otherwise_is_told_line_by_line(world: MoyskladWorld) -> None:
    sent = draft(world)
    world.store.faults.rounds_prices = True
    placed = await world.erp.place(sent)
    assert [(one.field, one.sent, one.stored) for one in placed.differences] == [("Строка 2: цена", "9990", "10000")]
    row = world.order(sent.key)
    row["positions"].reverse()
    row["positions"][0] |= {"price": 9990.0, "discount": 5.0}
    row["positions"][1]["quantity"] = 4.0
    row["positions"].append(dict(row["positions"][0]))
    again = await world.erp.place(sent)
    assert [one.field for one in again.differences] == ["Строка 1: количество", "Строка 2: скидка", "Лишняя строка"]


async def test_an_order_of_many_lines_is_compared_whole(world: MoyskladWorld) -> None:
    """An expanded document shows a hundred lines."""
    line = OrderLine(world.goods[0].id, Decimal(1), Decimal(500))
    sent = draft(world, lines=tuple(replace(line, quantity=Decimal(number)) for number in range(1, 131)))
    placed = await world.erp.place(sent)
    assert (placed.lines, placed.differences) == (sent.lines, ())


async def test_an_address_longer_than_its_field_stands_in_the_comment(world: MoyskladWorld) -> None:
    sent = draft(world, address="ул. Длинная, 1, " * 30)
    placed = await world.erp.place(sent)
    row = world.order(sent.key)
    assert placed.differences == ()
    assert len(row["shipmentAddress"]) <= 255
    assert sent.address.strip() in row["description"]


async def test_days_are_those_of_the_distributor(world: MoyskladWorld) -> None:
    """In Vladivostok the window begins when Moscow still has the day before."""
    zone = ZoneInfo("Asia/Vladivostok")
    settings = MoyskladSettings(url=world.store.base, token=world.store.token, requests=1000)
    erp = open_moysklad(settings, Place("main", zone, CLOCK, Path()))
    sent = draft(world, window_start=time(6))
    placed = await erp.place(sent)
    assert (placed.delivery_date, placed.differences) == (sent.delivery_date, ())
    before = sent.delivery_date - timedelta(days=1)
    assert world.order(sent.key)["deliveryPlannedMoment"].startswith(f"{before} 23:00")
    await erp.close()


async def test_cancelling_gives_the_goods_back_and_shows_the_state(world: MoyskladWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    await world.erp.cancel(sent.key)
    row = world.order(sent.key)
    states = {state["id"]: state["name"] for state in world.store.metadata["customerorder"]["states"]}
    assert (states[id_of(row["state"])], row["applicable"]) == ("Отменён", False)


async def test_without_a_state_for_it_the_posting_is_taken_back(world: MoyskladWorld) -> None:
    states = world.store.metadata["customerorder"]["states"]
    states[:] = [state for state in states if state["stateType"] != "Unsuccessful"]
    sent = draft(world)
    await world.erp.place(sent)
    assert (await world.erp.cancel(sent.key)).status is OrderStatus.CANCELLED
    assert (await world.erp.place(sent)).status is OrderStatus.CANCELLED


async def test_what_is_partly_shipped_is_too_late(world: MoyskladWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    world.order(sent.key)["shippedSum"] = 1.0
    with pytest.raises(ErpError) as late:
        await world.erp.cancel(sent.key)
    assert (late.value.message, late.value.permanent, late.value.reason) == (LATE, True, Reason.LATE)
    world.order(sent.key)["shippedSum"] = world.order(sent.key)["sum"]
    found = await world.erp.find(sent.key)
    assert found is not None
    assert found.status is OrderStatus.SHIPPED


async def test_an_order_that_somebody_took_back_is_posted_again_only_when_we_are_asked(world: MoyskladWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    world.order(sent.key)["applicable"] = False
    found = await world.erp.find(sent.key)
    assert found is not None
    assert found.status is OrderStatus.FAILED
    assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED


async def test_history_tells_what_was_thrown_away_and_no_drafts_of_others(world: MoyskladWorld) -> None:
    sent, kept, foreign = draft(world), draft(world), draft(world)
    for one in (sent, kept, foreign):
        await world.erp.place(one)
    since = CLOCK.now() - timedelta(minutes=1)
    gone = world.order(sent.key)
    gone |= {"deleted": gone["updated"], "updated": "2020-01-01 00:00:00.000"}
    world.order(foreign.key).update({"applicable": False, "syncId": None, "externalCode": "x"})
    orders = await all_of(world.erp.orders(since))
    assert [(order.key, order.status) for order in orders] == [
        (sent.key, OrderStatus.CANCELLED),
        (kept.key, OrderStatus.ACCEPTED),
    ]
    assert (await world.erp.place(sent)).status is OrderStatus.CANCELLED
    assert len(world.store.rows["customerorder"]) == 3


async def test_discounts_of_the_counterparty_are_in_the_quote(world: MoyskladWorld) -> None:
    sent = draft(world)
    world.store.discounts[world.customer.id, world.goods[0].id] = 10.0
    unpriced = named(world.store, "product", "Сметана 20%")["id"]
    more = replace(
        sent,
        lines=(*sent.lines, OrderLine(unpriced, Decimal(1), Decimal(1)), OrderLine("gone", Decimal(1), Decimal(1))),
    )
    quote = await world.erp.quote(more)
    assert [line.price for line in quote.lines[:2]] == [Decimal(450), Decimal("99.90")]
    assert [line.price for line in quote.lines[2:]] == [Decimal(1), None]
    assert [line.available for line in quote.lines] == [Decimal(1000), Decimal("500.5"), 0, 0]
    assert quote.credit is True


async def test_prices_of_other_lines_than_were_asked_about_are_no_quote(
    world: MoyskladWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def turned(store: Store, body: Row, actions: list[str]) -> Row:
        body["positions"].reverse()
        return evaluated(store, body, actions)

    evaluated = documents.evaluated
    monkeypatch.setattr(documents, "evaluated", turned)
    with pytest.raises(ErpError) as other:
        await world.erp.quote(draft(world))
    assert not other.value.permanent


async def test_a_quote_knows_the_limit_and_the_debt(world: MoyskladWorld) -> None:
    world.store.balances[world.customer.id] = -9_800_000.0
    quote = await world.erp.quote(draft(world))
    assert quote.credit is False
    assert quote.balance is not None
    assert quote.balance.debt == 98_000
    without = open_emulator(world.store, credit_field="")
    assert (await without.quote(draft(world))).credit is None
    await without.close()


async def test_our_writes_wake_no_webhook_of_ours(world: MoyskladWorld) -> None:
    erp = open_emulator(world.store, webhook_url="https://bot.example/erp/main")
    world.store.headers.clear()
    await erp.place(draft(world))
    told = [headers.get("x-lognex-webhook-disablebyprefix") for headers in world.store.headers]
    assert told.count("https://bot.example/erp/main") == 1
    await erp.close()


def order(**fields: Any) -> Row:
    return {"applicable": True, "sum": 100.0} | fields


STATES = [
    {"id": "1", "name": "Принят", "stateType": "Regular"},
    {"id": "2", "name": "На погрузке", "stateType": "Regular"},
    {"id": "3", "name": "ДОСТАВЛЕН", "stateType": "Successful"},
    {"id": "4", "name": "Не забрали", "stateType": "Unsuccessful"},
    {"id": "5", "name": "Отменён", "stateType": "Unsuccessful"},
]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, OrderStatus.ACCEPTED),
        ({"state": "1"}, OrderStatus.ACCEPTED),
        ({"state": "2"}, OrderStatus.PICKING),
        ({"state": "3"}, OrderStatus.DELIVERED),
        ({"state": "4"}, OrderStatus.CANCELLED),
        ({"state": "5", "applicable": False}, OrderStatus.CANCELLED),
        ({"state": "9"}, OrderStatus.ACCEPTED),
        ({"state": "1", "applicable": False}, OrderStatus.FAILED),
        ({"state": "1", "shippedSum": 100.0}, OrderStatus.SHIPPED),
        ({"state": "1", "shippedSum": 40.0}, OrderStatus.ACCEPTED),
        ({"state": "3", "shippedSum": 100.0}, OrderStatus.DELIVERED),
        ({"deleted": "2026-01-01 00:00:00"}, OrderStatus.CANCELLED),
    ],
)
def test_the_life_of_an_order(fields: dict[str, Any], status: OrderStatus) -> None:
    states = read_states(STATES, {"на погрузке": OrderStatus.PICKING}, "")
    if state := fields.get("state"):
        fields = fields | {"state": {"meta": {"href": f"x/states/{state}"}}}
    assert states.status_of(order(**fields)) is status
    assert states.cancelled is not None
    assert states.cancelled.name == "Отменён"


def test_a_comment_holds_what_has_no_field() -> None:
    day = datetime(2026, 1, 1).date()
    plain = OrderDraft("k", "c", None, None, day, time(9), time(12), (), comment=" ")
    assert comment_of(plain) == "Доставка с 9:00 до 12:00."
