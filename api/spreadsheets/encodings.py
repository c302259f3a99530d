"""Bytes to text, by evidence: a mark at the beginning, zeros of UTF-16, valid UTF-8, else how Russian it looks."""

import codecs
from collections import Counter

from api.spreadsheets.errors import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
RUSSIAN = ("cp1251", "koi8-r", "cp866", "mac-cyrillic")
"""Windows, Unix mail, 1C under DOS, old Macs."""
_FREQUENT = {
    letter: weight
    for letters, weight in {
        "о": 110, "еа": 82, "ин": 70, "тс": 60, "рвл": 46, "кмдпу": 30, "яыьгз": 19, "бчйхж": 13, "шюц": 6, "щэфъ": 3,
    }.items()
    for letter in letters
}  # fmt: skip
"""Letters of Russian in thousandths (the National Corpus)."""
_STRANGE, _INNER_CAPITAL = -120, -60
_ORDINARY = frozenset("№«»—–…°±·“”„ё\u00a0")
_SAMPLE = 20_000


def decoded(content: bytes) -> str:
    """The text of a file; raises Unreadable for what is no text."""
    text = _by_mark(content) or _by_zeros(content) or _utf8(content) or _russian(content)
    if text.count("\0") or sum(text[:_SAMPLE].count(chr(code)) for code in (*range(1, 9), *range(14, 32))) > 2:
        raise Unreadable("not_table", "control characters")
    return text


def _by_mark(content: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    return None


def _by_zeros(content: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of digits, spaces and line ends is zero."""
    sample = content[:_SAMPLE]
    zeros = Counter(place % 2 for place, byte in enumerate(sample) if byte == 0)
    if sum(zeros.values()) < len(sample) / 12:
        return None
    encoding = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    return content.decode(encoding, errors="replace")


def _utf8(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _russian(content: bytes) -> str:
    best = max(RUSSIAN, key=lambda encoding: _likeness(content[:_SAMPLE].decode(encoding, errors="replace")))
    return content.decode(best, errors="replace")


def _likeness(text: str) -> int:
    """How much the letters beyond ASCII are like Russian; capitals behind small letters speak against it."""
    score, before = 0, ""
    for sign in text:
        if sign > "\x7f":
            score += _FREQUENT.get(sign.lower(), 2 if sign in _ORDINARY else _STRANGE)
            if sign.isupper() and before.islower():
                score += _INNER_CAPITAL
        before = sign
    return score
