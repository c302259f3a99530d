"""What stands around an order and is no goods: people, places, senders, countries, departments."""

from collections.abc import Sequence

from api.understanding.candidates import Finder
from api.understanding.stems import is_food
from api.understanding.vocabulary import EXACT, KNOWN_BARE, STUB
from api.understanding.wordings import word_of
from order_text.lexicon.closed import ORGANISATIONS
from order_text.lexicon.foreign import COUNTRIES
from order_text.lexicon.numerals import ORDINAL_LEMMAS
from order_text.model import Kind, Token

_COUNTRIES = frozenset(word for row in COUNTRIES for word in row.split())


def skipped(tokens: Sequence[Token], position: int, finder: Finder) -> int:
    """How many tokens from here name a place or a sender; 0 where goods may be meant."""
    token = tokens[position]
    if _is_organisation(token) and (token.kind == Kind.filler or _best(token, finder) < KNOWN_BARE):
        return 1 + _name_of_organisation(tokens, position + 1)
    if token.kind != Kind.word:
        return 0
    if _introduces_itself(tokens, position, finder):
        return 1
    if _is_origin(tokens, position, finder):
        return 1
    if not _is_street(tokens, position, finder):
        return 0
    return 3 if tokens[position + 1].role == "comma" else 2


def is_department(tokens: Sequence[Token], position: int, finder: Finder) -> bool:
    """«на бар», «в кондитерку», unless a product is called just so."""
    token = tokens[position]
    led = position > 0 and tokens[position - 1].norm in ("на", "в", "во", "для")
    if led and token.role == "department":
        return _best(token, finder) < KNOWN_BARE
    following = tokens[position + 1 : position + 2]
    opens = position < 2 or tokens[position - 2].kind == Kind.border
    strange = not finder.hits(word_of(token)) and not is_food(token.lemmas)
    named = bool(following) and following[0].kind == Kind.word and finder.names_head(word_of(following[0]))
    return led and opens and strange and named  # «в переговорку чай 3»


def is_product_name(token: Token, finder: Finder) -> bool:
    """«печенье Мария»: a first name that stands in a name of the catalogue itself."""
    return "best:Name" in token.tags and _best(token, finder) == EXACT and not _only_clips(token, finder)


def is_country(token: Token) -> bool:
    """Price lists and customers name countries; where no product of the catalogue does they tell nothing."""
    return any(lemma in _COUNTRIES for lemma in token.lemmas)


def is_person(token: Token, finder: Finder) -> bool:
    """A first name, patronymic or capitalised surname that is at best a guess at some product."""
    if "known" not in token.tags:
        return False
    if _best(token, finder) > STUB and not _only_clips(token, finder):
        return False
    return bool(token.tags & {"best:Name", "best:Patr"}) or ("best:Surn" in token.tags and token.text.istitle())


def _only_clips(token: Token, finder: Finder) -> bool:
    """«Марина» begins like «марин.», which is no reason to take her for gherkins."""
    found = finder.index.vocabulary.find(word_of(token).form)
    return token.text.istitle() and all(finder.index.vocabulary.cuts(form) for form in found)


def _introduces_itself(tokens: Sequence[Token], position: int, finder: Finder) -> bool:
    """«это тома из сельпо», «алло это дубки»: behind «это» at the beginning, and no goods."""
    greeted = all(token.kind in (Kind.filler, Kind.border) for token in tokens[: max(position - 1, 0)])
    if not position or not greeted or tokens[position - 1].norm != "это":
        return False
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    ends = following is None or following.kind not in (Kind.number, Kind.unit)
    return ends and not finder.names_head(word_of(tokens[position]))


def _is_origin(tokens: Sequence[Token], position: int, finder: Finder) -> bool:
    """«Нина Петровна из Ключей»: a capitalised place in the middle of a sentence."""
    token = tokens[position]
    if not position or tokens[position - 1].norm != "из" or not token.text.istitle():
        return False
    return not finder.names_head(word_of(token)) or "best:Geox" in token.tags


def _is_street(tokens: Sequence[Token], position: int, finder: Finder) -> bool:
    """«на Садовую 18»: a name that no product has, between a preposition and a number."""
    token = tokens[position]
    before = tokens[position - 1].norm if position else ""
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    after = tokens[position + 2] if position + 2 < len(tokens) else None
    if following is not None and following.role == "comma" and after is not None and after.kind == Kind.number:
        ends = tokens[position + 3 : position + 4]
        housed = before in ("на", "в", "по") and token.text.istitle() and all(t.role == "line" for t in ends)
        return housed and not finder.hits(word_of(token))  # «Кофейня на Садовой, 3»
    closed = after is not None and after.kind in (Kind.border, Kind.address)
    opening = position == 0 and token.text.istitle() and closed
    placed = (opening or before in ("на", "в", "во", "по")) and following is not None and following.kind == Kind.number
    named = token.text[0].isupper() or token.tags & {"best:ADJF", "best:Geox", "best:Surn"}
    return bool(placed and named) and not finder.hits(word_of(token))


def _is_organisation(token: Token) -> bool:
    if token.lemmas[1:2] == ("детский",) or token.norm == "детский":
        return token.text.istitle()  # «Детский сад № 14 «Ромашка»»
    return token.norm in ORGANISATIONS or any(lemma in ORGANISATIONS for lemma in token.lemmas[:2])


def _name_of_organisation(tokens: Sequence[Token], start: int) -> int:
    """How many tokens after «МБОУ», «ИП» or «школа» are its name or number: «СОШ 7», «Саяпин»."""
    taken = 0
    if len(tokens) > start + 1 and tokens[start].norm in ("с", "на", "из") and tokens[start + 1].kind == Kind.word:
        placed = {"ADJF", "best:Geox"} & tokens[start + 1].tags
        taken = 2 if placed else 0  # «пиццерия с Вокзальной»
        start += taken
        rest = tokens[start : start + 2] if taken else []
        if len(rest) > 1 and rest[0].role == "comma" and rest[1].kind == Kind.number:
            return taken + 2  # «на Садовой, 3»
    for token in tokens[start : start + 4]:
        named = token.kind == Kind.word and (token.text.istitle() or _is_organisation(token))
        ordinal = any(lemma in ORDINAL_LEMMAS for lemma in token.lemmas)
        numbered = ordinal or token.kind in (Kind.number, Kind.code) or token.role == "sign"
        if not named and not numbered:
            break
        taken += 1
        if token.kind in (Kind.number, Kind.code):
            break
    return taken


def _best(token: Token, finder: Finder) -> float:
    return float(finder.hits(word_of(token)).likeness.max(initial=0))
