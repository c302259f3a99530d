"""The small distributor, the messages that its live model answered, and a seat that answers over real HTTP."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.config import settings
from api.db.models import InboxRow, ModelSlotRow
from api.db.session import staff_session
from api.deps.events import record
from api.domain.clock import FixedClock
from tests.api.orders.conftest import NOW, PETRA, World, world

__all__ = ["world"]

LIVE, CANDIDATE = "1111111111111111", "2222222222222222"


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models in a training root of the test's own."""
    folder = tmp_path / "models"
    folder.mkdir()
    for day, version in enumerate((LIVE, CANDIDATE), 1):
        card = {"fingerprint": version, "trained_at": f"2025-12-0{day}T10:00:00+03:00"}
        (folder / f"intents-{version}.json").write_text(json.dumps(card), encoding="utf-8")
        (folder / f"intents-{version}.tar.gz").write_bytes(b"")
    monkeypatch.setattr(settings(), "training_dir", str(tmp_path))
    return folder


class Traffic:
    """Typed messages as the live model's turns leave them behind."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.number = 0

    async def hears(
        self, text: str, intent: str = "order", confidence: float = 0.9, *, at: datetime = NOW,
        ranking: list[tuple[str, float]] | None = None, customer: str | None = PETRA, conversation: UUID | None = None,
        handled: bool = True, payload: str = "",
    ) -> int:  # fmt: skip
        self.number += 1
        conversation = conversation or self.world.conversations[customer or PETRA]
        row = InboxRow(
            channel="webchat", provider_id=f"t{self.number}", conversation_id=conversation, seq=self.number, at=at,
            text=text, payload=payload, raw={}, extra={"customer": customer}, model=LIVE if handled else "",
            handled_at=at if handled else None, intent=intent if handled else "",
            confidence=confidence if handled else None,
        )  # fmt: skip
        await self.world.add(row)
        if handled:
            pairs = [list(pair) for pair in ranking or [(intent, confidence)]]
            async with staff_session() as session:
                await record(
                    session, FixedClock(at), "turn", customer_id=customer, conversation_id=conversation, inbox=row.id,
                    intent=intent, confidence=confidence, button=bool(payload), ranking=[] if payload else pairs,
                )  # fmt: skip
        return row.id


@pytest.fixture
def traffic(world: World) -> Traffic:
    return Traffic(world)


@dataclass
class Seat:
    """Rasa's second process: answers with what the test says, and remembers what it was asked."""

    says: dict[str, tuple[str, float]] = field(default_factory=dict)
    model: str = CANDIDATE
    status: int = 200
    asked: list[list[str]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def answer(self, request: Request) -> Response:
        if request.method == "POST":
            self.before()
        if request.headers.get("X-Gateway-Secret") != settings().rasa_gateway_secret:
            return Response(status=401)
        if self.status != 200:
            return Response('{"error": {"code": "not_ready"}}', self.status)
        body: dict[str, Any] = {"model": self.model, "turns": 0}
        if request.method == "POST":
            texts = request.get_json()["texts"]
            self.asked.append(texts)
            pairs = [self.says.get(text, ("order", 0.95)) for text in texts]
            heard = [{"name": name, "confidence": share} for name, share in pairs]
            body["results"] = [{"intent": one, "ranking": [one]} for one in heard]
        return Response(json.dumps(body), content_type="application/json")


@pytest.fixture
def second() -> Seat:
    return Seat()


@pytest.fixture
async def seated(world: World, second: Seat, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HTTPServer]:
    """Both seats in the table, the live model in the first, and a server at the second."""
    await world.add(
        ModelSlotRow(name="rasa-1", version=LIVE, role="live", since=NOW),
        ModelSlotRow(name="rasa-2", version="", role="idle", since=NOW),
    )
    server = HTTPServer(host="127.0.0.1", threaded=True)
    server.expect_request("/webhooks/gateway/parse", method="POST").respond_with_handler(second.answer)
    server.expect_request("/webhooks/gateway/", method="GET").respond_with_handler(second.answer)
    server.start()
    monkeypatch.setattr(settings(), "rasa_2_url", server.url_for("").rstrip("/"))
    yield server
    if server.is_running():
        server.stop()


@pytest.fixture
def later() -> datetime:
    """When everything of the morning is settled."""
    return NOW + timedelta(minutes=20)
