"""From a customer's word to the words of the catalogue: lemmas, kinship, stubs, typos, other letters."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from api.understanding.sounds import cyrillic_skeleton, latin_skeletons, russian_sound, spellings
from api.understanding.stems import bare, small_stems, stem, synonyms, words_of_root
from order_text.morph import analyse
from order_text.normalize import fold, letter_variants

FOREIGN = 0.99
EXACT, SYNONYM, KIN, STUB, SMALL = 1.0, 0.96, 0.92, 0.86, 0.9
CLIP, SHORT_CLIP = 0.96, 0.93
"""A name's own abbreviation is no weaker than its word; one of three letters may stand for too many."""
OTHER_LETTERS = 0.95
KNOWN_BARE = 0.97
SHORTEST_STUB, SHORTEST_TYPO, SHORTEST_COMPOUND = 3, 4, 4
LONGEST_CLIP, SHORT_ROOT, LONG = 4, 5, 7
BY_EAR, LEAST_BY_EAR = 0.88, 0.5
MISHEARD, NEARLY_HEARD = 0.86, 0.8
LATIN = re.compile("[a-z]")
_DOUBLED = re.compile(r"(.)\1")
"""«бурата» for «буррата», «каппучино» for «капучино»: said alike."""
COMPOUND = 0.8
GUESS = 0.7
_VOWELS = {"а": "о", "о": "а", "е": "и", "и": "е"}
_OF_BRAND = re.compile("(?:[ое]в)?ск(?:ий|ая|ое|ие|ого|ую|ой|их|ому|им)$")
_VERBS = frozenset({"VERB", "INFN"})
_PEOPLE = frozenset({"Name", "Surn", "Patr"})
LEAST_ALIKE, ALIKE = 0.6, 12
NEAREST = 8


class Vocabulary:
    """The distinct words of a catalogue, found by any word that may mean them."""

    def __init__(self, forms: Iterable[str], clipped: set[str]) -> None:
        self._forms = tuple(forms)
        self._clipped = clipped
        self._by_lemma: dict[str, set[str]] = {}
        self._by_stem: dict[str, set[str]] = {}
        self._by_ending: dict[str, set[str]] = {}
        self._by_small: dict[str, set[str]] = {}
        self._by_prefix: dict[str, list[str]] = {}
        self._latin_by_prefix: dict[str, list[tuple[str, str]]] = {}
        self._by_sound: dict[str, set[str]] = {}
        self._spellings: dict[str, set[str]] = {}
        self._by_single: dict[str, set[str]] = {}
        for form in self._forms:
            self._add(form)
        self._spelling_list = list(self._spellings)
        self._by_russian: dict[str, set[str]] = {}
        for spelling, forms_so in self._spellings.items():
            if not LATIN.search(spelling):
                self._by_russian.setdefault(russian_sound(spelling), set()).update(forms_so)
        self._russian_by_length: dict[int, list[str]] = {}
        for sound in self._by_russian:
            self._russian_by_length.setdefault(len(sound), []).append(sound)
        self._by_length: dict[int, list[str]] = {}
        self._by_start: dict[tuple[str, int], list[str]] = {}
        for spelling in self._spelling_list:
            self._by_length.setdefault(len(spelling), []).append(spelling)
            self._by_start.setdefault((spelling[:1], len(spelling)), []).append(spelling)
        self.find = lru_cache(maxsize=20_000)(self._find)

    def _add(self, form: str) -> None:
        # «марин.» is cut from «маринованный» and no form of «Марина».
        named = form in self._clipped and bool(analyse(form).best & _PEOPLE)
        lemmas = {form} if named else {form, *analyse(form).lemmas}
        for lemma in lemmas:
            self._by_lemma.setdefault(lemma, set()).add(form)
            for place in range(LONG, len(lemma) - LONG + 1) if lemma.endswith(("ый", "ий")) else ():
                self._by_ending.setdefault(lemma[place:], set()).add(form)
            if root := stem(lemma):
                self._by_stem.setdefault(root, set()).add(form)
            for root in small_stems(lemma):
                self._by_small.setdefault(root, set()).add(form)
        self._by_prefix.setdefault(form[:SHORTEST_STUB], []).append(form)
        meant = {other for lemma in lemmas for other in synonyms(lemma) if len(other) >= LONG}
        for spelling in {bare(lemma) for lemma in (*lemmas, *meant)}:
            self._spellings.setdefault(spelling, set()).add(form)
            self._by_single.setdefault(_DOUBLED.sub(r"\1", spelling), set()).add(form)
        if LATIN.search(form):
            for spelling in letter_variants(form):
                self._latin_by_prefix.setdefault(spelling[:SHORTEST_STUB], []).append((spelling, form))
                self._spellings.setdefault(bare(spelling), set()).add(form)
                self._by_lemma.setdefault(spelling, set()).add(form)
            for skeleton in latin_skeletons(form):
                self._by_sound.setdefault(skeleton, set()).add(form)

    def _find(self, word: str, variants: tuple[str, ...] = (), stub: bool = False) -> dict[str, float]:
        """Catalogue words that `word` may mean, with similarity; `stub` says that it was cut («молочн.»)."""
        found = self._direct(word, stub)
        if not found:
            for variant in variants:
                for form, likeness in self._direct(variant, stub).items():
                    found[form] = max(found.get(form, 0.0), likeness * OTHER_LETTERS)
        if not found and len(word) >= SHORT_ROOT:
            found = dict.fromkeys(self._by_single.get(_DOUBLED.sub(r"\1", bare(fold(word))), ()), SMALL)
        if not found and not stub and analyse(word).known:
            found = dict.fromkeys(self._begun(fold(word)), GUESS)
        if not found and (not analyse(word).known or analyse(word).best & _PEOPLE):
            found = self._respelt(fold(word))
        weak = all(likeness <= STUB or form in self._clipped for form, likeness in found.items())
        if not found or (weak and not analyse(word).known):
            for spelling in (word, *variants):
                for form, likeness in {**self._by_ear(spelling), **self._typos(spelling)}.items():
                    found[form] = max(found.get(form, 0.0), likeness)
        if not found and (not analyse(word).known or analyse(word).best & _PEOPLE):
            found = self._branded(fold(word)) or self._misheard(word)
        return found

    def named(self, word: str, stub: bool = False) -> bool:
        """Whether the catalogue has the word itself, its kin or its beginning; typing errors aside."""
        return bool(self._direct(word, stub))

    def cuts(self, word: str) -> bool:
        """Whether some name of the catalogue clips a word to just this («олив.», «пастер.»)."""
        return fold(word) in self._clipped

    def alike(self, word: str, variants: tuple[str, ...] = ()) -> dict[str, float]:
        """Catalogue words spelt somewhat like an unknown one, with a likeness below every real one."""
        found: dict[str, float] = {}
        for spelled in (bare(fold(word)), *(bare(variant) for variant in variants)):
            if len(spelled) < SHORTEST_TYPO:
                continue
            hits = process.extract(
                spelled, self._spelling_list, scorer=fuzz.ratio, score_cutoff=100 * LEAST_ALIKE, limit=ALIKE
            )
            for spelling, ratio, _ in hits:
                for form in self._spellings[spelling]:
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
                note(self._by_lemma.get(other, ()), FOREIGN if LATIN.search(other) else SYNONYM)
                if (root := stem(other)) and "NOUN" in analyse(other).best:
                    made_of = [form for form in self._by_stem.get(root, ()) if "NOUN" not in analyse(form).grammemes]
                    note(made_of, KIN)  # «икра с синеньких» is «Икра баклажанная»
                for clip in self._clips(other):
                    note((clip,), SHORT_CLIP if len(clip) <= SHORTEST_STUB else CLIP)
            if root := stem(lemma):
                note(self._by_stem.get(root, ()), KIN)
        if not analysis.known:
            note(self._spellings.get(bare(fold(word)), ()), KNOWN_BARE)
        if all(form in self._clipped for form in found):
            for lemma in lemmas:
                for root in (*small_stems(lemma), stem(lemma)):
                    note(self._by_stem.get(root, ()) if root != stem(lemma) else (), SMALL)
                    note(self._by_small.get(root, ()), SMALL)
                for base in (word for root in small_stems(lemma) for word in words_of_root(root)):
                    for other in synonyms(base):
                        note(self._by_lemma.get(other, ()), SMALL)
        clips = [] if analysis.known and _VERBS & analysis.best else self._clips(fold(word))
        if (stub or not analysis.known or len(word) <= LONGEST_CLIP) and all(form in self._clipped for form in found):
            note(self._begun(fold(word)), STUB)
        root = bare(fold(word))
        if len(root) >= SHORT_ROOT and not found:
            near = self._by_prefix.get(root[:SHORTEST_STUB], ())
            note((form for form in near if form in self._clipped and form.startswith(root)), STUB)  # «гранулы»
        for clip in clips:
            note((clip,), SHORT_CLIP if len(clip) <= SHORTEST_STUB else CLIP)
        if "ADJF" in analysis.best:
            for lemma in lemmas[1:]:
                note(self._compounds(stem(lemma)), COMPOUND)
                note(self._by_ending.get(lemma, ()) if "NOUN" not in analysis.grammemes else (), COMPOUND)
        return found

    def _compounds(self, root: str) -> list[str]:
        """Compound adjectives that a plain one begins: «круглый» for «круглозёрный»."""
        if root == "бел":
            root = "бело"  # «белый» for «белоплодный»
        if len(root) < SHORTEST_COMPOUND:
            return []
        return [
            form
            for form in self._by_prefix.get(root[:SHORTEST_STUB], ())
            if form.startswith(root) and len(form) > len(root) + 3
        ]

    def _clips(self, word: str) -> list[str]:
        """Clipped catalogue words that begin this one."""
        near = self._by_prefix.get(word[:SHORTEST_STUB], ())
        return [form for form in near if form in self._clipped and len(form) < len(word) and word.startswith(form)]

    def _begun(self, stub: str) -> list[str]:
        """Catalogue words that this stub begins."""
        if len(stub) < SHORTEST_STUB:
            return []
        near = self._by_prefix.get(stub[:SHORTEST_STUB], ())
        begun = [form for form in near if len(form) > len(stub) and form.startswith(stub)]
        if begun or len(stub) < SHORTEST_TYPO:
            return begun
        foreign = self._latin_by_prefix.get(stub[:SHORTEST_STUB], ())
        return [form for spelling, form in foreign if spelling.startswith(stub)]  # «ориг» for «original»

    def _by_ear(self, word: str) -> dict[str, float]:
        """Latin words of the catalogue that sound like this Cyrillic one."""
        word = fold(word)
        if LATIN.search(word) or len(word) < SHORTEST_STUB:
            return {}
        found = {}
        for skeleton in {cyrillic_skeleton(one) for one in (word, bare(word))}:
            for form in self._by_sound.get(skeleton, ()):
                vowels = max(fuzz.ratio(bare(word), bare(one)) for one in spellings(form)) / 100
                if vowels >= LEAST_BY_EAR:
                    found[form] = BY_EAR
        return found

    def _typos(self, word: str) -> dict[str, float]:
        word = fold(word)
        if len(word) < SHORTEST_TYPO or not word.isalpha():
            return {}
        analysis = analyse(word)
        if analysis.known and len(word) < LONG:
            return {}
        found: dict[str, float] = {}
        for root in dict.fromkeys(bare(one) for one in (word, *analysis.lemmas[:2])):
            if analysis.known and len(root) < LONG:
                continue  # a word of the language is rarely another one misspelt: «садовая» is no «содовая»
            allowed = 1 if analysis.known or len(root) <= SHORT_ROOT else 2
            for spelling, distance in self._near(root, allowed):
                if len(spelling) < SHORTEST_STUB:
                    continue
                for form in self._spellings[spelling]:
                    if len(root) < SHORTEST_TYPO and OSA.distance(word, form) > 1:
                        continue  # «пури» is no «перо»
                    found[form] = max(found.get(form, 0.0), 0.9 - 0.08 * distance)
        if found:
            best = max(found.values())
            found = {form: likeness for form, likeness in found.items() if likeness >= best - 0.05}
        return found

    def _respelt(self, word: str) -> dict[str, float]:
        """An adjective with one vowel written by ear: «фисташкавый» of «Фисташка»."""
        for place, letter in enumerate(word):
            other = _VOWELS.get(letter)
            spelling = word[:place] + other + word[place + 1 :] if other else ""
            if spelling and analyse(spelling).known:
                return {form: likeness * SMALL for form, likeness in self._direct(spelling, False).items()}
        return {}

    def _branded(self, word: str) -> dict[str, float]:
        """«сладорековский» of «Сладорек»."""
        root = _OF_BRAND.sub("", word)
        return dict.fromkeys(self._by_lemma.get(root, ()), KIN) if root != word and len(root) >= SHORTEST_TYPO else {}

    def _misheard(self, word: str) -> dict[str, float]:
        """What an unknown word sounds like: «малако», «серуп», «вичина»."""
        sound = russian_sound(bare(fold(word)))
        if len(sound) < SHORTEST_TYPO or not word.isalpha():
            return {}
        if sound in self._by_russian:
            return dict.fromkeys(self._by_russian[sound], MISHEARD)
        if len(sound) < SHORT_ROOT:
            return {}
        pools = [self._russian_by_length.get(length, []) for length in range(len(sound) - 1, len(sound) + 2)]
        near = [other for other, _ in _within(sound, pools, 1) if other[0] == sound[0]]
        return {form: NEARLY_HEARD for other in near for form in self._by_russian[other]}

    def _near(self, root: str, allowed: int) -> list[tuple[str, int]]:
        """The nearest spellings with their distance, at most `allowed`; two slips leave the first letter alone."""
        size = len(root)
        lengths = range(size - 1, size + 2)
        begun = [self._by_start.get((root[:1], length), []) for length in lengths]  # «чука» is no «мука» misspelt
        hits = _within(root, begun if size < SHORTEST_TYPO else [self._by_length.get(n, []) for n in lengths], 1)
        if not hits and allowed > 1:
            pools = [self._by_start.get((root[:1], length), []) for length in range(size - 2, size + 3)]
            hits = _within(root, pools, 2)
        return hits


def _within(root: str, pools: Iterable[list[str]], distance: int) -> list[tuple[str, int]]:
    """The nearest of all pools, a few."""
    found = [
        (spelling, int(apart))
        for pool in pools
        for spelling, apart, _ in process.extract(root, pool, scorer=OSA.distance, score_cutoff=distance, limit=NEAREST)
    ]
    return sorted(found, key=lambda hit: hit[1])[:NEAREST]
