"""The trained model on the page «Система»: which one serves, its key figures, its weakest intents."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.console import training_shelf
from api.console.training_card import Weakness, card
from api.console.training_shelf import Model

WEAKEST = 5


@dataclass(frozen=True)
class Serving:
    model: Model
    weak: list[Weakness]
    """The intents that are told worst."""


async def current(session: AsyncSession) -> Serving | None:
    """The model that answers customers; None where its card cannot be read here (in Docker it may be Rasa's alone)."""
    shelf = await training_shelf.shelf(session)
    found = shelf.model(shelf.live)
    return Serving(found, card(found.of.card).intents[:WEAKEST]) if found else None
