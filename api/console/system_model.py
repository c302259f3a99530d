"""The trained model on the page «Система»: its card, as rasa_project/model_card.py writes it beside the archive."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from api.config import settings


@dataclass(frozen=True)
class Figures:
    """On phrases that training never saw; shares from 0 to 1. `false_orders`: talk that was taken for an order."""

    title: str
    utterances: int
    accuracy: float
    not_understood: float
    wrong: float
    false_orders: int | None


@dataclass(frozen=True)
class Model:
    name: str
    fingerprint: str
    trained_at: datetime | None
    seconds: int
    figures: list[Figures]
    weak: list[tuple[str, float]]
    """The intents that are told worst, with their F1."""


TITLES = {"heldout": "Свои фразы", "strangers": "Чужие фразы"}
WEAKEST = 5


def current(models: Path | None = None) -> Model | None:
    """The model that Rasa takes at its start; None where its card cannot be read."""
    models = models or settings().training_root / "models"
    try:
        name = str(json.loads((models / "current.json").read_text(encoding="utf-8"))["model"])
        card = json.loads((models / f"{name.removesuffix('.tar.gz')}.json").read_text(encoding="utf-8"))
        return _model(name, card)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _model(name: str, card: dict[str, Any]) -> Model:
    intents = card["heldout"]["intents"]
    weak = sorted((figures["f1"], intent) for intent, figures in intents.items())[:WEAKEST]
    return Model(
        name=name,
        fingerprint=card["fingerprint"],
        trained_at=datetime.fromisoformat(card["trained_at"]),
        seconds=int(card["seconds"]),
        figures=[_figures(title, card[part]) for part, title in TITLES.items() if part in card],
        weak=[(intent, f1) for f1, intent in weak],
    )


def _figures(title: str, part: dict[str, Any]) -> Figures:
    return Figures(
        title,
        int(part["utterances"]),
        float(part["accuracy"]),
        float(part["not_understood"]),
        float(part["wrong"]),
        part.get("false_orders"),
    )
