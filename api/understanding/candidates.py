"""Products that a mention may name: every word covered, no figure contradicted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.understanding.attributes import ABSENT, MATCH, Stated, agreement
from api.understanding.catalog import CatalogIndex, Entry
from api.understanding.sizes import extreme_of, size_of
from api.understanding.verbatim import MARK
from order_text.lexicon.foods import NEEDLESS
from order_text.model import Token
from order_text.morph import analyse
from order_text.units import unit_of

HAS = "+"
"""Begins the word «with …», which fits all goods but those «without …»."""
CATEGORY_WEIGHT, NAMED = 0.6, 0.65
MOST_JUDGED = 150
"""Entries that are looked at one by one; of more («сыр» among a hundred thousand goods) the likeliest are."""
_FIGURE_RANK, _HEAD_RANK, _OWN_RANK, _TELLING_RANK = 1.0, 0.5, 2.0, 0.05


@dataclass(frozen=True)
class Word:
    """A content word of a mention, with its other readings; `led`: the preposition that ties it on («с вишней»)."""

    form: str
    variants: tuple[str, ...] = ()
    stub: bool = False
    token: Token | None = None
    led: str = ""

    @property
    def attached(self) -> bool:
        """Whether a preposition ties it on."""
        return bool(self.led)


@dataclass(frozen=True)
class Candidate:
    """A product that covers the mention. `head`: a word names its head noun; `extras`: telling words left unsaid;
    `whole`: nothing but the brand was left unsaid; `branded`: a word is the brand's, as it stands in the name."""

    entry: Entry
    likeness: float
    head: bool
    extras: frozenset[str]
    figures: float
    absent: int
    whole: bool = False
    branded: bool = False


@dataclass(frozen=True)
class Found:
    """`full` covers all words and contradicts no figure; `near` is what came closest; the rest says what failed."""

    full: tuple[Candidate, ...] = ()
    near: tuple[Entry, ...] = ()
    unexplained: tuple[str, ...] = ()
    contradicted: bool = False
    known: int = 0


@dataclass(frozen=True)
class Hits:
    """What one word may mean, by the entries' places: likeness 0–1, and whether it names the head noun."""

    likeness: NDArray[np.float64]
    head: NDArray[np.bool_]
    some: bool
    names_head: bool

    def __bool__(self) -> bool:
        return self.some


@dataclass
class Finder:
    """Looks mentions up in one catalogue and remembers them for the length of a message.

    `own` are the customer's goods (bought before or in the cart): they are looked at however many others fit.
    """

    index: CatalogIndex
    own: Iterable[str] = ()
    memory: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    _soft: dict[Word, Hits] = field(default_factory=dict)
    _soft_forms: dict[Word, dict[str, float]] = field(default_factory=dict)
    _words: dict[Word, Hits] = field(default_factory=dict)
    _found: dict[tuple[tuple[Word, ...], tuple[Stated, ...]], Found] = field(default_factory=dict)

    def find(self, words: Sequence[Word], figures: Sequence[Stated]) -> Found:
        """Candidates of a mention with these words and figures."""
        key = (tuple(words), tuple(figures))
        if key not in self._found:
            found = self._look(*key)
            sizes = [size for word in words if (size := size_of(word.form)) is not None]
            if sizes and not found.full:
                plain = self._look(tuple(word for word in words if size_of(word.form) is None), key[1])
                found = plain if len(plain.full) == 1 else extreme(plain, sizes[0]) or found
            named = tuple(word for word in words if not _goes_without_saying(word))
            if not found.full and len(named) < len(words):
                bare = self._look(named, key[1])
                found = bare if bare.full else found
            self._found[key] = found
        return self._found[key]

    def by_figures(self, figures: Sequence[Stated]) -> tuple[Candidate, ...]:
        """The goods that state all these figures and codes, whatever they are called: «80/20 — 6»."""
        telling = [figure for figure in figures if figure.kind in ("size", "code", "percent")]
        if not telling or len(telling) < len(figures):
            return ()
        return tuple(
            Candidate(entry, 1.0, True, frozenset(), 1.0, 0)
            for entry in self.index.entries
            if all(agreement(entry, figure) == MATCH for figure in figures)
        )

    def hits(self, word: Word) -> Hits:
        """What one word may mean."""
        if word not in self._words:
            self._words[word] = self._hits(word)
        return self._words[word]

    def names_head(self, word: Word) -> bool:
        """Whether the word is some product's head noun."""
        return self.hits(word).names_head

    def names_category(self, word: Word) -> bool:
        """Whether the word stands in the name of a category."""
        found = self.index.category_vocabulary.find(word.form, word.variants, False)
        return any(similar >= 0.9 for similar in found.values())

    def likeness(self, word: Word, entry: Entry) -> float:
        """How well the word names the entry; 0 where it does not."""
        return float(self.hits(word).likeness[self.index.place[entry.sku]])

    def heads(self, word: Word, entry: Entry) -> bool:
        """Whether the word names the entry's head noun."""
        return bool(self.hits(word).head[self.index.place[entry.sku]])

    def soft_forms(self, word: Word) -> dict[str, float]:
        """Catalogue words that the word may mean or is only like: for rankings, where nothing is decided."""
        if word not in self._soft_forms:
            named = self.index.vocabulary.find(word.form, word.variants, word.stub)
            self._soft_forms[word] = named or self.index.vocabulary.alike(word.form, word.variants)
        return self._soft_forms[word]

    def soft_hits(self, word: Word) -> Hits:
        """As `hits`, by `soft_forms` where the word itself is unknown."""
        if self.hits(word):
            return self.hits(word)
        if word not in self._soft:
            self._soft[word] = self._by_forms(self.soft_forms(word))
        return self._soft[word]

    def _hits(self, word: Word) -> Hits:
        index = self.index
        likeness = np.zeros(len(index.entries), np.float64)
        if word.form.startswith(MARK):
            likeness[index.place[word.form[len(MARK) :]]] = 1.0
            return Hits(likeness, likeness > 0, True, True)
        if word.form.startswith(HAS):
            likeness[:] = 1.0
            for form in index.vocabulary.find(word.form[len(HAS) :]):
                likeness[index.postings[form]] = 0.0
            return Hits(likeness, likeness < 0, True, False)
        for form, similar in index.category_vocabulary.find(word.form, word.variants, False).items():
            if similar >= 0.9:
                places = index.category_postings[form]
                likeness[places] = np.maximum(likeness[places], similar * CATEGORY_WEIGHT)
        named = self._by_forms(index.vocabulary.find(word.form, word.variants, word.stub))
        likeness = np.where(named.likeness > 0, named.likeness, likeness)
        return Hits(likeness, named.head, bool(likeness.any()), named.names_head)

    def _by_forms(self, forms: Mapping[str, float]) -> Hits:
        index = self.index
        likeness = np.zeros(len(index.entries), np.float64)
        head = np.zeros(len(index.entries), np.bool_)
        for form, similar in forms.items():
            places = index.postings[form]
            likeness[places] = np.maximum(likeness[places], similar)
            if similar >= 0.7 and not _only_kin(similar) and form in index.head_postings:
                head[index.head_postings[form]] = True
        return Hits(likeness, head, bool(likeness.any()), bool(head.any()))

    def _look(self, words: tuple[Word, ...], figures: tuple[Stated, ...]) -> Found:
        if not words:
            return Found()
        all_hits = [self.hits(word) for word in words]
        known = [hits for hits in all_hits if hits]
        unexplained = tuple(word.form for word, hits in zip(words, all_hits, strict=True) if not hits)
        if unexplained or not known:
            return self._partial(words, all_hits, unexplained)
        least = np.minimum.reduce([hits.likeness for hits in known])
        common = np.flatnonzero(least >= NAMED)
        if not len(common):
            common = np.flatnonzero(least > 0)
        if not len(common):
            return self._partial(words, all_hits, unexplained)
        if len(common) > MOST_JUDGED:
            common = self._likeliest(common, all_hits, figures)
        entries = [self.index.entries[place] for place in common]
        if not any((hits.likeness[common] >= NAMED).any() for hits in all_hits):
            return Found(near=tuple(sorted(entries, key=lambda entry: entry.sku)), known=len(known))
        full = [
            candidate
            for place, entry in zip(common, entries, strict=True)
            if (candidate := self._judge(int(place), entry, all_hits, words, figures)) is not None
        ]
        headed = any(bool(hits.head[place]) for hits in all_hits for place in common)
        apposed = any(candidate.figures > 0 and self._apposed(candidate.entry, all_hits) for candidate in full)
        if not full or (figures and headed and not apposed and not any(candidate.head for candidate in full)):
            return Found(near=self._nearest(entries), contradicted=True, known=len(known))
        return Found(tuple(full), known=len(known))

    def _apposed(self, entry: Entry, all_hits: list[Hits]) -> bool:
        """Whether what is some product's head stands in this name as a noun beside the head: «Мороженое пломбир»."""
        place = self.index.place[entry.sku]
        if not any(hits.names_head and hits.likeness[place] == 1 for hits in all_hits):
            return False
        others = (form for form in entry.forms if form in self.index.head_postings and unit_of(form) is None)
        beside = (form for form in others if form not in entry.head and form not in entry.brand)
        return any({"NOUN", "nomn"} <= analyse(form).best for form in beside)

    def _likeliest(self, places: NDArray[Any], all_hits: list[Hits], figures: tuple[Stated, ...]) -> NDArray[Any]:
        """The places most worth a look: heads named, figures stated, the customer's own, few words left unsaid."""
        rank = -_TELLING_RANK * self.index.telling
        for hits in all_hits:
            rank = rank + hits.likeness + _HEAD_RANK * hits.head
        for figure in figures:
            for stating in self.index.stating(figure.values):
                rank[stating] += _FIGURE_RANK
        for sku in self.own:
            if sku in self.index.place:
                rank[self.index.place[sku]] += _OWN_RANK
        best = np.argsort(-rank[places], kind="stable")[:MOST_JUDGED]
        return np.sort(places[best])

    def _judge(
        self, place: int, entry: Entry, all_hits: list[Hits], words: tuple[Word, ...], figures: tuple[Stated, ...]
    ) -> Candidate | None:
        score, absent = 0.0, 0
        for figure in figures:
            agreed = agreement(entry, figure)
            if agreed < ABSENT:
                return None
            absent += agreed == ABSENT
            score += agreed
        likeness = sum(float(hits.likeness[place]) for hits in all_hits) / len(all_hits)
        head = any(bool(hits.head[place]) for hits in all_hits)
        said: set[str] = set()
        for word in words:
            said.update(self.index.vocabulary.find(word.form, word.variants, word.stub))
        extras = frozenset(
            form
            for form in entry.forms
            if form not in said and form not in entry.plain and (len(entry.head) > 1 or form not in entry.head)
        )
        whole = all(form in said or form in entry.brand for form in entry.forms)
        branded = bool(entry.brand & said.intersection(entry.forms))
        return Candidate(entry, likeness, head, extras, score, absent, whole, branded)

    def _partial(self, words: tuple[Word, ...], all_hits: list[Hits], unexplained: tuple[str, ...]) -> Found:
        """Nothing covers all words: the entries that cover most of them, for suggestions."""
        tally = np.zeros(len(self.index.entries), np.float64)
        for hits in all_hits:
            tally += hits.likeness + _HEAD_RANK * hits.head
        best = [int(place) for place in np.argsort(-tally, kind="stable")[:5] if tally[place] > 0]
        known = sum(1 for hits in all_hits if hits)
        if not unexplained and best:
            unexplained = tuple(
                word.form for word, hits in zip(words, all_hits, strict=True) if not hits.likeness[best[0]]
            )
        return Found(near=tuple(self.index.entries[place] for place in best), unexplained=unexplained, known=known)

    @staticmethod
    def _nearest(entries: list[Entry]) -> tuple[Entry, ...]:
        return tuple(sorted(entries, key=lambda entry: (len(entry.forms), entry.sku))[:5])


def extreme(found: Found, largest: bool) -> Found | None:
    """Of the candidates the largest or the smallest; None where their sizes do not tell them apart."""
    chosen = extreme_of([candidate.entry for candidate in found.full], largest)
    kept = tuple(candidate for candidate in found.full if candidate.entry in chosen)
    return replace(found, full=kept) if kept else None


def _goes_without_saying(word: Word) -> bool:
    """«чай в пакетиках», «дарницкий целый»: no name need say it."""
    packed = word.attached and word.token is not None and unit_of(word.token.norm) is not None
    return packed or word.form.startswith(NEEDLESS)


def _only_kin(likeness: float) -> bool:
    """A kindred word («рисовый» for «рис») does not name the head noun; a synonym or a typo may."""
    return 0.915 <= likeness <= 0.925
