"""Ways to rank a catalogue's names for a query: RapidFuzz's scorers and TF-IDF over character n-grams."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

Ranker = Callable[[str, int], list[tuple[int, float]]]
"""(query, how many) → places of names with scores 0–100, best first."""

SHORTEST_GRAM, LONGEST_GRAM = 2, 4


def by_scorer(scorer: Callable[..., float]) -> Callable[[Sequence[str]], Ranker]:
    """RapidFuzz's `extract` with its default processing (`extractOne` is its first)."""

    def build(names: Sequence[str]) -> Ranker:
        choices = [utils.default_process(name) for name in names]

        def rank(query: str, limit: int) -> list[tuple[int, float]]:
            found = process.extract(utils.default_process(query), choices, scorer=scorer, limit=limit)
            return [(place, score) for _, score, place in found]

        return rank

    return build


def grams(text: str) -> Counter[str]:
    """Character n-grams within words, the words padded with spaces (scikit-learn's `char_wb`)."""
    found: Counter[str] = Counter()
    for word in utils.default_process(text).split():
        padded = f" {word} "
        for size in range(SHORTEST_GRAM, LONGEST_GRAM + 1):
            found.update(padded[at : at + size] for at in range(len(padded) - size + 1))
    return found


def by_ngrams(names: Sequence[str]) -> Ranker:
    """Cosine of TF-IDF vectors, as scikit-learn's TfidfVectorizer weighs them (smooth idf, sublinear tf)."""
    documents = [grams(name) for name in names]
    frequency = Counter(gram for document in documents for gram in document)
    place_of = {gram: place for place, gram in enumerate(frequency)}
    idf = np.array([log((1 + len(names)) / (1 + count)) + 1 for count in frequency.values()], np.float32)

    def vector(document: Counter[str]) -> NDArray[np.float32]:
        weights = np.zeros(len(place_of), np.float32)
        for gram, count in document.items():
            if gram in place_of:
                weights[place_of[gram]] = (1 + log(count)) * idf[place_of[gram]]
        norm = float(np.linalg.norm(weights))
        return weights / norm if norm else weights

    matrix = np.stack([vector(document) for document in documents])

    def rank(query: str, limit: int) -> list[tuple[int, float]]:
        scores = matrix @ vector(grams(query))
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(int(place), 100 * float(scores[place])) for place in best]

    return rank


RANKERS: dict[str, Callable[[Sequence[str]], Ranker]] = {
    "WRatio": by_scorer(fuzz.WRatio),
    "token_set_ratio": by_scorer(fuzz.token_set_ratio),
    "token_sort_ratio": by_scorer(fuzz.token_sort_ratio),
    "TF-IDF n-grams": by_ngrams,
}
"""By the names of the report."""
