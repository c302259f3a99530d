"""Every refusal that the demo 1C can give leads to a worded outcome: what is said, whether it passes, and why."""

from datetime import timedelta
from typing import Any

import pytest

from api.domain.order import OrderStatus
from api.erp.errors import ErpError, Reason
from api.erp.http import BUSY, MOVED, NO_RIGHT, NOT_LET_IN, SILENT, HttpLimits
from api.erp.onec import prices
from api.erp.onec.client import ODataClient
from api.erp.onec.money import Money, money_of
from api.erp.onec.refusals import MESSAGES
from tests.api.erp.conformance import all_of
from tests.api.erp.onec.conftest import CLOCK, open_demo
from tests.api.erp.worlds import OnecWorld, draft

READS: list[tuple[dict[str, Any], str, bool, Reason]] = [
    ({"fail_next": {"status": 402, "times": 9}}, BUSY, False, Reason.OTHER),
    ({"fail_next": {"status": 429, "times": 9}}, BUSY, False, Reason.OTHER),
    ({"fail_next": {"status": 503, "times": 9}}, BUSY, False, Reason.OTHER),
    ({"fail_next": {"status": 500, "times": 9}}, MESSAGES[-1], False, Reason.OTHER),
    ({"down": True}, SILENT, False, Reason.OTHER),
    ({"down": True, "down_mode": "503"}, BUSY, False, Reason.OTHER),
    ({"half_body": 9}, SILENT, False, Reason.OTHER),
    ({"password_revoked": True}, NOT_LET_IN, True, Reason.RIGHTS),
    ({"forbidden": "Catalog_Номенклатура"}, NO_RIGHT, True, Reason.RIGHTS),
    ({"restricted": "Catalog_Номенклатура"}, NO_RIGHT, True, Reason.RIGHTS),
    ({"unpublished": "Catalog_Номенклатура"}, MESSAGES[8], True, Reason.OTHER),
    ({"later_pages_status": 404}, MOVED, True, Reason.OTHER),
    ({"later_pages_status": 502}, BUSY, False, Reason.OTHER),
    ({"later_pages_status": 401}, NOT_LET_IN, True, Reason.RIGHTS),
]


def told(error: ErpError) -> tuple[str, bool, Reason]:
    return error.message, error.permanent, error.reason


@pytest.mark.parametrize(("fault", "message", "permanent", "reason"), READS)
async def test_reads(world: OnecWorld, fault: dict[str, Any], message: str, permanent: bool, reason: Reason) -> None:
    await world._faults(**fault)
    with pytest.raises(ErpError) as failed:
        await all_of(world.erp.products())
    assert told(failed.value) == (message, permanent, reason)
    assert failed.value.evidence


async def test_a_second_page_that_is_missing_ends_the_reading(world: OnecWorld) -> None:
    """Half a catalogue must never pass for the whole."""
    await world._faults(later_pages_status=404)
    got = []
    with pytest.raises(ErpError):
        async for category in world.erp.categories():
            got.append(category)
        async for product in world.erp.products():
            got.append(product)
    await world._faults(later_pages_status=0)
    whole = [*await all_of(world.erp.categories()), *await all_of(world.erp.products())]
    assert len(got) < len(whole)


@pytest.mark.parametrize("read", ["products", "prices", "stock"])
async def test_half_a_body_is_asked_for_again_where_nothing_was_told_yet(
    world: OnecWorld, read: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page is; a table read piece by piece is not, and what reads it repeats the whole."""
    whole = await all_of(getattr(world.erp, read)())

    async def told_whole(client: ODataClient) -> Money:
        money = await money_of(client)
        await world._faults(half_body=1)
        monkeypatch.undo()
        return money

    if read == "prices":
        # The pages before the table come whole.
        monkeypatch.setattr(prices, "money_of", told_whole)
    else:
        await world._faults(half_body=1)
    if read == "products":
        assert await all_of(world.erp.products()) == whole
        return
    with pytest.raises(ErpError) as cut:
        await all_of(getattr(world.erp, read)())
    assert not cut.value.permanent
    assert await all_of(getattr(world.erp, read)()) == whole


async def test_a_slow_first_byte_is_waited_for_within_the_deadline(world: OnecWorld, demo_process: str) -> None:
    await world._faults(slow_first_byte_seconds=0.3)
    await world.erp.ping()
    hasty = open_demo(demo_process, limits=HttpLimits(read=0.1, first_wait=0.01, attempts=2))
    for call in (hasty.ping(), all_of(hasty.stock())):
        with pytest.raises(ErpError) as slow:
            await call
        assert told(slow.value) == (SILENT, False, Reason.OTHER)
    await hasty.close()


@pytest.mark.parametrize(
    ("refusal", "reason"), [("credit", Reason.CREDIT), ("stock", Reason.STOCK), ("period", Reason.PERIOD)]
)
async def test_why_an_order_was_not_posted(world: OnecWorld, refusal: str, reason: Reason) -> None:
    await world._faults(refuse_posting=1, refusal=refusal)
    sent = draft(world)
    with pytest.raises(ErpError) as refused:
        await world.erp.place(sent)
    assert told(refused.value) == ("1С записала заказ, но не провела его.", True, reason)
    assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_lost_answer_of_any_write_makes_one_order(world: OnecWorld, lost: int) -> None:
    """The first write creates the document, the second posts it."""
    sent = draft(world)
    for _ in range(lost):
        await world._faults(lose_answer_after_write=1)
        with pytest.raises(ErpError) as failed:
            await world.erp.place(sent)
        assert told(failed.value) == (SILENT, False, Reason.OTHER)
    assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED
    assert await world.documents(sent.key) == 1


async def test_no_right_to_write_orders(world: OnecWorld) -> None:
    sent = draft(world)
    await world._faults(forbidden="Document_ЗаказКлиента")
    with pytest.raises(ErpError) as refused:
        await world.erp.place(sent)
    assert told(refused.value) == (NO_RIGHT, True, Reason.RIGHTS)


async def test_a_shipped_order_is_too_late_to_cancel(world: OnecWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    await world.set_status(sent.key, OrderStatus.SHIPPED)
    with pytest.raises(ErpError) as late:
        await world.erp.cancel(sent.key)
    assert late.value.reason is Reason.LATE


@pytest.mark.parametrize(("field", "reason"), [("customer_id", Reason.CUSTOMER), ("outlet_id", Reason.CUSTOMER)])
async def test_what_is_not_there(world: OnecWorld, field: str, reason: Reason) -> None:
    with pytest.raises(ErpError) as refused:
        await world.erp.place(draft(world, **{field: "11111111-2222-3333-4444-555555555555"}))
    assert (refused.value.permanent, refused.value.reason) == (True, reason)


async def test_overdue_begins_the_day_after(world: OnecWorld) -> None:
    today = CLOCK.now().date()
    for balance in await all_of(world.erp.balances()):
        late = [invoice.rest for invoice in balance.invoices if invoice.due <= today - timedelta(days=1)]
        assert balance.overdue == sum(late)
