"""How a Latin word sounds to a Russian ear: «Weiss» is said «вайс», «Ginger» «джинджер», «Cola» «кола».

A customer hears a brand and writes it in Cyrillic. Vowels come out in many ways, consonants in few: both spellings are
brought to a skeleton of consonants, and what shares one is then compared letter by letter.
"""

import re
from functools import lru_cache
from itertools import product

from order_text.normalize import fold, from_latin

_MOST_READINGS = 24
# Latin spelling → the consonants it may be heard as; the longest spelling first.
_HEARD: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ssion", ("шн",)),
    ("tsch", ("ч",)),
    ("tion", ("шн",)),
    ("sion", ("жн", "шн")),
    ("sch", ("ш", "ск")),
    ("sh", ("ш",)),
    ("ch", ("ч", "к", "ш")),
    ("zh", ("ж",)),
    ("kh", ("х",)),
    ("ph", ("ф",)),
    ("th", ("т", "з")),
    ("wh", ("в",)),
    ("qu", ("кв",)),
    ("ck", ("к",)),
    ("tz", ("ц",)),
    ("ts", ("ц",)),
    ("gh", ("г", "")),
    ("gn", ("н", "гн")),
    ("ge", ("дж", "ж", "г")),
    ("gi", ("дж", "ж", "г")),
    ("gy", ("дж", "г")),
    ("ce", ("с", "ц", "ч")),
    ("ci", ("с", "ц", "ч")),
    ("cy", ("с", "ц")),
    ("cc", ("кк", "ч")),
    ("gg", ("г", "дж")),
    ("b", ("б",)),
    ("c", ("к", "ц", "с")),
    ("d", ("д",)),
    ("f", ("ф",)),
    ("g", ("г",)),
    ("h", ("х", "г", "")),
    ("j", ("дж", "ж", "")),
    ("k", ("к",)),
    ("l", ("л",)),
    ("m", ("м",)),
    ("n", ("н",)),
    ("p", ("п",)),
    ("q", ("к",)),
    ("r", ("р",)),
    ("s", ("с", "з")),
    ("t", ("т",)),
    ("v", ("в", "ф")),
    ("w", ("в", "")),
    ("x", ("кс", "х")),
    ("z", ("з", "ц")),
)
_BY_EAR = str.maketrans("оеэяыюбвгджз", "аииииупфктшс", "ьъ")
"""Unstressed vowels and voiced consonants fall together."""
_SILENT = re.compile("[аеёиоуыэюяйьъ]")


@lru_cache(maxsize=200_000)
def latin_skeletons(word: str) -> frozenset[str]:
    """Consonant skeletons in which a Latin word may be written down by ear."""
    rest, heard = word.lower(), []
    while rest:
        for spelling, sounds in _HEARD:
            if rest.startswith(spelling):
                heard.append(sounds)
                rest = rest[len(spelling) :]
                break
        else:
            rest = rest[1:]
    readings: set[str] = set()
    for reading in product(*heard):
        readings.add(_single("".join(reading)))
        if len(readings) >= _MOST_READINGS:
            break
    return frozenset(readings) - {""}


@lru_cache(maxsize=200_000)
def cyrillic_skeleton(word: str) -> str:
    """The consonants of a Cyrillic word."""
    return _single(_SILENT.sub("", fold(word)))


@lru_cache(maxsize=200_000)
def russian_sound(word: str) -> str:
    """A Russian word as one who spells by ear would write it: «малако» and «молоко» are one, «слифки» and «сливки»."""
    return _single(fold(word).translate(_BY_EAR))


def _single(consonants: str) -> str:
    return re.sub(r"(.)\1+", r"\1", consonants)


@lru_cache(maxsize=200_000)
def spellings(word: str) -> tuple[str, ...]:
    """Plain transliterations, to compare the vowels of those that share a skeleton."""
    return (from_latin(word), from_latin(word.replace("c", "k")))
