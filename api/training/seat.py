"""The seat of a candidate: what its model makes of utterances that belong to no conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import httpx

from api.config import settings

TIMEOUT = httpx.Timeout(60.0, connect=2.0)
"""A hundred utterances take a second or two, on a machine that trains beside it many more."""


class SeatDown(Exception):
    """The seat did not answer as it should; the utterances are to be brought again. `words`: for a trainer."""

    def __init__(self, words: str, evidence: str) -> None:
        super().__init__(f"{words} {evidence}")
        self.words, self.evidence = words, evidence


@dataclass(frozen=True)
class Parsed:
    intent: str
    confidence: float


LOADING = "Кандидат загружается, это занимает до минуты. Сообщения за это время не пропадут: он прочтёт их потом."
DOWN = "Второй процесс Rasa не отвечает. Сообщения не пропадут: кандидат прочтёт их, как только процесс ответит."
SLOW = "Кандидат отвечает слишком долго. Сообщения не пропадут, попробуем ещё раз."
ANOTHER = "На втором месте пока другая модель: {model}. Ждём, когда загрузится кандидат."
WRONG = "Кандидат ответил не так, как должен. Причина — в журнале `.run/logs/worker.log`."


@lru_cache
def client() -> httpx.AsyncClient:
    """This process's connections to the seats."""
    return httpx.AsyncClient(headers={"X-Gateway-Secret": settings().rasa_gateway_secret}, timeout=TIMEOUT)


async def parse(url: str, version: str, texts: Sequence[str]) -> list[Parsed]:
    """What the model of this version makes of each text. Raises SeatDown, also where another model answers."""
    answer = await _asked("POST", f"{url}/webhooks/gateway/parse", version, json={"texts": list(texts)})
    try:
        intents = [one["intent"] for one in answer["results"]]
        found = [Parsed(str(one["name"] or ""), float(one["confidence"] or 0)) for one in intents]
    except (KeyError, TypeError, ValueError) as error:
        raise SeatDown(WRONG, f"{type(error).__name__}: {error}") from error
    if len(found) != len(texts):
        raise SeatDown(WRONG, f"{len(found)} results for {len(texts)} texts")
    return found


async def check(url: str, version: str) -> None:
    """Raises SeatDown unless the model of this version is loaded there."""
    await _asked("GET", f"{url}/webhooks/gateway/", version)


async def _asked(method: str, url: str, version: str, **more: Any) -> dict[str, Any]:
    try:
        response = await client().request(method, url, **more)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            raise SeatDown(LOADING, response.text[:200])
        response.raise_for_status()
        answer = response.json()
    except httpx.TimeoutException as error:
        raise SeatDown(DOWN if isinstance(error, httpx.ConnectTimeout) else SLOW, type(error).__name__) from error
    except httpx.HTTPStatusError as error:
        raise SeatDown(WRONG, f"{error.response.status_code}: {error.response.text[:200]}") from error
    except httpx.HTTPError as error:
        raise SeatDown(DOWN, f"{type(error).__name__}: {error}") from error
    except ValueError as error:
        raise SeatDown(WRONG, f"{type(error).__name__}: {error}") from error
    if not isinstance(answer, dict):
        raise SeatDown(WRONG, "the answer is no object")
    if (model := answer.get("model")) != version:
        raise SeatDown(ANOTHER.format(model=model or "никакой"), f"wanted {version}")
    return answer
