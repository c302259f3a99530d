"""Letters before words: NFC, invisible characters, look-alikes, layout and transliteration."""

import re
import unicodedata
from functools import lru_cache

from order_text.lexicon.letters import (
    CONFUSABLE,
    LATIN_LOOKALIKES,
    LAYERS,
    LAYOUT,
    PARTS,
    SPELLING,
    TRANSLIT_DIGRAPHS,
    TRANSLIT_LETTERS,
)

MAX_CHARS = 10_000
LONGEST_WORD = 20
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_ROW_NUMBER = re.compile(r"^[ ]*\d{1,3}\t", re.MULTILINE)
"""The first cell of a row pasted from a table."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LETTERS = re.compile("[a-zа-яё]+", re.IGNORECASE)
_ARROW = re.compile(r"(?<!\d)(\d+(?:[.,]\d+)?) ?(?:→|->|=>|➡) ?(?=\d)(\d+(?:[.,]\d+)?)")
"""«24 → 12»: from so many to so many."""
_WAS = re.compile(r"\bбыло (\d+(?:[.,]\d+)?),? ?(?:а )?(?:стало|станет|надо|нужно|будет) (?=\d)", re.IGNORECASE)
"""«было 10, стало 7»."""
_LEADER = re.compile(r"(?<=[^\W\d_])[ ]*(?:\.{2,}|…)[ ]*(?=\d)")
"""«кефир ......10», «хлеб … 12»: dots that lead from goods to their amount."""
_PARTICLE = re.compile(r"\b(?!к[ато]|ч[тье]|ку|поч|зач|отку|где|скол)([а-яё]{4,})-(?:то|ка)\b", re.IGNORECASE)
"""«ряженку-то забыла», «давайте-ка»."""
_REASKED = re.compile(r"(?<!\?)\?{1,9} {0,3}(?=(?:ой,? )?нет,? \d)", re.IGNORECASE)
"""«кефир 10?? нет, 8»: asked of oneself."""
_TIMES = re.compile(r"(?<=[^\W\d_] )[x×хX*](\d+)(?![\d.,]*[xх×*\d])")
"""«сырки ваниль ×20»: the quantity; «24×24» is a size."""
_BY_EAR = re.compile(r"(?<=[щч])о(?=нк)")
"""«сгущонка», «печонка»."""
_WHOLE_ORDER = re.compile(r"(?:заказ\w*|заявк\w*|вс[её]|обычно|всегда|раз|набор\w*|корзин\w*) $", re.IGNORECASE)
_AND_A_PART = re.compile("(\\d) ?([½¼¾])")
_MISSPELT = re.compile(r"((?<=[жш])ы|(?<=[чщ])[яю])")
"""«чяй», «жывой»: after these letters no other vowel is written."""
_LAYERS = re.compile(r"(?<![\d.,])([1-5])(?:-?х)?[- ]?сл(?:ойн[а-яё]*|оя|оев)?\b\.?", re.IGNORECASE)
"""«2сл», «2-х слойный»."""
_GRADED = re.compile(r"(?<=[а-яё])(?=[СC][0-3](?!\d))")
"""«яйцоС1»."""
_DRAWLED = re.compile(r"(?<=[а-яё])([а-яё])\1{2,}", re.IGNORECASE)


def clean(text: str) -> str:
    """NFC text without invisible and control characters, in the same alphabet per word; at most MAX_CHARS."""
    text = unicodedata.normalize("NFC", text[:MAX_CHARS].replace("\r\n", "\n").replace("\r", "\n"))
    text = _ROW_NUMBER.sub("", _INVISIBLE.sub("", text))
    text = _AND_A_PART.sub(lambda part: part[1] + PARTS[part[2]], text)
    text = _GRADED.sub(" ", _CONTROL.sub(" ", text)).translate(CONFUSABLE)
    text = _BY_EAR.sub("е", text)
    text = _LAYERS.sub(lambda layers: f"{LAYERS[layers[1]]}слойный", text)
    text = _MISSPELT.sub(lambda vowel: SPELLING[vowel[1]], text)
    text = _PARTICLE.sub(r"\1", _LEADER.sub(" - ", _REASKED.sub(", ", text)))
    text = _WAS.sub(r"не \1, а ", text)
    text = _ARROW.sub(r"не \1, а \2", _TIMES.sub(_quantity, text))
    return _DRAWLED.sub(r"\1", _LETTERS.sub(_one_alphabet, text[:MAX_CHARS]))  # «½» has become «1/2»


def _quantity(match: re.Match[str]) -> str:
    """«Прошлый заказ ×2» doubles; «сырки ×2» are two."""
    whole = _WHOLE_ORDER.search(match.string[max(0, match.start() - LONGEST_WORD) : match.start()])
    return match.group() if whole else f"- {match[1]}"


def _one_alphabet(match: re.Match[str]) -> str:
    word = match.group()
    if not (re.search("[a-zA-Z]", word) and re.search("[а-яёА-ЯЁ]", word)):
        return word
    fixed = word.translate(LATIN_LOOKALIKES)
    return word if re.search("[a-zA-Z]", fixed) else fixed


def fold(word: str) -> str:
    """Lower case, «ё» as «е»."""
    return word.lower().replace("ё", "е")


@lru_cache(maxsize=20_000)
def from_layout(word: str) -> str:
    """What the same keys type in the Russian layout: «vjkjrj» → «молоко»."""
    return word.lower().translate(LAYOUT)


@lru_cache(maxsize=20_000)
def from_latin(word: str) -> str:
    """Cyrillic of a transliterated word: «tarhun» → «тархун»."""
    out, rest = "", word.lower()
    while rest:
        for latin, cyrillic in TRANSLIT_DIGRAPHS:
            if rest.startswith(latin):
                out, rest = out + cyrillic, rest[len(latin) :]
                break
        else:
            letter = rest[0]
            if letter == "y" and (not out or out[-1] in "аеиоуыэюя"):
                out += "й"
            else:
                out += TRANSLIT_LETTERS.get(letter, letter)
            rest = rest[1:]
    return out


def letter_variants(word: str) -> tuple[str, ...]:
    """Other readings of a word written in Latin letters."""
    lower = word.lower()
    if not re.search("[a-z]", lower) or re.search("[а-яё]", lower):
        return ()
    found = [from_latin(lower), from_layout(lower), lower.translate(LATIN_LOOKALIKES)]
    if lower.endswith("c") or "c" in lower:
        found.append(from_latin(lower.replace("c", "k")))
    if "j" in lower:
        found.append(from_latin(lower.replace("j", "zh")))  # «drojji»
    clean_ones = [fold(one) for one in found if re.fullmatch("[а-яё-]+", one)]
    return tuple(dict.fromkeys((*clean_ones, *_softened(clean_ones[0] if clean_ones else ""))))


def _softened(word: str) -> list[str]:
    """The word with a soft sign after each «л», «н», «т», «с», which Latin letters leave out: «menshe», «pelmeni»."""
    places = [
        place
        for place, letter in enumerate(word, 1)
        if letter in "лнтсд" and word[place : place + 1] not in ("", "ь", *"аеиоуыэюя")
    ]
    return [word[:place] + "ь" + word[place:] for place in places[:3]]
