"""From the words of units to canonical units and amounts."""

import re
from decimal import Decimal
from functools import lru_cache

from order_text.lexicon.numerals import PREFIXES
from order_text.lexicon.units import (
    COUNT_UNITS,
    MEASURE_STEMS,
    MEASURE_WORDS,
    PERCENT_FORMS,
    VOLUME_UNITS,
    WEIGHT_UNITS,
)
from order_text.morph import analyse
from order_text.normalize import fold, letter_variants

_COUNT = {form: unit for unit, forms in COUNT_UNITS for form in (unit, *forms.split())}
_WEIGHT = {form: (unit, factor) for unit, factor, forms in WEIGHT_UNITS for form in forms.split()}
_VOLUME = {form: (unit, factor) for unit, factor, forms in VOLUME_UNITS for form in forms.split()}
SHORTEST_INFLECTED = 5
"""Letters of a unit that is also known in forms which the table leaves out («в бутылях»)."""
_HUNDREDS = frozenset({"ка", "ки", "ку", "ок", "кой", "ками"})
_MEASURE_ENDING = r"(ый|ая|ое|ые|ого|ой|ую|ых|ым|ыми|ом|а|у|и|ы|ка|ку|ки|ок|к|е|очка|очку|очек|)"


@lru_cache(maxsize=20_000)
def unit_of(word: str) -> tuple[str, str, Decimal] | None:
    """(family, canonical unit, factor) of a unit word; family is count, weight, volume or percent."""
    word = fold(word).rstrip(".")
    lemmas = analyse(word).lemmas[:1] if len(word) >= SHORTEST_INFLECTED and analyse(word).known else ()
    for form in (word, *lemmas, *(letter_variants(word) if len(word) > 1 else ())):
        if form in _COUNT:
            return "count", _COUNT[form], Decimal(1)
        if form in _WEIGHT:
            return "weight", *_WEIGHT[form]
        if form in _VOLUME:
            return "volume", *_VOLUME[form]
        if form in PERCENT_FORMS:
            return "percent", "%", Decimal(1)
    return None


def unit_forms() -> tuple[str, ...]:
    """Every form of a unit that the tables hold."""
    return (*_COUNT, *_WEIGHT, *_VOLUME)


def canonical_unit(word: str) -> str:
    """The canonical form of a catalogue's own unit; an unknown one is itself."""
    found = unit_of(word)
    return found[1] if found else fold(word).rstrip(".")


@lru_cache(maxsize=20_000)
def named_measure(word: str) -> tuple[str, Decimal] | None:
    """(volume|weight, litres|kilograms) of «двухлитровый», «поллитра», «полкило», «полторашка»."""
    word = fold(word).replace("-", "")
    if word in MEASURE_WORDS:
        family, amount = MEASURE_WORDS[word]
        return family, Decimal(amount)
    number, rest = _prefix_number(word)
    if number is not None and number >= 100 and rest in _HUNDREDS:
        return "volume", number / 1000  # «пятисотка» of anything
    for stem, family, factor in MEASURE_STEMS:
        if rest.startswith(stem) and re.fullmatch(_MEASURE_ENDING, rest[len(stem) :]):
            bare = number is None
            if bare and family == "percent":
                return None
            if bare and not re.search("(овый|овая|овое|овые|овых|ового|овой|овую|овым|ушк|овк|ухи?|раш)", rest):
                return None
            return family, factor * (Decimal(1) if number is None else number)
    return None


def _prefix_number(word: str) -> tuple[Decimal | None, str]:
    """The number at the head of a compound: «двухлитровый» → (2, «литровый»)."""
    total: Decimal | None = None
    found = True
    while found:
        found = False
        for prefix, value in PREFIXES:
            if word.startswith(prefix) and len(word) > len(prefix):
                total = (total or Decimal(0)) + value
                word, found = word[len(prefix) :], True
                break
    return total, word


def half_of_unit(word: str) -> str | None:
    """The unit in «полкоробки», «пол-ящика»; None when the word is not one."""
    word = fold(word)
    if not word.startswith("пол") or len(word) < 6:
        return None
    rest = word[3:].lstrip("-")
    return _COUNT.get(rest)
