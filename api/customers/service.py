"""A customer's account in words."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.customers.schemas import BalanceOut, InvoiceOut
from api.db.models import BalanceRow, CustomerRow, InvoiceRow
from api.deps.sync import figures_of
from api.domain.clock import Clock
from api.domain.wording import as_of, document_number, money, short_date
from api.erp.port import Data


def _invoice(row: InvoiceRow, today: date) -> InvoiceOut:
    return InvoiceOut(
        number=document_number(row.number),
        issued_text=short_date(row.issued),
        due_text=short_date(row.due),
        rest_text=money(row.rest),
        overdue=row.due < today,
    )


async def balance(session: AsyncSession, customer_id: str, clock: Clock) -> BalanceOut:
    """Debt, limit and unpaid invoices. Who has no row owes nothing, unless nobody's debts were ever read."""
    customer = await session.get_one(CustomerRow, customer_id)
    row = await session.get(BalanceRow, customer_id)
    debt = row.debt if row else Decimal(0)
    invoices = await session.scalars(select(InvoiceRow).filter_by(customer_id=customer_id).order_by(InvoiceRow.due))
    limit, read_at = customer.credit_limit, await figures_of(session, customer.backend, Data.BALANCES)
    known = row is not None or read_at is not None
    return BalanceOut(
        debt_text=money(debt) if known else None,
        overdue_text=money(row.overdue) if row and row.overdue > 0 else None,
        limit_text=money(limit) if limit is not None else None,
        available_text=money(max(limit - debt, Decimal(0))) if limit is not None and known else None,
        invoices=[_invoice(invoice, clock.now().date()) for invoice in invoices],
        as_of_text=as_of(read_at.astimezone(settings().zone), clock.now()) if read_at else None,
        requisites=settings().requisites,
    )


def attended_by(customer: CustomerRow | None) -> tuple[str, str]:
    """Name and phone of who answers for us: the customer's own manager, else the office's."""
    if customer is not None and customer.manager_name:
        return customer.manager_name, customer.manager_phone or settings().manager_phone
    return settings().manager_name, settings().manager_phone
