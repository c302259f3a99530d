"""From a customer's word to the words of the catalogue: lemmas, kinship, stubs, typos, other letters."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from api.understanding.stems import small_stems, stem, synonyms
from order_text.morph import analyse
from order_text.normalize import fold, letter_variants

EXACT, SYNONYM, KIN, STUB, SMALL = 1.0, 0.96, 0.92, 0.86, 0.9
OTHER_LETTERS = 0.95
SHORTEST_STUB, SHORTEST_TYPO, SHORTEST_COMPOUND = 3, 4, 4
COMPOUND = 0.8
GUESS = 0.7
LEAST_ALIKE, ALIKE = 0.6, 12


class Vocabulary:
    """The distinct words of a catalogue, found by any word that may mean them."""

    def __init__(self, forms: Iterable[str], clipped: set[str]) -> None:
        self._forms = tuple(forms)
        self._clipped = clipped
        self._by_lemma: dict[str, set[str]] = {}
        self._by_stem: dict[str, set[str]] = {}
        self._by_prefix: dict[str, list[str]] = {}
        self._spellings: dict[str, str] = {}
        for form in self._forms:
            self._add(form)
        self._spelling_list = list(self._spellings)
        self.find = lru_cache(maxsize=20_000)(self._find)

    def _add(self, form: str) -> None:
        lemmas = {form, *analyse(form).lemmas}
        for lemma in lemmas:
            self._by_lemma.setdefault(lemma, set()).add(form)
            root = stem(lemma)
            if root:
                self._by_stem.setdefault(root, set()).add(form)
        self._by_prefix.setdefault(form[:SHORTEST_STUB], []).append(form)
        for spelling in (form, *lemmas):
            self._spellings.setdefault(spelling, form)
        if re.search("[a-z]", form):
            for spelling in letter_variants(form)[:1] + letter_variants(form)[3:]:
                self._spellings.setdefault(spelling, form)
                self._by_lemma.setdefault(spelling, set()).add(form)

    def _find(self, word: str, variants: tuple[str, ...] = (), stub: bool = False) -> dict[str, float]:
        """Catalogue words that `word` may mean, with similarity; `stub` says that it was cut («молочн.»)."""
        found = self._direct(word, stub)
        if not found:
            for variant in variants:
                for form, likeness in self._direct(variant, stub).items():
                    found[form] = max(found.get(form, 0.0), likeness * OTHER_LETTERS)
        if not found and not stub and analyse(word).known:
            found = dict.fromkeys(self._stubs(fold(word), True, False), GUESS)
        if not found or (max(found.values()) <= STUB and not analyse(word).known):
            for spelling in (word, *variants):
                for form, likeness in self._typos(spelling).items():
                    found[form] = max(found.get(form, 0.0), likeness)
        return found

    def named(self, word: str, stub: bool = False) -> bool:
        """Whether the catalogue has the word itself, its kin or its beginning; typing errors aside."""
        return bool(self._direct(word, stub))

    def alike(self, word: str, variants: tuple[str, ...] = ()) -> dict[str, float]:
        """Catalogue words spelt somewhat like an unknown one, with a likeness below every real one."""
        found: dict[str, float] = {}
        for spelled in (fold(word), *variants):
            if len(spelled) < SHORTEST_TYPO:
                continue
            hits = process.extract(
                spelled, self._spelling_list, scorer=fuzz.ratio, score_cutoff=100 * LEAST_ALIKE, limit=ALIKE
            )
            for spelling, ratio, _ in hits:
                form = self._spellings[spelling]
                found[form] = max(found.get(form, 0.0), GUESS * ratio / 100)
        return found

    def _direct(self, word: str, stub: bool) -> dict[str, float]:
        found: dict[str, float] = {}
        analysis = analyse(word)
        lemmas = (fold(word), *analysis.lemmas)

        def note(forms: Iterable[str], likeness: float) -> None:
            for form in forms:
                found[form] = max(found.get(form, 0.0), likeness)

        for lemma in lemmas:
            note(self._by_lemma.get(lemma, ()), EXACT)
            for other in synonyms(lemma):
                note(self._by_lemma.get(other, ()), SYNONYM)
            root = stem(lemma)
            if root:
                note(self._by_stem.get(root, ()), KIN)
        if not found:
            for lemma in lemmas:
                for root in small_stems(lemma):
                    note(self._by_stem.get(root, ()), SMALL)
        note(self._stubs(fold(word), stub or not analysis.known, bool(found)), STUB)
        if not found and "ADJF" in analysis.grammemes:
            for lemma in lemmas[1:]:
                note(self._compounds(stem(lemma)), COMPOUND)
        return found

    def _compounds(self, root: str) -> list[str]:
        """Compound adjectives that a plain one begins: «круглый» for «круглозёрный»."""
        if len(root) < SHORTEST_COMPOUND:
            return []
        return [
            form
            for form in self._by_prefix.get(root[:SHORTEST_STUB], ())
            if form.startswith(root) and len(form) > len(root) + 4
        ]

    def _stubs(self, word: str, cut: bool, settled: bool) -> list[str]:
        """Clipped catalogue words that begin this one, and catalogue words that this stub begins."""
        if len(word) < SHORTEST_STUB:
            return []
        near = self._by_prefix.get(word[:SHORTEST_STUB], ())
        found = [form for form in near if form in self._clipped and len(form) < len(word) and word.startswith(form)]
        if cut and not settled:
            found += [form for form in near if len(form) > len(word) and form.startswith(word)]
        return found

    def _typos(self, word: str) -> dict[str, float]:
        word = fold(word)
        if len(word) < SHORTEST_TYPO or not word.isalpha():
            return {}
        analysis = analyse(word)
        allowed = 1 if len(word) < 6 else 2
        if analysis.known:
            if len(word) < 7:
                return {}
            allowed = 1
        found: dict[str, float] = {}
        for spelled in dict.fromkeys((word, *analysis.lemmas[:2])):
            hits = process.extract(spelled, self._spelling_list, scorer=OSA.distance, score_cutoff=allowed, limit=8)
            for spelling, distance, _ in hits:
                if len(spelling) < SHORTEST_TYPO or (distance and spelling[0] != spelled[0] and distance > 1):
                    continue
                likeness = 0.9 - 0.08 * distance
                form = self._spellings[spelling]
                found[form] = max(found.get(form, 0.0), likeness)
        if found:
            best = max(found.values())
            found = {form: likeness for form, likeness in found.items() if likeness >= best - 0.05}
        return found
