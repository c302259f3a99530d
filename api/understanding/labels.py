"""What one chunk of a message does by itself: it orders, asks, complains or chats."""

from collections.abc import Sequence
from itertools import pairwise

from api.understanding import signs
from api.understanding.candidates import Finder
from order_text.lexicon.telling import AHEAD, AT_OURS, REMIND, STORES, TAKES
from order_text.model import Kind, Token

Label = tuple[str, str]
"""What a chunk does, and of which kind: («question», «price»)."""
ORDER: Label = ("order", "")
TALK: Label = ("chatter", "talk")
TOLD: Label = ("chatter", "told")
COMPLAINT: Label = ("complaint", "complaint")
_NEVER = frozenset({"catalog", "status", "stock", "driver"})
"""Questions that no amount beside them makes an order."""
_WISHING = frozenset({"бы", "б", "чтоб", "чтобы"})
_WHEN = ("когда", "во сколько", "успе")
"""What is asked of the delivery of an order: «кефир 10 хлеб 12 когда привезёте?»."""
_SAME_PRICE = frozenset({"старой", "прежней", "прошлой", "той", "оптовой"})
_LEFT = frozenset({"add", "all", "negation"})
"""Words of ordering that also tell what is left: «ещё 5 штук в холодильнике»."""
_ASKED_BESIDE = frozenset({"stock", "delivery", "human"})


def label(chunk: Sequence[Token], finder: Finder, asked: bool) -> Label:
    """`asked`: the chunk ends with a question mark."""
    kinds = {token.kind for token in chunk}
    if (Kind.complaint in kinds and not signs.wished_away(chunk)) or signs.arrived(chunk):
        return COMPLAINT
    if chunk[0].norm.startswith(REMIND):
        return "chatter", "out_of_scope"
    if _is_told(chunk, kinds, finder):
        return TOLD
    if asked and any(token.norm in ("будут", "будет") for token in chunk) and not _demands(chunk):
        return "question", "stock"  # «сливки 33 завтра будут?»
    if signs.is_document(chunk):
        return "question", "documents"
    roles = [token.role for token in chunk if token.kind == Kind.question]
    if roles:
        return _question(chunk, roles, finder, asked)
    return ORDER if signs.refers(chunk) else _unmarked(chunk, finder, asked)


def _is_told(chunk: Sequence[Token], kinds: set[Kind], finder: Finder) -> bool:
    """Whether the chunk tells of the past: amounts in it are none, and a past order is none to repeat."""
    if _is_habit(chunk):
        return True
    if signs.ordering(chunk) or any(token.norm in _WISHING for token in chunk):
        return False  # «я бы взяла кефира штук 10»
    if Kind.reference in kinds:
        return Kind.money in kinds or signs.remembers(chunk, finder)  # «накладная прошлая была на 14 380 р»
    ahead = any(
        token.kind == Kind.date and (token.norm.startswith(AHEAD) or (at and chunk[at - 1].norm in ("на", "к")))
        for at, token in enumerate(chunk)
    )
    alike = _relative(chunk) or any(token.norm == "что" or token.norm.startswith("котор") for token in chunk)
    return signs.counts(chunk) and not ahead and not alike and any(signs.tells(token, finder) for token in chunk)


def _is_habit(chunk: Sequence[Token]) -> bool:
    """«мы обычно берём 12 хлеба»: what is done as a rule, and not «как обычно берём»."""
    for place, token in enumerate(chunk[:-1]):
        likened = any(t.norm in ("как", "что", "сколько", "то") for t in chunk[max(0, place - 2) : place])
        if token.norm in ("обычно", "всегда") and not likened and chunk[place + 1].norm.startswith(TAKES):
            return True
    return False


def _question(chunk: Sequence[Token], roles: list[str], finder: Finder, asked: bool) -> Label:
    """A chunk with a word of asking: beside goods and an amount most such words order all the same."""
    if roles == ["stock"] and not asked and _left(chunk) and not signs.roles_of(chunk) - _LEFT:
        return TALK  # «кефир 10 есть ещё»
    if "price" in roles:
        return ORDER if _states_price(chunk) else ("question", "price")
    if "status" in roles and any(token.norm == "вчера" for token in chunk):
        return COMPLAINT  # «вчера приехало 84 котлеты»
    if signs.refers(chunk) and not asked:
        return ORDER  # «как в тот раз, когда я болела»
    goods, ordering = signs.names_goods(chunk, finder), signs.ordering(chunk)
    quantities = any(token.kind in (Kind.number, Kind.unit) for token in chunk)
    listed = _lists(chunk) and (roles[0] not in _NEVER | {"delivery"} or _asks_when(chunk))
    if goods and quantities and (ordering or listed or (not asked and not _NEVER.intersection(roles))):
        return ORDER
    if goods and quantities and any(token.norm.endswith(" заказать") for token in chunk):
        return ORDER  # «можно ли заказать кефир 10?»
    if goods and ordering and not asked and roles[0] in _ASKED_BESIDE:
        return ORDER
    return "question", roles[0]


def _lists(chunk: Sequence[Token]) -> bool:
    """Whether more than one amount is named."""
    return sum(token.kind in (Kind.number, Kind.weight) for token in chunk) > 1


def _asks_when(chunk: Sequence[Token]) -> bool:
    """Whether the time is asked behind what is listed."""
    place = next(at for at, token in enumerate(chunk) if token.kind == Kind.question)
    return chunk[place].norm.startswith(_WHEN) and _lists(chunk[:place])


def _unmarked(chunk: Sequence[Token], finder: Finder, asked: bool) -> Label:
    """A chunk without a word of asking or of a past order."""
    goods, amounts, ordering = signs.names_goods(chunk, finder), signs.counts(chunk), signs.ordering(chunk)
    counted = goods and amounts
    relative = _relative(chunk)
    if not counted and not relative and any(signs.out_of_scope(token, finder) for token in chunk):
        return "chatter", "out_of_scope"
    if not signs.roles_of(chunk) - _LEFT and _in_store(chunk):
        return TALK  # «кефира ещё 5 штук в холодильнике»
    silent = not goods and not amounts and not ordering
    if silent and not relative and any(signs.acts(token, finder) for token in chunk):
        return TALK
    if not amounts and not ordering and _tells_price(chunk):
        return TALK  # «у соседей хлеб по 38 рублей»
    either = any(token.norm in ("или", "это") for token in chunk)  # «порезан на 12 или целый?»
    if asked and not ordering and (either or not (goods and amounts)):
        return "question", "stock"
    if silent and [token.norm for token in chunk][:2] in AT_OURS:
        return TALK  # «у нас ремонт»
    return ORDER


def _states_price(chunk: Sequence[Token]) -> bool:
    """«кефир 10, скидка 5%», «хлеб 12 по старой цене»."""
    stated = [
        after is not None and after.kind == Kind.percent if token.norm.startswith("скидк") else before in _SAME_PRICE
        for before, token, after in zip(["", *[t.norm for t in chunk]], chunk, [*chunk[1:], None], strict=False)
        if token.role == "price"
    ]
    return all(stated) and signs.counts(chunk)


def _left(chunk: Sequence[Token]) -> bool:
    return any({first.norm, second.norm} == {"есть", "еще"} for first, second in pairwise(chunk))


def _in_store(chunk: Sequence[Token]) -> bool:
    return any(first.norm in ("в", "на") and second.norm.startswith(STORES) for first, second in pairwise(chunk))


def _tells_price(chunk: Sequence[Token]) -> bool:
    return any(first.norm == "по" and second.kind == Kind.money for first, second in pairwise(chunk))


def _relative(chunk: Sequence[Token]) -> bool:
    return bool(chunk) and (chunk[0].norm in ("что", "как") or chunk[0].norm.startswith("котор"))


def _demands(chunk: Sequence[Token]) -> bool:
    """A word of ordering other than «ещё» and «будет», which questions have as well."""
    return bool(signs.roles_of(chunk) & {"order", "remove", "replace"})
