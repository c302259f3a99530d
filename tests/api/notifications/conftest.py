"""The small distributor of the orders' tests, with more people at the same customer."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from api.channels.memory import MemoryMessenger
from api.db.models import ContactRow, ConversationRow
from api.notifications import routing
from tests.api.orders.conftest import NOW, PETRA, World, world

__all__ = ["world"]

Join = Callable[..., Awaitable[UUID]]


@pytest.fixture
def join(world: World) -> Join:
    """Opens a conversation of a person: `join("vera", channel="telegram", minutes=5, rights=["order"])`."""

    async def opened(
        name: str,
        channel: str = "webchat",
        *,
        minutes: int = 1,
        customer: str = PETRA,
        rights: tuple[str, ...] = ("order", "prices", "balance"),
        **more: object,
    ) -> UUID:
        conversation, person = uuid4(), more.pop("contact_id", name)
        known = {key: more.pop(key) for key in ("preferred_channel", "active", "barred_at") if key in more}
        if person == name:
            await world.add(ContactRow(id=name, customer_id=customer, name=name.title(), rights=list(rights), **known))
        await world.add(
            ConversationRow(
                id=conversation,
                channel=channel,
                channel_user=f"{name}-{channel}",
                customer_id=customer,
                contact_id=person,
                last_inbound_at=NOW - timedelta(minutes=minutes),
                **more,
            )
        )
        return conversation

    return opened


@pytest.fixture(autouse=True)
def set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every channel but «viber» is set up."""
    twin = MemoryMessenger()
    monkeypatch.setattr(routing, "messenger", lambda kind: None if kind == "viber" else twin)
