"""Figures of a model's card, read with caution: an old or a damaged card shows what it has, and nothing here raises."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from api.domain.wording import MINUS, NBSP, percent

NOTHING = "—"


def part(of: object, *names: str) -> dict[str, Any]:
    """What lies under these keys; empty where the card lacks it or holds something else."""
    for name in names:
        of = of.get(name) if isinstance(of, dict) else None
    return of if isinstance(of, dict) else {}


def listed(of: object, *names: str) -> list[dict[str, Any]]:
    """The objects of the list that lies under these keys."""
    found = part(of, *names[:-1]).get(names[-1])
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def number(of: Mapping[str, Any], name: str) -> float | None:
    """A figure; of a list, how many there are."""
    value = of.get(name)
    if isinstance(value, list):
        return float(len(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value)


def share(value: float | None) -> str:
    """«98,4 %»"""
    return NOTHING if value is None else percent(value)


def count(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0f}"


@dataclass(frozen=True)
class Measure:
    """A figure by which models are told apart."""

    part: str
    name: str
    title: str
    more_is_better: bool = False
    is_share: bool = True

    def of(self, card: Mapping[str, Any]) -> float | None:
        return number(part(dict(card), self.part), self.name)

    def shown(self, value: float | None) -> str:
        return share(value) if self.is_share else count(value)

    def difference(self, was: float | None, now: float | None) -> str:
        """«+1,2 п. п.», «−3»; empty where there is none to tell."""
        if was is None or now is None or self.shown(was) == self.shown(now):
            return ""
        change = now - was
        sign = "+" if change > 0 else MINUS
        if self.is_share:
            return f"{sign}{abs(change) * 100:.1f}{NBSP}п.{NBSP}п.".replace(".", ",", 1)
        return f"{sign}{abs(change):.0f}"

    def verdict(self, was: float | None, now: float | None) -> str:
        """better, worse or same; empty where it cannot be told."""
        if was is None or now is None:
            return ""
        if self.shown(was) == self.shown(now):
            return "same"
        return "better" if (now > was) == self.more_is_better else "worse"


def _of_phrases(name: str) -> tuple[Measure, ...]:
    return (
        Measure(name, "accuracy", "верно", more_is_better=True),
        Measure(name, "not_understood", "не понято"),
        Measure(name, "wrong", "понято неверно"),
        Measure(name, "false_orders", "ложных заказов", is_share=False),
    )


MEASURES: tuple[tuple[str, tuple[Measure, ...]], ...] = (
    ("Свои фразы", _of_phrases("heldout")),
    ("Чужие фразы", _of_phrases("strangers")),
    ("Обязательные фразы", (Measure("must", "broken", "сломано", is_share=False),)),
    ("Проверочные диалоги", (Measure("stories", "failed", "не прошло", is_share=False),)),
    (
        "Заказы эталона",
        (
            Measure("orders", "exact", "точно", more_is_better=True),
            Measure("orders", "touchless", "точно, где ясно", more_is_better=True),
            Measure("orders", "silent_wrong", "молча неверно"),
        ),
    ),
)
"""A group of figures with its title: in the order in which they are shown."""

KEY = (
    Measure("heldout", "accuracy", "свои фразы", more_is_better=True),
    Measure("strangers", "accuracy", "чужие фразы", more_is_better=True),
    Measure("orders", "exact", "заказы точно", more_is_better=True),
    Measure("orders", "silent_wrong", "молча неверно"),
    Measure("must", "broken", "обязательных сломано", is_share=False),
)
"""What a list of models shows of each."""


def key_figures(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Title and figure of those that the card has."""
    found = [(measure, measure.of(card)) for measure in KEY]
    return [(measure.title, measure.shown(value)) for measure, value in found if value is not None]
