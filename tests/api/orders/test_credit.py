"""Credit: blocks of held carts, releases, and no order without one."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from api.config import Settings, settings
from api.db.models import AuditRow, BalanceRow, CreditBlockRow, CreditReleaseRow, CustomerRow, OrderRow
from api.db.session import customer_session, staff_session
from api.domain.clock import FixedClock
from api.domain.customer import Balance
from api.domain.order import OrderStatus
from api.erp.memory import MemoryErp
from api.errors import ApiError, Conflict
from api.orders import credit, releases, sending, service
from api.orders.confirmation import confirm
from api.orders.releases import Terms
from tests.api.orders.conftest import BEREZKA, MILK, NOW, PETRA, VANILLA, World
from tests.api.orders.test_confirmation import limited, orders, put, send
from tests.api.orders.test_sending import base

__all__ = ["base"]

EVENING = NOW.replace(hour=23, minute=59)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "clock", FixedClock(NOW))


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(Settings, "clock", FixedClock(now))


async def blocks() -> list[CreditBlockRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(CreditBlockRow).order_by(CreditBlockRow.id)))


def terms(amount: int | None = 4000, until: datetime = EVENING) -> Terms:
    return Terms(until, None if amount is None else Decimal(amount), "оплата сегодня")


async def released(amount: int | None = 4000, until: datetime = EVENING, customer: str = PETRA) -> CreditReleaseRow:
    async with staff_session() as session:
        return await releases.release(session, customer, terms(amount, until), "anna")


async def held(world: World, quantity: str = "8") -> CreditBlockRow:
    """A cart of 4 000 ₽ over a free limit of 1 000 ₽, refused."""
    await limited(world, 9000)
    await put(world, MILK, quantity)
    assert (await send(world)).state == "refused"
    return (await blocks())[-1]


async def test_a_refusal_is_kept_and_renewed(world: World) -> None:
    block = await held(world)
    assert (block.rule, block.total, block.over, block.state) == ("credit_limit", 4000, 3000, "open")
    assert (block.customer_id, block.outlet_id) == (PETRA, "petra-1")
    assert block.conversation_id == world.conversations[PETRA]
    await put(world, MILK, "9")
    later = NOW + timedelta(minutes=5)
    await send(world, now=later)
    (same,) = await blocks()
    assert (same.id, same.total, same.at) == (block.id, 4500, later)


async def test_overdue_is_a_rule_of_its_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "overdue_policy", "ask")
    await world.add(BalanceRow(customer_id=PETRA, debt=Decimal(500), overdue=Decimal(200), as_of=NOW))
    await put(world, MILK, "8")
    assert (await send(world, rights="order prices")).refusal is not None
    (block,) = await blocks()
    assert (block.rule, block.over) == ("overdue", 0)
    await released()
    assert (await send(world)).state == "sending"


async def test_a_warning_opens_no_block(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "credit_limit_policy", "warn")
    await limited(world, 9000)
    await put(world, MILK, "8")
    assert (await send(world)).state == "sending"
    assert await blocks() == []


@pytest.mark.parametrize("how", ["clear", "fit", "smaller"])
async def test_the_block_ends_with_the_cart_that_it_held(world: World, how: str) -> None:
    await held(world)
    async with world.turn() as turn:
        if how == "clear":
            await service.perform(turn, "clear")
        elif how == "fit":
            await service.perform(turn, "fit_limit")
        else:
            await service.perform(turn, "set_line", sku=MILK, quantity="2")
    assert [block.state for block in await blocks()] == ["gone"]


async def test_a_smaller_cart_that_still_does_not_fit_is_held_on(world: World) -> None:
    await held(world)
    await put(world, MILK, "3")
    assert [block.state for block in await blocks()] == ["open"]


async def test_an_order_that_goes_after_all_ends_it(world: World) -> None:
    await held(world)
    await world.change(BalanceRow, {"customer_id": PETRA}, debt=Decimal(0))
    assert (await send(world)).state == "sending"
    assert [block.state for block in await blocks()] == ["gone"]


async def test_a_block_that_nobody_comes_back_to_is_forgotten(world: World) -> None:
    block = await held(world)
    async with staff_session() as session:
        assert await credit.forget_stale(session, NOW + credit.STALE) == []
        assert await credit.forget_stale(session, NOW + credit.STALE + timedelta(seconds=1)) == [block.id]


async def test_a_customer_neither_releases_nor_sees_others(world: World) -> None:
    block = await held(world)
    release = await released(customer=PETRA)
    async with customer_session(BEREZKA) as session:
        assert (await session.scalars(select(CreditBlockRow))).all() == []
        assert (await session.scalars(select(CreditReleaseRow))).all() == []
    for statement in (
        "INSERT INTO credit_releases (at, customer_id, by, until, reason) VALUES (now(), 'petra', 'я', now(), 'да')",
        f"UPDATE credit_releases SET until = until + interval '1 year' WHERE id = {release.id}",
        f"DELETE FROM credit_blocks WHERE id = {block.id}",
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with customer_session(PETRA) as session:
                await session.execute(text(statement))


async def test_a_release_lets_the_held_cart_through_once_told(world: World) -> None:
    block = await held(world)
    async with staff_session() as session:
        release = await releases.release_block(session, block.id, terms(), "anna")
    assert ("notifications.credit_decided", {"block_id": block.id}) in await world.jobs()
    (decided,) = await blocks()
    assert (decided.state, decided.decided_by, decided.release_id) == ("released", "anna", release.id)
    assert (await send(world)).state == "sending"
    (order,) = await orders()
    assert order.release_id == release.id
    async with staff_session() as session:
        (audited,) = (await session.scalars(select(AuditRow))).all()
    assert (audited.actor, audited.action, audited.subject) == ("anna", "credit_released", PETRA)
    assert audited.data["reason"] == "оплата сегодня"
    with pytest.raises(Conflict, match="уже согласован"):
        async with staff_session() as session:
            await releases.release_block(session, block.id, terms(), "boris")


async def test_a_second_order_does_not_slip_through_beside_the_first(world: World) -> None:
    await held(world)
    await released(4000)
    assert (await send(world)).state == "sending"
    await put(world, MILK, "1")
    assert (await send(world)).state == "refused"
    async with staff_session() as session:
        await session.execute(text("UPDATE orders SET status = 'cancelled'"))
    # The withdrawn order gave its part back.
    assert (await send(world)).state == "sending"


async def test_two_presses_and_two_outlets_at_once_spend_it_once(world: World) -> None:
    """Two people of one company, each with a cart of 4 000 ₽ at an outlet, under one release of 4 000 ₽."""
    await world.change(CustomerRow, {"id": BEREZKA}, credit_limit=Decimal(0))
    chats: dict[str, UUID] = {"berezka-1": world.conversations[BEREZKA], "berezka-2": world.conversations[PETRA]}
    for outlet, chat in chats.items():
        async with world.turn(BEREZKA, conversation=chat) as turn:
            await service.choose_outlet(turn, outlet)
        async with world.turn(BEREZKA, conversation=chat) as turn:
            await service.perform(turn, "set_line", sku=MILK, quantity="8")
    await released(4000, customer=BEREZKA)

    async def press(chat: UUID) -> str:
        async with world.turn(BEREZKA, conversation=chat) as turn:
            return (await confirm(turn, None, False)).state

    states = await asyncio.gather(*(press(chat) for chat in chats.values() for _ in range(2)))
    assert states.count("sending") == 1
    assert len(await orders()) == 1


async def test_an_order_that_fits_needs_no_release(world: World) -> None:
    await limited(world, 5000)
    await released(4000)
    await put(world, MILK, "8")
    assert (await send(world)).state == "sending"
    assert [order.release_id for order in await orders()] == [None]


@pytest.mark.parametrize("why", ["ended", "revoked", "too little", "another customer"])
async def test_a_word_that_does_not_hold_lets_nothing_through(world: World, why: str) -> None:
    await held(world)
    amount, customer = (3999 if why == "too little" else 4000), (BEREZKA if why == "another customer" else PETRA)
    release = await released(amount, NOW + timedelta(hours=1), customer)
    if why == "revoked":
        for _ in range(2):
            async with staff_session() as session:
                await releases.revoke(session, release.id, "boris")
    later = NOW + timedelta(hours=1) if why == "ended" else NOW
    assert (await send(world, now=later)).state == "refused"
    assert await orders() == []


async def test_without_a_ceiling_any_order_goes_until_the_end(world: World) -> None:
    await held(world)
    await released(None)
    assert (await send(world)).state == "sending"
    await put(world, VANILLA, "10")
    assert (await send(world)).state == "sending"
    await put(world, VANILLA, "10")
    assert (await send(world, now=EVENING + timedelta(minutes=1))).state == "refused"


async def test_a_release_in_advance_frees_the_held_carts_that_it_covers(world: World) -> None:
    block = await held(world)
    await released(3999)
    assert [one.state for one in await blocks()] == ["open"]
    await released(5000)
    assert [one.state for one in await blocks()] == ["released"]
    assert [args for task, args in await world.jobs() if task == "notifications.credit_decided"] == [
        {"block_id": block.id}
    ]


async def test_a_form_sent_twice_is_one_release(world: World) -> None:
    first, second = await released(), await released()
    assert first.id == second.id


async def test_a_longer_word_right_after_a_short_one_is_another(world: World) -> None:
    hour, week = await released(until=NOW + timedelta(hours=1)), await released(until=NOW + timedelta(days=7))
    assert week.id != hour.id and week.until == NOW + timedelta(days=7)


async def test_declined_once_and_open_again_when_asked_again(world: World) -> None:
    block = await held(world)
    async with staff_session() as session:
        await releases.decline(session, block.id, "долг растёт", "anna")
    with pytest.raises(Conflict, match="отказано"):
        async with staff_session() as session:
            await releases.release_block(session, block.id, terms(), "boris")
    assert (await send(world)).state == "refused"
    assert [one.state for one in await blocks()] == ["declined", "open"]


@pytest.mark.parametrize(
    "wrong",
    [
        Terms(NOW, None, "да"),
        Terms(NOW + timedelta(days=14, seconds=1), None, "да"),
        Terms(EVENING, Decimal(0), "да"),
        Terms(EVENING, Decimal(-5), "да"),
        Terms(EVENING, Decimal(3999), "меньше заказа"),
        Terms(EVENING, None, "  "),
        Terms(EVENING, None, "д" * 501),
    ],
)
async def test_terms_that_cannot_stand(world: World, wrong: Terms) -> None:
    block = await held(world)
    with pytest.raises(ApiError):
        async with staff_session() as session:
            await releases.release_block(session, block.id, wrong, "anna")
    assert [one.state for one in await blocks()] == ["open"]


async def confirmed_under_a_release(world: World) -> tuple[int, CreditReleaseRow]:
    await held(world)
    release = await released(4000, NOW + timedelta(hours=1))
    confirmation = await send(world)
    assert confirmation.order is not None
    return int(confirmation.order.id), release


@pytest.mark.parametrize("how", ["ended", "revoked"])
async def test_an_order_on_its_way_goes_on_when_the_word_has_ended(
    world: World, base: MemoryErp, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    order_id, release = await confirmed_under_a_release(world)
    base.balance_rows = [Balance(PETRA, Decimal(9000), Decimal(0))]
    if how == "ended":
        at(monkeypatch, NOW + timedelta(hours=2))
    else:
        async with staff_session() as session:
            await releases.revoke(session, release.id, "anna")
    await sending.send(order_id, base)
    assert [order.status for order in await orders()] == ["accepted"]


async def test_a_debt_that_grew_meanwhile_is_covered_by_a_living_release(world: World, base: MemoryErp) -> None:
    await limited(world, 0)
    await put(world, MILK, "8")
    await send(world)
    base.balance_rows = [Balance(PETRA, Decimal(9000), Decimal(0))]
    release = await released(4000)
    (order,) = await orders()
    await sending.send(order.id, base)
    (order,) = await orders()
    assert (order.status, order.release_id) == ("accepted", release.id)


orders_ = st.tuples(st.just("order"), st.integers(1, 6))
words = st.tuples(st.just("release"), st.sampled_from([1000, 3000, 4000, None]))
ends = st.tuples(st.sampled_from(["revoke", "cancel"]), st.integers(0, 1))
waits = st.tuples(st.just("wait"), st.sampled_from([20, 60, 61]))
steps = st.tuples(words, orders_, st.one_of(waits, ends, words), orders_, st.one_of(waits, ends, words), orders_)
"""Orders of 500–3 000 ₽ among words of an hour: nearly every sequence has something to let through and to refuse."""
numbers = count(1)


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=steps)
async def test_no_order_without_a_word_that_covers_it(
    world: World, monkeypatch: pytest.MonkeyPatch, steps: Sequence[tuple[str, int | None]]
) -> None:
    """Whatever is confirmed, released, revoked, withdrawn and waited for: the purses are never overdrawn."""
    await _afresh(world)
    now = NOW
    for what, value in steps:
        at(monkeypatch, now)
        if what == "wait":
            now += timedelta(minutes=value or 0)
        elif what == "order":
            await put(world, MILK, str(value))
            known = {order.id for order in await orders()}
            await send(world, now=now)
            for order in await orders():
                if order.id not in known:
                    await _holds_at(order, now)
        else:
            await _by_a_manager(what, value, now)
    await _never_overdrawn()


async def _by_a_manager(what: str, value: int | None, now: datetime) -> None:
    """A release of an hour, or the end of the release or of the order that was made so many before."""
    async with staff_session() as session:
        if what == "release":
            word = Terms(now + timedelta(hours=1), Decimal(value) if value else None, f"№{next(numbers)}")
            await releases.release(session, PETRA, word, "anna")
        elif what == "revoke":
            query = select(CreditReleaseRow.id).order_by(CreditReleaseRow.id).offset(value).limit(1)
            if (release_id := await session.scalar(query)) is not None:
                await releases.revoke(session, release_id, "anna")
        else:
            order = await session.scalar(select(OrderRow).order_by(OrderRow.id).offset(value).limit(1))
            if order is not None:
                order.status = OrderStatus.CANCELLED.value


async def _afresh(world: World) -> None:
    """The same customer, who owes the whole limit and has neither carts nor orders nor words."""
    async with staff_session() as session:
        for table in ("order_lines", "orders", "credit_blocks", "credit_releases", "carts", "balances"):
            await session.execute(text(f"DELETE FROM {table}"))
    await limited(world, 10_000)


async def _holds_at(order: OrderRow, now: datetime) -> None:
    """The order just made has a word that lived at that moment."""
    assert order.release_id is not None
    async with staff_session() as session:
        release = await session.get_one(CreditReleaseRow, order.release_id)
    assert release.customer_id == order.customer_id
    assert release.until > now
    assert release.revoked_at is None


async def _never_overdrawn() -> None:
    async with staff_session() as session:
        rows = (await session.scalars(select(CreditReleaseRow))).all()
    spent = {row.id: sum(o.total for o in await orders() if o.release_id == row.id and o.status != "cancelled")
             for row in rows}  # fmt: skip
    assert all(row.amount is None or spent[row.id] <= row.amount for row in rows)
