"""Files are read and written in threads of our own: a share that hangs must not hold up anything else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from api.erp.folder.layout import unavailable

T = TypeVar("T")

AT_ONCE = 4
PATIENCE_SECONDS = 60.0
BATCH = 2000


class Threads:
    """A few threads; what the file system refuses comes out as a transient ErpError."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="erp-folder")

    async def run(self, work: Callable[..., T], *values: object, patience: float | None = PATIENCE_SECONDS) -> T:
        """The answer of `work`. `patience`: seconds; None for work that may be long."""
        try:
            running = asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *values))
            return await asyncio.wait_for(asyncio.shield(running), patience)
        except TimeoutError as error:
            raise unavailable(f"no answer in {patience} s") from error
        except (OSError, sqlite3.OperationalError) as error:
            raise unavailable(f"{type(error).__name__}: {error}") from error

    async def rows(
        self, reader: Callable[[], sqlite3.Connection], query: str, *values: object
    ) -> AsyncIterator[tuple[object, ...]]:
        """The rows of an answer, a few thousand at a time."""
        db = await self.run(reader)
        try:
            cursor = await self.run(db.execute, query, values)
            while batch := await self.run(cursor.fetchmany, BATCH):
                for row in batch:
                    yield row
        finally:
            db.close()

    def close(self) -> None:
        """Does not wait for a share that hangs."""
        self._pool.shutdown(wait=False, cancel_futures=True)
