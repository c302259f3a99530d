"""What messages and buttons do to the cart. Every change passes `perform`, so that an outlet is chosen first."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from api.catalog.service import Shopper
from api.db.models import OutletRow
from api.deps.events import record
from api.deps.turn import CustomerTurn
from api.errors import NotFound
from api.orders import asides, edits, reading, repository, views
from api.orders.desk import Desk, open_desk, shopper
from api.orders.schemas import CartView, TurnKind, TurnOutcome
from api.orders.telling import told

OPERATIONS: dict[str, Callable[..., Awaitable[TurnOutcome]]] = {
    "message": reading.message,
    "repeat": reading.repeat_order,
    "answer": reading.answer_question,
    "set_line": edits.set_line,
    "replace": edits.replace_line,
    "clear": edits.clear,
    "fit_limit": edits.fit_limit,
}
"""By the name that a waiting operation is kept under."""

STEM = 4
"""Letters that «Лесной» and «Лесную» share."""
LONGEST = 4000


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
        return await _wait_for_outlet(turn, who, operation, arguments)
    return await _run(turn, await open_desk(who, who.outlet, lock=True), operation, arguments)


async def _wait_for_outlet(turn: CustomerTurn, who: Shopper, operation: str, arguments: dict[str, Any]) -> TurnOutcome:
    """Keeps what was asked until the outlet is chosen; the choice itself may come in words."""
    conversation = turn.scope.conversation_id
    kept = await repository.cart_session(turn.session, conversation, who.customer.id)
    before = kept.pending if kept else None
    if before is not None and operation == "message":
        named = outlet_named(arguments["text"], who.outlets)
        if named is not None:
            return await choose_outlet(turn, named.id)
    if operation == "message" and not asides.may_order(who, **arguments):
        return _without_cart("not_order")
    if before is not None and operation == before["operation"] == "message":
        text = f"{before['arguments']['text']}\n{arguments['text']}"
        # The two together were never heard by the classifier.
        arguments = arguments | {"text": text[:LONGEST], "intent": None, "confidence": 0}
    await repository.save_cart_session(
        turn.session,
        conversation,
        who.customer.id,
        outlet_id=None,
        pending={"operation": operation, "arguments": arguments},
    )
    return _without_cart("needs_outlet", who.outlets)


def outlet_named(text: str, outlets: Sequence[OutletRow]) -> OutletRow | None:
    """The outlet that the whole answer means: its number in the list, or words of its name and address only."""
    if (place := text.strip(" .)№")).isdecimal():
        return outlets[int(place) - 1] if 0 < int(place) <= len(outlets) else None
    said = _stems(text)
    fitting = [row for row in outlets if said and said <= _stems(f"{row.name} {row.address}")]
    return fitting[0] if len(fitting) == 1 else None


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in re.findall(rf"[^\W_]{{{STEM},}}", text.casefold())}


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
    await repository.save_cart_session(turn.session, conversation, who.customer.id, outlet_id=outlet.id, pending=None)
    desk = await open_desk(who.at(outlet), outlet, lock=True)
    if pending is None:
        return await told(desk, "unchanged")
    return await _run(turn, desk, pending["operation"], pending["arguments"])


async def _run(turn: CustomerTurn, desk: Desk, operation: str, arguments: Mapping[str, Any]) -> TurnOutcome:
    before = {open_.id: open_.question for open_ in desk.basket.questions}
    outcome = await OPERATIONS[operation](desk, **arguments)
    after = {open_.id: open_.question for open_ in desk.basket.questions}
    for kind, some, others in (("question", after, before), ("answer", before, after)):
        for question in (some[key] for key in some.keys() - others.keys()):
            await record(
                turn.session,
                turn.clock,
                kind,
                customer_id=turn.scope.customer_id,
                conversation_id=turn.scope.conversation_id,
                reason=question.reason.value,
                phrase=question.phrase,
                by=operation,
            )
    return outcome


def _without_cart(kind: TurnKind, outlets: Sequence[OutletRow] = ()) -> TurnOutcome:
    return TurnOutcome(
        kind=kind,
        changes=[],
        notices=[],
        cart=views.no_cart(),
        outlets=[views.outlet_view(row) for row in outlets],
    )
