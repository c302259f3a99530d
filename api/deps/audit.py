"""The audit log: who changed what."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import AuditRow


async def audit(session: AsyncSession, actor: str, action: str, subject: str, **data: str) -> None:
    """Notes it in the transaction of the change. No secrets: a phone, a code or a password never stands here."""
    session.add(AuditRow(actor=actor, action=action, subject=subject, data=data))
    await session.flush()
