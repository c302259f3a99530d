"""The assistant behind its one door: Rasa's gateway connector."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

from api.config import settings

TIMEOUT = httpx.Timeout(40.0, connect=2.0)


class AssistantDown(Exception):
    """The assistant did not answer; the message is to be brought again."""


@dataclass(frozen=True)
class Turn:
    """What the assistant answers to one message."""

    messages: list[dict[str, Any]]
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()
    """The likeliest intents with their confidence; none for a pressed button."""


@lru_cache
def client() -> httpx.AsyncClient:
    """This process's connections to the assistant."""
    return httpx.AsyncClient(
        base_url=settings().rasa_base_url,
        headers={"X-Gateway-Secret": settings().rasa_gateway_secret},
        timeout=TIMEOUT,
    )


async def ask(conversation: str, text: str, metadata: dict[str, Any]) -> Turn:
    """Brings one message to the assistant; raises AssistantDown."""
    body = {"sender": conversation, "text": text, "metadata": metadata}
    try:
        response = await client().post("/webhooks/gateway/webhook", json=body)
        response.raise_for_status()
        answer = response.json()
        intent = answer["intent"]
        ranking = tuple((rival["name"] or "", float(rival["confidence"] or 0)) for rival in answer.get("ranking", ()))
        return Turn(answer["messages"], intent["name"] or "", float(intent["confidence"] or 0), ranking)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise AssistantDown(f"{type(error).__name__}: {error}") from error
