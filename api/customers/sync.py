"""Customers and debts: from the accounting system's nouns to our tables. Each function returns the rows read."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import ColumnExpressionArgument, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.customers import identity, phones
from api.customers.codes import digest, normalized
from api.db.bulk import delete_missing, upsert_changed
from api.db.models import BalanceRow, CompanyCodeRow, ContactRow, CustomerRow, InvoiceRow, OutletRow
from api.db.session import sync_session
from api.deps.sync import guard
from api.domain.customer import Balance, Contact, Customer, Outlet
from api.erp.port import Erp

log = structlog.get_logger()


def _customer_row(customer: Customer, backend: str) -> dict[str, Any]:
    names = (
        "id",
        "name",
        "price_list_id",
        "prepayment",
        "tax_id",
        "credit_limit",
        "payment_delay_days",
        "minimum_sum",
        "manager_name",
        "manager_phone",
    )
    return {name: getattr(customer, name) for name in names} | {"active": True, "backend": backend}


def _outlet_row(outlet: Outlet) -> dict[str, Any]:
    names = ("id", "customer_id", "name", "address", "warehouse_id", "window_start", "window_end")
    return {name: getattr(outlet, name) for name in names} | {
        "delivery_days": list(outlet.delivery_days),
        "active": True,
    }


def _contact_row(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in ("id", "customer_id", "name", "phone", "email")} | {"active": True}


async def _deactivate_missing(
    session: AsyncSession,
    model: type[CustomerRow] | type[OutletRow] | type[ContactRow],
    seen: set[str],
    *where: ColumnExpressionArgument[bool],
) -> None:
    await session.execute(update(model).where(model.id.not_in(seen), model.active, *where).values(active=False))


async def customers(source: Erp, backend: str) -> int:
    """Companies with outlets, people and codes. Who is gone is closed, never deleted: orders name them."""
    read = [customer async for customer in source.customers()]
    outlets = [outlet for customer in read for outlet in customer.outlets]
    contacts = [contact for customer in read for contact in customer.contacts]
    from_erp = ContactRow.source == "erp"
    async with sync_session() as session:
        await guard(session, CustomerRow, len(read), CustomerRow.active)
        await guard(session, OutletRow, len(outlets), OutletRow.active)
        await guard(session, ContactRow, len(contacts), ContactRow.active, from_erp, may_be_empty=True)
        await upsert_changed(session, CustomerRow, [_customer_row(customer, backend) for customer in read])
        await upsert_changed(session, OutletRow, [_outlet_row(outlet) for outlet in outlets])
        await upsert_changed(session, ContactRow, [_contact_row(contact) for contact in contacts])
        await _deactivate_missing(session, CustomerRow, {customer.id for customer in read})
        await _deactivate_missing(session, OutletRow, {outlet.id for outlet in outlets})
        await _deactivate_missing(session, ContactRow, {contact.id for contact in contacts}, from_erp)
        await _store_codes(session, read)
        clock = settings().clock
        await phones.store(session, contacts, clock)
        await identity.cut_off(session, identity.of_closed_contacts(), "contact", clock)
        await identity.cut_off(session, identity.of_closed_customers(), "customer", clock)
        await identity.cut_off(session, identity.of_lost_codes(), "code", clock)
    return len(read)


async def _store_codes(session: AsyncSession, read: Sequence[Customer]) -> None:
    """The codes as they are now: one that was changed or given to another company no longer opens the former.

    A code of two companies opens neither: the one who types it would see the other's prices.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    for customer in read:
        if normalized(customer.code):
            owners[digest(customer.code)].add(customer.id)
    for shared in (owner for owner in owners.values() if len(owner) > 1):
        log.warning("customers.shared_code", customers=sorted(shared))
    own = {code: next(iter(owner)) for code, owner in owners.items() if len(owner) == 1}
    row = CompanyCodeRow
    # Codes issued here are not the accounting system's to take away.
    from_erp = row.source == "erp"
    await guard(session, row, len(own), from_erp, row.revoked_at.is_(None), may_be_empty=True)
    await session.execute(delete(row).where(row.digest.not_in(own), row.revoked_at.is_(None), from_erp))
    for code, customer_id in own.items():
        statement = insert(row).values(digest=code, customer_id=customer_id)
        changed = {"customer_id": customer_id}
        await session.execute(statement.on_conflict_do_update(index_elements=["digest"], set_=changed, where=from_erp))


def _invoice_rows(balance: Balance) -> list[dict[str, Any]]:
    return [
        {
            "customer_id": balance.customer_id,
            "number": invoice.number,
            "issued": invoice.issued,
            "due": invoice.due,
            "amount": invoice.amount,
            "rest": invoice.rest,
        }
        for invoice in balance.invoices
    ]


async def store_balances(session: AsyncSession, balances: list[Balance]) -> None:
    """Replaces what is known of these customers' debts."""
    now = settings().clock.now()
    rows = [{"customer_id": b.customer_id, "debt": b.debt, "overdue": b.overdue, "as_of": now} for b in balances]
    await upsert_changed(session, BalanceRow, rows)
    await upsert_changed(session, InvoiceRow, [row for balance in balances for row in _invoice_rows(balance)])


async def balances(source: Erp, backend: str) -> int:
    """Debts and unpaid invoices of everybody. Who is not named owes nothing."""
    read = [balance async for balance in source.balances()]
    async with sync_session() as session:
        await guard(session, BalanceRow, len(read), may_be_empty=True)
        await store_balances(session, read)
        await delete_missing(session, BalanceRow, {(balance.customer_id,) for balance in read})
        kept = {(balance.customer_id, invoice.number) for balance in read for invoice in balance.invoices}
        await delete_missing(session, InvoiceRow, kept)
    return len(read)
