"""Worker processes by the dozen: `python -m tests.api.orders.nursery`, a line «step» for each.

All is imported once; each worker is a fork that runs what waits in the queue and is killed, for real, at that step of
it (0: never). It answers with the steps that were passed, or «killed».
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import procrastinate
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.session import dispose_engines, staff_session
from api.deps.erp import close_erp
from api.erp.http import HttpClient
from api.orders import attempts, health, recheck, sending
from api.worker import app, conninfo

ANSWERS = os.dup(sys.stdout.fileno())


def answer(line: str) -> None:
    """The logs go elsewhere: nothing but answers is read of us."""
    os.write(ANSWERS, f"{line}\n".encode())


class Fate:
    """Counts steps; at the chosen one the process is gone."""

    def __init__(self, chosen: int) -> None:
        self._chosen, self.passed = chosen, 0

    def step(self) -> None:
        self.passed += 1
        if self.passed == self._chosen:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        async def stepping(*args: Any, **kwargs: Any) -> Any:
            self.step()
            done = await work(*args, **kwargs)
            self.step()
            return done

        return stepping

    def patch(self) -> None:
        """Each request over HTTP and each job is two steps, each transaction three."""

        @asynccontextmanager
        async def session() -> AsyncIterator[AsyncSession]:
            self.step()
            async with staff_session() as opened:
                yield opened
                self.step()
            self.step()

        for module in (sending, recheck, attempts, health):
            module.staff_session = session  # type: ignore[attr-defined]
        HttpClient._exchange = self.around(HttpClient._exchange)  # type: ignore[method-assign]
        sending.send = self.around(sending.send)


async def work() -> None:
    """What a worker does that starts after another one died."""
    connector = procrastinate.PsycopgConnector(conninfo=conninfo(), min_size=1, max_size=4)
    with app.replace_connector(connector):
        async with app.open_async():
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=0):
                await app.job_manager.retry_job(job)
            await app.run_worker_async(
                queues=["default"], wait=False, install_signal_handlers=False, listen_notify=False
            )
    await close_erp()
    await dispose_engines()


def child(step: int) -> None:
    fate = Fate(step)
    fate.patch()
    asyncio.run(work())
    answer(str(fate.passed))


def main() -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    app.perform_import_paths()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                child(int(line))
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            answer("killed")


if __name__ == "__main__":
    main()
