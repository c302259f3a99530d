"""Weights of `match` fitted on the tuning part: the expected name should stand above the other likely ones.

A softmax over the shortlist of each query, pulled towards the present weights; what is learnt on some catalogues is
also measured on the one left out, because weights that only fit are of no use.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.benchmark.sets import Catalogue
from api.understanding import match
from api.understanding.candidates import Finder
from api.understanding.habits import Habits

STEPS, RATE, PULL = 400, 0.3, 0.02
SHARPNESS = 12.0
NAMES = tuple(match.WEIGHTS)
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """A query's shortlist as features (row by row), and the row of the expected name."""

    features: Matrix
    expected: int


def shortlists(known: Catalogue) -> list[Ranked]:
    """The queries whose expected name is on the shortlist at all."""
    finder, habits = Finder(known.index), Habits(())
    found = []
    for query in known.queries:
        asked = match._query(query["query"], finder)
        places = [int(place) for place in match._shortlist(asked, finder)]
        expected = known.index.place[query["expect"]]
        if expected in places:
            rows = [match.features(asked, place, finder, habits) for place in places]
            found.append(Ranked(np.array([[row[name] for name in NAMES] for row in rows]), places.index(expected)))
    return found


def present() -> Matrix:
    """The weights in use."""
    return np.array([match.WEIGHTS[name] for name in NAMES])


def fitted(queries: Sequence[Ranked]) -> Matrix:
    """Weights that rank these queries best, of the same positive sum as the present ones."""
    start = present()
    scale = start[start > 0].sum()
    weights = start.copy()
    for _ in range(STEPS):
        slope = PULL * (weights - start)
        for query in queries:
            scores = query.features @ weights * SHARPNESS / scale
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            slope += (shares @ query.features - query.features[query.expected]) / len(queries)
        weights -= RATE * slope
    return np.asarray(weights * (scale / weights[weights > 0].sum()), np.float64)


def first_right(weights: Matrix, queries: Sequence[Ranked]) -> float:
    """The share of these queries whose expected name comes first."""
    return sum(int(np.argmax(query.features @ weights)) == query.expected for query in queries) / max(1, len(queries))


def left_out(by_catalogue: Sequence[Sequence[Ranked]]) -> tuple[float, float]:
    """The share first with the present weights, and with weights fitted without the catalogue they are tried on."""
    tried: list[tuple[float, float, int]] = []
    for place, queries in enumerate(by_catalogue):
        rest = [query for other, found in enumerate(by_catalogue) if other != place for query in found]
        tried.append((first_right(present(), queries), first_right(fitted(rest), queries), len(queries)))
    total = max(1, sum(count for *_, count in tried))
    return sum(now * n for now, _, n in tried) / total, sum(then * n for _, then, n in tried) / total
