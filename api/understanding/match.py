"""Ranked SKUs for a name, and the product mentioned in a question."""
from api.understanding.catalog import CatalogIndex
from api.understanding.context import Context, PastOrder


def match(
    query: str, index: CatalogIndex, history: tuple[PastOrder, ...] = (), limit: int = 10
) -> list[tuple[str, float]]:
    """SKUs with scores 0–1, best first."""
    return []


def lookup(text: str, context: Context) -> tuple[str, list[str]]:
    """The product mention in a price, stock or catalogue question and the SKUs (at most five) that fit it."""
    return "", []
