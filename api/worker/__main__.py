"""Runs the jobs: `python -m api.worker`. Several may run at once; SIGTERM lets the running jobs finish."""

import asyncio
from collections.abc import Iterable
from pkgutil import resolve_name

import procrastinate
import structlog

from api.channels.registry import channels, close_channels
from api.db.session import dispose_engines
from api.deps.erp import close_erp
from api.deps.notices import listen
from api.logs import configure_logs
from api.worker import BESIDE, HEARERS, app, conninfo

log = structlog.get_logger()

HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 8.0
CONCURRENCY = 8


@app.periodic(cron="* * * * * */5")
@app.task(name="jobs.requeue_stalled", queueing_lock="jobs.requeue_stalled", pass_context=False)
async def requeue_stalled(timestamp: int) -> None:
    """Gives the jobs of a worker that died to the living ones."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await app.job_manager.retry_job(job)


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


async def main() -> None:
    configure_logs()
    channels()  # a setting that cannot be right is told now, not with the first message
    listening = asyncio.create_task(listen([resolve_name(name) for name in HEARERS]))
    others = [asyncio.create_task(beside(name)) for name in BESIDE]
    connector = procrastinate.PsycopgConnector(conninfo=conninfo(), min_size=2, max_size=CONCURRENCY + 4)
    with app.replace_connector(connector):
        async with app.open_async():
            await app.run_worker_async(
                concurrency=CONCURRENCY,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                fetch_job_polling_interval=1.0,
                delete_jobs="successful",
                shutdown_graceful_timeout=10,
                install_signal_handlers=True,
            )
    await stop([listening, *others])
    await close_channels()
    await close_erp()
    await dispose_engines()


if __name__ == "__main__":
    asyncio.run(main())
