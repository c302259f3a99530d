"""A conversation in the database, and an assistant that says what a test tells it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import procrastinate
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select, text

from api.channels import registry
from api.channels.memory import SECRET_HEADER, MemoryMessenger
from api.channels.port import Outgoing

NOW = datetime(2025, 12, 15, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))
CODE = "KOFE-PETRA"


@pytest.fixture(autouse=True)
def no_calls_counted() -> None:
    """The limits of the web chat start from nothing."""
    from api.conversations.rates import rates

    rates.forget()


@pytest.fixture
async def customer(database: str) -> str:
    """«Кофейня у Петра», which signs in with CODE; a second customer stands beside it."""
    from api.customers.codes import digest
    from api.db.models import CompanyCodeRow, CustomerRow, OutletRow
    from api.db.session import staff_session

    async with staff_session() as session:
        for key, name in (("petra", "ООО «Кофейня у Петра»"), ("berezka", "ИП Берёзкина")):
            session.add(CustomerRow(id=key, name=name, manager_name="Анна", manager_phone="+7 900 000-00-02"))
        await session.flush()
        session.add(
            OutletRow(
                id="o1",
                customer_id="petra",
                name="Кофейня",
                address="ул. Мира, 1",
                delivery_days=[1, 2, 3, 4, 5],
                window_start=time(9),
                window_end=time(12),
            )
        )
        session.add(CompanyCodeRow(digest=digest(CODE), customer_id="petra"))
        session.add(CompanyCodeRow(digest=digest("BEREZKA-1"), customer_id="berezka"))
    return "petra"


@pytest.fixture
async def web(customer: str) -> AsyncIterator[httpx.AsyncClient]:
    """The api's HTTP side."""
    from api.main import app

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


class Assistant:
    """The last door before Rasa: what was asked, and what is answered."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.answers("Здравствуйте!")

    def answers(self, text: str, **more: Any) -> None:
        self.server.clear()
        body = {"messages": [{"text": text, **more}], "intent": {"name": "order", "confidence": 0.9}}
        self.server.expect_request("/webhooks/gateway/webhook", method="POST").respond_with_json(body)

    def fails(self) -> None:
        self.server.clear()
        self.server.expect_request("/webhooks/gateway/webhook").respond_with_data("down", status=500)

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [request.get_json() for request, _ in self.server.log]


@pytest.fixture
async def assistant(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Assistant]:
    from api.config import settings
    from api.conversations import assistant as door

    monkeypatch.setattr(settings(), "rasa_url", httpserver.url_for("/").rstrip("/"))
    async with httpx.AsyncClient(timeout=5) as client:
        monkeypatch.setattr(door, "client", lambda: client)
        yield Assistant(httpserver)


@pytest.fixture
async def conversation(web: httpx.AsyncClient) -> tuple[UUID, dict[str, str]]:
    """A signed-in web chat: its id, and the headers that speak in it."""
    answer = await web.post("/webchat/session", json={"code": CODE})
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["conversation"]), {"Authorization": f"Bearer {answer.json()['visitor']}"}


class Person:
    """A person in the twin messenger: writes and presses through the webhook, sees what the twin was sent."""

    def __init__(self, web: httpx.AsyncClient, twin: MemoryMessenger, name: str) -> None:
        self.web, self.twin, self.name, self._number = web, twin, name, 0

    async def update(self, **content: Any) -> httpx.Response:
        self._number += 1
        body = {"id": f"{self.name}-u{self._number}", "user": self.name} | content
        return await self.web.post("/webhooks/memory", json=body, headers={SECRET_HEADER: self.twin.secret})

    @property
    def sees(self) -> list[Outgoing]:
        return list(self.twin.sent.get(self.name, {}).values())

    def data(self, title: str) -> str:
        """What the newest button of this title carries."""
        for message in reversed(self.sees):
            for button in message.buttons:
                if button.title == title:
                    return button.data
        raise AssertionError(f"there is no button «{title}»")


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryMessenger]:
    """A messenger in memory, set up as the channel «memory»."""
    messenger = MemoryMessenger()
    monkeypatch.setitem(registry.OPENERS, messenger.kind, lambda: messenger)
    registry.channels.cache_clear()
    yield messenger
    registry.channels.cache_clear()


@pytest.fixture
def person(web: httpx.AsyncClient, twin: MemoryMessenger) -> Person:
    return Person(web, twin, "vera")


Work = Callable[[], Awaitable[None]]


@pytest.fixture
async def work(database: str) -> AsyncIterator[Work]:
    """Runs a worker until no job is left that may run now."""
    from api.db.session import staff_session
    from api.worker import app, conninfo

    runnable = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
    )

    async def until_idle() -> None:
        connector = procrastinate.PsycopgConnector(conninfo=conninfo(), min_size=2, max_size=12)
        with app.replace_connector(connector):
            async with app.open_async():
                while True:
                    # A worker that does not wait goes away when every job left stands behind another's lock.
                    await app.run_worker_async(
                        concurrency=8, wait=False, install_signal_handlers=False, delete_jobs="successful"
                    )
                    async with staff_session() as session:
                        if not await session.scalar(runnable):
                            return

    yield until_idle


async def sign_in(name: str, customer_id: str, channel: str = "memory") -> UUID:
    """The person of this name orders for the customer from now on."""
    from api.db.models import ConversationRow
    from api.db.session import staff_session

    async with staff_session() as session:
        query = select(ConversationRow).filter_by(channel=channel, channel_user=name)
        conversation = (await session.scalars(query)).one_or_none()
        if conversation is None:
            conversation = ConversationRow(id=uuid4(), channel=channel, channel_user=name, last_seq=0)
            session.add(conversation)
        conversation.customer_id = conversation.served_customer_id = customer_id
        return conversation.id


@pytest.fixture
def from_address(database: str) -> Callable[[str], httpx.AsyncClient]:
    """Makes a client of the api that comes from this address."""
    from api.main import app

    def client(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, client=(address, 40_000))
        return httpx.AsyncClient(transport=transport, base_url="http://api")

    return client
