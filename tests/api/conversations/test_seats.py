"""Turns go to the seat that is live at that moment, to no other, and know which model understood them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select, update

from api import health
from api.config import settings
from api.conversations import assistant
from api.conversations.assistant import AssistantDown
from api.db.models import EventRow, InboxRow, ModelSlotRow
from api.db.session import staff_session
from api.deps import seats
from api.run.ports import free_ports
from tests.api.conversations.test_turns import Conversation, run, send

NOW = settings().clock.now()
TURN = "/webhooks/gateway/webhook"
NOT_READY = {"error": {"code": "not_ready", "message": "No model is loaded yet."}}


def answer(model: str) -> dict[str, Any]:
    intent = {"name": "order", "confidence": 0.9}
    return {"messages": [{"text": "Да"}], "intent": intent, "ranking": [intent], "model": model}


@pytest.fixture
async def second(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, database: str) -> AsyncIterator[HTTPServer]:
    """The second seat answers and is live; nobody listens at the first."""
    [nobody] = free_ports(1)
    monkeypatch.setattr(settings(), "rasa_url", f"http://127.0.0.1:{nobody}")
    monkeypatch.setattr(settings(), "rasa_2_url", httpserver.url_for("/").rstrip("/"))
    httpserver.expect_request(TURN).respond_with_json(answer("b" * 16))
    httpserver.expect_request("/webhooks/gateway/").respond_with_json({"status": "ok"})
    async with staff_session() as session:
        session.add(ModelSlotRow(name="rasa-1", version="a" * 16, role="draining", since=NOW))
        session.add(ModelSlotRow(name="rasa-2", version="b" * 16, role="live", since=NOW))
    async with httpx.AsyncClient(timeout=5) as client:
        monkeypatch.setattr(assistant, "client", lambda: client)
        yield httpserver


async def live_is(name: str) -> None:
    async with staff_session() as session:
        await session.execute(update(ModelSlotRow).values(role="idle"))
        await session.execute(update(ModelSlotRow).filter_by(name=name).values(role="live"))


async def test_the_model_is_kept_with_the_message(
    second: HTTPServer, web: httpx.AsyncClient, conversation: Conversation
) -> None:
    inbox = await send(web, conversation, "молока 8")
    await run(inbox)
    async with staff_session() as session:
        assert (await session.get_one(InboxRow, inbox)).model == "b" * 16
        event = (await session.scalars(select(EventRow).filter_by(kind="turn"))).one()
    assert event.data["model"] == "b" * 16


async def test_a_turn_that_was_redirected_on_its_way_is_brought_to_the_new_seat(
    second: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = iter([seats.url_of("rasa-1"), seats.url_of("rasa-2")])

    async def live_url() -> str:
        return next(looked)

    monkeypatch.setattr(assistant, "live_url", live_url)
    assert (await assistant.ask("c", "молока 8", {})).model == "b" * 16
    assert len(second.log) == 1


@pytest.mark.parametrize("way", ["nobody listens", "no model"])
async def test_a_seat_that_is_not_live_is_never_asked(second: HTTPServer, way: str) -> None:
    """A model may be on trial there."""
    if way == "nobody listens":
        await live_is("rasa-1")
    else:
        second.clear()
        second.expect_request(TURN).respond_with_json(NOT_READY, status=503)
    with pytest.raises(AssistantDown):
        await assistant.ask("c", "молока 8", {})
    assert len(second.log) == (0 if way == "nobody listens" else 1)


async def test_a_turn_that_failed_inside_is_brought_again_by_its_job_only(second: HTTPServer) -> None:
    second.clear()
    second.expect_request(TURN).respond_with_json({}, status=500)
    with pytest.raises(AssistantDown):
        await assistant.ask("c", "молока 8", {})
    assert len(second.log) == 1


async def test_health_is_of_the_live_seat(second: HTTPServer) -> None:
    assert await health.assistant() is None
    await live_is("rasa-1")
    assert await health.assistant() == "rasa"
