"""The small distributor of the orders' tests, and files in its conversations."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from api.db.models import AttachmentRow, InboxRow
from api.db.session import staff_session
from tests.api.orders.conftest import NOW, PETRA, World, world

sys.path.insert(0, str(Path(__file__).parent))

__all__ = ["world"]

Attach = Callable[..., Awaitable[int]]


@pytest.fixture
def attach(world: World) -> Attach:
    """Puts a file into a conversation of the small distributor; its number."""

    async def attached(
        content: bytes | None, name: str = "заказ.xlsx", *, customer: str = PETRA, caption: str = "",
        claimed: bool = True, at: datetime = NOW, conversation: UUID | None = None,
    ) -> int:  # fmt: skip
        async with staff_session() as session:
            talk = conversation or world.conversations[customer]
            text = "\n".join(part for part in (f"Файл «{name}»", caption) if part)
            inbox = InboxRow(
                channel="webchat", provider_id=f"f-{name}-{at}-{id(content)}", conversation_id=talk, seq=1, text=text,
                payload="", raw={}, at=at,
            )  # fmt: skip
            session.add(inbox)
            await session.flush()
            row = AttachmentRow(
                inbox_id=inbox.id, conversation_id=talk, customer_id=customer if claimed else None, kind="document",
                name=name, size=len(content or b""), content=content,
            )  # fmt: skip
            session.add(row)
            await session.flush()
            return row.id

    return attached
