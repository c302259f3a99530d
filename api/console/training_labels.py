"""Labelling on the pages of «Обучение»: what a trainer is offered for an utterance, and what came of the label."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Form
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.review_rows import DECISIONS, MOST_ID
from api.db.models import ReviewDecisionRow
from api.review import intents, repository

UNDONE_AT_ONCE = timedelta(hours=12)
OTHER = "other"


@dataclass(frozen=True)
class Label:
    """`deed`: an intent, not_order or skipped."""

    key: str
    deed: str


def _label(
    key: Annotated[str, Form(max_length=500)],
    deed: Annotated[str, Form(max_length=40)] = OTHER,
    other: Annotated[str, Form(max_length=40)] = "",
) -> Label:
    """`deed` is the button; of the list's button it is the intent chosen there."""
    return Label(key, other if deed == OTHER else deed)


Labelled = Annotated[Label, Depends(_label)]
DecisionId = Annotated[int, Form(ge=1, le=MOST_ID)]


@dataclass(frozen=True)
class Guess:
    """An intent that a model thinks of; `share` 0–1, None where it is not known."""

    name: str
    share: float | None

    @property
    def title(self) -> str:
        return title(self.name)


def title(name: str) -> str:
    """Of an intent or of another decision: «Заказ или правка заказа», «не заказ»."""
    return DECISIONS.get(name) or intents.title(name)


def guesses(ranking: Sequence[tuple[str, float | None]]) -> list[Guess]:
    """What may be said of an utterance with one key, each once."""
    once: dict[str, float | None] = {}
    for name, share in ranking:
        if name in intents.BY_NAME:
            once.setdefault(name, share)
    return [Guess(name, share) for name, share in once.items()][:3]


def told(decision: ReviewDecisionRow) -> str:
    """«Запомнено: „отгрузите без накладной“ — Документы»"""
    meaning = title(decision.data.get("intent") or decision.kind)
    return f"Запомнено: «{decision.text[:80]}» — {meaning}"


async def last(session: AsyncSession, login: str, now: datetime) -> ReviewDecisionRow | None:
    """What one press takes back."""
    return await repository.last_of(session, login, now - UNDONE_AT_ONCE)


def words() -> dict[str, Any]:
    """What the templates call things."""
    return {"intents": intents.INTENTS, "title": title}
