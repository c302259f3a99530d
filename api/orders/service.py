"""What messages and buttons do to the cart. Every change passes `perform`, so that an outlet is chosen first."""
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from api.catalog.service import Shopper
from api.deps.turn import CustomerTurn
from api.domain import cart as arithmetic
from api.domain.product import Product
from api.errors import ApiError, Conflict, NotFound
from api.orders import limits, repository, views
from api.orders.basket import OpenQuestion
from api.orders.desk import Desk, open_desk, shopper
from api.orders.journal import record
from api.orders.schemas import CartView, NoticeView, TurnKind, TurnOutcome
from api.understanding.outcome import Change, Notice, Outcome, Question, Reason
from api.understanding.read import answer, choose, read, repeat

MOST = Decimal(1_000_000)
"""Quantities above are a slip of the finger, not an order."""


async def show(turn: CustomerTurn) -> CartView:
    """The cart of the conversation's outlet; an empty one until the outlet is chosen."""
    who = await shopper(turn)
    if who.outlet is None:
        return views.no_cart()
    return await views.cart_view(await open_desk(who, who.outlet, lock=False))


async def perform(turn: CustomerTurn, operation: str, **arguments: Any) -> TurnOutcome:
    """Does the operation on the cart; with several outlets and none chosen it waits for the choice."""
    turn.require("order")
    who = await shopper(turn)
    if who.outlet is None:
        await repository.save_cart_session(
            turn.session,
            turn.scope.conversation_id,
            who.customer.id,
            outlet_id=None,
            pending={"operation": operation, "arguments": arguments},
        )
        return _needs_outlet(who)
    return await _run(turn, await open_desk(who, who.outlet, lock=True), operation, arguments)


async def choose_outlet(turn: CustomerTurn, outlet_id: str) -> TurnOutcome:
    """Orders for this outlet from now on, and does what had to wait for the choice."""
    turn.require("order")
    who = await shopper(turn)
    outlet = next((row for row in who.outlets if row.id == outlet_id), None)
    if outlet is None:
        raise NotFound("Такой точки доставки нет.", code="outlet_not_found")
    conversation = turn.scope.conversation_id
    kept = await repository.cart_session(turn.session, conversation, who.customer.id)
    pending = kept.pending if kept else None
    await repository.save_cart_session(
        turn.session, conversation, who.customer.id, outlet_id=outlet.id, pending=None
    )
    desk = await open_desk(who.at(outlet), outlet, lock=True)
    if pending is None:
        return await _told(desk, "unchanged")
    return await _run(turn, desk, pending["operation"], pending["arguments"])


async def _run(turn: CustomerTurn, desk: Desk, operation: str, arguments: Mapping[str, Any]) -> TurnOutcome:
    before = desk.basket.version
    outcome = await OPERATIONS[operation](desk, **arguments)
    for question in outcome.cart.questions:
        if desk.basket.version > before and question.id.startswith(f"{desk.basket.version}-"):
            await record(
                turn.session,
                turn.clock,
                "question",
                customer_id=turn.scope.customer_id,
                conversation_id=turn.scope.conversation_id,
                reason=question.reason,
                phrase=question.phrase,
            )
    return outcome


def _needs_outlet(who: Shopper) -> TurnOutcome:
    return TurnOutcome(
        kind="needs_outlet",
        changes=[],
        notices=[],
        cart=views.no_cart(),
        outlets=[views.outlet_view(row) for row in who.outlets],
    )


async def _told(
    desk: Desk, kind: TurnKind, changes: tuple[Change, ...] = (), notices: tuple[Notice, ...] = ()
) -> TurnOutcome:
    """Saves the cart and shows it with what happened."""
    desk.basket.save(desk.who.now)
    market = await views.market_of(desk, [change.sku for change in changes])
    told: list[NoticeView] = [views.notice_view(desk, notice) for notice in notices]
    return TurnOutcome(
        kind=kind,
        changes=[views.change_view(desk, market, change) for change in changes],
        notices=told,
        cart=await views.cart_view(desk, market),
        outlets=[],
    )


async def _message(desk: Desk, text: str, focus_sku: str | None = None, intent: str | None = None) -> TurnOutcome:
    """An answer to the question that was just asked, to an open one, or else an order to read."""
    context = desk.context()
    asked = list(desk.basket.questions)
    if focus_sku is not None and focus_sku in context.index.by_sku:
        name = desk.who.catalogue.by_sku[focus_sku].name
        question = Question(phrase=name, reason=Reason.quantity, sku=focus_sku, operation="set")
        asked.insert(0, OpenQuestion("focus", question))
    for open_ in asked:
        outcome = answer(open_.question, text, context)
        if outcome is not None:
            desk.basket.drop(open_.id)
            return await _apply(desk, outcome)
    return await _apply(desk, read(text, context))


async def _repeat(desk: Desk, order: str | None = None, mode: str | None = None) -> TurnOutcome:
    return await _apply(desk, repeat(desk.context(), order, mode))


async def _answer(desk: Desk, question_id: str, value: str | None) -> TurnOutcome:
    """The button of an open question."""
    open_ = desk.basket.question(question_id)
    if open_ is None:
        raise NotFound("Этот вопрос уже закрыт.", code="question_closed")
    desk.basket.drop(question_id)
    if value is None:
        return await _told(desk, "unchanged")
    if not _is_offered(open_.question, value):
        raise ApiError("Такого ответа на этот вопрос нет.", code="bad_answer", status=422)
    if value in open_.question.candidates and value not in desk.who.catalogue.index.by_sku:
        raise Conflict("Этот товар больше не поставляется.", code="withdrawn")
    return await _apply(desk, choose(open_.question, value, desk.context()))


def _is_offered(question: Question, value: str) -> bool:
    if value in question.candidates or value in ("yes", "no", "replace", "add"):
        return True
    return question.sku is not None and _number(value) is not None


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return arithmetic.trimmed(number) if number.is_finite() and 0 <= number <= MOST else None


async def _apply(desk: Desk, outcome: Outcome) -> TurnOutcome:
    """Takes the understanding's cart for ours."""
    basket, known = desk.basket, desk.who.catalogue.index.by_sku
    cleared = any(change.op == "cleared" for change in outcome.changes)
    units = {change.sku: change.unit for change in outcome.changes if change.unit}
    if cleared:
        basket.clear()
    elif outcome.is_order:
        narrowed = any(change.op == "kept" for change in outcome.changes)
        for sku in list(basket.lines):
            # What the understanding was not shown it cannot have removed, unless everything else had to go.
            if sku not in outcome.cart and (sku in known or narrowed):
                basket.remove(sku)
    if outcome.is_order:
        for sku, quantity in outcome.cart.items():
            old = basket.lines.get(sku)
            if old is None or old.quantity != quantity or sku in units or sku in outcome.notes:
                basket.put(sku, arithmetic.trimmed(quantity), units.get(sku), outcome.notes.get(sku))
        basket.settle(change.sku for change in outcome.changes)
        await _take_base(desk, outcome)
    basket.ask(outcome.questions)
    return await _told(desk, _kind(outcome), outcome.changes, outcome.notices)


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


def _product(desk: Desk, sku: str) -> Product:
    product = desk.who.catalogue.by_sku.get(sku)
    if product is None:
        raise NotFound("Такого товара нет.", code="product_not_found")
    return product


async def _set_line(desk: Desk, sku: str, quantity: str | None) -> TurnOutcome:
    """A quantity in base units; none or zero takes the line out. What does not come out even is asked."""
    product = _product(desk, sku)
    wanted = Decimal(0) if quantity is None else _number(quantity)
    if wanted is None:
        raise ApiError("Не получилось понять количество.", code="bad_quantity", status=422)
    line = desk.basket.lines.get(sku)
    before = line.quantity if line else None
    if wanted == 0:
        return await _remove(desk, sku, before)
    if not product.active:
        raise Conflict("Этот товар больше не поставляется.", code="withdrawn")
    if before == wanted:
        return await _told(desk, "unchanged")
    question = _doubt(desk, product, wanted)
    desk.basket.settle([sku])
    if question is not None:
        desk.basket.ask([question])
        return await _told(desk, "asked")
    desk.basket.put(sku, wanted)
    unit = line.unit if line else None
    change = Change("set" if before else "added", sku, before, wanted, unit, product.name)
    return await _told(desk, "changed", (change,))


async def _remove(desk: Desk, sku: str, before: Decimal | None) -> TurnOutcome:
    if before is None:
        return await _told(desk, "unchanged", notices=(Notice("not_in_cart", sku=sku),))
    desk.basket.remove(sku)
    desk.basket.settle([sku])
    return await _told(desk, "changed", (Change("removed", sku, before, None),))


def _doubt(desk: Desk, product: Product, quantity: Decimal) -> Question | None:
    """Off the order step, or far from the usual: asked, never applied silently."""
    asked = Question(product.name, Reason.quantity, operation="set", quantity=quantity, sku=product.sku)
    if not arithmetic.is_allowed(quantity, product.step, product.minimum):
        options = arithmetic.nearest_allowed(quantity, product.step, product.minimum)
        return Question(**{**asked.__dict__, "options": options})
    past = [order.lines[product.sku] for order in desk.history if product.sku in order.lines]
    if arithmetic.is_unusual(quantity, past):
        return Question(**{**asked.__dict__, "reason": Reason.confirm})
    return None


async def _replace(desk: Desk, sku: str, by_sku: str) -> TurnOutcome:
    """Puts another product in a line's place, as much of it."""
    old, new = _product(desk, sku), _product(desk, by_sku)
    line = desk.basket.lines.get(sku)
    if line is None or sku == by_sku:
        return await _told(desk, "unchanged", notices=(Notice("not_in_cart", sku=sku),))
    if not new.active:
        raise Conflict("Этот товар больше не поставляется.", code="withdrawn")
    present = desk.basket.lines.get(by_sku)
    quantity = line.quantity + (present.quantity if present else Decimal(0))
    desk.basket.remove(sku)
    desk.basket.settle([sku, by_sku])
    removed = Change("removed", sku, line.quantity, None, line.unit, old.name)
    even = arithmetic.is_allowed(quantity, new.step, new.minimum)
    if not even or old.base_unit != new.base_unit:
        options = arithmetic.nearest_allowed(quantity, new.step, new.minimum)
        desk.basket.ask([Question(new.name, Reason.quantity, (), "set", quantity, None, by_sku, options)])
        return await _told(desk, "changed", (removed,))
    desk.basket.put(by_sku, quantity)
    change = Change("replaced", by_sku, present.quantity if present else None, quantity, None, old.name)
    return await _told(desk, "changed", (removed, change))


async def _clear(desk: Desk) -> TurnOutcome:
    if desk.basket.is_empty and not desk.basket.questions:
        return await _told(desk, "unchanged", notices=(Notice("cart_empty"),))
    desk.basket.clear()
    desk.base = None
    return await _told(desk, "changed", (Change("cleared", "", None, None),))


async def _fit_limit(desk: Desk) -> TurnOutcome:
    """Takes as much away as the credit limit asks for."""
    free = await limits.free_limit(desk.session, desk.who.customer)
    market = await views.market_of(desk)
    if free is None or views.total_of(desk, market) <= free:
        return await _told(desk, "unchanged")
    products = {sku: _product(desk, sku) for sku in desk.basket.lines}
    lines = [
        arithmetic.FitLine(
            sku, line.quantity, limits.priced(market, products[sku]), products[sku].step, products[sku].minimum
        )
        for sku, line in desk.basket.lines.items()
        if market.price(products[sku], line.quantity) is not None
    ]
    fitted = arithmetic.fit_to_sum(lines, free)
    if not fitted:
        raise Conflict("Свободного лимита не хватает ни на одну позицию заказа.", code="no_limit")
    return await _told(desk, "changed", _refit(desk, lines, fitted))


def _refit(desk: Desk, lines: list[arithmetic.FitLine], fitted: Mapping[str, Decimal]) -> tuple[Change, ...]:
    changes = []
    for line in lines:
        after = fitted.get(line.sku)
        if after is None:
            desk.basket.remove(line.sku)
            changes.append(Change("removed", line.sku, line.quantity, None))
        elif after != line.quantity:
            desk.basket.put(line.sku, after)
            changes.append(Change("decreased", line.sku, line.quantity, after))
    return tuple(changes)


OPERATIONS: dict[str, Callable[..., Awaitable[TurnOutcome]]] = {
    "message": _message,
    "repeat": _repeat,
    "answer": _answer,
    "set_line": _set_line,
    "replace": _replace,
    "clear": _clear,
    "fit_limit": _fit_limit,
}
"""By the name that a waiting operation is kept under."""
