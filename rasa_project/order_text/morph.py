"""Morphology: pymorphy3 behind a cache."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pymorphy3

from order_text.normalize import fold

MAX_WORD = 40


@dataclass(frozen=True)
class Analysis:
    """What a word may be: lemmas (likeliest first), grammemes of all analyses, and whether the dictionary has it."""

    lemmas: tuple[str, ...]
    grammemes: frozenset[str]
    best: frozenset[str]
    known: bool


@lru_cache(maxsize=1)
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


def _lemma(parse: Any) -> str:
    """The normal form; of a participle the adjective («сгущённый»), not the verb."""
    if "PRTF" in parse.tag:
        adjective = parse.inflect({"sing", "nomn", "masc"})
        if adjective is not None:
            return str(adjective.word)
    return str(parse.normal_form)


@lru_cache(maxsize=100_000)
def analyse(word: str) -> Analysis:
    """Analyses of one word; a word in foreign letters is its own lemma."""
    word = word.lower()
    if len(word) > MAX_WORD or not re.fullmatch("[а-яё-]+", word):
        return Analysis((fold(word),), frozenset(), frozenset(), False)
    parses = _analyzer().parse(word)
    lemmas = tuple(dict.fromkeys(fold(_lemma(parse)) for parse in parses)) or (fold(word),)
    grammemes = frozenset(g for parse in parses for g in parse.tag.grammemes)
    best = frozenset(parses[0].tag.grammemes) if parses else frozenset()
    return Analysis(lemmas, grammemes, best, bool(_analyzer().word_is_known(word)))
