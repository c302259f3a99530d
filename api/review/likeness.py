"""Which items a person decides at once: those of one key.

Of goods case, number, order of words and how much was asked for make no difference. What tells goods apart (fat,
volume, size, a bare figure of the name) does. The keys of aliases are coarser: «печень» and «печенье» share one there.
Of whole utterances all words count, what they say no to as well; figures, amounts and politeness do not.
"""

from collections.abc import Iterable, Sequence

from api.understanding import aliases
from order_text import annotate
from order_text.model import Kind, Token
from order_text.morph import analyse
from order_text.normalize import fold

GOODS = frozenset({"unknown_product", "answered_otherwise", "corrected"})
LONGEST = 160
"""Characters of a key; longer utterances that begin alike are rare."""
_AMOUNTS = (Kind.number, Kind.span)
_MEASURES = {Kind.volume: "л", Kind.weight: "кг"}
_FIGURES = (*_AMOUNTS, *_MEASURES, Kind.percent, Kind.size)
_TELLING = (Kind.word, Kind.closed, Kind.operation, Kind.reference, Kind.question, Kind.complaint)


def key_of(kind: str, text: str, phrase: str = "") -> str:
    """The key of an item of this kind; never empty."""
    said = phrase or text
    if kind in GOODS and (named := _goods(said)):
        return f"goods: {named}"[:LONGEST]
    return f"words: {_utterance(said)}"[:LONGEST]


def _goods(phrase: str) -> str:
    """The name without its amounts; empty when nothing is left of it."""
    tokens = annotate(phrase).tokens
    counted = {place for place in range(len(tokens)) if _counts(tokens, place)}
    told = [token for place, token in enumerate(tokens) if place not in counted | {one + 1 for one in counted}]
    named = [token for token in told if token.kind == Kind.word] or told
    return " ".join([*sorted({figure for token in told if (figure := _figure(token))}), *_words(named)])


def _figure(token: Token) -> str:
    """«3,2%» and «3.2» are one figure; empty when it is none."""
    if token.kind == Kind.code:
        return token.norm
    values = [value for value in (token.value, token.value2) if value is not None]
    measure = _MEASURES.get(token.kind, "")
    return "x".join(format(value.normalize(), "f") for value in values) + measure if token.kind in _FIGURES else ""


def _counts(tokens: Sequence[Token], place: int) -> bool:
    """«5» of «5 банок»; after the unit («банки 0,5») or alone («сметана 15») a number is a figure of the name."""
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    return tokens[place].kind in _AMOUNTS and following is not None and following.kind == Kind.unit


def _utterance(text: str) -> str:
    """All that is said but figures and politeness; that too where there is nothing else."""
    tokens = annotate(text).tokens
    said = _words(token for token in tokens if token.kind in _TELLING)
    return " ".join(said or _words(tokens)) or fold(text).strip() or "…"


def _words(tokens: Iterable[Token]) -> list[str]:
    return sorted({_lemma(word) for token in tokens for word in token.norm.split() if word.isalpha()})


def _lemma(word: str) -> str:
    """Of a word that no dictionary has, what stays when its ending changes."""
    analysis = analyse(word)
    return fold(analysis.lemmas[0]) if analysis.known else aliases.root(word)
