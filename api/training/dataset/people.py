"""People's names in an utterance. Goods that are called like people are not taken for them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from api.training.dataset.names import CALLED, COMMON, GOODS, MAN, MEN_IN_A, SURNAME_ENDINGS, WHO, WOMAN
from order_text import annotate
from order_text.lexicon.closed import FILLERS
from order_text.model import Kind
from order_text.morph import Analysis, analyse

_WORD = re.compile(r"[А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)*")
_INITIALS = re.compile(
    r"(?<![\w-])(?:[А-ЯЁ][а-яё]{2,}(?:-[А-ЯЁ][а-яё]+)? [А-ЯЁ]\.(?: ?[А-ЯЁ]\.)|[А-ЯЁ]\. ?[А-ЯЁ]\. ?[А-ЯЁ][а-яё]{2,})(?!\w)"
)
"""«Иванов А. П.», «А.П. Иванов»"""
_STANDING_IN = frozenset(name.casefold() for name in (*WOMAN.values(), *MAN.values()))
_COUNTED = re.compile(r" ?[,:;–—=xх*-]? ?\d")
_ENDS = re.compile(r"\s*(?:[,.!?;:)…]|$|\n)")
_ENDINGS_IN_A = {"а": "nomn", "я": "nomn", "ы": "gent", "и": "gent", "е": "datv", "у": "accs", "ю": "accs", "й": "ablt"}


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int
    analysis: Analysis

    @property
    def low(self) -> str:
        return self.text.casefold()

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def patronymic(self) -> bool:
        return self.analysis.known and "Patr" in self.analysis.grammemes

    @property
    def first(self) -> bool:
        """A first name and hardly anything else."""
        return self.maybe_first and bool(_first_names(self.analysis.lemmas)) and ("Name" in self.analysis.best or self.capital)

    @property
    def maybe_first(self) -> bool:
        of_name = self.analysis.known and "Name" in self.analysis.grammemes
        return of_name and self.low not in COMMON and (self.capital or "Name" in self.analysis.best)

    @property
    def surname(self) -> bool:
        known = self.analysis.known and "Surn" in self.analysis.best and self.low not in COMMON
        return known or (self.capital and not self.analysis.known and self.low.endswith(tuple(SURNAME_ENDINGS)))

    @property
    def named(self) -> bool:
        return self.patronymic or self.maybe_first or self.surname


def names(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each name, and who stands in for it."""
    for found in _INITIALS.finditer(text):
        yield found.start(), found.end(), "Сергей"
    words = [_Word(one[0], one.start(), one.end(), analyse(one[0])) for one in _WORD.finditer(text)]
    place = 0
    while place < len(words):
        run = _run(words, place, text)
        if run and (found_name := _name_of(run, words[place - 1] if place else None, text)):
            yield found_name[0].start, found_name[-1].end, _stand_in(found_name)
        place += max(len(run), 1)


def _run(words: Sequence[_Word], place: int, text: str) -> list[_Word]:
    """Words in a row that may be parts of one name."""
    run: list[_Word] = []
    for word in words[place : place + 3]:
        called = not run and place and words[place - 1].low in CALLED and (word.capital or not word.analysis.known)
        if not (word.named or called) or (run and text[run[-1].end : word.start] != " "):
            break
        run.append(word)
    return run


def _name_of(run: list[_Word], before: _Word | None, text: str) -> list[_Word]:
    """The words of the run that are a name; none where it is goods, a street, or just a word."""
    adjacent = before is not None and not text[before.end : run[0].start].strip(" :—–-")
    cue = before.low if before is not None and adjacent else ""
    if any(word.patronymic for word in run):
        return run
    for one, other in zip(run, run[1:], strict=False):
        if (one.first and other.surname) or (one.surname and other.first):
            return [one, other] if one.capital or one.first else []
    if cue in CALLED:
        return run
    word = run[0]
    if word.low in GOODS or not word.maybe_first | (word.capital and word.surname):
        return []
    if cue in WHO and (word.capital or word.first):
        counted = _COUNTED.match(text, word.end) is not None and cue in ("заказ", "заявка", "это", "с")
        return [] if counted else run[:1]
    return run[:1] if word.first and _addressed(word, before, text) else []


def _addressed(word: _Word, before: _Word | None, text: str) -> bool:
    """«Наталья, добрый день», «спасибо, Оля»; «Наталья 3 уп» and «шоколад Наталья» are goods."""
    if _COUNTED.match(text, word.end):
        return False
    apart = before is None or bool(re.search(r"[,.!?;:\n]", text[before.end : word.start])) or _polite(before.low)
    following = _WORD.match(text, word.end + 1)
    spoken_to = following is not None and (_polite(following[0].casefold()) or "VERB" in analyse(following[0]).best)
    return apart and (spoken_to or _ENDS.match(text, word.end) is not None)


@lru_cache(maxsize=10_000)
def _polite(word: str) -> bool:
    tokens = annotate(word).tokens
    return len(tokens) == 1 and tokens[0].kind in (Kind.filler, Kind.closed, Kind.question)


@lru_cache(maxsize=10_000)
def _first_names(lemmas: tuple[str, ...]) -> tuple[str, ...]:
    """Those by which people are called: order_text has a table of them, and a name there is no sign of goods."""
    return tuple(
        lemma for lemma in lemmas if lemma in FILLERS and {"Name", "Patr"} & analyse(lemma).grammemes and lemma not in COMMON
    )


def _stand_in(run: Sequence[_Word]) -> str:
    """In the same case and capitals; a name that stands in already stays."""
    word = run[0]
    if len(run) == 1 and word.low in _STANDING_IN:
        return word.text
    # Of «Анне Петровне» the patronymic tells the case: a first name's forms are surnames as well.
    told = sorted(run, key=lambda one: (not one.patronymic, not one.maybe_first))[0]
    in_a = [name for name in _first_names(told.analysis.lemmas) if name.endswith(("а", "я")) and not told.patronymic]
    if in_a:
        table, case = (MAN if in_a[0] in MEN_IN_A else WOMAN), _ENDINGS_IN_A.get(told.low[-1], "nomn")
    else:
        table = WOMAN if "femn" in told.analysis.best else MAN
        case = next((case for case in table if case in told.analysis.best), "nomn")
    name = table[case]
    return name.upper() if word.text.isupper() and len(word.text) > 1 else name if word.capital else name.lower()
