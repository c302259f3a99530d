"""How long a customer waits for a person."""

from datetime import timedelta

from sqlalchemy import select

from api.conversations import handoff
from api.db.models import ConversationRow, HandoffRow
from api.db.session import staff_session
from tests.api.orders.conftest import NOW, PETRA, World

MINUTE = timedelta(minutes=1)


async def test_the_wait_ends_with_the_first_who_takes_it(world: World) -> None:
    async with staff_session() as session:
        conversation = await session.get_one(ConversationRow, world.conversations[PETRA])
        await handoff.request(session, conversation, NOW, reason="asked", note="")
        await handoff.take(session, conversation, NOW + MINUTE, "anna")
        await handoff.take(session, conversation, NOW + 40 * MINUTE, "boris")
    async with staff_session() as session:
        row = (await session.scalars(select(HandoffRow))).one()
        assert (row.taken_at, row.taken_by) == (NOW + MINUTE, "boris")
