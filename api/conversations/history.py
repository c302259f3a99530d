"""What a visitor of the web chat may see of the conversation now."""

from uuid import UUID

from sqlalchemy import select

from api.conversations import repository
from api.conversations.schemas import MessagesOut
from api.db.models import ConversationRow
from api.db.session import staff_session

LOOK_SECONDS = 5.0
"""How long a waiter trusts the notices before it looks for itself."""
MOST_SEQ = 2**53
"""What JavaScript counts to, and PostgreSQL too."""


async def fetch(conversation_id: UUID, after: int) -> MessagesOut:
    """The messages after this number, without those of another company."""
    async with staff_session() as session:
        query = select(ConversationRow.hidden_until).where(ConversationRow.id == conversation_id)
        hidden = await session.scalar(query) or 0
        return MessagesOut(
            messages=await repository.messages_after(session, conversation_id, max(after, hidden)),
            typing=await repository.is_typing(session, conversation_id),
            hidden_until=hidden,
        )
