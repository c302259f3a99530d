"""Thresholds fitted on the tuning part: every combination on a grid, and the best under a bound for silent errors."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from typing import Any

from api.benchmark.scoring import figures
from api.benchmark.sets import CaseSet, Catalogue
from api.benchmark.systems import Hear, System, Understand, verdicts_of
from api.parse import parse
from api.understanding.thresholds import PRESENT, Thresholds

READING = (0.0, 0.04, 0.08, 0.16, 0.64)
LIKENESS = (0.0, 0.037, 0.08, 0.2)
GUESS = (0.0, 0.7, 0.8, 0.92)


@dataclass(frozen=True)
class Point:
    """What thresholds give: shares of exact messages and silent errors, and of points that raised no question."""

    thresholds: Thresholds
    exact: float
    silent_wrong: float
    coverage: float

    def to_json(self) -> dict[str, Any]:
        """For fit.json."""
        return asdict(self.thresholds) | {
            "exact": round(self.exact, 4),
            "silent_wrong": round(self.silent_wrong, 4),
            "coverage": round(self.coverage, 4),
        }


Measure = Callable[[Thresholds], Point]


def measure(thresholds: Thresholds, hear: Hear, sets: Sequence[CaseSet]) -> Point:
    """One point of the curve."""

    def prepare(known: Catalogue) -> Understand:
        return lambda case: parse(case, known.index, known.histories, hear, thresholds)

    found = verdicts_of(System("fit", "", prepare), sets)
    known = figures([verdict for verdicts in found.values() for verdict in verdicts])
    return Point(thresholds, known.exact.value, known.silent_wrong.value, known.coverage)


def grid() -> list[Thresholds]:
    """All combinations, the present ones among them."""
    return list(dict.fromkeys([PRESENT, *(Thresholds(*one) for one in product(READING, LIKENESS, GUESS))]))


def sweep(hear: Hear, sets: Sequence[CaseSet]) -> list[Point]:
    """The points of the whole grid, the present thresholds' first."""
    return list(map(partial(measure, hear=hear, sets=sets), grid()))


def best(points: Iterable[Point], bound: float) -> Point:
    """The most exact messages with no more silent errors than `bound`; then the fewest questions, the fewest errors."""
    within = [point for point in points if point.silent_wrong <= bound]
    return max(within, key=lambda point: (point.exact, point.coverage, -point.silent_wrong))


def reachable(points: Sequence[Point], bound: float) -> float:
    """The bound, or what the present thresholds (the first point) give where no thresholds reach it.

    Errors that no threshold stops are the reading's; asking about everything would only hide them.
    """
    return bound if any(point.silent_wrong <= bound for point in points) else points[0].silent_wrong


def frontier(points: Iterable[Point]) -> list[Point]:
    """The points that no other beats in both: from the fewest silent errors to the fewest questions."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.silent_wrong, -point.coverage)):
        if not kept or point.coverage > kept[-1].coverage:
            kept.append(point)
    return kept
