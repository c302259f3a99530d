"""How fast we may speak: limits of a channel and of each chat in it, shared by all workers through PostgreSQL.

Kept as the generic cell rate: one moment a limit, which every message moves on by its share.
"""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.port import Capabilities
from api.db.models import ChannelPaceRow
from api.db.session import staff_session

CHANNEL_BURST_SECONDS = 0.2


def _steps(channel: str, to: str, limits: Capabilities) -> dict[str, tuple[float, float]]:
    """By key: the seconds that a message takes, and how far ahead one may be."""
    return {
        channel: (1 / limits.per_second, CHANNEL_BURST_SECONDS),
        f"{channel}:{to}": (limits.per_chat_seconds, limits.chat_burst * limits.per_chat_seconds),
    }


async def reserve(channel: str, to: str, limits: Capabilities) -> float:
    """Takes a place for one message now; 0 when it is taken, else the seconds to wait before asking again."""
    steps = _steps(channel, to, limits)
    async with staff_session() as session:
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        fresh = [{"key": key, "next_at": now} for key in sorted(steps)]
        await session.execute(insert(ChannelPaceRow).values(fresh).on_conflict_do_nothing())
        query = select(ChannelPaceRow).where(ChannelPaceRow.key.in_(steps)).order_by(ChannelPaceRow.key)
        rows = (await session.scalars(query.with_for_update())).all()
        waits: list[float] = [(row.next_at - now).total_seconds() - steps[row.key][1] for row in rows]
        if (wait := max(waits)) > 0:
            return wait
        for row in rows:
            row.next_at = max(row.next_at, now) + timedelta(seconds=steps[row.key][0])
    return 0.0


async def hold(
    session: AsyncSession, channel: str, to: str, limits: Capabilities, seconds: float, *, whole_channel: bool
) -> None:
    """The provider asked to wait: nobody speaks there before."""
    key = channel if whole_channel else f"{channel}:{to}"
    until = func.clock_timestamp() + timedelta(seconds=seconds + _steps(channel, to, limits)[key][1])
    statement = insert(ChannelPaceRow).values(key=key, next_at=until)
    latest = func.greatest(ChannelPaceRow.next_at, statement.excluded.next_at)
    await session.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"next_at": latest}))
