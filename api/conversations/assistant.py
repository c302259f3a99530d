"""The assistant behind its one door: Rasa's gateway connector, of the seat that is live."""

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import httpx
from sqlalchemy.exc import SQLAlchemyError

from api.config import settings
from api.db.session import staff_session
from api.deps import seats

TIMEOUT = httpx.Timeout(40.0, connect=2.0)
HEALTH_SECONDS = 2


class AssistantDown(Exception):
    """The assistant did not answer; the message is to be brought again."""


class SeatEmpty(AssistantDown):
    """Nobody listens at the seat, or no model is loaded there: nothing of the message was done."""


@dataclass(frozen=True)
class Turn:
    """What the assistant answers to one message."""

    messages: list[dict[str, Any]]
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()
    """The likeliest intents with their confidence; none for a pressed button."""
    model: str = ""
    """The version of the model that understood it so."""


@lru_cache
def client() -> httpx.AsyncClient:
    """This process's connections to the assistant, whichever seat is asked."""
    return httpx.AsyncClient(headers={"X-Gateway-Secret": settings().rasa_gateway_secret}, timeout=TIMEOUT)


async def live_url() -> str:
    """Where turns go at this moment: asked anew for each, so that a switch holds from its commit on."""
    try:
        async with staff_session() as session:
            return seats.url_of(await seats.live_seat(session))
    except (SQLAlchemyError, OSError) as error:
        raise AssistantDown(f"{type(error).__name__}: {error}") from error


async def is_up() -> bool:
    """Whether the live seat answers and has its model."""
    try:
        response = await client().get(f"{await live_url()}/webhooks/gateway/", timeout=HEALTH_SECONDS)
    except (httpx.HTTPError, AssistantDown):
        return False
    return response.status_code == HTTPStatus.OK


async def ask(conversation: str, text: str, metadata: dict[str, Any]) -> Turn:
    """Brings one message to the assistant; raises AssistantDown.

    Turns may have been redirected between our look and our call. Then the seat that is live now is asked; never one
    that is not, where a model may be on trial.
    """
    body = {"sender": conversation, "text": text, "metadata": metadata}
    url = await live_url()
    try:
        return await _ask(url, body)
    except SeatEmpty:
        if (now := await live_url()) == url:
            raise
        return await _ask(now, body)


async def _ask(url: str, body: dict[str, Any]) -> Turn:
    try:
        response = await client().post(f"{url}/webhooks/gateway/webhook", json=body)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            raise SeatEmpty(f"{url}: {response.text}")
        response.raise_for_status()
        return _turn(response.json())
    except httpx.ConnectError as error:
        raise SeatEmpty(f"{type(error).__name__}: {error}") from error
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise AssistantDown(f"{type(error).__name__}: {error}") from error


def _turn(answer: dict[str, Any]) -> Turn:
    intent = answer["intent"]
    ranking = tuple((rival["name"] or "", float(rival["confidence"] or 0)) for rival in answer.get("ranking", ()))
    confidence = float(intent["confidence"] or 0)
    return Turn(answer["messages"], intent["name"] or "", confidence, ranking, str(answer.get("model") or ""))
