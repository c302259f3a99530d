"""What a customer owes; the changes of its card."""

from fastapi import APIRouter

from api.customers import card, service
from api.customers.schemas import BalanceOut, ProfileBody, ProfileOut
from api.deps.turn import Turn

router = APIRouter(prefix="/v1", tags=["account"])


@router.get("/balance")
async def balance(turn: Turn) -> BalanceOut:
    """Debt, limit, unpaid invoices, with the time of the figures."""
    turn.require("balance")
    return await service.balance(turn.session, turn.scope.customer_id, turn.clock)


@router.post("/profile")
async def profile(body: ProfileBody, turn: Turn) -> ProfileOut:
    """A change of the card in the person's words: made, asked about, or kept for a manager."""
    return await card.ask(turn.scope, card.read(body.text, body.kind), turn.clock)
