"""The two Rasa processes, where they answer, and which of them customers' turns go to."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import ModelSlotRow

NAMES = ("rasa-1", "rasa-2")
"""Of the processes, as in models/slots.json and in the table `model_slots`."""


def url_of(name: str) -> str:
    """Where the seat answers; raises KeyError for an unknown one."""
    return {"rasa-1": settings().rasa_base_url, "rasa-2": settings().rasa_2_base_url}[name]


async def live_seat(session: AsyncSession) -> str:
    """The seat that turns go to; the first, until a start has told."""
    found = await session.scalar(select(ModelSlotRow.name).where(ModelSlotRow.role == "live"))
    return found or NAMES[0]
