"""Ranked SKUs for a name, and the product mentioned in a question."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz

from api.understanding.atoms import AtomBuilder
from api.understanding.attributes import Stated, agreement
from api.understanding.candidates import Finder, Hits, Word
from api.understanding.catalog import CatalogIndex, Entry
from api.understanding.choosing import OFFERED, View, narrow, settle
from api.understanding.context import Context, PastOrder
from api.understanding.habits import Habits
from order_text import annotate
from order_text.model import Kind

_SHORTLIST = 60


def match(
    query: str, index: CatalogIndex, history: Sequence[PastOrder] = (), limit: int = 10
) -> list[tuple[str, float]]:
    """SKUs with scores 0–1, best first."""
    finder = Finder(index)
    words, figures, units = _pieces(query, finder)
    tally = _tally(words, finder)
    if not tally:
        return []
    habits = Habits(tuple(history))
    shortlist = sorted(tally, key=lambda sku: (-tally[sku], sku))[:_SHORTLIST]
    scored = [
        (sku, _score(index.by_sku[sku], tally[sku], words, figures, units, query, finder, habits)) for sku in shortlist
    ]
    scored.sort(key=lambda pair: (-pair[1], pair[0]))
    return [(sku, round(max(0.0, min(1.0, score)), 4)) for sku, score in scored[:limit]]


def _pieces(query: str, finder: Finder) -> tuple[list[Word], list[Stated], set[str]]:
    builder = AtomBuilder(finder)
    atoms = builder.build(annotate(query).tokens)
    words, figures, units = [], [], set()
    for atom in atoms:
        if atom.kind == "word" and atom.word is not None:
            words.append(atom.word)
        elif atom.figure is not None:
            figures.append(atom.figure)
        elif atom.kind == "unit" and atom.token.unit:
            units.add(atom.token.unit)
            if atom.word is not None and finder.hits(atom.word):
                words.append(atom.word)
    return words, figures, units


def _tally(words: Sequence[Word], finder: Finder) -> dict[str, float]:
    tally = np.zeros(len(finder.index.entries))
    for word in words:
        hits = finder.hits(word)
        tally += (hits.likeness + 0.25 * hits.head) * _rarity(hits)
    return {finder.index.entries[place].sku: float(tally[place]) for place in np.flatnonzero(tally)}


def _rarity(hits: Hits) -> float:
    return 1.0 + 1.0 / (1 + np.count_nonzero(hits.likeness) / 20)


def _score(
    entry: Entry,
    tally: float,
    words: Sequence[Word],
    figures: Sequence[Stated],
    units: set[str],
    query: str,
    finder: Finder,
    habits: Habits,
) -> float:
    weight = sum(1.25 * _rarity(finder.hits(word)) for word in words) or 1.0
    agreed = sum(agreement(entry, figure) for figure in figures) / max(1, len(figures))
    unsaid = len([form for form in entry.forms if form not in entry.plain]) / max(1, len(words) + 2)
    likeness = fuzz.token_sort_ratio(query.lower(), entry.item.name.lower()) / 100
    score = 0.6 * tally / weight + 0.25 * agreed + 0.12 * likeness - 0.03 * unsaid
    return score + (0.02 if entry.unit in units else 0.0) + (0.02 if entry.sku in habits else 0.0)


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
