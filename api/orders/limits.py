"""Money that a customer may still spend on credit."""

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.market import Market
from api.db.models import BalanceRow, CustomerRow
from api.deps.sync import figures_of
from api.domain.product import Product
from api.erp.port import Data
from api.orders import repository


async def free_limit(session: AsyncSession, customer: CustomerRow, *, but: int | None = None) -> Decimal | None:
    """The limit less the debt and the orders on their way (without the order `but`); None: no limit is kept.

    A debt that nobody told is taken for none: it may be less than this that is free, never more.
    """
    if customer.credit_limit is None:
        return None
    debt, _ = await repository.balance(session, customer.id)
    return customer.credit_limit - debt - await repository.unshipped_sum(session, customer.id, but=but)


async def debt_is_known(session: AsyncSession, customer: CustomerRow) -> bool:
    """Whether the accounting system told it, if only by not naming the customer."""
    if await figures_of(session, customer.backend, Data.BALANCES) is not None:
        return True
    return await session.get(BalanceRow, customer.id) is not None


def priced(market: Market, product: Product) -> Callable[[Decimal], Decimal]:
    """The price of a base unit when this much is bought, as a function."""
    return lambda quantity: market.amount(product, quantity) or Decimal(0)
