"""Money that a customer may still spend on credit."""

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.market import Market
from api.db.models import CustomerRow
from api.domain.product import Product
from api.orders import repository


async def free_limit(session: AsyncSession, customer: CustomerRow, *, but: int | None = None) -> Decimal | None:
    """The limit less the debt and the orders on their way (without the order `but`); None: no limit is kept."""
    if customer.credit_limit is None:
        return None
    debt, _ = await repository.balance(session, customer.id)
    return customer.credit_limit - debt - await repository.unshipped_sum(session, customer.id, but=but)


def priced(market: Market, product: Product) -> Callable[[Decimal], Decimal]:
    """The price of a base unit when this much is bought, as a function."""
    return lambda quantity: market.amount(product, quantity) or Decimal(0)
