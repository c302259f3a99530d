"""What people ask to change on their card, decided: they hear of it where they asked."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.conversations import outbox
from api.conversations.buttons import CALL_HUMAN
from api.db.models import ConversationRow, ProfileRequestRow
from api.deps.audit import audit
from api.domain.clock import Clock

KINDS = {
    "dismissal": "сотрудник уволен",
    "employee": "новый сотрудник",
    "phone": "номер телефона",
    "address": "адрес, точка",
    "requisites": "реквизиты",
    "other": "другое",
}
DONE = "Готово: {words}."
REFUSED = "Не получилось выполнить вашу просьбу ({words}). Подробности — у менеджера: {manager}."


async def decide(session: AsyncSession, clock: Clock, request_id: int, decision: str, by: str) -> None:
    """Done or refused, once; the person hears of it while they still speak for the company."""
    query = select(ProfileRequestRow).filter_by(id=request_id, state="open")
    row = (await session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        return
    row.state, row.decided_at, row.decided_by = decision, clock.now(), by
    await audit(session, by, f"request_{decision}", str(row.id), customer=row.customer_id)
    conversation = await session.get(ConversationRow, row.conversation_id)
    if conversation is None or conversation.customer_id != row.customer_id:
        return
    contact = f"{settings().manager_name}, {settings().manager_phone}"
    said = (DONE if decision == "done" else REFUSED).format(words=KINDS.get(row.kind, row.kind), manager=contact)
    await outbox.say(
        session,
        conversation.id,
        clock.now(),
        said,
        buttons=[CALL_HUMAN],
        dedupe_key=f"profile:{row.id}",
        only_to=row.customer_id,
    )
