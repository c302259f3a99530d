"""Word kinship: «яблочный» and «яблоко», «булочка» and «булка»."""

import re
from collections.abc import Iterable
from functools import lru_cache

from order_text.lexicon.abbreviations import ABBREVIATIONS, AMBIGUOUS, CLIPPED
from order_text.lexicon.foods import DESCRIPTORS, SYNONYMS
from order_text.lexicon.foreign import COUNTRIES, FOREIGN
from order_text.morph import analyse

_ADJECTIVE = re.compile("(енный|янный|яный|ейный|ьный|овый|евый|овой|евой|ьский|ский|ной|ный|ний|ый|ий|(?<=[лрст])ой)$")
_DESCRIBES = re.compile("[нс](ый|ая|ое|ые|кий|кая|кое|кие)$")
_SMALL = re.compile(
    "((ушк|юшк|очк|ечк|ичк|инк|ьк)(а|и|у|ой|ам)|(чик|ик)(и|ов|а|у|)|очко|ечко|ко|ушек|очек|ечек|енька|онька|ице|цо|ьц[оау]|иц[ауыей]|(?<=[бвклмнпрст])ец)$"
)
_ENDING = re.compile(
    "(иями|ями|ами|ого|его|ому|ему|ыми|ими|ией|ов|ев|ей|ам|ям|ах|ях|ой|ий|ый|ая|яя|ое|ее|ые|ие|ую|юю|ом|ем|ым|им|их|ых"
    "|[аяоеиыуюьй])$"
)
_FLEETING = re.compile("(?<=[^аеиоуыэюя])[ое](?=[кцнлт]$)")
_NOUN = re.compile("(ия|ие|ья|[аяоеьйыи])$")
_ALTERNATION = str.maketrans("чжцш", "кгкх")
_SHORTEST, _LONG = 3, 8
LONG_PART = 5
WITHOUT = "без_"
"""Begins the one word that «без косточки» and «б/косточки» become."""

_SYNONYMS: dict[str, frozenset[str]] = {}
for _row in (*SYNONYMS, *COUNTRIES):
    _words = frozenset(word.replace("ё", "е") for word in _row.split())
    for _word in _words:
        _SYNONYMS[_word] = _SYNONYMS.get(_word, frozenset()) | _words
for _short, _meanings in (*AMBIGUOUS.items(), *CLIPPED.items(), *FOREIGN.items()):
    for _one, _other in [pair for _word in _meanings for pair in ((_short, _word), (_word, _short))]:
        _SYNONYMS[_one] = _SYNONYMS.get(_one, frozenset()) | {_other}


def synonyms(word: str) -> frozenset[str]:
    """Words that mean the same, the word itself left out."""
    return _SYNONYMS.get(word, frozenset()) - {word}


def is_food(lemmas: Iterable[str]) -> bool:
    """Whether the tables know the word as one of goods."""
    return any(synonyms(lemma) for lemma in lemmas)


def words_of_root(root: str) -> frozenset[str]:
    """Words of the tables that have this root: what a diminutive is made of, whatever the catalogue calls it."""
    return _BY_ROOT.get(root, frozenset())


def expand(word: str) -> tuple[str, ...]:
    """The words that an abbreviation («б/г», «в/с», «д/взбивания») stands for; empty when it is none."""
    if word in ABBREVIATIONS:
        return ABBREVIATIONS[word]
    if len(word) == 2 and f"{word[0]}/{word[1]}" in ABBREVIATIONS and not analyse(word).known:
        return ABBREVIATIONS[f"{word[0]}/{word[1]}"]  # «бк» for «б/к»
    if word.startswith("д/") and len(word) > 4:
        return (word[2:],)
    if word.startswith("б/") and len(word) > 4:
        return (WITHOUT + analyse(word[2:]).lemmas[0],)
    if word.startswith("ц/") and len(word) > LONG_PART:
        return ("цельно" + word[2:],)
    if word[1:2] == "/" and len(word) > LONG_PART:
        return (word[2:],)  # «томаты в с/соку»
    if "/" in word:
        parts = word.split("/")
        return tuple(parts) if all(len(part) >= _SHORTEST for part in parts) else (word,)
    return ()


@lru_cache(maxsize=50_000)
def stem(lemma: str) -> str:
    """The root that a noun shares with its adjective; empty when too short to tell."""
    root = _ADJECTIVE.sub("", lemma)
    if root == lemma:
        root = _NOUN.sub("", lemma)
    if len(root) < _SHORTEST:
        return ""
    return root[:-1] + root[-1].translate(_ALTERNATION)


@lru_cache(maxsize=50_000)
def small_stems(lemma: str) -> tuple[str, ...]:
    """Roots of the word that a diminutive is made of: «булочка» → «булк», «стаканчик» → «стакан»."""
    root = _SMALL.sub("", lemma)
    if root == lemma and lemma.endswith("ка") and len(lemma) >= _LONG:
        root = _NOUN.sub("", lemma[:-2])
    # «пряничек» is a small «пряник», «молочко» a small «молоко», «мучка» is «мука».
    again = (lemma[:-3] + "к",) if lemma.endswith(("чек", "чко", "чка")) else ()
    if root == lemma and again:
        return again
    if root == lemma or len(root) < _SHORTEST:
        return ()
    softened = root[:-1] + root[-1].translate(_ALTERNATION)
    return (softened, root + "к", *again)


@lru_cache(maxsize=100_000)
def bare(word: str) -> str:
    """The word without its ending, for words that no dictionary has: «окорочков» and «окорочок» share one."""
    shorter = _ENDING.sub("", word)
    if len(shorter) < _SHORTEST:
        shorter = word
    return _FLEETING.sub("", shorter)


@lru_cache(maxsize=50_000)
def is_telling(word: str) -> bool:
    """Whether a word of a name is one of the language, and no brand: «топлёное» marks a milk, «Лужковна» does not."""
    analysis = analyse(word)
    described = "ADJF" in analysis.best or ("ADJF" in analysis.grammemes and bool(_DESCRIBES.search(word)))
    return WITHOUT in word or analysis.known or described or bool(synonyms(word))


@lru_cache(maxsize=50_000)
def is_descriptor(word: str, clipped: bool = False) -> bool:
    """Whether the word, or what it is clipped from, describes without setting apart («пастер.», «вес», «ГОСТ»)."""
    if any(word.startswith(prefix) if len(prefix) > 3 else word == prefix for prefix in DESCRIPTORS):
        return True
    if clipped and synonyms(word):
        return any(is_descriptor(meaning) for meaning in synonyms(word))
    return clipped and len(word) > 3 and any(prefix.startswith(word) for prefix in DESCRIPTORS)


_BY_ROOT: dict[str, frozenset[str]] = {}
for _word in _SYNONYMS:
    if root := stem(_word):
        _BY_ROOT[root] = _BY_ROOT.get(root, frozenset()) | {_word}
