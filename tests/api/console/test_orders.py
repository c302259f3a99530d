"""«Заказы на разборе»: why, in whose words, and once more."""

import httpx
import pytest
from sqlalchemy import select

from api.db.models import AuditRow, OrderRow
from api.db.session import staff_session
from api.erp.errors import Reason
from api.erp.memory import MemoryErp
from api.orders import sending
from tests.api.console.conftest import csrf_of, log_in
from tests.api.orders.conftest import World
from tests.api.orders.test_sending import base, confirmed, order

__all__ = ["base"]

FOREIGN = "Контрагент ООО Чужой: превышен лимит"


@pytest.fixture
async def failed(world: World, base: MemoryErp) -> int:
    order_id = await confirmed(world)
    await sending.fail(order_id, FOREIGN, Reason.CREDIT)
    return order_id


async def test_the_manager_sees_why_and_sends_it_again(
    browser: httpx.AsyncClient, world: World, base: MemoryErp, failed: int
) -> None:
    assert "Заказы на разборе: 1" in (await log_in(browser)).text
    page = (await browser.get("/console/orders")).text
    assert "долг или кредитный лимит" in page and FOREIGN in page
    form = {"csrf": csrf_of(page)}
    for _ in range(2):  # pressed twice
        assert (await browser.post(f"/console/orders/{failed}/replay", data=form)).status_code == 200
    assert "Разбирать нечего" in (await browser.get("/console/orders")).text
    for _ in range(3):
        await sending.send(failed, base)
    assert len(base.documents) == 1
    assert (await order(failed)).status == "accepted"
    assert (await browser.post(f"/console/orders/{failed}/replay", data=form)).status_code == 409
    async with staff_session() as session:
        audited = (await session.scalars(select(AuditRow).where(AuditRow.action == "order_replay"))).all()
    assert [(row.actor, row.subject) for row in audited] == [("admin", str(failed))] * 2


async def test_a_forged_form_sends_nothing(browser: httpx.AsyncClient, failed: int) -> None:
    await log_in(browser)
    assert (await browser.post(f"/console/orders/{failed}/replay", data={"csrf": "forged"})).status_code == 403
    assert (await order(failed)).status == "failed"


async def test_closed_without_a_login(browser: httpx.AsyncClient, failed: int) -> None:
    answer = await browser.get("/console/orders")
    assert answer.url.path == "/console/login" and FOREIGN not in answer.text


async def test_differences_are_shown_and_not_sent_again(browser: httpx.AsyncClient, world: World) -> None:
    order_id = await world.past_order("petra", {"p-milk": ("5", "500")}, status="review")
    told = [{"field": "Комментарий", "sent": "<b>до 9", "stored": ""}]
    await world.change(OrderRow, {"id": order_id}, differences=told)
    await log_in(browser)
    page = (await browser.get("/console/orders")).text
    assert "Комментарий: отправлено «&lt;b&gt;до 9», записано «»" in page
    assert "Отправить ещё раз" not in page
