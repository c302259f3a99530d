"""Chats of the distributor's own people with the bot: alerts go there, and nobody orders there."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import StaffUserRow

ALERTED = ("manager", "admin")
"""Roles that answer customers."""


async def alerted_in(session: AsyncSession, conversation_id: UUID) -> StaffUserRow | None:
    """Who gets alerts in this conversation. Who may not log in any more gets none: their chat is anybody's again."""
    query = select(StaffUserRow).filter_by(alert_conversation_id=conversation_id, active=True)
    return (await session.scalars(query)).one_or_none()
