"""Products that a mention may name: every word covered, no figure contradicted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from api.understanding.attributes import ABSENT, Stated, agreement
from api.understanding.catalog import CatalogIndex, Entry
from order_text.model import Token

CATEGORY_WEIGHT, NAMED = 0.6, 0.65


@dataclass(frozen=True)
class Word:
    """A content word of a mention, with its other readings."""

    form: str
    variants: tuple[str, ...] = ()
    stub: bool = False
    token: Token | None = None


@dataclass(frozen=True)
class Candidate:
    """A product that covers the mention. `head`: a word names its head noun; `extras`: telling words left unsaid;
    `whole`: nothing but the brand was left unsaid."""

    entry: Entry
    likeness: float
    head: bool
    extras: frozenset[str]
    figures: float
    absent: int
    whole: bool = False


@dataclass(frozen=True)
class Found:
    """`full` covers all words and contradicts no figure; `near` is what came closest; the rest says what failed."""

    full: tuple[Candidate, ...] = ()
    near: tuple[Entry, ...] = ()
    unexplained: tuple[str, ...] = ()
    contradicted: bool = False
    known: int = 0


@dataclass
class Finder:
    """Looks mentions up in one catalogue and remembers them for the length of a message."""

    index: CatalogIndex
    memory: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    _words: dict[Word, dict[str, tuple[float, bool]]] = field(default_factory=dict)
    _found: dict[tuple[tuple[Word, ...], tuple[Stated, ...]], Found] = field(default_factory=dict)

    def find(self, words: Sequence[Word], figures: Sequence[Stated]) -> Found:
        """Candidates of a mention with these words and figures."""
        key = (tuple(words), tuple(figures))
        if key not in self._found:
            self._found[key] = self._look(*key)
        return self._found[key]

    def hits(self, word: Word) -> dict[str, tuple[float, bool]]:
        """sku → (likeness, whether the head noun is meant) of one word."""
        if word not in self._words:
            self._words[word] = self._hits(word)
        return self._words[word]

    def names_head(self, word: Word) -> bool:
        """Whether the word is some product's head noun."""
        return any(head for _, head in self.hits(word).values())

    def _hits(self, word: Word) -> dict[str, tuple[float, bool]]:
        hits: dict[str, tuple[float, bool]] = {}
        for form, likeness in self.index.vocabulary.find(word.form, word.variants, word.stub).items():
            for sku, entry in self.index.postings[form].items():
                head = form in entry.head and likeness >= 0.7 and not _only_kin(likeness)
                old = hits.get(sku, (0.0, False))
                hits[sku] = (max(old[0], likeness), old[1] or head)
        for form, likeness in self.index.category_vocabulary.find(word.form, word.variants, False).items():
            if likeness >= 0.9:
                for sku in self.index.category_postings[form]:
                    hits.setdefault(sku, (likeness * CATEGORY_WEIGHT, False))
        return hits

    def _look(self, words: tuple[Word, ...], figures: tuple[Stated, ...]) -> Found:
        if not words:
            return Found()
        all_hits = [self.hits(word) for word in words]
        known = [hits for hits in all_hits if hits]
        unexplained = tuple(word.form for word, hits in zip(words, all_hits, strict=True) if not hits)
        common = set.intersection(*(set(hits) for hits in known)) if known else set()
        named = {sku for sku in common if all(hits[sku][0] >= NAMED for hits in known)}
        common = named or common
        if unexplained or not common:
            return self._partial(words, all_hits, unexplained)
        if all(hits[sku][0] < NAMED for hits in all_hits for sku in common):
            return Found(near=tuple(self.index.by_sku[sku] for sku in sorted(common)), known=len(known))
        entries = [self.index.by_sku[sku] for sku in common]
        full = [
            candidate for entry in entries if (candidate := self._judge(entry, all_hits, words, figures)) is not None
        ]
        if not full:
            return Found(near=self._nearest(entries), contradicted=True, known=len(known))
        return Found(tuple(full), known=len(known))

    def _judge(
        self,
        entry: Entry,
        all_hits: list[dict[str, tuple[float, bool]]],
        words: tuple[Word, ...],
        figures: tuple[Stated, ...],
    ) -> Candidate | None:
        score, absent = 0.0, 0
        for figure in figures:
            agreed = agreement(entry, figure)
            if agreed < ABSENT:
                return None
            absent += agreed == ABSENT
            score += agreed
        likeness = sum(hits[entry.sku][0] for hits in all_hits) / len(all_hits)
        head = any(hits[entry.sku][1] for hits in all_hits)
        said: set[str] = set()
        for word in words:
            said.update(self.index.vocabulary.find(word.form, word.variants, word.stub))
        extras = frozenset(
            form for form in entry.forms if form not in said and form not in entry.plain and form not in entry.head
        )
        whole = all(form in said or form in entry.brand for form in entry.forms)
        return Candidate(entry, likeness, head, extras, score, absent, whole)

    def _partial(
        self, words: tuple[Word, ...], all_hits: list[dict[str, tuple[float, bool]]], unexplained: tuple[str, ...]
    ) -> Found:
        """Nothing covers all words: the entries that cover most of them, for suggestions."""
        tally: dict[str, float] = {}
        for hits in all_hits:
            for sku, (likeness, head) in hits.items():
                tally[sku] = tally.get(sku, 0.0) + likeness + (0.5 if head else 0.0)
        best = sorted(tally, key=lambda sku: (-tally[sku], sku))[:5]
        known = sum(1 for hits in all_hits if hits)
        if not unexplained and best:
            covered = {word.form for word, hits in zip(words, all_hits, strict=True) if best[0] in hits}
            unexplained = tuple(word.form for word in words if word.form not in covered)
        return Found(near=tuple(self.index.by_sku[sku] for sku in best), unexplained=unexplained, known=known)

    @staticmethod
    def _nearest(entries: list[Entry]) -> tuple[Entry, ...]:
        return tuple(sorted(entries, key=lambda entry: (len(entry.forms), entry.sku))[:5])


def _only_kin(likeness: float) -> bool:
    """A kindred word («рисовый» for «рис») does not name the head noun; a synonym or a typo may."""
    return 0.915 <= likeness <= 0.925
