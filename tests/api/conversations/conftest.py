"""A conversation in the database, and an assistant that says what a test tells it."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from pytest_httpserver import HTTPServer

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
    from api.conversations import assistant as door

    async with httpx.AsyncClient(base_url=httpserver.url_for("/"), timeout=5) as client:
        monkeypatch.setattr(door, "client", lambda: client)
        yield Assistant(httpserver)


@pytest.fixture
async def conversation(web: httpx.AsyncClient) -> tuple[UUID, dict[str, str]]:
    """A signed-in web chat: its id, and the headers that speak in it."""
    answer = await web.post("/webchat/session", json={"code": CODE})
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["conversation"]), {"Authorization": f"Bearer {answer.json()['visitor']}"}


@pytest.fixture
def from_address(database: str) -> Callable[[str], httpx.AsyncClient]:
    """Makes a client of the api that comes from this address."""
    from api.main import app

    def client(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, client=(address, 40_000))
        return httpx.AsyncClient(transport=transport, base_url="http://api")

    return client
