"""What one customer's own words mean: «молоко» → the one it always takes, «сгуха» → condensed milk.

A phrase is known by a key in which case, number, order of words and «ё» make no difference. Its product is taken only
where no stated figure contradicts it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from api.understanding.attributes import ABSENT, NEAR, Stated, agreement, stated
from api.understanding.candidates import Candidate, Finder, Found, Hits, Word
from api.understanding.catalog import CatalogIndex, Entry
from api.understanding.choosing import View
from api.understanding.context import Context
from api.understanding.mention import Mention
from api.understanding.stems import expand
from order_text import annotate
from order_text.model import Kind
from order_text.morph import analyse
from order_text.normalize import fold

_ENDING = re.compile(
    "(ами|ями|ам|ям|ах|ях|ов|ев|ом|ем|ой|ей|ою|ею|[ое]го|[ое]му|[ыи]ми|[ыи][йхме]|[ая]я|[ую]ю|[ое]е|[аяоеуюыиьй])$"
)
_NEUTER = ("ье", "ие")
_SHORTEST = 3
_MEASURES = {"volume": "л", "weight": "кг"}
LONGEST = 8
"""Words and figures of a phrase; longer ones are sentences, not names."""


def key(phrase: str) -> str:
    """The phrase as aliases are looked up by; empty when it names nothing (no word, or a whole sentence)."""
    return _joined(*_read(phrase))


def used(context: Context, phrase: str, sku: str) -> str | None:
    """The key of the alias by which the phrase came to mean this product, if one did."""
    words, figures = _read(phrase)
    found = (_joined(words, some) for some in (figures, ()))
    return next((known for known in found if known and context.aliases.get(known) == sku), None)


def preferred(context: Context, view: View, mention: Mention, own: Mention, pool: Sequence[Candidate]) -> list[Entry]:
    """What the customer means among `pool`: one product, several to ask about, or nothing when no alias says.

    `own` is the mention without the words that it takes over from the one before.
    """
    skus = {candidate.entry.sku for candidate in pool}
    for said in (mention, own):
        entry = _meant(context.index, context.aliases, said.words, said.figures)
        if entry is None:
            continue
        if entry.sku in skus:
            rivals = [c.entry for c in pool if c.entry.sku in view.cart]
            return [entry, *rivals] if entry.sku not in view.cart else [entry]
        if said.words == own.words == mention.words and not any(c.entry.sku in view.cart for c in pool):
            return [entry, *(candidate.entry for candidate in pool)]
    return []


@dataclass
class OwnWords(Finder):
    """A finder that knows the customer's names of goods beside those of the catalogue."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    _own: dict[Word, Hits] = field(default_factory=dict)

    def hits(self, word: Word) -> Hits:
        """As the catalogue has it; a word that it does not have is the alias's product."""
        if word in self._own:
            return self._own[word]
        entry = _meant(self.index, self.aliases, (word,), ())
        if entry is None or self.index.vocabulary.named(word.form, word.stub):
            return super().hits(word)
        place = np.arange(len(self.index.entries)) == self.index.place[entry.sku]
        self._own[word] = Hits(place.astype(np.float64), place, True, True)
        return self._own[word]

    def find(self, words: Sequence[Word], figures: Sequence[Stated]) -> Found:
        """As the catalogue has it; for words that cover no product, the alias's product."""
        found = super().find(words, figures)
        entry = None if found.full else _meant(self.index, self.aliases, words, figures)
        if entry is None:
            return found
        score = sum(agreement(entry, figure) for figure in figures)
        return Found((Candidate(entry, 1.0, True, frozenset(), score, 0, True),), known=len(words))


def _meant(
    index: CatalogIndex, aliases: Mapping[str, str], words: Sequence[Word], figures: Sequence[Stated]
) -> Entry | None:
    """The alias's product; by the words alone only where it has every figure that was stated."""
    if not aliases or not words:
        return None
    roots = _roots(words)
    for some, least in ((figures, ABSENT), ((), NEAR)):
        entry = index.by_sku.get(aliases.get(_joined(roots, some), ""))
        if entry is not None and all(agreement(entry, figure) >= least for figure in figures):
            return entry
    return None


@lru_cache(maxsize=5_000)
def _read(phrase: str) -> tuple[tuple[str, ...], tuple[Stated, ...]]:
    """The roots of its product words, and its figures."""
    words, figures = [], []
    for token in annotate(phrase).tokens:
        if token.kind in (Kind.word, Kind.unit):
            words += [Word(part, token=token) for part in expand(token.norm) or (token.norm,)]
        elif (figure := stated(token)) is not None:
            figures.append(figure)
    return _roots(words), tuple(figures)


def _roots(words: Sequence[Word]) -> tuple[str, ...]:
    """Units count only where nothing else is said: «бутылка молока» is milk."""
    products = [word for word in words if word.token is None or word.token.kind != Kind.unit]
    return tuple(root(part) for word in products or words for part in word.form.split("-") if part)


def _joined(roots: Iterable[str], figures: Iterable[Stated]) -> str:
    named = set(roots)
    parts = sorted({_figure(figure) for figure in figures}) + sorted(named)
    return " ".join(parts) if named and len(parts) <= LONGEST else ""


def _figure(figure: Stated) -> str:
    """«3,2%» and «3.2» are one figure, «1 л» and «1000 мл» too."""
    if figure.kind == "code":
        return figure.code[0]
    values = [figure.value] if figure.value2 is None else sorted((figure.value, figure.value2))
    return "x".join(format(value.normalize(), "f") for value in values) + _MEASURES.get(figure.kind, "")


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """The word without its ending; of a word that the dictionary has, its lemma without its ending.

    Nouns in «-ье» and «-ь» keep that, and what has one form only stays whole: «печенье» is neither «печень» nor
    anything «печёное», «салями» is no «сало».
    """
    analysis = analyse(word)
    lemma = analysis.lemmas[0] if analysis.known else fold(word)
    if analysis.known and lemma.endswith(_NEUTER):
        return f"{lemma[:-2]}ье"  # The dictionary has «печение» and «печенье».
    if analysis.known and (lemma.endswith("ь") or "Fixd" in analysis.best):
        return lemma
    bare = _ENDING.sub("", lemma)
    return bare if len(bare) >= _SHORTEST else lemma
