"""How often the trained model hears the intent that a person meant."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.benchmark.scoring import Share, wilson
from api.benchmark.systems import Hear


def heard(messages: Iterable[Mapping[str, Any]], hear: Hear) -> dict[str, Share]:
    """The share heard right: of all messages under «all», and of each intent's."""
    hits: dict[str, list[bool]] = {"all": []}
    for message in messages:
        right = hear(message["text"]).name == message["intent"]
        hits["all"].append(right)
        hits.setdefault(message["intent"], []).append(right)
    return {intent: wilson(found) for intent, found in hits.items()}
