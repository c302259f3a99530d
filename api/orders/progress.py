"""How far an order in the making has come: kept beside the cart for the figures, and told in events.

An attempt begins with the first line or question in an empty cart and ends when it is sent or emptied. Its events:
`order_started`, `order_step` (each time that it stands elsewhere), `order_dropped`; `order_confirmed` sums it up.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import CartRow, InboxRow, OrderRow
from api.deps.events import record
from api.deps.turn import CustomerTurn
from api.domain.clock import Clock
from api.orders import repository
from api.orders.desk import Desk
from api.orders.schemas import Confirmation

STALE = timedelta(hours=24)
"""A cart that nobody touched for so long is taken up as another attempt."""
QUESTIONS, READY = "questions", "ready"
"""Something is asked; the whole cart is shown with «Оформить»."""


async def note(turn: CustomerTurn, desk: Desk, operation: str, before: Collection[str]) -> None:
    """After an operation on the cart. `before`: the questions that were open."""
    row, basket, now = desk.basket.row, desk.basket, turn.clock.now()
    if row is None:
        return
    journey = _running(row, now)
    if basket.is_empty and not basket.questions:
        if journey:
            await turn.record("order_dropped", attempt=journey["attempt"], step=journey["step"], by=operation)
            row.journey = {}
        return
    if not journey:
        journey = await _begun(turn, desk, operation)
        await turn.record("order_started", attempt=journey["attempt"], by=operation, channel=turn.scope.channel)
    step = QUESTIONS if basket.questions else READY
    if step != journey["step"]:
        await turn.record("order_step", attempt=journey["attempt"], step=step)
    asked = len([open_ for open_ in basket.questions if open_.id not in before])
    repeats = journey["repeats"] or basket.base_order_id
    row.journey = journey | {
        "step": step,
        "questions": journey["questions"] + asked,
        "repeats": repeats,
        "touched": now.isoformat(),
    }


async def pressed(turn: CustomerTurn, outcome: Confirmation) -> Confirmation:
    """After «Оформить»: a refusal is a step, too. Returns the outcome as it is."""
    code = outcome.refusal.code if outcome.refusal else outcome.state
    cart = outcome.cart
    if outcome.state not in ("refused", "erp_down") or cart is None or cart.outlet is None:
        return outcome
    row = await repository.find_cart(turn.session, turn.scope.customer_id, cart.outlet.id)
    if row is not None and (journey := _running(row, turn.clock.now())):
        await turn.record("order_step", attempt=journey["attempt"], step=outcome.state, code=code)
        row.journey = journey | {"step": outcome.state}
    return outcome


def closed(turn: CustomerTurn, desk: Desk) -> dict[str, Any]:
    """Ends the attempt of a cart that is being sent; what `order_confirmed` tells of it. Before the cart is emptied."""
    row = desk.basket.row
    told: dict[str, Any] = {"channel": turn.scope.channel}
    journey = _running(row, turn.clock.now()) if row is not None else {}
    if row is None or not journey:
        return told | {"repeated": desk.base is not None}
    row.journey = {"sent": journey}
    repeated = journey["repeats"] is not None
    if repeated and desk.base is not None and desk.base.order_id == journey["repeats"]:
        told["changed"] = _differing(desk.base.quantities, desk.basket.quantities())
    return told | {
        "attempt": journey["attempt"],
        "inbox": journey["inbox"],
        "began": journey["began"],
        "by": journey["by"],
        "questions": journey["questions"],
        "repeated": repeated,
    }


async def given_back(session: AsyncSession, clock: Clock, cart: CartRow, order: OrderRow) -> None:
    """The order went back into the cart before it was sent: its attempt goes on, one step short of the end."""
    journey = cart.journey.get("sent")
    if journey is None:
        return
    # Whoever has to look at it once more was asked something, whatever comes of it.
    again = {"step": "changed", "questions": journey["questions"] + 1, "touched": clock.now().isoformat()}
    cart.journey = journey | again
    await record(
        session,
        clock,
        "order_step",
        customer_id=order.customer_id,
        conversation_id=order.conversation_id,
        attempt=journey["attempt"],
        step="changed",
    )


def _running(row: CartRow, now: datetime) -> dict[str, Any]:
    """The attempt that the cart is in; empty when there is none, or only a forgotten one."""
    journey = row.journey
    if "attempt" not in journey or now - datetime.fromisoformat(journey["touched"]) > STALE:
        return {}
    return journey


async def _begun(turn: CustomerTurn, desk: Desk, operation: str) -> dict[str, Any]:
    # Words that waited for the choice of the outlet were the first ones.
    first, now = desk.first_inbox or turn.scope.inbox_id, turn.clock.now()
    came = await turn.session.scalar(select(InboxRow.at).where(InboxRow.id == first))
    return {
        "attempt": token_hex(6),
        "inbox": first,
        "began": (came or now).isoformat(),
        "by": operation,
        "step": "",
        "questions": 0,
        "repeats": None,
        "touched": now.isoformat(),
    }


def _differing(base: Mapping[str, Decimal], cart: Mapping[str, Decimal]) -> int:
    """In how many positions the cart differs from the order that it repeats."""
    return sum(base.get(sku) != cart.get(sku) for sku in base.keys() | cart.keys())
