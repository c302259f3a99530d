"""Runs the jobs: `python -m api.worker`. Several may run at once; SIGTERM lets the running jobs finish."""

import asyncio
import contextlib
from pkgutil import resolve_name

import procrastinate

from api.channels.registry import close_channels
from api.db.session import dispose_engines
from api.deps.erp import close_erp
from api.deps.notices import listen
from api.logs import configure_logs
from api.worker import HEARERS, app, conninfo

HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 8.0
CONCURRENCY = 8


@app.periodic(cron="* * * * * */5")
@app.task(name="jobs.requeue_stalled", queueing_lock="jobs.requeue_stalled", pass_context=False)
async def requeue_stalled(timestamp: int) -> None:
    """Gives the jobs of a worker that died to the living ones."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await app.job_manager.retry_job(job)


async def main() -> None:
    configure_logs()
    listening = asyncio.create_task(listen([resolve_name(name) for name in HEARERS]))
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
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
    await close_channels()
    await close_erp()
    await dispose_engines()


if __name__ == "__main__":
    asyncio.run(main())
