"""What a customer owes."""

from fastapi import APIRouter

from api.customers import service
from api.customers.schemas import BalanceOut
from api.deps.turn import Turn

router = APIRouter(prefix="/v1", tags=["account"])


@router.get("/balance")
async def balance(turn: Turn) -> BalanceOut:
    """Debt, limit, unpaid invoices, with the time of the figures."""
    turn.require("balance")
    return await service.balance(turn.session, turn.scope.customer_id, turn.clock)
