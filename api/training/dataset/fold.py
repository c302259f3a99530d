"""When two texts are the same one."""

import re
from functools import lru_cache

from order_text.morph import analyse

_BETWEEN = re.compile(r"[^\w%+]+")
_DIGITS = re.compile(r"\d+")
_NO = frozenset("не нет ни без кроме".split())


def folded(text: str) -> str:
    """Lower case, «ё» as «е», without punctuation (unless nothing else is left): as rasa_project/generate.py folds."""
    return _BETWEEN.sub(" ", text.lower().replace("ё", "е")).strip() or text.strip()


@lru_cache(maxsize=50_000)
def lemmas(text: str) -> str:
    """The folded text in dictionary forms, all figures as one."""
    return " ".join("0" if _DIGITS.fullmatch(word) else _lemma(word) for word in folded(text).split())


def refusals(text: str) -> frozenset[str]:
    """The words that say no: «не везите» is not «везите»."""
    return _NO.intersection(folded(text).split())


@lru_cache(maxsize=50_000)
def _lemma(word: str) -> str:
    return analyse(word).lemmas[0]
