"""What may be said of small numbers: intervals, and whether two figures differ by more than chance (at 95 %)."""

from dataclasses import dataclass
from math import sqrt

Z = 1.96
FEW = 20
"""With fewer cases than this nothing is compared, and the number of cases is told instead."""


@dataclass(frozen=True)
class Share:
    """`part` of `whole`; the figures are between 0 and 1, None of nothing."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval: true to small numbers and to shares near 0 and 1. (0, 1) of nothing."""
        return wilson(self.part, self.whole)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The bounds of a share (E. B. Wilson, 1927)."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, Z * Z
    centre = (share + square / (2 * whole)) / (1 + square / whole)
    half = Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, centre - half), min(1.0, centre + half)


def shares_differ(now: Share, then: Share) -> bool | None:
    """Whether the difference is more than chance, by Newcombe's interval (1998, method 10); None: too few cases."""
    if min(now.whole, then.whole) < FEW:
        return None
    difference = now.part / now.whole - then.part / then.whole
    (low_now, high_now), (low_then, high_then) = now.interval, then.interval
    share_now, share_then = now.part / now.whole, then.part / then.whole
    low = difference - sqrt((share_now - low_now) ** 2 + (high_then - share_then) ** 2)
    high = difference + sqrt((high_now - share_now) ** 2 + (share_then - low_then) ** 2)
    return not low <= 0 <= high


def counts_differ(now: int, then: int) -> bool | None:
    """Of counts of independent events in two equally long periods; None: too few."""
    if now + then < FEW:
        return None
    return abs(now - then) > Z * sqrt(now + then)


@dataclass(frozen=True)
class Middle:
    """A median with its bounds by order statistics, and the value that nine of ten stay under. None of nothing.

    The bounds are the values at the ranks 0.5 ± Z / 2√n of the sorted ones.
    """

    count: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    p90: float | None = None


def middles_differ(now: Middle, then: Middle) -> bool | None:
    """Whether the bounds of the two medians do not touch: a careful test; None: too few cases."""
    if min(now.count, then.count) < FEW:
        return None
    if now.low is None or now.high is None or then.low is None or then.high is None:
        return None
    return now.low > then.high or now.high < then.low
