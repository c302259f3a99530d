"""Whether the accounting system answers, as last seen by any job."""

import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import ErpHealthRow
from api.db.session import staff_session
from api.erp.errors import ErpError
from api.erp.port import Erp
from api.orders import queue

log = structlog.get_logger()

PING_SECONDS = 5.0


async def note(session: AsyncSession, name: str, up: bool, reason: str = "") -> None:
    """Remembers the state of a backend; the moment of the change stays when nothing changed.

    What waited for it goes at once when it is back.
    """
    known = await session.scalar(select(ErpHealthRow.up).where(ErpHealthRow.backend == name))
    if known == up:
        return
    values = {"up": up, "changed_at": settings().clock.now(), "reason": reason}
    statement = insert(ErpHealthRow).values(backend=name, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["backend"], set_=values))
    if not up:
        log.warning("erp.down", backend=name, reason=reason)
    elif known is not None:
        log.info("erp.up_again", backend=name)
        await queue.wake(session, name)


async def ping(name: str, backend: Erp) -> bool:
    """Asks the accounting system and remembers how it went."""
    up, reason = True, ""
    try:
        async with asyncio.timeout(PING_SECONDS):
            await backend.ping()
    except ErpError as error:
        up, reason = False, error.message
    except TimeoutError:
        up, reason = False, f"no answer within {PING_SECONDS:.0f} s"
    async with staff_session() as session:
        await note(session, name, up, reason)
    return up
