"""Chats of the distributor's own people with the bot: alerts go there, and nobody orders there."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import ConversationRow, StaffUserRow
from api.deps.audit import audit

ALERTED = ("manager", "admin")
"""Roles that answer customers."""


async def alerted_in(session: AsyncSession, conversation_id: UUID) -> StaffUserRow | None:
    """Who gets alerts in this conversation. Who may not log in any more gets none: their chat is anybody's again."""
    query = select(StaffUserRow).filter_by(alert_conversation_id=conversation_id, active=True)
    return (await session.scalars(query)).one_or_none()


async def untie(session: AsyncSession, user: StaffUserRow, by: str) -> None:
    """No more alerts to that chat; what it was told is not shown to whoever uses it next."""
    if user.alert_conversation_id is None:
        return
    conversation = await session.get_one(ConversationRow, user.alert_conversation_id, with_for_update=True)
    conversation.hidden_until = conversation.last_seq
    user.alert_conversation_id = None
    await audit(session, by, "alerts_off", user.login)
