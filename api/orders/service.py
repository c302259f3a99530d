"""What messages and buttons do to the cart. Every change passes `perform`, so that an outlet is chosen first."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from api.attachments import service as attachments
from api.catalog import service as catalog
from api.catalog.service import Shopper
from api.db.models import OutletRow
from api.deps.turn import CustomerTurn
from api.errors import NotFound
from api.orders import (
    asides,
    corrections,
    credit,
    edits,
    learning,
    lists,
    outlets,
    paths,
    progress,
    reading,
    readings,
    repository,
    sharing,
    views,
)
from api.orders.basket import OpenQuestion
from api.orders.desk import Desk, open_desk, shopper
from api.orders.paths import Cause
from api.orders.schemas import CartView, TurnKind, TurnOutcome
from api.orders.telling import told
from api.understanding.outcome import Notice

OPERATIONS: dict[str, Callable[..., Awaitable[TurnOutcome]]] = {
    "message": reading.message,
    "repeat": reading.repeat_order,
    "answer": reading.answer_question,
    "set_line": edits.set_line,
    "replace": edits.replace_line,
    "clear": edits.clear,
    "drop_questions": edits.drop_questions,
    "list": lists.attached_list,
    "fit_limit": edits.fit_limit,
}
"""By the name that a waiting operation is kept under."""

LONGEST = 4000
RECORDED = 50
"""Questions of one turn that are recorded one by one; a list may raise thousands."""


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
    if operation == "message" and len(who.outlets) > 1 and (elsewhere := await _elsewhere(turn, who, arguments)):
        return elsewhere
    if who.outlet is None:
        return await _wait_for_outlet(turn, who, operation, arguments)
    return await _run(turn, await open_desk(who, who.outlet, lock=True), operation, arguments)


async def attached_list(turn: CustomerTurn, attachment: int, column: int | None) -> TurnOutcome:
    """Reads a file of this conversation as an order; raises NotFound for another's."""
    turn.require("order")
    await attachments.require(turn.session, turn.scope.conversation_id, attachment)
    return await perform(
        turn, "list", conversation=str(turn.scope.conversation_id), attachment=attachment, column=column
    )


async def once_attached_list(turn: CustomerTurn, attachment: int, column: int | None) -> TurnOutcome:
    """The same, once for the message: whoever asks again gets the answer of the first time."""
    request = f"cart.lists.{attachment}.{'' if column is None else column}"
    return await turn.once(request, lambda: attached_list(turn, attachment, column), TurnOutcome)


async def _elsewhere(turn: CustomerTurn, who: Shopper, arguments: dict[str, Any]) -> TurnOutcome | None:
    """What comes of a message that names another outlet than the conversation's; None: it does not."""
    text = arguments["text"]
    meant = outlets.mentioned(text, who.outlets)
    if not meant or meant == [who.outlet]:
        return None
    if outlets.outlet_named(text, who.outlets):
        return await _switch(turn, who, meant[0])
    there = who.at(meant[0])
    asked = asides.order_for_outlets(there, await catalog.history(there), **arguments)
    if asked is None:
        return None
    await _keep(turn, who, "message", _together(await _kept(turn, who), arguments))
    if asked == "several":
        return _without_cart("needs_outlet", meant, (Notice("several_outlets"),))
    return await _switch(turn, who, meant[0])


async def _switch(turn: CustomerTurn, who: Shopper, outlet: OutletRow) -> TurnOutcome:
    """Goes on at the outlet that was named, and says so."""
    outcome = await choose_outlet(turn, outlet.id)
    told = [Notice("outlet_changed", outlet.name)]
    if who.outlet is not None and who.outlet.id != outlet.id:
        left = await open_desk(who, who.outlet, lock=False)
        told += [] if left.basket.is_empty else [Notice("cart_kept", who.outlet.name)]
    outcome.notices = [*(views.notice_text(notice) for notice in told), *outcome.notices]
    return outcome


async def _kept(turn: CustomerTurn, who: Shopper) -> dict[str, Any] | None:
    """What waits for the choice of the outlet."""
    kept = await repository.cart_session(turn.session, turn.scope.conversation_id, who.customer.id)
    return kept.pending if kept else None


async def _keep(turn: CustomerTurn, who: Shopper, operation: str, arguments: dict[str, Any]) -> None:
    earlier = await _kept(turn, who) or {}
    first = earlier.get("inbox", turn.scope.inbox_id)
    pending: dict[str, object] = {"operation": operation, "arguments": arguments, "inbox": first}
    conversation = turn.scope.conversation_id
    await repository.save_cart_session(turn.session, conversation, who.customer.id, outlet_id=None, pending=pending)


def _together(before: dict[str, Any] | None, arguments: dict[str, Any]) -> dict[str, Any]:
    """Words that wait already, and those that came after them; the two were never heard by the classifier at once."""
    if before is None or before["operation"] != "message":
        return arguments
    text = f"{before['arguments']['text']}\n{arguments['text']}"
    return arguments | {"text": text[:LONGEST], "intent": None, "confidence": 0}


async def _wait_for_outlet(turn: CustomerTurn, who: Shopper, operation: str, arguments: dict[str, Any]) -> TurnOutcome:
    """Keeps what was asked until the outlet is chosen; the choice itself may come in words."""
    before = await _kept(turn, who)
    if operation == "message":
        named = _answered(arguments["text"], who.outlets) if before is not None else None
        if named is not None:
            return await choose_outlet(turn, named.id)
        if not asides.may_order(who, **arguments):
            return _without_cart("not_order")
        arguments = _together(before, arguments)
    await _keep(turn, who, operation, arguments)
    return _without_cart("needs_outlet", who.outlets)


async def choose_outlet(turn: CustomerTurn, outlet_id: str) -> TurnOutcome:
    """Orders for this outlet from now on, and does what had to wait for the choice."""
    turn.require("order")
    who = await shopper(turn)
    outlet = next((row for row in who.outlets if row.id == outlet_id), None)
    if outlet is None:
        raise NotFound("Такой точки доставки нет.", code="outlet_not_found")
    conversation = turn.scope.conversation_id
    pending = await _kept(turn, who)
    await repository.save_cart_session(turn.session, conversation, who.customer.id, outlet_id=outlet.id, pending=None)
    desk = await open_desk(who.at(outlet), outlet, lock=True)
    if pending is None:
        return await told(desk, "unchanged")
    desk.first_inbox = pending.get("inbox")
    if pending["operation"] != "message":
        return await _run(turn, desk, pending["operation"], pending["arguments"])
    return await _read_for(turn, desk, pending["arguments"])


async def _read_for(turn: CustomerTurn, desk: Desk, arguments: dict[str, Any]) -> TurnOutcome:
    """Reads what waited; of a message to several outlets the part for this one."""
    others = [row for row in outlets.mentioned(arguments["text"], desk.who.outlets) if row.id != desk.outlet.id]
    if not others:
        return await _run(turn, desk, "message", arguments)
    part = outlets.part_for(arguments["text"], desk.outlet, desk.who.outlets)
    if part is None:
        return await told(desk, "unchanged", notices=(Notice("send_apart", desk.outlet.name),))
    outcome = await _run(turn, desk, "message", arguments | {"text": part, "intent": None, "confidence": 0})
    names = ", ".join(row.name for row in others)
    outcome.notices.append(views.notice_text(Notice("outlet_next", names)))
    return outcome


def _answered(text: str, rows: Sequence[OutletRow]) -> OutletRow | None:
    """The outlet that an answer to «Куда везём?» means: «2», «Лесная», «давайте на Лесную»."""
    meant = outlets.mentioned(text, rows)
    return outlets.outlet_named(text, rows) or (meant[0] if len(meant) == 1 else None)


async def _run(turn: CustomerTurn, desk: Desk, operation: str, arguments: Mapping[str, Any]) -> TurnOutcome:
    basket = desk.basket
    before = {open_.id: open_ for open_ in basket.questions}
    named_before, lines_before, quantities_before = basket.named, dict(basket.lines), basket.quantities()
    said = await readings.said(turn, operation, arguments)
    basket.named, basket.cause = {}, _cause(turn, operation, said)
    outcome = await OPERATIONS[operation](desk, **arguments)
    await sharing.tell_colleagues(turn, desk, quantities_before)
    await credit.follow(desk, Decimal(outcome.cart.total))
    await learning.keep(turn, desk, named_before, outcome)
    after = {open_.id: open_ for open_ in basket.questions}
    asked = [open_ for key, open_ in after.items() if key not in before]
    answered = [open_ for key, open_ in before.items() if key not in after]
    await readings.keep(turn, desk, operation, said, asked, outcome)
    await corrections.note(turn, desk, operation, lines_before, outcome, said)
    for kind, some in (("question", asked), ("answer", answered)):
        for open_ in some[:RECORDED]:
            await _record(turn, desk, kind, open_, operation, outcome)
    await progress.note(turn, desk, operation, before)
    return outcome


def _cause(turn: CustomerTurn, operation: str, said: str) -> Cause:
    """What the lines that change in this turn will remember of it."""
    how = paths.OPERATIONS.get(operation, "button")
    return Cause(turn.clock.now(), how, turn.scope.inbox_id, turn.scope.person, said)


async def _record(
    turn: CustomerTurn, desk: Desk, kind: str, open_: OpenQuestion, operation: str, outcome: TurnOutcome
) -> None:
    """A question that was opened, or one that is open no more: then with the product that was meant, if one was."""
    question = open_.question
    likeness = desk.read[-1].likeness if desk.read and kind == "question" else {}
    meant = learning.meant(desk, question, outcome) if kind == "answer" else None
    await turn.record(
        kind,
        inbox=turn.scope.inbox_id,
        asked_in=open_.inbox,
        question=open_.id,
        reason=question.reason.value,
        phrase=question.phrase,
        operation=question.operation,
        by=operation,
        guess=readings.goods(desk, question.candidates[0], likeness) if question.candidates else None,
        meant=readings.goods(desk, meant, {}) if meant is not None else None,
    )


def _without_cart(kind: TurnKind, rows: Sequence[OutletRow] = (), notices: Sequence[Notice] = ()) -> TurnOutcome:
    return TurnOutcome(
        kind=kind,
        changes=[],
        notices=[views.notice_text(notice) for notice in notices],
        cart=views.no_cart(),
        outlets=[views.outlet_view(row) for row in rows],
    )
