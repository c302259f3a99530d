"""Changes of a customer's card on their way into the accounting system, as the page shows them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import CardChangeRow

SHOWN = 20
FIELDS = {"address": "адрес", "phone": "телефон", "contact": "сотрудник"}
STATES = {
    "waiting": "записывается",
    "written": "записано",
    "conflict": "в учётной системе уже другое",
    "kept": "осталось как в учётной системе",
    "refused": "учётная система не приняла",
}


async def changes(session: AsyncSession, customer_id: str) -> list[tuple[CardChangeRow, str, str]]:
    """The newest first: the change, its field and its state in words."""
    query = select(CardChangeRow).filter_by(customer_id=customer_id).order_by(CardChangeRow.id.desc()).limit(SHOWN)
    return [(row, FIELDS[row.field], STATES[row.state]) for row in await session.scalars(query)]
