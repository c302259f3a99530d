"""Cutting the cleaned text: glued tokens, numbers, phones, dates, sizes, marks."""

import re
from dataclasses import dataclass
from functools import lru_cache

from order_text.lexicon.foods import SYNONYMS
from order_text.lexicon.numerals import NUMBER_ENDINGS
from order_text.morph import analyse
from order_text.normalize import from_latin, from_layout
from order_text.units import named_measure, unit_of

_ADJECTIVE = re.compile("[а-яё]{4}(?:ное|ный|ная|ные|ское|ский|ская|ские)$")
_GOODS = frozenset(word for row in SYNONYMS for word in row.split())
_LETTERS = "а-яёa-z"
_NUMBER = r"\d+(?:[.,]\d+)?"
SCANNER = re.compile(
    rf"""
    (?P<url>https?://\S+|[\w.+-]{{1,64}}@[\w-]+\.\w+|@[a-z_]\w{{3,}})
  | (?P<phone>(?<!\d)(?:\+7|8|7)[\s\-(]{{0,2}}(?:\d{{3}}[\s\-)]{{0,2}}\d{{3}}|\d{{4}}[\s\-)]{{0,2}}\d{{2}})
                (?:[\s\-]?\d{{2}}){{2}}(?!\d)
            |(?<![\d-])\d{{3}}-\d{{2}}-\d{{2}}(?![\d-]))
  | (?P<time>(?<![\d:])[0-2]?\d:[0-5]\d(?!\d|:\d)|(?<=\b[кс]\s)[0-2]?\d-[0-5]0(?!\d))
  | (?P<date>(?<![\d.])\d{{1,2}}\.[01]\d\s?-\s?\d{{1,2}}\.[01]\d(?![\d.])
            |(?<![\d.])\d{{1,2}}[./]\d{{1,2}}[./](?:20)?\d{{2}}(?![\d.]))
  | (?P<percent>{_NUMBER}\s*%)
  | (?P<mix>(?<![\d.,])\d\s?(?:в|v|in)\s?1(?![\d.,]))
  | (?P<size>{_NUMBER}\s?[xх*]\s?{_NUMBER}(?:\s?[xх*]\s?{_NUMBER})?)
  | (?P<thousand>(?<!\d)\d{{1,3}}(?:\s000)+(?!\d)
               |(?<!\d)\d{{1,3}}(?:\s\d{{3}})+(?:[.,]\d{{2}}(?!\d)|(?=\s?(?:р|₽|руб)\b)))
  | (?P<over>(?<![\d.,])\d+\+(?!\s?\d))
  | (?P<slash_number>(?<!\d)\d+/\d+(?!\d))
  | (?P<span>(?<![\d.,-])(?:\d+[.,]\d+\s?-\s?\d+[.,]\d+|\d+-\d+)(?![\d-]|[.,]\d))
  | (?P<science>\d+[eе]\+?\d{{1,3}}(?![{_LETTERS}\d]))
  | (?P<number>{_NUMBER})
  | (?P<code>(?<![{_LETTERS}\d])[{_LETTERS}]-?\d{{1,3}}(?![{_LETTERS}\d]|[.,]\d))
  | (?P<slashed>(?<![{_LETTERS}])[{_LETTERS}]{{1,3}}/[{_LETTERS}]+)
  | (?P<word>[{_LETTERS}]+(?:[-'][{_LETTERS}]+)*)
  | (?P<newline>\n)
  | (?P<sign>[№#])
  | (?P<mark>[.,;:!?()/+\-*&=])
  """,
    re.IGNORECASE | re.VERBOSE,
)
_LAYOUT_CHUNK = re.compile(
    r"(?<!\S)[a-z\[\];',.`{}:\"<>~]*[a-z][a-z\[\];',.`{}:\"<>~]*[a-z\[\];',.`{}:\"<>~]+(?=[?!]?(?:\s|$))", re.IGNORECASE
)
_INLINE_NUMBER = re.compile(r"(?<=\s)(\d{1,2})\.\s+(?=[а-яёa-z])", re.IGNORECASE)
_INLINE_BULLET = re.compile(r"(?<=\s)\d{1,2}\)\s*(?=[а-яёa-z])", re.IGNORECASE)
_BULLET = re.compile(
    r"^[ ]*(?:[-*>]+\s+|\d{1,3}\)\s*(?=\D)|\d{1,3}\.\s+(?=[а-яёa-z])|\d{1,3};\s*(?=[а-яёa-z]))",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Piece:
    """A raw piece: the scanner's group name, the text and its place. `reading` is a word in another layout."""

    group: str
    text: str
    start: int
    end: int
    reading: str = ""


def cut(text: str) -> list[Piece]:
    """All pieces of a cleaned text, left to right; list bullets and unknown characters are left out."""
    inline = {match.start(): match.end() for match in _INLINE_BULLET.finditer(text)} | _numbered(text)
    skipped = {at: match.end() for match in _BULLET.finditer(text) for at in range(*match.span())}
    layout = _layout_words(text)
    pieces: list[Piece] = []
    position = 0
    while position < len(text):
        if position in skipped:
            position = skipped[position]
            continue
        if position in inline:
            pieces.append(Piece("newline", "\n", position, inline[position]))
            position = inline[position]
            continue
        if position in layout:
            end, reading = layout[position]
            pieces.append(Piece("word", text[position:end], position, end, reading))
            position = end
            continue
        match = SCANNER.match(text, position)
        if match is None or match.lastgroup is None:
            position += 1
            continue
        if not _is_ending(match, pieces):
            pieces.append(Piece(match.lastgroup, match.group(), match.start(), match.end()))
        position = match.end()
    return pieces


def _numbered(text: str) -> dict[int, int]:
    """The «2.», «3.» of a list that stands in one line: «1. Кефир 10 шт. 2. Хлеб 12»."""
    found = {int(match[1]): match.span() for match in _INLINE_NUMBER.finditer(text)}
    if not text.lstrip().startswith("1.") or 2 not in found:
        return {}
    return {start: end for number, (start, end) in found.items() if all(n in found for n in range(2, number))}


def _is_ending(match: re.Match[str], before: list[Piece]) -> bool:
    """«72го», «70ку», «15-ю»: the ending of a number that is read as a word."""
    glued = bool(before) and before[-1].group == "number" and before[-1].end == match.start()
    return glued and match.lastgroup == "word" and match.group().lower() in NUMBER_ENDINGS


def _layout_words(text: str) -> dict[int, tuple[int, str]]:
    """Words typed in the wrong layout whose letters include marks: «,fnjy» is «батон»."""
    found: dict[int, tuple[int, str]] = {}
    for match in _LAYOUT_CHUNK.finditer(text):
        chunk = match.group()
        for body in dict.fromkeys((chunk.rstrip(".,;:'\""), chunk)):
            if len(body) >= 2 and (len(body) > 2 or unit_of(from_layout(body))) and (word := layout_word(body)):
                found[match.start()] = (match.start() + len(body), word)
                break
    return found


@lru_cache(maxsize=20_000)
def layout_word(body: str) -> str:
    """The Russian word that the keys of `body` type, when it is a dictionary word and the letters say nothing else."""
    word = from_layout(body)
    if not re.fullmatch("[а-яё-]+", word) or not _is_russian(word):
        return ""
    latin = re.sub("[^a-z]", "", body.lower())
    if latin == body.lower() and analyse(from_latin(latin)).known:
        return ""
    return word


def _is_russian(word: str) -> bool:
    """Whether a dictionary, the endings of adjectives or our tables know the word."""
    if analyse(word).known or _ADJECTIVE.search(word) or analyse(word).lemmas[0] in _GOODS:
        return True
    return named_measure(word) is not None or unit_of(word) is not None
