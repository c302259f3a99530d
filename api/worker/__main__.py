"""Runs the jobs: `python -m api.worker [QUEUE…]`. Several may run at once; SIGTERM lets the running jobs finish.

Without a name it works at every queue but that of trainings, which are of hours: they have a process of their own.
"""

import argparse
import asyncio
import signal
from collections.abc import Collection, Iterable
from pkgutil import resolve_name

import procrastinate
import structlog
from procrastinate.jobs import Status
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from api.channels.registry import channels, close_channels
from api.db.models import QueueBeatRow
from api.db.session import dispose_engines, staff_session
from api.deps.erp import close_erp
from api.deps.notices import listen
from api.logs import configure_logs
from api.worker import BESIDE, DEFAULT, HEARERS, OUT, READINGS, TRAINING, app, conninfo
from api.worker.failures import note_failure

log = structlog.get_logger()

HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 8.0
CONCURRENCY = {DEFAULT: 8, OUT: 4, READINGS: 6, TRAINING: 1}
"""By queue: what we say does not wait behind slow turns and files, nobody waits behind a price list."""
USUAL = (DEFAULT, OUT, READINGS)
GRACE_SECONDS = 6
"""Less than the supervisor waits before it kills."""


@app.periodic(cron="* * * * * */5")
@app.task(name="jobs.requeue_stalled", queueing_lock="jobs.requeue_stalled", pass_context=False)
async def requeue_stalled(timestamp: int) -> None:
    """Gives the jobs of a worker that died to the living ones."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await app.job_manager.retry_job(job)
        except procrastinate.exceptions.UniqueViolation:
            # Its twin waits already (`queueing_lock`): the dead one would hold its lock for ever.
            log.info("jobs.stalled_twin_ended", task=job.task_name, job=job.id)
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)


async def beside(name: str) -> None:
    """Runs a function of BESIDE; the jobs go on when it fails."""
    try:
        await resolve_name(name)()
    except Exception:
        log.exception("worker.beside_failed", what=name)


async def stop(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels the tasks and waits until they have put down what they hold."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def beat(queues: Collection[str]) -> None:
    """Tells that this worker lives, until it is told to stop: the queue's own table does not say who works at what."""
    statement = insert(QueueBeatRow).values([{"queue": queue} for queue in sorted(queues)])
    statement = statement.on_conflict_do_update(index_elements=["queue"], set_={"at": func.now()})
    while True:
        try:
            async with staff_session() as session:
                await session.execute(statement)
        except (SQLAlchemyError, OSError) as error:
            log.warning("worker.beat_failed", error=str(error))
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def main(queues: Collection[str]) -> None:
    configure_logs()
    channels()  # a setting that cannot be right is told now, not with the first message
    others = [asyncio.create_task(beat(queues))]
    if DEFAULT in queues:
        others.append(asyncio.create_task(listen([resolve_name(name) for name in HEARERS])))
        others += [asyncio.create_task(beside(name)) for name in BESIDE]
    most = sum(CONCURRENCY[queue] for queue in queues) + 4
    connector = procrastinate.PsycopgConnector(conninfo=conninfo(), min_size=2, max_size=most)
    with app.replace_connector(connector):
        async with app.open_async():
            await _work(queues)
    await stop(others)
    await close_channels()
    await close_erp()
    await dispose_engines()


async def _work(queues: Collection[str]) -> None:
    """One worker a queue, until a signal; the running jobs may end."""
    workers = [
        asyncio.create_task(
            app.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=CONCURRENCY[queue],
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                fetch_job_polling_interval=1.0,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=False,
                task_middleware=[note_failure],
            )
        )
        for queue in queues
    ]
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop_all, workers)
    ended, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
    await stop(workers)
    for worker in ended:
        if not worker.cancelled() and (error := worker.exception()):
            raise error


def stop_all(workers: Iterable[asyncio.Task[None]]) -> None:
    """Tells the workers to take no more jobs."""
    for worker in workers:
        worker.cancel()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("queues", nargs="*", metavar="QUEUE")
    named = arguments.parse_args().queues
    if unknown := [queue for queue in named if queue not in CONCURRENCY]:
        arguments.error(f"no such queue: {', '.join(unknown)}; there are {', '.join(CONCURRENCY)}")
    asyncio.run(main(named or USUAL))
