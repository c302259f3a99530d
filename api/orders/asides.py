"""Questions and orders in one message: which words ask, and when what sounds like a question orders nothing."""

import re
from typing import Literal

from api.catalog.service import Shopper
from api.orders import outlets
from api.orders.schemas import AsideView
from api.understanding import signs
from api.understanding.candidates import Finder
from api.understanding.catalog import CatalogIndex
from api.understanding.clauses import Part, split
from api.understanding.context import Context, PastOrder
from api.understanding.heard import FALLBACK, Heard
from api.understanding.outcome import Outcome, Reason
from api.understanding.read import read
from api.understanding.verdicts import SURE, VERY_SURE
from order_text import annotate

INTENTS = {
    "price": "price_query",
    "stock": "stock_query",
    "catalog": "catalog_query",
    "promo": "promo",
    "status": "order_status",
    "delivery": "delivery",
    "balance": "balance",
    "documents": "documents",
    "cancel": "cancel_order",
    "human": "call_human",
    "complaint": "complaint",
}
"""What a part of a message asks, as the intent that answers it; what is missing here has no answer beside an order."""
_ABOUT_GOODS = ("price_query", "stock_query", "catalog_query")
_ASIDE = frozenset({*INTENTS.values(), "profile", "notifications"})
_BARE = (
    ("promo", re.compile(r"новинк|акци|скидк", re.IGNORECASE)),
    ("delivery", re.compile(r"когда|во сколько|до скольки|привез|привёз|достав", re.IGNORECASE)),
)
"""What a question asks that names no goods and no word of its own («когда привезёте?»)."""


def is_aside(heard: Heard) -> bool:
    """Whether the classifier is sure of a question: then it answers none of ours («до 18 успею?» is no quantity)."""
    return heard.name in _ASIDE and heard.confidence >= SURE


def heard(intent: str | None, confidence: float) -> Heard:
    """The classifier's verdict as the understanding takes it."""
    return Heard(intent, confidence) if intent and intent != FALLBACK else Heard()


def may_order(
    who: Shopper, text: str, intent: str | None = None, confidence: float = 0, focus_sku: str | None = None
) -> bool:
    """Whether words that came before the outlet was chosen have to wait for it: a question orders nothing."""
    verdict = heard(intent, confidence)
    if not is_aside(verdict):
        return True
    outcome = read(text, Context(who.catalogue.index, (), {}, who.now), verdict)
    return outcome.is_order and not orders_nothing(outcome, verdict)


def order_for_outlets(
    who: Shopper,
    history: tuple[PastOrder, ...],
    text: str,
    intent: str | None = None,
    confidence: float = 0,
    focus_sku: str | None = None,
) -> Literal["one", "several"] | None:
    """Whether a message that names outlets orders for one of them or for several; None: it orders nothing there."""
    verdict = heard(intent, confidence)
    context = Context(who.catalogue.index, history, {}, who.now, outlets=outlets.names(who.outlets))
    outcome = read(text, context, verdict)
    if not outcome.is_order or orders_nothing(outcome, verdict):
        return None
    asked = {question.operation for question in outcome.questions}
    if "outlet" in asked:
        return "several"
    # Asking which past order is meant, the reading looks no further.
    return "one" if outcome.outlet is not None or "repeat" in asked else None


def orders_nothing(outcome: Outcome, heard: Heard) -> bool:
    """Whether what sounds like a question is no order, although something in it was read as one.

    «Пишите не раньше десяти утра» leaves an unknown «десяти», «40 кг слив у вас найдётся» a doubt about packing.
    """
    if not is_aside(heard) or outcome.changes or outcome.base_order is not None:
        return False
    if all(question.reason is Reason.unknown and not question.candidates for question in outcome.questions):
        return True
    return heard.confidence >= VERY_SURE and not outcome.also_asks


def questions_beside(text: str, index: CatalogIndex, heard: Heard) -> list[AsideView]:
    """The questions in a message that orders as well, each intent once, with its own words."""
    annotation, finder = annotate(text), Finder(index)
    found: dict[str, list[str]] = {}
    for part in split(annotation, finder):
        if part.does in ("question", "complaint") and (intent := _intent(part, finder, heard)):
            words = annotation.text[part.tokens[0].start : part.tokens[-1].end]
            found.setdefault(intent, []).append(words)
    return [AsideView(intent=intent, text=" ".join(words)) for intent, words in found.items()]


def _intent(part: Part, finder: Finder, heard: Heard) -> str | None:
    """The intent of the part. A bare «?» counts as a question about stock: without goods its words decide."""
    role = INTENTS.get("complaint" if part.does == "complaint" else part.role)
    if role != "stock_query" or signs.names_goods(part.tokens, finder):
        return role
    if heard.name in INTENTS.values() and heard.name not in _ABOUT_GOODS:
        return heard.name
    words = " ".join(token.text for token in part.tokens)
    return next((intent for intent, pattern in _BARE if pattern.search(words)), None)
