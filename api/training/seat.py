"""What a seat says over HTTP: how it is, and what its model makes of utterances."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from api.config import settings

HEALTH_SECONDS = 2.0
PARSE_SECONDS = 60.0
AT_ONCE = 100
"""Utterances in one request; the connector takes no more."""


class SeatError(Exception):
    """It did not answer as it should; in words for staff."""


@dataclass(frozen=True)
class Standing:
    """`turns`: how many are under way there."""

    model: str
    turns: int


@dataclass(frozen=True)
class Heard:
    """What a model makes of one utterance, the likeliest first."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]


def _client(url: str, seconds: float) -> httpx.AsyncClient:
    secret = {"X-Gateway-Secret": settings().rasa_gateway_secret}
    return httpx.AsyncClient(base_url=f"{url}/webhooks/gateway", headers=secret, timeout=seconds)


async def standing(url: str) -> Standing | None:
    """How the seat is; None: it does not answer, or has no model yet."""
    try:
        async with _client(url, HEALTH_SECONDS) as http:
            answer = await http.get("/")
            told = answer.json()
            if answer.status_code != HTTPStatus.OK:
                return None
            return Standing(str(told["model"]), int(told["turns"]))
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None


async def parse(url: str, texts: Sequence[str]) -> tuple[str, list[Heard]]:
    """The version that read them, and what it made of each; raises SeatError. At most AT_ONCE texts."""
    try:
        async with _client(url, PARSE_SECONDS) as http:
            answer = await http.post("/parse", json={"texts": list(texts)})
            answer.raise_for_status()
            told = answer.json()
            return str(told["model"]), [_heard(one) for one in told["results"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise SeatError(f"{type(error).__name__}: {error}") from error


def _heard(one: dict[str, Any]) -> Heard:
    ranking = tuple((rival["name"] or "", float(rival["confidence"] or 0)) for rival in one.get("ranking", ()))
    return Heard(one["intent"]["name"] or "", float(one["intent"]["confidence"] or 0), ranking)
