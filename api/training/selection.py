"""Which utterances to label next, so that twenty labels teach the most.

The lowest confidence alone picks noise and twenty variants of one thing. Here a choice is worth what it stands for: it
covers the utterances that are like it, each weighing as much as the model doubts it and as often as it is said. That
is facility location, a submodular aim, so taking the best next one again and again comes within 1 − 1/e of the best
set (G. Nemhauser and others, 1978; for labelling: K. Wei, R. Iyer, J. Bilmes, ICML 2015). The order is nested: the
first five of twenty are the best five, so whoever stops early has lost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log2, sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS = 2048
"""Letter sequences are counted in so many places; two that share one hardly matter among dozens of an utterance."""
LENGTHS = (3, 4)
RELATED = 0.25
"""Cosine below it is chance: endings and prepositions."""
ALIKE = 0.5
OTHERS = 2
"""In the entropy the intents that no ranking names count as so many more: it is told the three likeliest only."""

LAST = np.float32(1e-3)
ROUNDING = 1e-5

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """Utterances of one key. `ranking`: intents with their confidence 0–1, the likeliest first.

    `differs`: the intent that a candidate in the shadow makes of it, where that is another one.
    """

    key: str
    text: str
    times: int
    people: int
    ranking: tuple[tuple[str, float], ...]
    differs: str = ""


@dataclass(frozen=True)
class Choice:
    """`doubt`: 0 (sure) to 1. It stands for `alike` more utterances of the pool, said `alike_times` times."""

    heard: Heard
    doubt: float
    alike: int
    alike_times: int


def doubt(ranking: Sequence[tuple[str, float]], differs: str = "") -> float:
    """How unsure the model is, 0–1: by a small margin and by entropy alike; half-way to 1 where two models differ."""
    shares = [min(max(share, 0.0), 1.0) for _, share in ranking]
    first, second = ([*shares, 0.0, 0.0])[:2]
    rest = max(0.0, 1.0 - sum(shares)) / OTHERS
    spread = [share for share in (*shares, *[rest] * OTHERS) if share > 0]
    entropy = -sum(share * log(share) for share in spread) / log(max(len(shares) + OTHERS, 2))
    unsure = (1 - (first - second) + min(entropy, 1.0)) / 2
    return min(1.0, (1 + unsure) / 2 if differs else unsure)


def weight(heard: Heard) -> float:
    """What a right answer to it is worth: doubt first, then how often it is said and by how many people."""
    return float(doubt(heard.ranking, heard.differs) ** 2 * log2(1 + sqrt(heard.times * max(heard.people, 1))))


def choose(pool: Sequence[Heard], n: int, known: Sequence[str] = ()) -> list[Choice]:
    """At most `n` of the pool, the most telling first. What is like the texts of `known` is covered already.

    The same pool in any order gives the same choice. Time grows with the square of the pool: keep it under 2,000.
    """
    heard = sorted({one.key: one for one in sorted(pool, key=lambda one: one.text)}.values(), key=lambda one: one.key)
    if not heard or n <= 0:
        return []
    likeness, covered = _likeness([one.text for one in heard], known)
    weights = np.array([weight(one) for one in heard], dtype=np.float32)
    # What is covered whole gains nothing: then the weightier first.
    gains = np.maximum(likeness - covered, 0) @ weights + weights * LAST
    chosen: list[Choice] = []
    left = np.ones(len(heard), dtype=bool)
    while len(chosen) < min(n, len(heard)):
        place = int(np.argmax(np.where(left, gains, -1)))
        # A gain only shrinks as others are chosen: who is the best even by the gain of now needs no look at the rest.
        now = np.maximum(likeness[place] - covered, 0) @ weights + weights[place] * LAST
        if now < gains[place] * (1 - ROUNDING):
            gains[place] = now
            continue
        left[place] = False
        near = left & (likeness[place] >= ALIKE) & (likeness[place] > covered)
        times = sum(heard[at].times for at in np.flatnonzero(near))
        chosen.append(Choice(heard[place], doubt(heard[place].ranking, heard[place].differs), int(near.sum()), times))
        covered = np.maximum(covered, likeness[place])
    return chosen


def _likeness(texts: Sequence[str], known: Sequence[str]) -> tuple[Matrix, Matrix]:
    """Each text with each, 0–1, and how far the known ones cover each."""
    counts = np.stack([_letters(text) for text in (*texts, *known)])
    common = np.count_nonzero(counts[: len(texts)], axis=0)
    vectors = counts * np.log1p(len(texts) / (1 + common), dtype=np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    ours, theirs = vectors[: len(texts)], vectors[len(texts) :]
    likeness = _related(ours @ ours.T)
    np.fill_diagonal(likeness, 1.0)
    covered = _related(ours @ theirs.T).max(axis=1) if len(known) else np.zeros(len(texts), dtype=np.float32)
    return likeness, covered


def _related(cosines: Matrix) -> Matrix:
    cosines[cosines < RELATED] = 0
    return cosines


def _letters(text: str) -> Matrix:
    """How often each sequence of letters stands in the words; figures are amounts and tell nothing."""
    counts = np.zeros(BUCKETS, dtype=np.float32)
    words = "".join(sign if sign.isalpha() else " " for sign in text.casefold()).split()
    for word in words:
        framed = f" {word} "
        for length in LENGTHS:
            for at in range(max(len(framed) - length + 1, 1)):
                counts[crc32(framed[at : at + length].encode()) % BUCKETS] += 1
    return np.sqrt(counts, dtype=np.float32)
