"""Two companies with people and numbers, visitors in a messenger and on the web, couriers in memory."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from api.config import Settings, settings
from api.couriers import registry as couriers_registry
from api.couriers.memory import MemoryCourier
from api.customers import phones
from api.db.models import CompanyCodeRow, ContactRow, ConversationRow, InboxRow
from api.db.session import staff_session
from api.deps import token
from api.domain.clock import Clock
from tests.api.conversations.conftest import Assistant, Person, assistant, person, twin, work
from tests.api.orders.conftest import BEREZKA, PETRA, World, world

__all__ = ["Assistant", "Person", "assistant", "person", "twin", "work", "world"]

OLGA, IVAN, IVAN_TOO, SHARED = "+79001112233", "+79004445566", "+79004445566", "+79007778899"
PETRA_CODE, BEREZKA_CODE = "KOFE-PETRA", "BEREZKA-1"


@pytest.fixture
async def people(world: World) -> World:
    """Olga of Petra's; Ivan of both companies; a number shared by Anna (Petra's) and Pavel (Berezka's)."""
    from api.customers.codes import digest

    await world.add(
        ContactRow(id="olga", customer_id=PETRA, name="Ольга Савельева", email="olga@petra.example"),
        ContactRow(id="ivan-p", customer_id=PETRA, name="Иван Жуков", email="ivan@petra.example"),
        ContactRow(id="ivan-b", customer_id=BEREZKA, name="Жуков Иван"),
        ContactRow(id="anna", customer_id=PETRA, name="Анна", email="anna@petra.example"),
        ContactRow(id="pavel", customer_id=BEREZKA, name="Павел", email="pavel@berezka.example"),
        CompanyCodeRow(digest=digest(PETRA_CODE), customer_id=PETRA),
        CompanyCodeRow(digest=digest(BEREZKA_CODE), customer_id=BEREZKA),
    )
    owners = {"olga": OLGA, "ivan-p": IVAN, "ivan-b": IVAN, "anna": SHARED, "pavel": SHARED}
    async with staff_session() as session:
        for contact, phone in owners.items():
            await phones.add(session, contact, phone, "erp", settings().clock.now())
    return world


@pytest.fixture
async def web(people: World) -> AsyncIterator[httpx.AsyncClient]:
    from api.main import app

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Changes settings for the test."""

    def change(**values: Any) -> None:
        for name, value in values.items():
            monkeypatch.setattr(settings(), name, value)

    return change


@pytest.fixture
def sms(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryCourier]:
    """SMS and e-mail in memory; `letters` holds both."""
    courier = MemoryCourier("sms")
    mail = MemoryCourier("email", courier.letters)
    monkeypatch.setattr(couriers_registry, "OPENERS", [lambda: courier, lambda: mail])
    couriers_registry.couriers.cache_clear()
    yield courier
    couriers_registry.couriers.cache_clear()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock of the process."""
    moved = [timedelta(0)]

    def clock(self: Settings) -> Clock:
        from api.domain.clock import SystemClock

        return SystemClock(self.zone, moved[0])

    monkeypatch.setattr(Settings, "clock", property(clock))

    def move(by: timedelta) -> None:
        moved[0] += by

    return move


def bearer(conversation: UUID, customer: str | None = None, inbox: int = 0) -> dict[str, str]:
    """The token that a turn of this conversation would carry."""
    return {"Authorization": f"Bearer {token.issue(token.Claims(conversation, inbox, customer))}"}


async def visitor(web: httpx.AsyncClient, **body: str) -> tuple[UUID, dict[str, str]]:
    """A web chat: its id, and the headers of its browser."""
    answer = await web.post("/webchat/session", json=body)
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["conversation"]), {"Authorization": f"Bearer {answer.json()['visitor']}"}


async def chat_of(name: str, channel: str = "memory") -> ConversationRow:
    async with staff_session() as session:
        query = select(ConversationRow).filter_by(channel=channel, channel_user=name)
        return (await session.scalars(query)).one()


async def chat(conversation_id: UUID) -> ConversationRow:
    async with staff_session() as session:
        return await session.get_one(ConversationRow, conversation_id)


async def last_inbox(conversation_id: UUID) -> int:
    async with staff_session() as session:
        query = select(InboxRow.id).filter_by(conversation_id=conversation_id).order_by(InboxRow.id.desc()).limit(1)
        return (await session.scalars(query)).one()
