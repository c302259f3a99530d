"""Arithmetic of cart lines: allowed quantities, the usual quantity, and making a cart fit a sum."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from statistics import median

UNUSUAL = 5
"""How many times the usual quantity is asked about before it is taken."""


@dataclass(frozen=True)
class FitLine:
    """A line that may be reduced; `price_at` gives the price of a base unit when this much is bought."""

    sku: str
    quantity: Decimal
    price_at: Callable[[Decimal], Decimal]
    step: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)

    def sum(self, quantity: Decimal) -> Decimal:
        return (quantity * self.price_at(quantity)).quantize(Decimal("0.01")) if quantity else Decimal(0)

    @property
    def floor(self) -> Decimal:
        """The least that can be ordered."""
        return min(self.quantity, smallest(self.step, self.minimum))


def trimmed(value: Decimal) -> Decimal:
    """The same number without needless zeros and without an exponent: 5.0000 is 5, 10 stays 10."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def plain(value: Decimal) -> str:
    """The number for a program: «5», «1.5»."""
    return f"{trimmed(value):f}"


def smallest(step: Decimal, minimum: Decimal) -> Decimal:
    """The least allowed quantity: the first whole step that is not under the minimum."""
    return max(step, (minimum / step).to_integral_value(ROUND_CEILING) * step)


def is_allowed(quantity: Decimal, step: Decimal, minimum: Decimal) -> bool:
    """Whether this much can be ordered: whole steps, not under the minimum."""
    return quantity >= minimum and quantity > 0 and quantity % step == 0


def nearest_allowed(quantity: Decimal, step: Decimal, minimum: Decimal) -> tuple[Decimal, ...]:
    """The allowed quantities next to this one, at most one below and one above."""
    least = smallest(step, minimum)
    below = (quantity / step).to_integral_value(ROUND_FLOOR) * step
    above = (quantity / step).to_integral_value(ROUND_CEILING) * step
    return tuple(sorted({max(below, least), max(above, least)}))


def is_unusual(quantity: Decimal, past: Sequence[Decimal]) -> bool:
    """More than five times the median of the past quantities, of which there are at least two."""
    return len(past) >= 2 and quantity > UNUSUAL * median(past)


def _total(lines: Sequence[FitLine], quantities: Mapping[str, Decimal]) -> Decimal:
    return sum((line.sum(quantities[line.sku]) for line in lines), Decimal(0))


def _scaled(line: FitLine, share: Decimal) -> Decimal:
    whole = (line.quantity * share / line.step).to_integral_value(ROUND_FLOOR) * line.step
    return max(whole, line.floor)


def _shave(lines: Sequence[FitLine], quantities: dict[str, Decimal], available: Decimal) -> None:
    """Takes steps from the dearest line that still has some, until the sum fits or nothing is left to take."""
    while (excess := _total(lines, quantities) - available) > 0:
        loose = [line for line in lines if quantities[line.sku] - line.step >= line.floor]
        if not loose:
            return
        dearest = max(loose, key=lambda line: line.sum(quantities[line.sku]))
        now = quantities[dearest.sku]
        one = dearest.price_at(now) * dearest.step
        count = max((excess / one).to_integral_value(ROUND_CEILING), Decimal(1)) if one > 0 else Decimal(1)
        room = ((now - dearest.floor) / dearest.step).to_integral_value(ROUND_FLOOR)
        quantities[dearest.sku] = now - min(count, room) * dearest.step


def _superfluous(lines: Sequence[FitLine], available: Decimal) -> FitLine:
    """The line to drop when even the least of everything is too much: the cheapest that is enough, else the dearest."""
    least = sum((line.sum(line.floor) for line in lines), Decimal(0))
    enough = [line for line in lines if line.sum(line.floor) >= least - available]
    if enough:
        return min(enough, key=lambda line: line.sum(line.floor))
    return max(lines, key=lambda line: line.sum(line.floor))


def fit_to_sum(lines: Sequence[FitLine], available: Decimal) -> dict[str, Decimal]:
    """Quantities whose sum is at most `available` roubles.

    The dearest lines give first, in proportion to the excess and by whole steps, never under the minimum; a line is
    dropped (it is missing from the answer) only when nothing else helps.
    """
    kept = list(lines)
    while kept:
        quantities = {line.sku: line.quantity for line in kept}
        total = _total(kept, quantities)
        for line in sorted(kept, key=lambda line: line.sum(line.quantity), reverse=True):
            if _total(kept, quantities) <= available:
                break
            quantities[line.sku] = _scaled(line, available / total)
        _shave(kept, quantities, available)
        if _total(kept, quantities) <= available:
            return quantities
        kept.remove(_superfluous(kept, available))
    return {}
