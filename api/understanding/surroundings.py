"""What stands before and after a token, where that decides what the token means."""

from collections.abc import Sequence
from dataclasses import replace

from api.understanding import signs
from api.understanding.candidates import Finder
from api.understanding.wordings import word_of
from order_text.model import Kind, Token

TYING = frozenset({"с", "со", "для", "из", "без", "в", "под"})
"""Prepositions that tie a word of goods on: «с вишней»."""
AT_HAND = ("еще", "есть", "пока", "осталось", "остался", "осталась", "полно", "хватает")
_BY = {"decrease": "decrease", "less_vague": "decrease", "increase": "increase", "more_vague": "increase"}


def instead_of_number(rest: Sequence[Token]) -> bool:
    """Whether an amount and then nothing more follows: «5 коробок вместо одной»."""
    if not rest or rest[0].kind != Kind.number:
        return False
    after = rest[2:] if len(rest) > 1 and rest[1].kind == Kind.unit else rest[1:]
    return not after or after[0].kind in (Kind.border, Kind.operation)


def counted(tokens: Sequence[Token], position: int) -> bool:
    """Whether an amount and then nothing more follows the word: «омывайки 10 шт,»."""
    rest = tokens[position + 1 : position + 4]
    while rest and rest[0].kind in (*signs.AMOUNTS, Kind.percent):
        rest = rest[1:]
    return rest != tokens[position + 1 : position + 4] and (not rest or rest[0].kind == Kind.border)


def refused_after(tokens: Sequence[Token], position: int) -> bool:
    """«… 12, а не 10»: whether a refused amount follows the «а»."""
    rest = tokens[position + 1 : position + 3]
    refused = len(rest) > 1 and rest[0].norm == "не"
    return refused and rest[1].kind in (Kind.number, Kind.weight, Kind.volume)


def reordered(tokens: Sequence[Token]) -> Sequence[Token]:
    """«не десять кефира, а семь», «вместо десяти кефира семь» as «кефира не десять, а семь»."""
    for place, token in enumerate(tokens):
        instead = token.role == "replace" and token.norm in ("вместо", "взамен", "заместо")
        if not (instead or token.role == "negation"):
            continue
        refused = _amount_length(tokens, place + 1)
        words = place + 1 + refused
        end = words
        while end < len(tokens) and tokens[end].kind == Kind.word:
            end += 1
        but = end
        while but < len(tokens) and tokens[but].norm in (",", "а"):
            but += 1
        if not refused or end == words or not _amount_length(tokens, but) or (not instead and but == end):
            continue
        taken_back = [replace(token, text="не", role="negation"), *tokens[place + 1 : words]]
        joint = tokens[end:but] or [Token(Kind.closed, "а", token.start, token.end)]
        return [*tokens[:place], *tokens[words:end], *taken_back, *joint, *tokens[but:]]
    return tokens


def _amount_length(tokens: Sequence[Token], place: int) -> int:
    """How many tokens from here are a number and its unit."""
    if place >= len(tokens) or tokens[place].kind not in (Kind.number, Kind.weight, Kind.volume):
        return 0
    return 2 if place + 1 < len(tokens) and tokens[place + 1].kind == Kind.unit else 1


def only_counted_after(rest: Sequence[Token]) -> bool:
    """Whether an amount and then the end or the next item follows."""
    length = _amount_length(rest, 0)
    after = rest[length] if length < len(rest) else None
    return bool(length) and (after is None or (after.kind == Kind.border and after.role != "dash"))


def refuses_goods(tokens: Sequence[Token], position: int, finder: Finder) -> bool:
    """«…, а не красные»: whether a word of goods is refused after the «а»."""
    rest = tokens[position + 1 : position + 3]
    refused = len(rest) > 1 and rest[0].norm == "не" and rest[1].kind == Kind.word
    return refused and bool(finder.hits(word_of(rest[1])))


def counts_feature(rest: Sequence[Token]) -> bool:
    """Whether an amount stands behind the word of «без»: «без кофеина – 1», «без кости и без шкуры 7,5»."""
    behind = [token for token in rest if token.role not in ("dash", "and")]
    while len(behind) > 1 and behind[0].norm == "без":
        behind = behind[2:]
    return bool(behind) and behind[0].kind in (Kind.number, Kind.weight, Kind.volume)


def is_at_ours(rest: Sequence[Token]) -> bool:
    """«сахару не надо, у меня ещё мешок»: what the customer has."""
    return [token.norm for token in rest] in [[whose, what] for whose in ("меня", "нас") for what in AT_HAND]


def change_after(tokens: Sequence[Token], position: int) -> str:
    """The change in «на 25 кг меньше», at its «на»; empty where there is none."""
    if position < 0 or tokens[position].norm != "на":
        return ""
    place = position + 1
    while place < len(tokens) and tokens[place].kind in signs.AMOUNTS:
        place += 1
    change = tokens[place].role if position + 1 < place < len(tokens) else ""
    return _BY.get(change, "")


def changed_before(tokens: Sequence[Token], position: int) -> str:
    """The change that «горчицы на 6 меньше, хрена на 2» says but once."""
    if not only_counted_after(tokens[position + 1 :]):
        return ""
    return next((_BY[token.role] for token in reversed(tokens[:position]) if token.role in _BY), "")


def told_before(tokens: Sequence[Token], position: int) -> bool:
    """Whether the «на» before the amount has told the change that stands here: the «меньше» of «на 25 кг меньше»."""
    return tokens[position].role in _BY and bool(change_after(tokens, position - _amount_before(tokens, position) - 1))


def _amount_before(tokens: Sequence[Token], position: int) -> int:
    """How many tokens of an amount stand right before."""
    place = position
    while place and tokens[place - 1].kind in signs.AMOUNTS:
        place -= 1
    return position - place


def wishes(inside: Sequence[Token], finder: Finder) -> bool:
    """Whether what stands in brackets tells how goods shall be, and names none: «кусками от 1,5 кг», «не жирные»."""
    words = [token for token in inside if token.kind == Kind.word]
    plain = [token for token in words if token.role != "specification"]
    if any(finder.names_head(word_of(token)) for token in plain):
        return False
    strange = any(not finder.hits(word_of(token)) for token in plain)
    return strange or len(plain) < len(words) or any(token.unit == "кус" for token in inside)


def halves(tokens: Sequence[Token], position: int) -> bool:
    """Whether «половину» stands behind its product and ends the chunk."""
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    ends = following is None or following.kind == Kind.border or following.norm == "от"
    before = tokens[position - 1] if position else None
    return ends and before is not None and (before.kind in (Kind.word, Kind.code) or before.role == "set")
