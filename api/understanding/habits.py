"""What this customer usually takes."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import median

from api.understanding.context import Context, PastOrder

RECENT = 5
LEAST = 2
TIMES = 5
PACKINGS = 50


class Habits:
    """Quantities and popularity of products in past orders."""

    def __init__(self, history: tuple[PastOrder, ...]) -> None:
        self._quantities: dict[str, list[Decimal]] = {}
        self._last_seen: dict[str, int] = {}
        for place, order in enumerate(history):
            for sku, quantity in order.lines.items():
                self._quantities.setdefault(sku, []).append(quantity)
                self._last_seen[sku] = place

    def __contains__(self, sku: str) -> bool:
        return sku in self._quantities

    @property
    def skus(self) -> Iterable[str]:
        """Everything that was ever bought."""
        return self._quantities

    def last(self, sku: str) -> Decimal | None:
        """The quantity in the latest order that holds the product."""
        found = self._quantities.get(sku)
        return found[-1] if found else None

    def usual(self, sku: str) -> Decimal | None:
        """The median of the latest orders that hold the product; None below two of them."""
        found = self._quantities.get(sku, [])
        return Decimal(median(found[-RECENT:])) if len(found) >= LEAST else None

    def is_usual(self, sku: str, quantity: Decimal) -> bool:
        """Whether the quantity is one this customer took before."""
        found = self._quantities.get(sku, [])
        return bool(found) and (quantity in (found[-1], Decimal(median(found[-RECENT:]))))

    def rank(self, sku: str) -> tuple[int, int]:
        """Sorting key: the more recent and the more often, the smaller."""
        if sku not in self._quantities:
            return (1, 0)
        return (-self._last_seen[sku], -len(self._quantities[sku]))


def latest(context: Context) -> PastOrder | None:
    """The order that «как обычно» repeats."""
    return context.history[-1] if context.history else None


def without_empty(lines: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """A copy without zero lines."""
    return {sku: quantity for sku, quantity in lines.items() if quantity > 0}
