"""A refusal for good: human words for the customer, evidence for the manager, and never the other way round."""

import pytest
from sqlalchemy import select

from api.db.models import EventRow, HandoffRow, OrderRow, OutboxRow
from api.db.session import staff_session
from api.deps import erp as connection
from api.domain.order import OrderDraft, PlacedOrder
from api.erp.errors import ErpError, Reason
from api.erp.memory import MemoryErp
from api.errors import Conflict, NotFound
from api.notifications import texts
from api.orders import by_staff, history, sending, sent
from tests.api.orders.conftest import NOW, World
from tests.api.orders.erps import like
from tests.api.orders.test_jobs import run_worker, said
from tests.api.orders.test_sending import base, confirmed, order

__all__ = ["base"]

FOREIGN = "Контрагент ООО Чужой, договор 77, цена 12,50"


class Refusing(MemoryErp):
    """Raises `error` from the call `at`."""

    error: ErpError
    at = "place"

    async def find(self, key: str) -> PlacedOrder | None:
        self._raise("find")
        return await super().find(key)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        self._raise("place")
        return await super().place(draft)

    async def cancel(self, key: str) -> PlacedOrder:
        self._raise("cancel")
        return await super().cancel(key)

    def _raise(self, call: str) -> None:
        if call == self.at:
            raise self.error


@pytest.fixture
def refusing(base: MemoryErp, monkeypatch: pytest.MonkeyPatch) -> Refusing:
    made = like(Refusing, base)
    monkeypatch.setitem(connection._open, "main", made)
    return made


def refusal(reason: Reason = Reason.OTHER, *, permanent: bool = True) -> ErpError:
    """With somebody else's data in its message and its evidence both."""
    return ErpError(FOREIGN, permanent=permanent, evidence=FOREIGN, reason=reason)


@pytest.mark.parametrize("reason", list(Reason))
async def test_each_reason_has_words_a_next_step_and_a_manager(
    world: World, refusing: Refusing, reason: Reason
) -> None:
    order_id = await confirmed(world)
    refusing.error = refusal(reason)
    await run_worker()
    row = await order(order_id)
    assert (row.status, row.reason) == ("failed", reason.value)
    (words,) = await said()
    assert words.startswith(texts.REFUSED.get(reason.value, texts.NOT_SENT))
    assert words.endswith("Мы его сохранили: менеджер Анна уже разбирается и свяжется с вами. Телефон: +7 1.")
    async with staff_session() as session:
        asked = (await session.scalars(select(HandoffRow))).one()
        event = (await session.scalars(select(EventRow).where(EventRow.kind == "order_failed"))).one()
    assert FOREIGN in asked.note
    assert event.data["reason"] == reason.value
    assert reason in (Reason.RIGHTS, Reason.OTHER) or reason.value in texts.REFUSED


@pytest.mark.parametrize("permanent", [True, False])
@pytest.mark.parametrize("at", ["find", "place", "cancel"])
async def test_the_backends_own_words_never_reach_a_customer(
    world: World, refusing: Refusing, at: str, permanent: bool
) -> None:
    refusing.at, refusing.error = at, refusal(Reason.STOCK, permanent=permanent)
    order_id = await confirmed(world)
    await run_worker()
    async with world.turn() as turn:
        await sent.cancel(turn, str(order_id))
    await run_worker()
    refusing.at = ""
    await history.read(refusing, NOW)
    await run_worker()
    async with staff_session() as session:
        messages = (await session.scalars(select(OutboxRow))).all()
    assert messages
    for message in messages:
        assert "Чужой" not in f"{message.text} {message.buttons} {message.card}"
    async with world.turn() as turn:
        assert "Чужой" not in (await sent.newest(turn, 5)).model_dump_json()


async def test_a_late_withdrawal_of_a_lost_answer_lets_the_order_live(world: World, refusing: Refusing) -> None:
    """It was written, nobody knew, it can not be withdrawn: both are told, and nothing is called failed."""
    order_id = await confirmed(world)
    refusing.lose_answer_after_create, refusing.at = 1, ""
    with pytest.raises(ErpError):
        await sending.send(order_id, refusing)
    async with world.turn() as turn:
        await sent.cancel(turn, str(order_id))
    refusing.at, refusing.error = "cancel", refusal(Reason.LATE)
    await sending.send(order_id, refusing)
    row = await order(order_id)
    assert (row.status, row.cancel_requested, len(refusing.documents)) == ("accepted", False, 1)
    await run_worker()
    assert [words.split()[2] for words in await said()] == ["уже", "принят!"]


async def test_sent_again_after_it_was_mended_there(world: World, refusing: Refusing) -> None:
    order_id = await confirmed(world)
    refusing.error = refusal(Reason.GOODS)
    await run_worker()
    refusing.at = ""
    for _ in range(2):  # the command and the console at once
        async with staff_session() as session:
            replayed = await by_staff.replay(session, order_id, "anna")
    assert (replayed.status, replayed.reason, replayed.evidence) == ("sending", "", "")
    await run_worker()
    assert ((await order(order_id)).status, len(refusing.documents)) == ("accepted", 1)
    assert (await said())[-1].startswith("Заказ №1 принят!")


async def test_what_went_is_not_sent_again(world: World, refusing: Refusing) -> None:
    refusing.at = ""
    order_id = await confirmed(world)
    await run_worker()
    elsewhere = await world.past_order("petra", {"p-milk": ("5", "500")}, status="failed")
    async with staff_session() as session:
        for known in (order_id, elsewhere):
            with pytest.raises(Conflict):
                await by_staff.replay(session, known, "anna")
        with pytest.raises(NotFound):
            await by_staff.replay(session, 10**6, "anna")


async def test_a_replay_does_not_wait_for_the_next_attempt(world: World, refusing: Refusing) -> None:
    order_id = await confirmed(world)
    refusing.error = refusal(permanent=False)
    await run_worker()
    refusing.at = ""
    async with staff_session() as session:
        await by_staff.replay(session, order_id, "anna")
    await run_worker()
    assert ((await order(order_id)).status, len(refusing.documents)) == ("accepted", 1)
    async with staff_session() as session:
        assert len((await session.scalars(select(OrderRow))).all()) == 1
