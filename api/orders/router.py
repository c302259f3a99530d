"""Carts and orders over HTTP, for the customer of the turn."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.deps.turn import Turn
from api.orders import confirmation, progress, ratings, sent, service
from api.orders.schemas import (
    AnswerBody,
    Cancellation,
    CartView,
    CommentBody,
    Confirmation,
    ConfirmBody,
    DeliveryView,
    ListBody,
    MessageBody,
    OrderList,
    OrderView,
    OutletBody,
    QuantityBody,
    Rating,
    RepeatBody,
    ReplaceBody,
    ScoreBody,
    TurnOutcome,
)

router = APIRouter(prefix="/v1", tags=["cart and orders"])

OrderId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("/cart/messages")
async def message(turn: Turn, body: MessageBody) -> TurnOutcome:
    """The customer's words: an answer to an open question, else an order to read."""
    arguments = body.model_dump()
    return await turn.once("cart.messages", lambda: service.perform(turn, "message", **arguments), TurnOutcome)


@router.get("/cart")
async def cart(turn: Turn) -> CartView:
    """The open cart at today's prices and stock."""
    return await service.show(turn)


@router.post("/cart/repeat")
async def repeat(turn: Turn, body: RepeatBody) -> TurnOutcome:
    """Takes a past order, the last one when no number is given, as the cart."""
    arguments = body.model_dump()
    return await turn.once("cart.repeat", lambda: service.perform(turn, "repeat", **arguments), TurnOutcome)


@router.put("/cart/lines/{sku}")
async def set_line(turn: Turn, sku: str, body: QuantityBody) -> TurnOutcome:
    """Sets, adds or removes a line."""
    request = f"cart.lines.{sku}"
    work = service.perform
    return await turn.once(request, lambda: work(turn, "set_line", sku=sku, quantity=body.quantity), TurnOutcome)


@router.post("/cart/replace")
async def replace(turn: Turn, body: ReplaceBody) -> TurnOutcome:
    """Puts another product in a line's place."""
    arguments = body.model_dump()
    return await turn.once("cart.replace", lambda: service.perform(turn, "replace", **arguments), TurnOutcome)


@router.post("/cart/questions/{question_id}")
async def answer(turn: Turn, question_id: str, body: AnswerBody) -> TurnOutcome:
    """The button of an open question."""
    arguments = {"question_id": question_id, "value": body.value}
    request = f"cart.questions.{question_id}"
    return await turn.once(request, lambda: service.perform(turn, "answer", **arguments), TurnOutcome)


@router.delete("/cart/questions")
async def drop_questions(turn: Turn) -> TurnOutcome:
    """Drops all open questions: what they ask about stays out of the order."""
    return await turn.once("cart.questions", lambda: service.perform(turn, "drop_questions"), TurnOutcome)


@router.post("/cart/lists/{attachment}")
async def attached_list(turn: Turn, attachment: int, body: ListBody) -> TurnOutcome:
    """Reads a list that came as a file in this conversation and puts it into the cart."""
    return await service.once_attached_list(turn, attachment, body.column)


@router.post("/cart/clear")
async def clear(turn: Turn) -> TurnOutcome:
    """Empties the cart."""
    return await turn.once("cart.clear", lambda: service.perform(turn, "clear"), TurnOutcome)


@router.put("/cart/outlet")
async def choose_outlet(turn: Turn, body: OutletBody) -> TurnOutcome:
    """Orders for this outlet from now on; does what had to wait for the choice."""
    return await turn.once("cart.outlet", lambda: service.choose_outlet(turn, body.outlet_id), TurnOutcome)


@router.post("/cart/fit-limit")
async def fit_limit(turn: Turn) -> TurnOutcome:
    """Reduces quantities so that the sum fits the credit limit."""
    turn.require("balance")
    return await turn.once("cart.fit-limit", lambda: service.perform(turn, "fit_limit"), TurnOutcome)


@router.get("/delivery")
async def delivery(turn: Turn) -> DeliveryView:
    """The next delivery, the cut-off time, days and minimum sum."""
    return await sent.next_delivery(turn)


@router.post("/orders")
async def confirm(turn: Turn, body: ConfirmBody) -> Confirmation:
    """Confirms the cart. The outcome of the sending arrives later in the chat."""

    async def work() -> Confirmation:
        return await progress.pressed(turn, await confirmation.confirm(turn, body.version, body.leave))

    return await turn.once("orders", work, Confirmation)


@router.get("/orders/last")
async def last_order(turn: Turn) -> OrderView:
    """The newest order."""
    return await sent.last(turn)


@router.get("/orders")
async def orders(
    turn: Turn,
    number: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
) -> OrderView | OrderList:
    """The order with this number, or the newest orders."""
    return await sent.newest(turn, limit) if number is None else await sent.by_number(turn, number)


@router.post("/orders/{order_id}/cancel")
async def cancel(turn: Turn, order_id: str) -> Cancellation:
    """Asks for the order to be withdrawn."""
    return await turn.once(f"orders.cancel.{order_id}", lambda: sent.cancel(turn, order_id), Cancellation)


@router.put("/orders/{order_id}/rating")
async def rate(turn: Turn, order_id: OrderId, body: ScoreBody) -> Rating:
    """The tap on 1–5, of the order after which it was asked for in this conversation."""
    return await turn.once(f"orders.rating.{order_id}", lambda: ratings.rate(turn, order_id, body.score), Rating)


@router.put("/orders/{order_id}/rating/comment")
async def comment(turn: Turn, order_id: OrderId, body: CommentBody) -> Rating:
    """A few words after the tap."""
    request = f"orders.rating.{order_id}.comment"
    return await turn.once(request, lambda: ratings.comment(turn, order_id, body.text), Rating)
