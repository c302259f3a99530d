"""Why a job was given up is kept, in one line without numbers of people; one that is tried again leaves nothing."""

from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate.jobs import Job
from sqlalchemy import select

from api.db.models import EventRow
from api.db.session import staff_session
from api.notifications.jobs import order_changed
from api.worker.failures import note_failure, why


async def fails() -> None:
    raise ValueError("нет такого номера +79001112233\nDETAIL: secret")


async def noted(attempts: int) -> list[Any]:
    job = Job(
        id=7, queue="default", lock=None, queueing_lock=None, task_name="notifications.order_changed", attempts=attempts
    )
    with pytest.raises(ValueError, match="нет такого"):
        await note_failure(fails, SimpleNamespace(task=order_changed, job=job), None)  # type: ignore[arg-type]
    async with staff_session() as session:
        return list(await session.scalars(select(EventRow.data).filter_by(kind="job_failed")))


async def test_the_last_failure_is_kept(database: str) -> None:
    assert await noted(attempts=0) == []
    assert await noted(attempts=10) == [
        {"job": 7, "task": "notifications.order_changed", "why": "ValueError: нет такого номера •••"}
    ]


def test_an_error_without_words_has_its_name() -> None:
    assert why(KeyError()) == "KeyError"
