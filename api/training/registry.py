"""The trained models of this installation: `Cards` of its training root."""

from collections.abc import Collection

from api.config import settings
from api.errors import NotFound
from api.training.cards import Cards
from api.training.schemas import Version


def cards() -> Cards:
    return Cards(settings().training_root)


def versions() -> list[Version]:
    """The newest first."""
    return cards().versions()


def version(name: str) -> Version:
    """Raises NotFound."""
    found = cards().version(name)
    if found is None:
        raise NotFound(f"Модели {name} нет: ./run model list покажет, какие есть.")
    return found


def current() -> str:
    """The version that a start begins with; empty: none."""
    return cards().current()


def make_current(name: str) -> None:
    """A start begins with this model from now on."""
    cards().make_current(name)


def prune(in_use: Collection[str]) -> list[str]:
    """Deletes all but the newest KEEP_MODELS and those in use; returns which."""
    return cards().prune(settings().keep_models, in_use)
