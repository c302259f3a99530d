"""Keeping what a messenger brought, by webhook or by asking."""

from collections.abc import Iterable

import structlog
from sqlalchemy.exc import OperationalError

from api.channels.port import Inbound
from api.config import settings
from api.conversations import intake
from api.db.session import staff_session
from api.deps.events import record

log = structlog.get_logger()


async def store(channel: str, events: Iterable[Inbound]) -> None:
    """Each event in a transaction of its own: one that cannot be kept must not hold back those behind it for ever.

    Raises OperationalError when the database is not there: the provider brings all of it again.
    """
    clock = settings().clock
    for event in events:
        try:
            async with staff_session() as session:
                await intake.take_in(session, clock, channel, event)
        except OperationalError:
            raise
        except Exception:
            # A provider that is refused brings it again for days, and with it everything behind it.
            event_id = getattr(event, "provider_id", "")
            log.exception("channel.event_not_kept", channel=channel, event_id=event_id)
            async with staff_session() as session:
                await record(session, clock, "update_not_kept", channel=channel, event=event_id)
