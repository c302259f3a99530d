"""What a chunk of a message shows: goods, amounts, words of ordering, verbs of telling."""

from collections.abc import Sequence
from itertools import pairwise

from api.understanding.candidates import Finder, Word
from api.understanding.quantities import SCALES
from order_text.lexicon.talk import OUT_OF_SCOPE
from order_text.lexicon.telling import DECIDED, ORDERED, WITH_ME
from order_text.model import Kind, Token

THEM = frozenset({"его", "ее", "их"})
AMOUNTS = (Kind.number, Kind.unit, Kind.weight, Kind.volume)
PAST_VERB = frozenset({"best:past", "best:VERB"})
CHANGES = frozenset({"replace", "clear", "same", *SCALES})
DEMANDS = frozenset({"order", "add", "remove", "replace", "clear"})
IDLE = frozenset({"all", "negation"})
"""Operations that change nothing by themselves: «всё», «не»."""
_ORDERING = DEMANDS | {"set", "increase", "decrease", "keep_only", "double", "half", "triple"}


def roles_of(chunk: Sequence[Token]) -> set[str]:
    """The operations that are named."""
    return {token.role for token in chunk if token.kind == Kind.operation}


def counts(chunk: Sequence[Token]) -> bool:
    """Whether an amount is named."""
    return any(token.kind in AMOUNTS for token in chunk)


def refers(chunk: Sequence[Token]) -> bool:
    """Whether a past order is spoken of."""
    return any(token.kind == Kind.reference for token in chunk)


def ordering(chunk: Sequence[Token]) -> bool:
    """Whether a word of ordering is said."""
    return bool(roles_of(chunk) & _ORDERING)


def names_goods(chunk: Sequence[Token], finder: Finder) -> bool:
    """Whether some word may be one of goods."""
    return any(is_goods(token, finder) for token in chunk)


def is_goods(token: Token, finder: Finder) -> bool:
    """Whether the word may be one of goods."""
    if token.kind == Kind.percent:
        return True
    if token.kind != Kind.word:
        return False
    form = token.lemmas[0] if token.lemmas else token.norm
    return bool(finder.hits(Word(form, token.variants, "known" not in token.tags, token)))


def acts(token: Token, finder: Finder) -> bool:
    """A verb that is no word of goods."""
    verb = token.kind in (Kind.word, Kind.filler) and bool(token.tags & {"best:VERB", "best:INFN"})
    return verb and not is_goods(token, finder)


def tells(token: Token, finder: Finder) -> bool:
    """A verb of what happened («за 2 мешка мы уже платили»): such a clause orders nothing."""
    told = token.tags >= PAST_VERB and token.kind in (Kind.word, Kind.filler, Kind.question)
    return told and not token.norm.startswith(DECIDED) and not is_goods(token, finder)


def remembers(chunk: Sequence[Token], finder: Finder) -> bool:
    """Whether something else than ordering is told of the last time: «машина в прошлый раз еле проехала»."""
    likened = any({"как", "что", "же", "тоже", "самое"} & set(token.norm.split()) for token in chunk)
    named = names_goods(chunk, finder)  # «в прошлый раз хлеб был супер» praises; «то, что было в прошлый раз» orders
    praised = named and any(t.norm.startswith("был") for t in chunk)
    return not likened and any(tells(t, finder) and (praised or not t.norm.startswith(ORDERED)) for t in chunk)


def is_document(chunk: Sequence[Token]) -> bool:
    """«и сертификат на масло 72,5»: a paper is asked for, whatever it is about."""
    said = next((t for t in chunk if t.kind in (Kind.question, Kind.word) and t.role != "order"), None)
    return said is not None and said.role == "documents"


def wished_away(chunk: Sequence[Token]) -> bool:
    """«чтоб не слипшийся», «фундук без горелых»: what must not come."""
    places = [i for i, token in enumerate(chunk) if token.kind == Kind.complaint]
    return all(i > 0 and chunk[i - 1].norm in ("не", "без", "чтобы не") for i in places)


def arrived(chunk: Sequence[Token]) -> bool:
    """«пряники пришли каменные»: what state goods came in, not «пришли пряники»."""
    return any(first.norm == "пришли" and "best:ADJF" in second.tags for first, second in pairwise(chunk))


def removes_it(chunk: Sequence[Token], what: str = "") -> bool:
    """«её исключите», «последнее не надо»: nothing but a word of removing and a pronoun, or a word that begins so."""
    said = [token for token in chunk if token.kind != Kind.border]
    named = any(t.norm.startswith(what) if what else t.norm in THEM for t in said)
    return len(said) == 2 and named and any(t.role == "remove" for t in said)


def carries(chunk: Sequence[Token]) -> bool:
    """«у меня 12 мест мяса», as a driver at the door says."""
    return [token.norm for token in chunk[:2]] in WITH_ME


def only_amounts(chunk: Sequence[Token]) -> bool:
    """Whether nothing but an amount is said."""
    said = [token.kind for token in chunk if token.kind != Kind.border]
    return bool(said) and all(kind in (*AMOUNTS, Kind.percent) for kind in said)


def out_of_scope(token: Token, finder: Finder) -> bool:
    """A word to a voice assistant that no product has."""
    foreign = token.kind in (Kind.word, Kind.unit, Kind.filler) and any(lemma in OUT_OF_SCOPE for lemma in token.lemmas)
    return foreign and not finder.index.vocabulary.named(token.lemmas[0])
