"""Jobs of orders: sending, withdrawing, and hearing from the accounting system."""

import procrastinate
import psycopg
from sqlalchemy.exc import OperationalError, TimeoutError

from api.config import settings
from api.db.session import staff_session
from api.deps.erp import each_apart, erp
from api.erp.errors import ErpError
from api.orders import credit, health, sending, waiting
from api.worker import app

LONGEST_WAIT = 20
SHORTEST_WAIT, LONGEST_ASKED = 1, 900
"""Seconds: the bounds of what a backend may ask for."""
ATTEMPTS = 6
"""How often an error that nobody foresaw is tried again."""

AWAY = (psycopg.OperationalError, OperationalError, TimeoutError)
"""Our own database, or a connection to it, could not be had: nothing is wrong with the order."""


class UntilErpAnswers(procrastinate.BaseRetryStrategy):
    """1, 2, 4 … 20 s for ever while the accounting system or our database is away; anything else is tried a few times.

    A backend that names its own time gets it, a quarter of an hour at most.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        """The next attempt, or None when there is none."""
        expected = isinstance(exception, AWAY) or (isinstance(exception, ErpError) and not exception.permanent)
        if not expected and job.attempts + 1 >= ATTEMPTS:
            return None
        wait: float = min(2 ** min(job.attempts, 10), LONGEST_WAIT)
        if isinstance(exception, ErpError) and exception.retry_after is not None:
            wait = min(max(exception.retry_after, SHORTEST_WAIT), LONGEST_ASKED)
        return procrastinate.RetryDecision(retry_in={"milliseconds": round(wait * 1000)})


def _is_last(context: procrastinate.JobContext) -> bool:
    return context.job.attempts + 1 >= ATTEMPTS


@app.task(name="orders.send", retry=UntilErpAnswers(), pass_context=True)
async def send(context: procrastinate.JobContext, order_id: int) -> None:
    """Sends a confirmed order; whatever happens, it ends accepted, in review, failed, or back in the cart."""
    backend = await sending.backend_of(order_id)
    if backend not in settings().erp_names:
        await sending.fail(order_id, sending.NO_MORE.format(name=backend))
        return
    try:
        await sending.send(order_id, erp(backend))
    except (ErpError, *AWAY):
        raise
    except Exception as error:
        if _is_last(context):
            await sending.fail(order_id, f"unexpected: {error!r}")
        raise


@app.task(name="orders.cancel", retry=UntilErpAnswers(), pass_context=True)
async def cancel(context: procrastinate.JobContext, order_id: int) -> None:
    """Withdraws an order, or hands it to a manager."""
    backend = await sending.backend_of(order_id)
    if backend not in settings().erp_names:
        await sending.not_withdrawn(order_id, sending.NO_MORE.format(name=backend))
        return
    try:
        await sending.cancel(order_id, erp(backend))
    except (ErpError, *AWAY):
        raise
    except Exception as error:
        if _is_last(context):
            await sending.not_withdrawn(order_id, f"unexpected: {error!r}")
        raise


@app.periodic(cron="* * * * * */30")
@app.task(name="orders.resume_lost", queueing_lock="orders.resume_lost", lock="orders.resume_lost")
async def resume_lost(timestamp: int = 0) -> None:
    """Orders whose job was lost, and those that nobody fetches."""
    await waiting.resume_lost()
    await waiting.report_unfetched()


@app.periodic(cron="17 * * * *")
@app.task(name="orders.forget_blocks", queueing_lock="orders.forget_blocks", lock="orders.forget_blocks")
async def forget_blocks(timestamp: int = 0) -> None:
    """Carts that a credit rule held back and nobody came back to."""
    async with staff_session() as session:
        await credit.forget_stale(session, settings().clock.now())


@app.periodic(cron="* * * * * */15")
@app.task(name="erp.ping", queueing_lock="erp.ping", lock="erp.ping")
async def ping(timestamp: int = 0) -> None:
    """Whether the accounting systems answer."""
    await each_apart("ping", _ping)


async def _ping(backend: str) -> None:
    await health.ping(backend, erp(backend))
