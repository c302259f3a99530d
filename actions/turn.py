"""What a turn knows (who, which words, what the last question was) and what it says in the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.gateway import Gateway
from actions.views import Button, Card

SURVIVING = ("confirm", "question", "quantity:", "issue:", "outlet", "repeat_mode")
"""Questions that stay open while the customer asks something else («а когда привезёте?» … «да, оформляйте»)."""


@dataclass
class Message:
    """One reply: the text, its quick replies, and the card for channels that can show one."""

    text: str
    buttons: list[Button] = field(default_factory=list)
    card: Card | None = None


@dataclass
class Turn:
    """One message of the customer and the answer in the making. Made by `turn_of`, read by `SkillAction.run`."""

    gateway: Gateway
    text: str
    """The typed words; empty when a button was pressed."""
    intent: str
    confidence: float
    entities: dict[str, str]
    signed_in: bool
    expecting: str | None
    """What the bot's last question was: the slot of the contract, `confirm` with the version as `confirm:3`."""
    fallbacks: int
    messages: list[Message] = field(default_factory=list)
    next_expecting: str | None = None
    understood: bool = True

    def say(self, text: str, buttons: Sequence[Button] = (), card: Card | None = None) -> None:
        """Adds a reply."""
        self.messages.append(Message(text, list(buttons), card))

    def expect(self, question: str | None) -> None:
        """Remembers what the last words of this turn asked; None: nothing."""
        self.next_expecting = question

    def keep_question(self) -> None:
        """The question of the turn before stays open, where it may."""
        if self.expecting and self.expecting.startswith(SURVIVING):
            self.next_expecting = self.expecting

    def expects(self, kind: str) -> bool:
        """Whether the last question was of this kind (`confirm`, `quantity`, `cancel`, …)."""
        return self.expecting is not None and self.expecting.split(":", 1)[0] == kind

    @property
    def expected_value(self) -> str | None:
        """What follows the colon of `expecting`: a sku, an order, a version."""
        return self.expecting.split(":", 1)[1] if self.expecting and ":" in self.expecting else None

    @property
    def focus_sku(self) -> str | None:
        """The product whose quantity was asked, when a bare «8» would mean it."""
        return self.expected_value if self.expects("quantity") else None


def turn_of(latest: dict[str, Any], slots: dict[str, Any], events: Sequence[dict[str, Any]]) -> Turn:
    """Reads the tracker of Rasa: its latest message, slots and events."""
    metadata = latest.get("metadata") or _metadata_of(events)
    text = str(latest.get("text") or "").strip()
    intent = latest.get("intent") or {}
    expecting = slots.get("expecting")
    return Turn(
        gateway=Gateway(str(metadata.get("token") or "")),
        text="" if text.startswith("/") else text,
        intent=str(intent.get("name") or ""),
        confidence=min(float(intent.get("confidence") or 0), 1.0),
        entities={
            str(entity["entity"]): str(entity["value"])
            for entity in latest.get("entities") or []
            if entity.get("value") is not None
        },
        signed_in=bool(metadata.get("customer")),
        expecting=str(expecting) if expecting else None,
        fallbacks=int(slots.get("fallbacks") or 0),
    )


def _metadata_of(events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    for event in reversed(events):
        if event.get("event") == "user":
            return dict(event.get("metadata") or {})
    return {}
