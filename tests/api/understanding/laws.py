"""What holds of every annotation and of every outcome, whatever the message."""

import time
from decimal import Decimal

from api.understanding.answers import choose as press
from api.understanding.context import Context
from api.understanding.outcome import Outcome, Question
from api.understanding.quantities import step_options
from api.understanding.read import answer, read
from order_text import annotate

LONGEST = 10_000
"""Characters of a message that are read."""
MOST = Decimal(1_000_000)
"""No more of anything is ever put into a cart."""
SECONDS = 2.0
"""The longest that a message of so many characters may take; of the processor's time, others work beside us. The
slowest kind that a fuzz has found, a letter and a figure in turn, takes 1.5 s of a common server's.
"""


def check_annotation(text: str) -> None:
    """Tokens stand in the order of the text and inside of it."""
    annotation = annotate(text)
    places = [(token.start, token.end) for token in annotation.tokens]
    assert places == sorted(places), text
    assert all(0 <= start < end <= len(annotation.text) for start, end in places), text


def check_outcome(outcome: Outcome, view: Context, text: str) -> None:
    """Only goods of the catalogue, only quantities that can be delivered; what is no order changes nothing."""
    goods = view.index.by_sku
    for sku, quantity in outcome.cart.items():
        assert sku in goods, (text, sku)
        assert quantity.is_finite() and quantity > 0, (text, sku, quantity)
        if quantity != view.cart.get(sku) and not outcome.base_order:
            assert quantity <= MOST and not step_options(goods[sku], quantity), (text, sku, quantity)
    for change in outcome.changes:
        assert change.sku in goods or change.op == "cleared", (text, change)
    for question in outcome.questions:
        assert all(sku in goods for sku in question.candidates), (text, question)
        assert question.sku is None or question.sku in goods, (text, question)
        assert all(option.is_finite() and option > 0 for option in question.options), (text, question)
    if not outcome.is_order:
        assert dict(outcome.cart) == dict(view.cart) and not outcome.questions and not outcome.changes, text


def check_message(text: str, view: Context) -> Outcome:
    """All the laws for one message, its speed among them."""
    outcome, took = _timed(text, view)
    check_annotation(text)
    check_outcome(outcome, view, text)
    for _ in range(3):
        if took >= SECONDS:  # once more: a busy machine slows us as well
            again, took = _timed(text, view)
            assert again == outcome, text
    assert took < SECONDS, (took, text)
    return outcome


def _timed(text: str, view: Context) -> tuple[Outcome, float]:
    annotate.cache_clear()
    started = time.process_time()
    return read(text, view), time.process_time() - started


def _answered(question: Question, text: str, view: Context) -> tuple[Outcome | None, float]:
    started = time.process_time()
    return answer(question, text, view), time.process_time() - started


def check_answers(outcome: Outcome, text: str, view: Context) -> None:
    """All the laws for what is said or pressed next, where something was asked."""
    after = Context(view.index, view.history, outcome.cart, view.now, outlets=view.outlets)
    for question in outcome.questions[:3]:
        said, took = _answered(question, text, after)
        if took >= SECONDS:  # once more: a busy machine slows us as well
            said, took = _answered(question, text, after)
        assert took < SECONDS, (took, question, text)
        if said is not None:
            check_outcome(said, after, text)
        for value in (*question.candidates[:2], *map(str, question.options[:2]), "yes", "no", text):
            check_outcome(press(question, value, after), after, value)
