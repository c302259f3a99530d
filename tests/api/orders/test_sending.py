"""The job that carries an order into the accounting system: once, whatever breaks on the way."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from api.config import Settings
from api.db.models import CartRow, CustomerRow, ErpHealthRow, EventRow, OrderRow
from api.db.session import staff_session
from api.domain.clock import FixedClock
from api.domain.customer import Balance, Customer
from api.domain.order import OrderDraft, OrderLine, OrderStatus, PlacedOrder
from api.domain.product import Price, Product, Stock
from api.erp.errors import ErpError
from api.erp.memory import MemoryErp
from api.orders import health, history, sending, sent, service, waiting
from api.orders.confirmation import confirm
from tests.api.orders.conftest import MILK, NOW, PETRA, PRICES, PRODUCTS, STOCK, VANILLA, World


@pytest.fixture
async def base(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MemoryErp]:
    """An accounting system that agrees with the database, on the same morning."""
    monkeypatch.setattr(Settings, "clock", FixedClock(NOW))
    made = MemoryErp(FixedClock(NOW))
    made.product_rows = [Product(str(p["id"]), str(p["sku"]), str(p["name"]), "шт") for p in PRODUCTS]
    made.price_rows = [
        Price(product_id, Decimal(amount), price_list_id="list-petra") for product_id, (amount, _) in PRICES.items()
    ]
    made.stock_rows = [Stock(product_id, "w1", Decimal(quantity)) for product_id, quantity in STOCK.items()]
    made.customer_rows = [Customer(PETRA, "ООО «Кофейня у Петра»", "list-petra")]
    yield made


async def confirmed(world: World) -> int:
    """An order of milk ×8 and vanilla ×2 on its way; its id."""
    for sku, quantity in ((MILK, "8"), (VANILLA, "2")):
        async with world.turn() as turn:
            await service.perform(turn, "set_line", sku=sku, quantity=quantity)
    async with world.turn() as turn:
        confirmation = await confirm(turn, None, False)
    assert confirmation.order is not None, confirmation.refusal
    return int(confirmation.order.id)


async def order(order_id: int) -> OrderRow:
    async with staff_session() as session:
        return await session.get_one(OrderRow, order_id)


async def told(world: World) -> list[str]:
    """The events of the notifications waiting, in order."""
    return [str(args["event"]) for task, args in await world.jobs() if task == "notifications.order_changed"]


async def test_an_order_arrives_as_it_was_confirmed(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await sending.send(order_id, base)
    row = await order(order_id)
    assert (row.status, row.number) == ("accepted", "000001")
    document = base.documents[row.key].draft
    assert [(line.product_id, line.quantity, line.price) for line in document.lines] == [
        ("p-milk", Decimal(8), Decimal(500)), ("p-vanilla", Decimal(2), Decimal(600)),
    ]  # fmt: skip
    assert (document.warehouse_id, document.address) == ("w1", "ул. Мира, 1")
    assert await told(world) == ["accepted"]


async def test_running_it_again_makes_no_second_document(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    for _ in range(3):
        await sending.send(order_id, base)
    assert len(base.documents) == 1
    assert await told(world) == ["accepted"]


async def test_a_lost_answer_makes_one_document(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    base.lose_answer_after_create = 1
    with pytest.raises(ErpError):
        await sending.send(order_id, base)
    # The document holds its own stock: it must not look like a shortage to the order it came from.
    base.stock_rows = [Stock("p-milk", "w1", Decimal(8)), Stock("p-vanilla", "w1", Decimal(2))]
    await sending.send(order_id, base)
    assert len(base.documents) == 1
    assert (await order(order_id)).status == "accepted"
    assert await told(world) == ["waiting", "accepted"]


async def test_the_system_is_down_and_comes_back(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    base.down = True
    for _ in range(3):
        with pytest.raises(ErpError):
            await sending.send(order_id, base)
    async with staff_session() as session:
        assert await session.scalar(select(ErpHealthRow.up)) is False
    base.down = False
    await sending.send(order_id, base)
    async with staff_session() as session:
        assert await session.scalar(select(ErpHealthRow.up)) is True
    assert (await order(order_id)).status == "accepted"
    assert await told(world) == ["waiting", "accepted"]


async def test_refused_for_good_is_seen_by_a_manager(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    base.refuse = 1
    await sending.send(order_id, base)
    row = await order(order_id)
    assert row.status == "failed"
    assert "refuse" in row.evidence
    assert await told(world) == ["failed"]


class Sloppy(MemoryErp):
    """Keeps half of every quantity and answers «done»."""

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        lines = tuple(replace(line, quantity=line.quantity / 2) for line in draft.lines)
        await super().place(replace(draft, lines=lines))
        return await super().place(draft)


async def test_what_was_stored_otherwise_is_no_success(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    sloppy = Sloppy(**{name: getattr(base, name) for name in base.__dataclass_fields__})
    await sending.send(order_id, sloppy)
    row = await order(order_id)
    assert row.status == "review"
    assert row.differences
    assert await told(world) == ["review"]


async def cart_quantities() -> dict[str, str]:
    async with staff_session() as session:
        cart = (await session.scalars(select(CartRow))).one()
        return {line["sku"]: line["quantity"] for line in cart.lines}


async def test_a_live_shortage_gives_the_order_back(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    base.stock_rows = [Stock("p-milk", "w1", Decimal(3)), Stock("p-vanilla", "w1", Decimal(9))]
    await sending.send(order_id, base)
    assert base.documents == {}
    assert (await order(order_id)).status == "cancelled"
    assert await cart_quantities() == {MILK: "8", VANILLA: "2"}
    jobs = [args for task, args in await world.jobs() if task == "notifications.order_changed"]
    assert [(job["event"], job["reason"]) for job in jobs] == [("changed", "Молоко 3,2% 10 л — в наличии только 3 шт.")]
    async with world.turn() as turn:
        milk, _ = (await service.show(turn)).lines
    assert (milk.issue, milk.available) == ("short", "3")


async def test_lines_that_come_back_keep_their_paths(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    base.stock_rows = [Stock("p-milk", "w1", Decimal(3)), Stock("p-vanilla", "w1", Decimal(40))]
    await sending.send(order_id, base)
    async with staff_session() as session:
        (lines,) = await session.scalars(select(CartRow.lines))
    assert {line["sku"]: [(step["how"], step["quantity"]) for step in line["path"]] for line in lines} == {
        MILK: [("button", "8")], VANILLA: [("button", "2")],
    }  # fmt: skip


async def test_a_live_price_is_confirmed_anew_and_then_passes(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    base.price_rows = [replace(row, amount=row.amount + 20) for row in base.price_rows]
    await sending.send(order_id, base)
    assert (await order(order_id)).status == "cancelled"
    async with world.turn() as turn:
        cart = await service.show(turn)
    assert [(line.price_was_text, line.price_text) for line in cart.lines] == [
        ("500\u00a0₽", "520\u00a0₽"), ("600\u00a0₽", "620\u00a0₽"),
    ]  # fmt: skip
    async with world.turn() as turn:
        again = await confirm(turn, cart.version, False)
    assert again.order
    await sending.send(int(again.order.id), base)
    assert (await order(int(again.order.id))).status == "accepted"


async def test_a_live_debt_over_the_limit_gives_the_order_back(world: World, base: MemoryErp) -> None:
    await world.change(CustomerRow, {"id": PETRA}, credit_limit=Decimal(6000))
    order_id = await confirmed(world)
    base.balance_rows = [Balance(PETRA, Decimal(5000), Decimal(0))]
    await sending.send(order_id, base)
    assert (await order(order_id)).status == "cancelled"
    async with world.turn() as turn:
        confirmation = await confirm(turn, None, False)
    assert confirmation.refusal and confirmation.refusal.code == "credit_limit"


async def test_lines_come_back_into_a_cart_begun_meanwhile(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=MILK, quantity="1")
    base.stock_rows = []
    await sending.send(order_id, base)
    assert await cart_quantities() == {MILK: "9", VANILLA: "2"}


async def test_withdrawn_before_it_was_sent(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    async with world.turn() as turn:
        cancellation = await sent.cancel(turn, str(order_id))
    assert cancellation.state == "requested"
    await sending.send(order_id, base)
    assert base.documents == {}
    assert (await order(order_id)).status == "cancelled"
    await sending.cancel(order_id, base)
    assert await told(world) == ["cancelled"]


async def test_withdrawn_while_the_answer_was_lost(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    base.lose_answer_after_create = 1
    with pytest.raises(ErpError):
        await sending.send(order_id, base)
    async with world.turn() as turn:
        await sent.cancel(turn, str(order_id))
    await sending.send(order_id, base)
    row = await order(order_id)
    assert (row.status, base.documents[row.key].status) == ("cancelled", OrderStatus.CANCELLED)


async def test_withdrawn_after_it_was_accepted(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await sending.send(order_id, base)
    async with world.turn() as turn:
        await sent.cancel(turn, str(order_id))
    assert ("orders.cancel", {"order_id": order_id}) in await world.jobs()
    await sending.cancel(order_id, base)
    assert (await order(order_id)).status == "cancelled"
    assert await told(world) == ["accepted", "cancelled"]


async def test_shipped_meanwhile_cannot_be_withdrawn(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await sending.send(order_id, base)
    async with world.turn() as turn:
        await sent.cancel(turn, str(order_id))
    base.set_status((await order(order_id)).key, OrderStatus.SHIPPED)
    await sending.cancel(order_id, base)
    row = await order(order_id)
    assert (row.status, row.cancel_requested) == ("accepted", False)
    assert await told(world) == ["accepted", "cancel_failed"]


async def test_after_the_cut_off_it_is_too_late(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    async with world.turn(now=NOW.replace(hour=18)) as turn:
        cancellation = await sent.cancel(turn, str(order_id))
    assert (cancellation.state, cancellation.order and cancellation.order.can_cancel) == ("too_late", False)


@pytest.mark.parametrize("order_id", ["0", "x", "9" * 30])
async def test_no_such_order(world: World, order_id: str) -> None:
    async with world.turn() as turn:
        assert (await sent.cancel(turn, order_id)).state == "not_found"


async def test_somebody_elses_order_is_not_found(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    async with world.turn("berezka") as turn:
        assert (await sent.cancel(turn, str(order_id))).state == "not_found"


async def test_a_changed_state_is_told_once(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await sending.send(order_id, base)
    base.set_status((await order(order_id)).key, OrderStatus.PICKING)
    for _ in range(2):
        await history.read(base, NOW - timedelta(days=1))
    assert (await order(order_id)).status == "picking"
    assert await told(world) == ["accepted", "status"]


async def test_a_manager_mends_what_was_refused(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    base.refuse = 1
    await sending.send(order_id, base)
    await history.read(base, NOW - timedelta(days=1))
    assert (await order(order_id)).status == "failed"
    base.set_status((await order(order_id)).key, OrderStatus.ACCEPTED)
    await history.read(base, NOW - timedelta(days=1))
    row = await order(order_id)
    assert (row.status, row.number) == ("accepted", "000001")
    assert await told(world) == ["failed", "accepted"]


async def test_a_review_ends_when_somebody_goes_on_with_the_order(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    sloppy = Sloppy(**{name: getattr(base, name) for name in base.__dataclass_fields__})
    await sending.send(order_id, sloppy)
    await history.read(sloppy, NOW - timedelta(days=1))
    assert (await order(order_id)).status == "review"
    sloppy.set_status((await order(order_id)).key, OrderStatus.PICKING)
    await history.read(sloppy, NOW - timedelta(days=1))
    assert (await order(order_id)).status == "picking"
    assert await told(world) == ["review", "status"]


async def test_orders_made_elsewhere_are_history_too(world: World, base: MemoryErp) -> None:
    lines = (OrderLine("p-milk", Decimal(5), Decimal(500)),)
    then = NOW - timedelta(days=3)
    made = PlacedOrder("e-1", "ПЭ00-000120", "", PETRA, then, OrderStatus.DELIVERED, lines, "petra-1")
    stranger = replace(made, erp_id="e-2", customer_id="nobody")
    base.order_rows = [made, stranger]
    for _ in range(2):
        await history.read(base, NOW - timedelta(days=30))
    async with world.turn() as turn:
        found = await sent.by_number(turn, "120")
        last = await sent.last(turn)
        listed = await sent.newest(turn, 5)
    assert (found.number, found.status_text, found.total_text) == ("120", "доставлен", "2\u00a0500\u00a0₽")
    assert last == found
    assert listed.orders == [found]
    assert await told(world) == []


async def test_a_document_changed_by_a_manager_is_shown_as_it_is(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await sending.send(order_id, base)
    key = (await order(order_id)).key
    document = base.documents[key]
    base.documents[key] = replace(document, draft=replace(document.draft, lines=document.draft.lines[:1]))
    await history.read(base, NOW - timedelta(days=1))
    async with world.turn() as turn:
        shown = await sent.last(turn)
    assert [line.sku for line in shown.lines] == [MILK]
    assert shown.total_text == "4\u00a0000\u00a0₽"


async def test_an_order_whose_job_was_lost_gets_one_again(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await waiting.resume_lost()
    assert [task for task, _ in await world.jobs()] == ["orders.send"]
    async with staff_session() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    await world.change(OrderRow, {"id": order_id}, created_at=NOW - timedelta(minutes=3))
    await waiting.resume_lost()
    await waiting.resume_lost()
    assert await world.jobs() == [("orders.send", {"order_id": order_id})]


async def test_a_withdrawal_whose_job_was_lost_gets_one_again(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await sending.send(order_id, base)
    await world.change(OrderRow, {"id": order_id}, cancel_requested=True)
    async with staff_session() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    await waiting.resume_lost()
    assert await world.jobs() == [("orders.cancel", {"order_id": order_id})]


async def test_the_document_names_the_packing_only_when_it_is_whole(world: World, base: MemoryErp) -> None:
    for words, unit in (("сливки 3 коробки", "кор"), ("сливки 7", "")):
        async with world.turn() as turn:
            await service.perform(turn, "message", text=words)
        async with world.turn() as turn:
            confirmation = await confirm(turn, None, False)
        assert confirmation.order
        work = await sending.pick_up(int(confirmation.order.id))
        assert work and work.draft.lines[0].unit == unit


async def test_ping_keeps_the_moment_of_the_change(world: World, base: MemoryErp) -> None:
    base.down = True
    assert await health.ping("main", base) is False
    async with staff_session() as session:
        first = (await session.scalars(select(ErpHealthRow))).one().changed_at
    await health.ping("main", base)
    async with staff_session() as session:
        assert (await session.scalars(select(ErpHealthRow))).one().changed_at == first
    base.down = False
    assert await health.ping("main", base) is True


async def test_every_step_is_recorded(world: World, base: MemoryErp) -> None:
    order_id = await confirmed(world)
    await sending.send(order_id, base)
    async with staff_session() as session:
        kinds = list(await session.scalars(select(EventRow.kind).order_by(EventRow.id)))
    assert kinds == ["order_started", "order_step", "order_confirmed", "order_placing", "order_accepted"]
