"""Commands that administrators type: what keeps one from its work is told in Russian, with an exit code."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy.exc import OperationalError, ProgrammingError

from api.config import settings
from api.db.session import dispose_engines
from api.errors import ApiError


def carried_out(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """The exit code of a command that needs the settings (2 where they are wrong) and the database."""
    try:
        settings()
    except ValueError as error:
        print(f"Настройки (.env): {error}")
        return 2
    try:
        return asyncio.run(_with_database(work))
    except ApiError as error:
        print(error.message)
    except OperationalError:
        print("База данных не отвечает. Проверьте DATABASE_URL.")
    except ProgrammingError:
        print("База данных ещё пуста или старой версии. Запустите ./run up и повторите.")
    return 1


async def _with_database(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    try:
        return await work()
    finally:
        await dispose_engines()
