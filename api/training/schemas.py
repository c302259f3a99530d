"""What the parts of the training loop tell each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Reviewed:
    """An example of data/nlu/reviewed: nothing personal stands in it any more.

    `entities`: `{start, end, entity, value}` in characters of `text`; None: nobody marked its pieces.
    `source`: «review:17» (a decision), «import:october.csv», «label-studio:3»; `by`: the login of whoever said so.
    """

    text: str
    intent: str
    entities: tuple[dict[str, Any], ...] | None
    source: str
    by: str


@dataclass(frozen=True)
class Finding:
    """What a validator found. An error keeps the data from training; a warning is told."""

    severity: Literal["error", "warning"]
    check: str
    """conflict, twice, look_alike, near, personal, leak, unknown_intent, entity or unreadable."""
    words: str
    """In Russian, for a trainer: what is wrong and what to do."""
    text: str
    where: str
    """«data/nlu/reviewed/ordering.yml»"""


@dataclass(frozen=True)
class Version:
    """A trained model in models/: `intents-<version>.tar.gz` with its card beside it."""

    version: str
    trained_at: datetime
    card: dict[str, Any]
    """docs/decisions/0015-the-training-loop.md lists what stands in it."""
    passed: bool | None
    """The gate's verdict; None: it never stood before the gate (a first model). False where the card is broken."""


@dataclass(frozen=True)
class Slot:
    """A Rasa process that can serve a model."""

    name: str
    url: str
    version: str
    role: str
    """As in the table `model_slots`."""
