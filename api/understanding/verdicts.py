"""Where the classifier's verdict weighs more than the words: messages that name goods and are no orders."""

from collections.abc import Sequence
from itertools import takewhile

from api.understanding import signs
from api.understanding.candidates import Finder
from api.understanding.clauses import Part
from api.understanding.heard import Heard
from order_text.model import Kind, Token

LIKELY, SURE, VERY_SURE, CERTAIN = 0.5, 0.6, 0.8, 0.9
"""Confidence of the classifier that a message is no order: without amounts in it, in spite of them, and in spite of
words of ordering that no goods stand beside."""
_ORDERLY = frozenset({"", "order", "repeat_order", "affirm", "deny", "cart"})
_ASKING = frozenset(
    {"price_query", "stock_query", "catalog_query", "delivery", "order_status", "balance", "documents", "promo", "help"}
)
_DEAF = frozenset({"complaint", "out_of_scope"})


def silenced(parts: Sequence[Part], heard: Heard, finder: Finder) -> bool:
    """Whether what sounds like no order is none, although goods are named in it.

    «Спасибо, получила, и окорочка и яйцо»: no amount, no word of ordering. A complaint or a word to a voice assistant
    with amounts in it still needs a word of ordering.
    """
    if heard.name in _ORDERLY or heard.confidence < SURE or _rows_of_goods(parts, finder) > 1:
        return False
    tokens = [token for part in parts if part.does == "order" for token in part.tokens]
    if heard.name in _DEAF and heard.confidence < CERTAIN and _only_goods(tokens, finder):
        return False  # «кофе растворимый»
    asked, goods = signs.roles_of(tokens), signs.names_goods(tokens, finder)
    amounts = goods and signs.counts(tokens)
    if heard.confidence >= CERTAIN:
        named = goods or signs.refers(tokens)
        scaled = asked & signs.CHANGES and (heard.name not in _DEAF or asked & {"all"})
        if not (named or scaled) or (heard.name == "cancel_order" and not amounts):
            return True  # «привяжите ещё один номер», «мы оформили дважды, один заказ отзовите»
        if heard.name == "price_query" and not asked & signs.DEMANDS:
            counted = (Kind.number, Kind.weight, Kind.volume)
            return not any(token.kind in counted for token in tokens)  # «пачка чипсов по скока»
    if heard.confidence >= VERY_SURE:
        if heard.name in _ASKING and not asked & {"order", "add", "remove"}:
            return not any(signs.counts(part.tokens) for part in parts if part.does == "order" and not part.asked)
        if heard.name in _DEAF:
            changes = signs.CHANGES | {"remove", "increase", "decrease"}
            return not asked & changes and not (asked & {"order", "add"} and amounts)
    return not amounts and not asked & (signs.DEMANDS | signs.CHANGES) and not signs.refers(tokens)


def _only_goods(tokens: Sequence[Token], finder: Finder) -> bool:
    """Whether each word may be one of goods: nothing is told of them."""
    words = [token for token in tokens if token.kind not in (Kind.filler, Kind.border)]
    return bool(words) and all(signs.is_goods(token, finder) for token in words)


def doubts_repeat(parts: Sequence[Part], heard: Heard) -> bool:
    """Whether the words about a past order stand in a question or a story («а в прошлом заказе что было?»)."""
    tokens = [token for part in parts for token in part.tokens]
    first = list(takewhile(lambda token: token.role != "comma", tokens))
    usual = any(token.role == "usual" for token in first)
    asked = any(part.asked for part in parts)
    if usual and not asked and all(token.kind in (Kind.reference, Kind.filler, Kind.border) for token in first):
        return False  # «как обычно», «как обычно, доставка к 9 утра»
    if heard.name in _DEAF and heard.confidence >= CERTAIN and not signs.roles_of(tokens) & {"order", "add"}:
        return True  # «в прошлой поставке вместо 48 положили 36»
    if signs.roles_of(tokens) & signs.DEMANDS or heard.name in ("", "order", "repeat_order", "affirm"):
        return False
    return heard.confidence >= LIKELY or any(token.role == "question" for token in tokens)


def _rows_of_goods(parts: Sequence[Part], finder: Finder) -> int:
    """Lines that hold goods and an amount: two of them are a list, whatever it sounds like."""
    rows: list[list[Token]] = [[]]
    for token in (token for part in parts if part.does == "order" for token in part.tokens):
        rows[-1].append(token)
        if token.kind == Kind.border and token.role in ("line", "comma", "and"):
            rows.append([])
    return sum(signs.counts(row) and signs.names_goods(row, finder) for row in rows)
