"""All orders by key, and the card of one: its lines' paths, what happened, what is done to it by hand."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from sqlalchemy import select

from api.config import Settings
from api.console import order_rows
from api.db.models import AuditRow, InboxRow, OrderLineRow, OrderRow, PriceRow
from api.db.session import staff_session
from api.domain.clock import FixedClock
from api.erp.errors import Reason
from api.erp.memory import MemoryErp
from api.orders import sending
from tests.api.console.conftest import csrf_of, log_in
from tests.api.orders.conftest import BEREZKA, NOW, PETRA, World
from tests.api.orders.test_sending import base, confirmed, order

__all__ = ["base"]


@pytest.fixture(autouse=True)
async def manager(browser: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "clock", FixedClock(NOW))
    await log_in(browser)


async def listed(browser: httpx.AsyncClient, **wanted: str) -> str:
    return (await browser.get("/console/orders", params={"all": "true", **wanted})).text


async def test_every_order_is_found_once_page_by_page(
    browser: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_rows, "PAGE", 2)
    for number in range(1, 6):
        # The first ones of one moment; and the newest of all was read into the database first.
        days = 1 if number == 1 else 5 + number // 3
        await world.past_order(PETRA, {"p-milk": ("1", "500")}, number=f"УТ-{number}", days=days)
    found, before = [], 0
    for _ in range(3):
        async with staff_session() as session:
            rows, before = await order_rows.orders(session, order_rows.Filters(before=before))
        found += [row.number for row in rows]
    assert before == 0
    assert found == ["УТ-1", "УТ-2", "УТ-5", "УТ-4", "УТ-3"]
    assert "Раньше" in await listed(browser)


async def test_filters(browser: httpx.AsyncClient, world: World) -> None:
    await world.past_order(PETRA, {"p-milk": ("1", "500")}, number="УТ00-012847", days=1)
    await world.past_order(BEREZKA, {"p-milk": ("1", "450")}, number="УТ00-000555", days=2, status="shipped")
    yesterday = (NOW - timedelta(days=1)).date().isoformat()
    one, other = "№УТ00-012847", "№УТ00-000555"
    for wanted in ({"q": "12847"}, {"q": "УТ00-012847"}, {"q": "петра"}, {"customer": PETRA}, {"day": yesterday},
                   {"state": "delivered"}):  # fmt: skip
        page = await listed(browser, **wanted)
        assert one in page and other not in page, wanted
    page = await listed(browser, state="rubbish", day="rubbish")
    assert one in page and other in page
    assert "Таких заказов нет" in await listed(browser, q="99999")
    assert "Кофейня у Петра" in await listed(browser, customer=PETRA, q="99999")


async def test_the_card_tells_the_path_of_every_line(browser: httpx.AsyncClient, world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    said = InboxRow(
        channel="webchat", provider_id="1", conversation_id=world.conversations[PETRA], seq=7, at=NOW,
        text="молочка <b> 8", raw={},
    )  # fmt: skip
    await world.add(said)
    path = [
        {"at": NOW.isoformat(), "how": "words", "words": "молочка <b> 8", "inbox": said.id, "score": 0.87,
         "quantity": "8"},
        {"at": NOW.isoformat(), "how": "later", "words": "", "inbox": None, "score": None, "quantity": None},
    ]  # fmt: skip
    await world.change(OrderLineRow, {"order_id": order_id, "position": 1}, path=path)
    await world.change(PriceRow, {"product_id": "p-vanilla"}, amount=Decimal(777))
    await sending.send(order_id, base)
    page = (await browser.get(f"/console/orders/{order_id}")).text
    assert "<q>молочка &lt;b&gt; 8</q>" in page and "уверенность 87 %" in page and "словами" in page
    assert f"/console/conversations/{world.conversations[PETRA]}?message=7#m7" in page
    assert "прайс-лист «petra»" in page
    assert "цена учётной системы на день заказа; сейчас 777\u00a0₽" in page
    for happened in ("Клиент подтвердил заказ", "Отправляем в учётную систему", "Принят учётной системой"):
        assert happened in page


async def test_a_refusal_for_credit_is_shown_with_its_evidence(
    browser: httpx.AsyncClient, world: World, base: MemoryErp
) -> None:
    order_id = await confirmed(world)
    await sending.fail(order_id, "Превышена сумма задолженности", Reason.CREDIT)
    page = (await browser.get(f"/console/orders/{order_id}")).text
    assert "долг или кредитный лимит" in page and "Превышена сумма задолженности" in page
    assert "Согласование в консоли на неё не действует" in page and "Отправить ещё раз" in page


async def test_differences_side_by_side_and_dealt_with(browser: httpx.AsyncClient, world: World) -> None:
    order_id = await world.past_order(PETRA, {"p-milk": ("5", "500")}, status="review")
    told = [{"field": "Товары, строка 1: Количество", "sent": "5", "stored": "4"}]
    await world.change(OrderRow, {"id": order_id}, differences=told)
    page = (await browser.get(f"/console/orders/{order_id}")).text
    assert "<td>5</td><td><mark>4</mark></td>" in page
    form = {"csrf": csrf_of(page)}
    done = await browser.post(f"/console/orders/{order_id}/reviewed", data=form)
    assert "Отличия разобраны" in done.text and "принят" in done.text
    assert (await browser.post(f"/console/orders/{order_id}/reviewed", data=form)).status_code == 409
    assert "Разбирать нечего" in (await browser.get("/console/orders")).text
    async with staff_session() as session:
        (audited,) = (await session.scalars(select(AuditRow).filter_by(action="order_reviewed"))).all()
    assert (audited.actor, audited.subject) == ("admin", str(order_id))


async def test_withdrawn_by_a_manager(browser: httpx.AsyncClient, world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await sending.send(order_id, base)
    page = (await browser.get(f"/console/orders/{order_id}")).text
    form = {"csrf": csrf_of(page)}
    asked = await browser.post(f"/console/orders/{order_id}/withdraw", data=form)
    assert "Отмена уже запрошена" in asked.text and "Отменить заказ" not in asked.text
    await sending.cancel(order_id, base)
    assert (await order(order_id)).status == "cancelled"
    assert (await browser.post(f"/console/orders/{order_id}/withdraw", data=form)).status_code == 409


async def test_what_failed_may_be_withdrawn_at_any_time(
    browser: httpx.AsyncClient, world: World, base: MemoryErp
) -> None:
    order_id = await confirmed(world)
    await sending.fail(order_id, "нет")
    await world.change(OrderRow, {"id": order_id}, delivery_date=NOW.date())
    assert "Отменить заказ" in (await browser.get(f"/console/orders/{order_id}")).text


@pytest.mark.parametrize("order_id", ["0", "99", "9223372036854775808", "x"])
async def test_no_such_order(browser: httpx.AsyncClient, order_id: str) -> None:
    assert (await browser.get(f"/console/orders/{order_id}")).status_code in (404, 422)
