"""A held cart on the page of orders: released or declined, and what the customer hears of it."""

from datetime import datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from sqlalchemy import select

from api.config import Settings
from api.console.credit import amount, until
from api.conversations import handoff
from api.db.models import (
    ContactRow,
    ConversationRow,
    CreditBlockRow,
    CreditReleaseRow,
    HandoffRow,
    OutboxRow,
    StaffUserRow,
)
from api.db.session import staff_session
from api.domain.clock import FixedClock
from api.errors import ApiError
from api.notifications.credit import tell_decided
from api.orders import service
from tests.api.console.conftest import csrf_of, log_in
from tests.api.orders.conftest import MILK, NOW, PETRA, VANILLA, World
from tests.api.orders.test_confirmation import limited, orders, put, send

CLOCK = FixedClock(NOW)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "clock", CLOCK)


@pytest.fixture
async def page(browser: httpx.AsyncClient, world: World) -> str:
    """The page of orders with a cart of 4 000 ₽ held: limit 10 000, debt 9 000."""
    await limited(world, 9000)
    await put(world, MILK, "8")
    assert (await send(world)).state == "refused"
    await log_in(browser)
    return (await browser.get("/console/orders")).text


async def block() -> CreditBlockRow:
    async with staff_session() as session:
        return (await session.scalars(select(CreditBlockRow).order_by(CreditBlockRow.id.desc()).limit(1))).one()


async def decide(browser: httpx.AsyncClient, page: str, what: str, **form: str) -> httpx.Response:
    held = (await block()).id
    data = {"csrf": csrf_of(page), "reason": "Оплата придёт сегодня"} | form
    if what == "release":
        data = {"lasts": "today", "sum": "4 000,00"} | data
    return await browser.post(f"/console/orders/credit/blocks/{held}/{what}", data=data)


async def heard() -> list[OutboxRow]:
    """What the customer hears once the job has run, twice as a repeated job would."""
    held = (await block()).id
    for _ in range(2):
        async with staff_session() as session:
            await tell_decided(session, CLOCK, held)
    async with staff_session() as session:
        return list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def titles(said: OutboxRow) -> list[str]:
    return [button["title"] for button in said.buttons]


async def test_the_manager_sees_what_is_held_and_why(browser: httpx.AsyncClient, page: str) -> None:
    assert "Кофейня у Петра" in page and "сверх кредитного лимита на 3\u00a0000\u00a0₽" in page
    assert "Лимит 10\u00a0000\u00a0₽, долг 9\u00a0000\u00a0₽, свободно 1\u00a0000\u00a0₽" in page
    assert 'name="sum" inputmode="decimal" maxlength="20" value="4000"' in page
    assert "Заказы на разборе: 1" in (await browser.get("/console/conversations")).text


async def test_released_told_and_confirmed(browser: httpx.AsyncClient, world: World, page: str) -> None:
    after = (await decide(browser, page, "release")).text
    assert "Разбирать нечего" in after
    (said,) = await heard()
    assert said.conversation_id == world.conversations[PETRA]
    assert said.text == (
        "Менеджер согласовал ваш заказ на сумму до 4\u00a0000\u00a0₽. "
        "Его можно оформлять: сегодня, 15 декабря, до 23:59."
    )
    assert titles(said) == ["Оформить", "Показать заказ"]
    async with world.turn() as turn:
        version = (await service.show(turn)).version
    assert said.buttons[0]["payload"] == f'/confirm_order{{"version": "{version}"}}'
    assert (await send(world, version)).state == "sending"
    (order,) = await orders()
    card = (await browser.get(f"/console/orders/{order.id}")).text
    assert "Согласован" in card and "Оплата придёт сегодня" in card


async def test_declined_politely_and_without_the_reason(browser: httpx.AsyncClient, world: World, page: str) -> None:
    await decide(browser, page, "decline", reason="Должник, не отгружаем")
    (said,) = await heard()
    assert said.text.startswith("К сожалению, согласовать этот заказ сейчас не получилось.")
    assert "Анна, +7 1" in said.text and "Должник" not in said.text
    assert titles(said) == ["Уложиться в лимит", "Позвать человека"]
    assert (await send(world)).state == "refused"
    again = (await browser.get("/console/orders")).text
    assert "В прошлый раз: отказано, admin" in again and "Должник, не отгружаем" in again


@pytest.mark.parametrize("rights", [["order"], ["order", "prices"], ["order", "balance"]])
async def test_no_sums_for_whom_they_are_not(
    browser: httpx.AsyncClient, world: World, page: str, rights: list[str]
) -> None:
    await world.add(ContactRow(id="k", customer_id=PETRA, name="Маша", rights=rights))
    await world.change(ConversationRow, {"id": world.conversations[PETRA]}, contact_id="k")
    await decide(browser, page, "release")
    (said,) = await heard()
    assert "₽" not in said.text and "₽" not in str(said.card)
    assert titles(said) == ["Оформить", "Показать заказ"]


async def test_nothing_is_said_where_nobody_may_order_or_the_cart_is_gone(
    browser: httpx.AsyncClient, world: World, page: str
) -> None:
    await decide(browser, page, "release")
    await world.add(ContactRow(id="k", customer_id=PETRA, name="Маша", rights=["prices", "balance"]))
    await world.change(ConversationRow, {"id": world.conversations[PETRA]}, contact_id="k")
    assert await heard() == []
    await world.change(ConversationRow, {"id": world.conversations[PETRA]}, contact_id=None, customer_id="berezka")
    assert await heard() == []
    await world.change(ConversationRow, {"id": world.conversations[PETRA]}, customer_id=PETRA)
    await put(world, MILK, "0")
    assert await heard() == []


async def test_a_cart_that_grew_is_shown_first(browser: httpx.AsyncClient, world: World, page: str) -> None:
    await decide(browser, page, "release")
    await put(world, VANILLA, "2")
    assert titles((await heard())[0]) == ["Показать заказ"]


async def ask_for_a_person(world: World, taken_by: str = "") -> None:
    async with staff_session() as session:
        conversation = await session.get_one(ConversationRow, world.conversations[PETRA])
        await handoff.request(session, conversation, NOW + timedelta(minutes=1), reason="asked", note="")
        if taken_by:
            await handoff.take(session, conversation, NOW + timedelta(minutes=2), taken_by)


@pytest.mark.parametrize(("taken_by", "mode"), [("", "bot"), ("admin", "bot"), ("boris", "manager")])
async def test_the_word_answers_whoever_asked_for_a_person(
    browser: httpx.AsyncClient, world: World, page: str, taken_by: str, mode: str
) -> None:
    """The button is the assistant's: it is back, unless another manager speaks there just now."""
    await ask_for_a_person(world, taken_by)
    await decide(browser, page, "release")
    (said,) = await heard()
    assert titles(said) == (["Оформить", "Показать заказ"] if mode == "bot" else [])
    async with staff_session() as session:
        assert (await session.get_one(ConversationRow, world.conversations[PETRA])).mode == mode
        (asked,) = (await session.scalars(select(HandoffRow))).all()
    assert (asked.closed_at is not None) == (mode == "bot")


async def test_who_was_declined_keeps_waiting_for_a_person(browser: httpx.AsyncClient, world: World, page: str) -> None:
    await ask_for_a_person(world)
    await decide(browser, page, "decline")
    (said,) = await heard()
    assert said.buttons == []
    async with staff_session() as session:
        assert (await session.get_one(ConversationRow, world.conversations[PETRA])).mode == "waiting"


async def test_a_word_that_ended_unused(
    browser: httpx.AsyncClient, world: World, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await decide(browser, page, "release", lasts="hour")
    later = NOW + timedelta(minutes=61)
    monkeypatch.setattr(Settings, "clock", FixedClock(later))
    assert (await send(world, now=later)).state == "refused"
    again = (await browser.get("/console/orders")).text
    assert "В прошлый раз: согласован" in again
    credit = (await browser.get("/console/orders/credit", params={"customer": PETRA})).text
    assert "закончилось" in credit and "Отозвать" not in credit


async def test_pressed_twice_is_said_to_be_decided(browser: httpx.AsyncClient, page: str) -> None:
    assert (await decide(browser, page, "release")).status_code == 200
    again = await decide(browser, page, "release")
    assert again.status_code == 409 and "Этот заказ уже согласован (admin)." in again.text
    async with staff_session() as session:
        assert len((await session.scalars(select(CreditReleaseRow))).all()) == 1


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"reason": " "}, "Напишите причину"),
        ({"sum": "сто"}, "Сумма — это число в рублях"),
        ({"sum": "NaN"}, "Сумма — это число в рублях"),
        ({"sum": "3 999"}, "его не пропустит"),
        ({"sum": "1e9999999"}, "Сумма — это число в рублях"),
        ({"lasts": "forever"}, "Выберите срок"),
        ({"csrf": "forged"}, "Страница устарела"),
    ],
)
async def test_a_form_that_cannot_stand(browser: httpx.AsyncClient, page: str, form: dict[str, str], told: str) -> None:
    answer = await decide(browser, page, "release", **form)
    assert answer.status_code in (400, 403) and told in answer.text
    assert (await block()).state == "open"


async def test_released_in_advance_and_revoked(browser: httpx.AsyncClient, world: World, page: str) -> None:
    form = {"csrf": csrf_of(page), "customer": PETRA, "lasts": "3", "sum": "", "reason": "Договорились"}
    credit = (await browser.post("/console/orders/credit/releases", data=form)).text
    assert "Без ограничения суммы" in credit and "до 17 декабря 23:59" in credit and "действует" in credit
    async with staff_session() as session:
        release_id = await session.scalar(select(CreditReleaseRow.id))
    revoked = await browser.post(f"/console/orders/credit/releases/{release_id}/revoke", data={"csrf": csrf_of(page)})
    assert "отозвано" in revoked.text and "Отозвал admin" in revoked.text
    assert (await send(world)).state == "refused"
    wrong = await browser.post("/console/orders/credit/releases", data=form | {"reason": ""})
    assert wrong.status_code == 400 and "Напишите причину" in wrong.text


async def test_a_trainer_decides_nothing(browser: httpx.AsyncClient, world: World, page: str) -> None:
    await world.change(StaffUserRow, {"login": "admin"}, role="trainer")
    assert (await browser.get("/console/orders")).status_code == 403
    assert (await decide(browser, page, "release")).status_code == 403
    assert (await block()).state == "open"


def test_the_moment_that_a_preset_means() -> None:
    late = datetime(2025, 12, 15, 23, 30, tzinfo=NOW.tzinfo)
    assert until("hour", NOW) == NOW + timedelta(hours=1)
    assert until("today", late).isoformat() == "2025-12-15T23:59:59+03:00"
    assert until("3", NOW).isoformat() == "2025-12-17T23:59:59+03:00"
    assert until("14", NOW) <= NOW + timedelta(days=14)
    with pytest.raises(ApiError):
        until("15", NOW)


def test_a_sum_as_people_type_it() -> None:
    assert amount("12 400,50 ₽") == Decimal("12400.50")
    assert amount("  ") is None
