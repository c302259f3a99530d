"""Verdicts on messages by tests/order_cases/score_orders.py, and figures of many verdicts with their intervals."""

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from types import ModuleType
from typing import Any

import numpy as np

from api.benchmark.sets import ORDER_CASES

Z = 1.96
RESAMPLES, SEED = 2000, 7


@dataclass(frozen=True)
class Verdict:
    """One message judged. `points` are expected lines and questions; `silent` of them went wrong unasked.

    `new_order`: a new order that is all in the message, no question to be asked: what any pipeline should manage.
    """

    id: str
    exact: bool
    silent: int
    points: int
    must_ask: bool
    asked: int
    tags: tuple[str, ...] = ()
    new_order: bool = False


@cache
def score_orders() -> ModuleType:
    """The scorer is a script that came with the task: it stays as it is and is loaded by its path."""
    spec = importlib.util.spec_from_file_location("score_orders", ORDER_CASES / "score_orders.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(case: Mapping[str, Any], parsed: Mapping[str, Any]) -> Verdict:
    """The verdict on what was made of one case."""
    exact, silent, points = score_orders().judge(case, parsed)
    asks = bool(case["expect"]["ask"])
    tags = tuple(case["tags"])
    onto_nothing = not case.get("start") and not case.get("turns") and "repeat" not in tags
    new_order = onto_nothing and not asks and bool(case["expect"]["cart"])
    return Verdict(case["id"], exact, silent, points, asks, len(parsed["questions"]), tags, new_order)


@dataclass(frozen=True)
class Share:
    """A share of counted things with its 95 % interval."""

    right: float
    of: float
    low: float
    high: float

    @property
    def value(self) -> float:
        """0 when nothing was counted."""
        return self.right / self.of if self.of else 0.0

    def to_json(self) -> dict[str, float]:
        """Rounded for the report."""
        return {
            "right": self.right,
            "of": self.of,
            "share": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
        }


def wilson(hits: Iterable[bool]) -> Share:
    """The share of hits with Wilson's interval, which holds near 0 and 1 and for small counts."""
    known = list(hits)
    right, of = sum(known), len(known)
    if not of:
        return Share(0, 0, 0.0, 1.0)
    share, square = right / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return Share(right, of, max(0.0, middle - half), min(1.0, middle + half))


def ratio(tops: Sequence[int], bottoms: Sequence[int]) -> Share:
    """A ratio of sums over messages; its interval is a bootstrap over messages, whose lines go wrong together."""
    top, bottom = np.array(tops, float), np.array(bottoms, float)
    if not len(bottom) or not bottom.sum():
        return Share(0, 0, 0.0, 1.0)
    draws = np.random.default_rng(SEED).integers(0, len(top), (RESAMPLES, len(top)))
    ratios = top[draws].sum(axis=1) / np.maximum(bottom[draws].sum(axis=1), 1)
    low, high = np.percentile(ratios, [2.5, 97.5])
    return Share(int(top.sum()), int(bottom.sum()), float(low), float(high))


@dataclass(frozen=True)
class Figures:
    """The scorer's four figures over some messages, `new_order` exact ones, and the share of points not asked about."""

    exact: Share
    touchless: Share
    asked_right: Share
    silent_wrong: Share
    new_order: Share
    coverage: float

    def to_json(self) -> dict[str, Any]:
        """For results.json."""
        names = ("exact", "touchless", "asked_right", "silent_wrong", "new_order")
        return {name: getattr(self, name).to_json() for name in names} | {"coverage": round(self.coverage, 4)}


def figures(verdicts: Sequence[Verdict]) -> Figures:
    """The figures of these messages."""
    points = sum(verdict.points for verdict in verdicts)
    return Figures(
        exact=wilson(verdict.exact for verdict in verdicts),
        touchless=wilson(verdict.exact for verdict in verdicts if not verdict.must_ask),
        asked_right=wilson(verdict.exact for verdict in verdicts if verdict.must_ask),
        silent_wrong=ratio([verdict.silent for verdict in verdicts], [verdict.points for verdict in verdicts]),
        new_order=wilson(verdict.exact for verdict in verdicts if verdict.new_order),
        coverage=1 - sum(verdict.asked for verdict in verdicts) / points if points else 1.0,
    )


def by_flavour(verdicts: Iterable[Verdict]) -> dict[str, Share]:
    """Exact messages by tag."""
    hits: dict[str, list[bool]] = {}
    for verdict in verdicts:
        for tag in verdict.tags:
            hits.setdefault(tag, []).append(verdict.exact)
    return {tag: wilson(found) for tag, found in sorted(hits.items())}
