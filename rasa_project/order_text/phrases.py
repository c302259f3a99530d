"""Patterns of words («как обычно», «убер*») found in a row of tokens, the longest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """A row of words or stems, and what it means."""

    words: tuple[str, ...]
    kind: str
    role: str


class PatternIndex:
    """Patterns by the first two letters of their first word."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_head: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            self._by_head.setdefault(pattern.words[0].rstrip("*")[:2], []).append(pattern)
        for found in self._by_head.values():
            found.sort(key=lambda pattern: -len(pattern.words))

    def longest(self, words: Sequence[tuple[str, ...]], start: int) -> list[Pattern]:
        """The patterns of the greatest length that match at `start`; each word comes with its lemmas."""
        found: list[Pattern] = []
        for head in dict.fromkeys(form[:2] for form in words[start]):
            for pattern in self._by_head.get(head, ()):
                if found and len(pattern.words) < len(found[0].words):
                    break
                if self._matches(pattern, words, start):
                    if found and len(pattern.words) > len(found[0].words):
                        found = []
                    found.append(pattern)
        return found

    @staticmethod
    def _matches(pattern: Pattern, words: Sequence[tuple[str, ...]], start: int) -> bool:
        if start + len(pattern.words) > len(words) or not _fits(pattern.words[0], words[start]):
            return False
        return all(_fits(wanted, words[start + i]) for i, wanted in enumerate(pattern.words))


def _fits(wanted: str, forms: tuple[str, ...]) -> bool:
    if wanted == "*":
        return True
    if wanted.endswith("*"):
        stem = wanted[:-1]
        return any(form.startswith(stem) for form in forms)
    return wanted in forms


def parse_patterns(kind: str, table: Iterable[tuple[str, Iterable[str]]]) -> list[Pattern]:
    """Patterns of a lexicon table: rows of (role, phrases)."""
    return [
        Pattern(tuple(phrase.replace("ё", "е").split()), kind, role) for role, phrases in table for phrase in phrases
    ]
