"""When two texts are the same one."""

import re

_BETWEEN = re.compile(r"[^\w%+]+")
_NO = frozenset("нет ни без кроме".split())


def folded(text: str) -> str:
    """Lower case, «ё» as «е», without punctuation (unless nothing else is left): as rasa_project/generate.py folds."""
    return _BETWEEN.sub(" ", text.lower().replace("ё", "е")).strip() or text.strip()


def refusals(text: str) -> int:
    """How many of its words say no: «не везите» is not «везите», «неправильно» not «правильно»."""
    return sum(word in _NO or word.startswith("не") for word in folded(text).split())
