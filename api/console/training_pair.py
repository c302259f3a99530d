"""Two models side by side: their figures with the differences, and the phrases that they read differently."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from api.console.training_figures import MEASURES, listed, number, part
from api.console.training_words import CHANGES, SETS
from api.review.intents import title
from api.training import comparing
from api.training.cards import Cards
from api.training.schemas import Version

log = structlog.get_logger()

OPPOSITE = {"mended": "broken", "broken": "mended", "moved": "moved"}
OTHER_FROZEN = (
    "Эти две модели измерены на разных эталонах: цифры ниже сравнивать можно только приблизительно, а фразы — нельзя. "
    "Начните обучение: при нём работающая модель измеряется на нынешнем эталоне заново."
)
NOT_MEASURED = (
    "Пофразно эти модели не сравнивались: для этого обе должны быть измерены на одном эталоне. "
    "Каждое обучение измеряет новую модель и ту, что тогда работает: с ней новую и можно сравнить."
)


@dataclass(frozen=True)
class Difference:
    title: str
    was: str
    now: str
    change: str
    verdict: str
    """better, worse, same; empty: it cannot be told."""


@dataclass(frozen=True)
class Phrase:
    """A phrase that the two models read differently."""

    set: str
    text: str
    expected: str
    was: str
    now: str
    was_sure: float | None
    sure: float | None
    change: str
    """A key of CHANGES."""


@dataclass(frozen=True)
class Pair:
    was: Mapping[str, Any]
    now: Mapping[str, Any]
    phrases: list[Phrase]
    note: str = ""
    """Why the phrases cannot be told."""

    @property
    def figures(self) -> list[tuple[str, list[Difference]]]:
        """By group, what at least one of the two has."""
        return [(title, rows) for title, rows in self._groups() if rows]

    def _groups(self) -> Iterator[tuple[str, list[Difference]]]:
        for group, measures in MEASURES:
            rows = []
            for one in measures:
                was, now = one.of(self.was), one.of(self.now)
                if was is not None or now is not None:
                    change, verdict = one.difference(was, now), one.verdict(was, now)
                    rows.append(Difference(one.title, one.shown(was), one.shown(now), change, verdict))
            yield group, rows

    def count(self, kind: str = "") -> int:
        return sum(1 for one in self.phrases if not kind or one.change == kind)

    def sets(self, kind: str = "") -> list[tuple[str, list[Phrase]]]:
        """Title of the set and its phrases of this kind, the broken first; sets without any are left out."""
        order = list(CHANGES)
        chosen = [one for one in self.phrases if not kind or one.change == kind]
        chosen.sort(key=lambda one: order.index(one.change))
        names = ["must", *dict.fromkeys(one.set for one in self.phrases if one.set != "must")]
        groups = [(SETS.get(name, name), [one for one in chosen if one.set == name]) for name in names]
        return [(title, found) for title, found in groups if found]


def pair(a: Version, b: Version, cards: Cards) -> Pair:
    """`a` was, `b` came: from the card where one was compared with the other, else from what was kept of both."""
    for was, now, turned in ((a, b, False), (b, a, True)):
        kept = part(now.card, "compared_with")
        if kept.get("version") == was.version:
            phrases = _phrases(listed(kept, "phrases"), turned)
            return Pair(now.card, kept, phrases) if turned else Pair(kept, now.card, phrases)
    measured = _measured_alike(a.version, b.version, cards)
    if measured is not None:
        return measured
    hashes = {str(one.card.get("frozen")) for one in (a, b)}
    return Pair(a.card, b.card, [], NOT_MEASURED if len(hashes) == 1 else OTHER_FROZEN)


def _phrases(found: list[dict[str, Any]], turned: bool = False) -> list[Phrase]:
    was, now = ("is", "was") if turned else ("was", "is")
    sure = ("confidence", "was_confidence") if turned else ("was_confidence", "confidence")
    return [
        Phrase(
            set=str(one.get("set", "")),
            text=str(one.get("text", "")),
            expected=title(str(one.get("expected", ""))),
            was=title(str(one.get(was, ""))),
            now=title(str(one.get(now, ""))),
            was_sure=number(one, sure[0]),
            sure=number(one, sure[1]),
            change=OPPOSITE[one["change"]] if turned else one["change"],
        )
        for one in found
        if one.get("change") in CHANGES
    ]


def _measured_alike(a: str, b: str, cards: Cards) -> Pair | None:
    """From models/evaluations, when both were measured on one frozen set by the same code; on the newest of several."""
    for after in cards.evaluations(b):
        before = after.with_name(a + after.name.removeprefix(b))
        try:
            was, now = (json.loads(path.read_text(encoding="utf-8")) for path in (before, after))
            if was["made_with"] == now["made_with"] and "phrases" in was and "phrases" in now:
                return Pair(was, now, _phrases(comparing.phrases(was, now)))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("training.evaluation_unreadable", before=before.name, after=after.name, error=repr(error))
    return None
