"""Ranked SKUs for a name as another company writes it, and the product mentioned in a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from api.understanding.atoms import AtomBuilder
from api.understanding.attributes import ABSENT, CONTRADICTED, Stated, agreement
from api.understanding.candidates import Finder, Hits, Word
from api.understanding.catalog import CatalogIndex, Entry
from api.understanding.choosing import OFFERED, View, narrow, settle
from api.understanding.context import Context, PastOrder
from api.understanding.habits import Habits
from order_text import annotate
from order_text.model import Kind
from order_text.normalize import fold, from_latin

SHORTLIST = 80
WEIGHTS = {
    "said": 2.8,
    "meant": 1.1,
    "head": 0.37,
    "agrees": 0.89,
    "contradicts": -0.99,
    "unstated": -0.41,
    "alike": 1.13,
    "ordered": 0.66,
    "unit": 0.07,
    "bought": 0.07,
}
"""Fitted on tests/order_cases by `./run eval --fit`; the sum of the positive ones is a perfect match."""
_PERFECT = sum(weight for weight in WEIGHTS.values() if weight > 0)
_GLUED = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")


@dataclass(frozen=True)
class Query:
    """A name taken apart: words with how much each tells, figures, units, and the whole in one alphabet."""

    words: tuple[Word, ...]
    rarity: tuple[float, ...]
    figures: tuple[Stated, ...]
    units: frozenset[str]
    text: str


def match(
    query: str, index: CatalogIndex, history: Sequence[PastOrder] = (), limit: int = 10
) -> list[tuple[str, float]]:
    """SKUs with scores 0–1, best first; none when no word of the query is like any in the catalogue."""
    finder = Finder(index)
    asked = _query(query, finder)
    places = _shortlist(asked, finder)
    habits = Habits(tuple(history))
    scored = [(index.entries[place], features(asked, int(place), finder, habits)) for place in places]
    ranked = sorted(((entry.sku, _score(values)) for entry, values in scored), key=lambda pair: (-pair[1], pair[0]))
    return [(sku, round(max(0.0, min(1.0, score)), 4)) for sku, score in ranked[:limit]]


def _score(values: dict[str, float]) -> float:
    return sum(WEIGHTS[name] * value for name, value in values.items()) / _PERFECT


def _query(text: str, finder: Finder) -> Query:
    builder = AtomBuilder(finder)
    words: list[Word] = []
    figures: list[Stated] = []
    units: set[str] = set()
    for atom in builder.build(annotate(_GLUED.sub(" ", text)).tokens):
        if atom.kind == "word" and atom.word is not None:
            words.append(atom.word)
        elif atom.figure is not None:
            figures.append(atom.figure)
        elif atom.kind == "unit" and atom.token.unit:
            units.add(atom.token.unit)
            if atom.word is not None and finder.hits(atom.word):
                words.append(atom.word)
    rarity = tuple(_rarity(finder.soft_hits(word)) for word in words)
    return Query(tuple(words), rarity, tuple(figures), frozenset(units), plain_text(text))


def _rarity(hits: Hits) -> float:
    """How much a word tells: the rarer in the catalogue the more; an unknown one tells little."""
    count = int(np.count_nonzero(hits.likeness))
    if not count:
        return 0.35
    return float(np.log(1 + len(hits.likeness) / count) / np.log(1 + len(hits.likeness)))


def _shortlist(asked: Query, finder: Finder) -> NDArray[np.int64]:
    tally = np.zeros(len(finder.index.entries))
    for word, rarity in zip(asked.words, asked.rarity, strict=True):
        hits = finder.soft_hits(word)
        tally += (hits.likeness + 0.15 * hits.head) * rarity
    for figure in asked.figures:
        for stating in finder.index.stating(figure.values):
            tally[stating] += 0.1 * (tally[stating] > 0)
    tally -= 0.01 * finder.index.telling * (tally > 0)
    best = np.argsort(-tally, kind="stable")[:SHORTLIST]
    return best[tally[best] > 0]


def features(asked: Query, place: int, finder: Finder, habits: Habits) -> dict[str, float]:
    """What speaks for an entry, by the names of `WEIGHTS`."""
    entry = finder.index.entries[place]
    hits = [finder.soft_hits(word) for word in asked.words]
    weight = sum(asked.rarity) or 1.0
    said = sum(float(hit.likeness[place]) * rarity for hit, rarity in zip(hits, asked.rarity, strict=True)) / weight
    agreed = [agreement(entry, figure) for figure in asked.figures]
    known = [value for value in agreed if value != ABSENT]
    name = plain_text(entry.item.name)
    return {
        "said": said,
        "meant": _meant(entry, asked, finder),
        "head": float(any(hit.head[place] for hit in hits)),
        "agrees": sum(value for value in known if value > 0) / max(1, len(agreed)),
        "contradicts": float(sum(value == CONTRADICTED for value in known)),
        "unstated": float(_unstated(entry, asked.figures)),
        "alike": fuzz.token_set_ratio(asked.text, name) / 100,
        "ordered": fuzz.token_sort_ratio(asked.text, name) / 100,
        "unit": float(entry.unit in asked.units),
        "bought": float(entry.sku in habits),
    }


def _meant(entry: Entry, asked: Query, finder: Finder) -> float:
    """The share of the entry's telling words that the query says."""
    telling = [form for form in entry.forms if form not in entry.plain]
    if not telling:
        return 0.0
    said = [finder.soft_forms(word) for word in asked.words]
    return sum(max((forms.get(form, 0.0) for forms in said), default=0.0) for form in telling) / len(telling)


def _unstated(entry: Entry, figures: Sequence[Stated]) -> int:
    """Kinds of figures that the entry states and the query does not."""
    values = {figure.value for figure in figures} | {figure.value / 1000 for figure in figures}
    stated = (entry.attributes.percents, entry.attributes.volumes | entry.attributes.weights)
    return sum(bool(known) and not known & values for known in stated)


@lru_cache(maxsize=200_000)
def plain_text(text: str) -> str:
    """Lower case, one alphabet, no marks: «Brentar 0,5л» is «брентар 0.5 л»."""
    text = fold(text).replace(",", ".")
    text = re.sub(r"[a-z]+", lambda found: from_latin(found.group()), text)
    return " ".join(re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+|%", text))


def lookup(text: str, context: Context) -> tuple[str, list[str]]:
    """The product mention in a price, stock or catalogue question and the SKUs (at most five) that fit it."""
    finder = Finder(context.index)
    tokens = [
        token for token in annotate(text).tokens if token.kind not in (Kind.question, Kind.border, Kind.reference)
    ]
    atoms = [atom for atom in AtomBuilder(finder).build(tokens) if atom.kind in ("word", "figure", "number", "unit")]
    named = [atom for atom in atoms if atom.kind != "unit" or (atom.word is not None and finder.hits(atom.word))]
    words = tuple(
        atom.word
        for atom in named
        if atom.word is not None and atom.kind in ("word", "unit") and finder.hits(atom.word)
    )
    if not words:
        return " ".join(atom.token.text for atom in named if atom.kind == "word"), []
    figures = tuple(atom.figure for atom in named if atom.figure is not None)
    phrase = " ".join(dict.fromkeys(atom.token.text for atom in named))
    found = finder.find(words, figures)
    if not found.full and figures:
        found = finder.find(words, ())
    if not found.full:
        return phrase, [entry.sku for entry in found.near if words][:OFFERED]
    heads = [c for c in found.full if c.head] or list(found.full)
    view = View({}, Habits(context.history))
    plain = narrow(heads, None) if len(heads) > OFFERED else heads
    ranked = sorted(plain, key=lambda c: (view.habits.rank(c.entry.sku), -c.likeness, len(c.extras), c.entry.sku))
    skus = [c.entry.sku for c in ranked][:OFFERED]
    return phrase, skus or [entry.sku for entry in settle(heads, view)][:OFFERED]
