"""What is forgotten each day, and what never is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from api.config import settings
from api.db.models import (
    ConversationRow,
    InboxRow,
    LoginAttemptRow,
    ReadingRow,
    ReviewDecisionRow,
    ReviewItemRow,
    SignInAttemptRow,
    StoredResultRow,
)
from api.db.session import customer_session, staff_session
from api.worker import app, cleanup, defer


async def test_only_old_guards_are_forgotten(database: str) -> None:
    now, conversation = settings().clock.now(), uuid4()
    async with staff_session() as session:
        session.add(ConversationRow(id=conversation, channel="webchat", channel_user="x"))
        await session.flush()
        for number, days in enumerate((30, 20, 1), 1):
            at = now - timedelta(days=days)
            row = InboxRow(
                channel="webchat", provider_id=f"{number}", conversation_id=conversation, seq=number, at=at,
                text="x", raw={}, handled_at=None if number == 2 else at,
            )  # fmt: skip
            session.add(row)
            await session.flush()
            session.add(StoredResultRow(inbox_id=row.id, request="x", customer_id="petra", body={}))
        for days in (100, 1):
            at = now - timedelta(days=days)
            session.add(SignInAttemptRow(at=at, channel="webchat", succeeded=False))
            session.add(LoginAttemptRow(at=at, login="admin", address="", succeeded=False))
    await cleanup.forget()
    async with staff_session() as session:
        # The second message was never handled: its results and all later ones stay.
        assert list(await session.scalars(select(StoredResultRow.inbox_id).order_by(StoredResultRow.inbox_id))) == [
            2,
            3,
        ]
        for row, left in ((SignInAttemptRow, 1), (LoginAttemptRow, 1), (InboxRow, 3)):
            assert await session.scalar(select(func.count()).select_from(row)) == left


async def test_readings_and_undecided_items_are_kept_for_half_a_year(database: str) -> None:
    now, conversation = settings().clock.now(), uuid4()
    async with staff_session() as session:
        session.add(ConversationRow(id=conversation, channel="webchat", channel_user="x"))
        session.add(ReviewDecisionRow(at=now, by="anna", kind="skipped", text="x"))
        await session.flush()
        for days, decided in ((200, False), (200, True), (100, False)):
            at = now - timedelta(days=days)
            session.add(
                ReadingRow(
                    at=at, inbox_id=1, conversation_id=conversation, customer_id="petra", text="x", operation="message"
                )
            )
            item = ReviewItemRow(
                at=at, source=f"event:{days}:{decided}", kind="fallback", conversation_id=conversation, text="x",
                key="x", decision_id=1 if decided else None,
            )  # fmt: skip
            session.add(item)
    await cleanup.forget()
    async with staff_session() as session:
        assert await session.scalar(select(func.count()).select_from(ReadingRow)) == 1
        left = await session.scalars(select(ReviewItemRow.source).order_by(ReviewItemRow.source))
        assert list(left) == ["event:100:False", "event:200:True"]


def test_it_runs_by_itself() -> None:
    app.perform_import_paths()
    assert "jobs.clean_up" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}


async def test_a_temporary_table_does_not_stand_for_the_queue(database: str) -> None:
    async with customer_session("petra") as session:
        await session.execute(text("CREATE TEMP TABLE procrastinate_jobs (id int) ON COMMIT DROP"))
        await defer(session, "orders.send", order_id=1)
    async with staff_session() as session:
        assert await session.scalar(text("SELECT count(*) FROM public.procrastinate_jobs")) == 1
    with pytest.raises(DBAPIError, match="permission denied"):
        async with customer_session("petra") as session:
            await session.execute(text("SELECT 1 FROM public.procrastinate_jobs"))


async def test_a_job_that_waits_already_leaves_the_transaction_as_it_was(database: str) -> None:
    for number in (1, 2):
        async with staff_session() as session:
            session.add(LoginAttemptRow(at=settings().clock.now(), login=f"n{number}", address="", succeeded=False))
            await session.flush()
            await defer(session, "orders.send", queueing_lock="one", order_id=number)
    async with staff_session() as session:
        assert set(await session.scalars(select(LoginAttemptRow.login))) == {"n1", "n2"}
        jobs = text("SELECT args->>'order_id' FROM procrastinate_jobs WHERE queueing_lock = 'one'")
        assert list(await session.scalars(jobs)) == ["1"]
