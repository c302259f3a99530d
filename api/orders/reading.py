"""Words become changes of the cart: answers to open questions first, then orders, then repeats."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from api.domain import cart as arithmetic
from api.domain import wording
from api.errors import ApiError, Conflict, NotFound
from api.orders import appointed, asides, learning, repeats, repository, views
from api.orders.basket import OpenQuestion
from api.orders.desk import Desk
from api.orders.edits import number
from api.orders.ranking import likeliest_first
from api.orders.schemas import AsideView, TurnKind, TurnOutcome
from api.orders.telling import told
from api.understanding.answers import refuses
from api.understanding.context import Context
from api.understanding.outcome import Notice, Outcome, Question, Reason
from api.understanding.read import answer, choose, one_for_all, read, repeat


async def message(
    desk: Desk, text: str, focus_sku: str | None = None, intent: str | None = None, confidence: float = 0
) -> TurnOutcome:
    """An answer to the question that was just asked, to an open one, or else an order to read."""
    context, verdict = desk.context(), asides.heard(intent, confidence)
    asked = [] if asides.is_aside(verdict) else _asked(desk, focus_sku)
    if together := one_for_all([open_.question for open_ in asked], text, context):
        for open_ in [open_ for open_ in asked if open_.question in together[0]]:
            desk.basket.drop(open_.id)
        return await apply(desk, together[1], answered=True)
    for open_ in asked:
        outcome = _answer(open_.question, text, context)
        if outcome is not None:
            desk.basket.drop(open_.id)
            beside = asides.questions_beside(text, context.index, verdict)
            return await _answered(desk, open_.question, outcome, beside)
    desk.refused = refuses(text.split(",")[0])
    outcome = read(text, context, verdict)
    if asides.orders_nothing(outcome, verdict):
        outcome = Outcome(cart=context.cart, is_order=False)
    if not outcome.is_order and (day := appointed.day_alone(text, desk, verdict)):
        outcome = Outcome(cart=context.cart, delivery_date=day)
    if repeats.repeats(outcome):
        # The reading takes the day of the past order for the day to deliver on, or looks no further than that order.
        outcome = replace(outcome, delivery_date=appointed.day_in(text, desk))
    also = asides.questions_beside(text, context.index, verdict) if outcome.also_asks else []
    return await apply(desk, outcome, also)


def _answer(question: Question, text: str, context: Context) -> Outcome | None:
    if repeats.asks_which(question) and not refuses(text):
        order = repeats.picked(text, context.history)
        return None if order is None else repeat(context, order.number, None)
    return answer(question, text, context) or _by_place(question, text, context)


def _by_place(question: Question, text: str, context: Context) -> Outcome | None:
    """«2» of the goods that were listed, when no figure of theirs was meant."""
    place = text.strip(" .)№")
    listed = question.candidates[: views.OPTIONS] if question.sku is None else ()
    if not place.isdecimal() or not 0 < int(place) <= len(listed):
        return None
    return choose(question, listed[int(place) - 1], context)


def _asked(desk: Desk, focus_sku: str | None) -> list[OpenQuestion]:
    """The open questions, the one that was just asked first."""
    asked = list(desk.basket.asked)
    if focus_sku is not None and focus_sku in desk.who.catalogue.index.by_sku:
        name = desk.who.catalogue.by_sku[focus_sku].name
        question = Question(phrase=name, reason=Reason.quantity, sku=focus_sku, operation="set")
        asked.insert(0, OpenQuestion("focus", question))
    return asked


async def repeat_order(desk: Desk, order: str | None = None, mode: str | None = None) -> TurnOutcome:
    number = wording.document_number(order) if order else None
    return await apply(desk, repeat(desk.context(), number, mode))


async def answer_question(desk: Desk, question_id: str, value: str | None) -> TurnOutcome:
    """The button of an open question."""
    open_ = desk.basket.question(question_id)
    if open_ is None:
        raise NotFound("Этот вопрос уже закрыт.", code="question_closed")
    desk.basket.drop(question_id)
    if value is None:
        return await told(desk, "unchanged")
    if repeats.asks_which(open_.question) and any(order.number == value for order in desk.history):
        return await apply(desk, repeat(desk.context(), value, None))
    if not _is_offered(open_.question, value):
        raise ApiError("Такого ответа на этот вопрос нет.", code="bad_answer", status=422)
    if value in open_.question.candidates and value not in desk.who.catalogue.index.by_sku:
        raise Conflict("Этот товар больше не поставляется.", code="withdrawn")
    return await _answered(desk, open_.question, choose(open_.question, value, desk.context()))


def _is_offered(question: Question, value: str) -> bool:
    if value in question.candidates or value in ("yes", "no", "replace", "add"):
        return True
    return question.sku is not None and number(value) is not None


async def _answered(desk: Desk, question: Question, outcome: Outcome, also: Sequence[AsideView] = ()) -> TurnOutcome:
    """Applies the answer, and keeps what it teaches."""
    desk.answers += learning.answers(question, outcome)
    return await apply(desk, outcome, also, answered=True)


async def apply(desk: Desk, outcome: Outcome, also: Sequence[AsideView] = (), *, answered: bool = False) -> TurnOutcome:
    """Takes the understanding's cart for ours. `answered`: a question of ours brought it about."""
    if not desk.history:
        questions, notices = repeats.without_history(outcome)
        outcome = replace(outcome, questions=tuple(questions), notices=tuple(notices))
    outcome = replace(outcome, questions=await likeliest_first(desk, outcome.questions))
    desk.read.append(outcome)
    basket, known = desk.basket, desk.who.catalogue.index.by_sku
    named = learning.named(desk.context(), outcome)
    if basket.cause is not None:
        basket.cause = basket.cause.of(outcome, learning.by_alias(desk, named), answered)
    cleared = any(change.op == "cleared" for change in outcome.changes)
    units = {change.sku: change.unit for change in outcome.changes if change.unit}
    if cleared:
        basket.clear()
    elif outcome.is_order:
        narrowed = any(change.op in ("kept", "repeated") for change in outcome.changes)
        for sku in list(basket.lines):
            # What the understanding was not shown it cannot have removed, unless everything else had to go.
            if sku not in outcome.cart and (sku in known or narrowed):
                basket.remove(sku)
    if outcome.is_order:
        for sku, quantity in outcome.cart.items():
            old = basket.lines.get(sku)
            if old is None or old.quantity != quantity or sku in units or sku in outcome.notes:
                basket.put(sku, arithmetic.trimmed(quantity), units.get(sku), outcome.notes.get(sku))
        put = [change.phrase for change in outcome.changes if change.op in learning.PUT]
        basket.settle((change.sku for change in outcome.changes), put)
        await _take_base(desk, outcome)
    basket.ask(outcome.questions)
    basket.named = named
    notices = (*outcome.notices, *await _take_day(desk, outcome.delivery_date))
    return await told(desk, _kind(outcome), outcome.changes, notices, also)


async def _take_day(desk: Desk, day: date | None) -> tuple[Notice, ...]:
    """Keeps the named day, or the nearest one that is offered instead; whichever it is, the customer is told."""
    if day is None:
        return ()
    settled = appointed.appoint(desk, await views.market_of(desk), day)
    if settled.refusal:
        desk.basket.delivery_date = settled.day
        return (Notice("delivery_refused", settled.refusal),)
    if settled.day == desk.basket.delivery_date:
        return ()
    desk.basket.delivery_date = settled.day
    return (Notice("delivery_day", wording.day_of_week(settled.day, desk.who.now.date())),)


def _kind(outcome: Outcome) -> TurnKind:
    if outcome.changes:
        return "changed"
    if outcome.questions:
        return "asked"
    return "unchanged" if outcome.is_order else "not_order"


async def _take_base(desk: Desk, outcome: Outcome) -> None:
    """Remembers the repeated order; its withdrawn goods come along, so that the customer hears of each."""
    if outcome.base_order is None or (desk.base is not None and desk.base.name == outcome.base_order):
        return
    order = await repository.order_by_name(desk.session, desk.who.customer.id, outcome.base_order)
    if order is None:
        return
    await desk.rebase(order.id)
    if desk.base is None or not outcome.changes:
        return
    for sku, quantity in desk.base.quantities.items():
        if not desk.who.catalogue.by_sku[sku].active and sku not in desk.basket.lines:
            desk.basket.put(sku, quantity)
