"""Customers and debts: from the accounting system's nouns to our tables. Each function returns the rows read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.config import settings
from api.customers import erp_codes, identity, phones, written_cards
from api.customers.erp_codes import ReadCodes
from api.db.bulk import Row, Staged, applying, loading, of_backend, portions, staged
from api.db.models import BalanceRow, ContactRow, CustomerRow, InvoiceRow, OutletRow
from api.db.session import sync_session
from api.deps.holds import EXAMPLES, Example, Loss, let_through
from api.deps.sync import Reading
from api.domain.customer import Balance, Contact, Customer, Outlet
from api.domain.wording import money
from api.erp.port import Data

CUSTOMER = (
    "id", "name", "price_list_id", "prepayment", "tax_id", "credit_limit", "payment_delay_days", "minimum_sum",
    "manager_name", "manager_phone",
)  # fmt: skip
OUTLET = ("id", "customer_id", "name", "address", "warehouse_id", "window_start", "window_end")
CONTACT = ("id", "customer_id", "name", "phone", "email")
BALANCE = ("customer_id", "debt", "overdue")
INVOICE = ("number", "issued", "due", "amount", "rest")

FROM_ERP = ContactRow.source == "erp"


def _values(thing: object, names: Sequence[str]) -> Row:
    return tuple(getattr(thing, name) for name in names)


def _outlet(outlet: Outlet) -> Row:
    return (*_values(outlet, OUTLET), Jsonb(list(outlet.delivery_days)), True)


@dataclass
class _Read:
    """Customers as they come, with what hangs on them."""

    customers: Staged
    outlets: Staged
    contacts: Staged
    ours: Mapping[str, str]
    """People whom we wrote there: what they are called there → here."""
    codes: ReadCodes = field(default_factory=ReadCodes)
    people: list[Contact] = field(default_factory=list)

    @classmethod
    async def begin(cls, connection: AsyncConnection) -> "_Read":
        return cls(
            await staged(connection, CustomerRow, (*CUSTOMER, "active", "backend")),
            await staged(connection, OutletRow, (*OUTLET, "delivery_days", "active")),
            await staged(connection, ContactRow, (*CONTACT, "active")),
            await _ours(),
        )

    @property
    def tables(self) -> tuple[Staged, Staged, Staged]:
        return self.customers, self.outlets, self.contacts

    async def take(self, portion: Sequence[Customer], backend: str) -> None:
        await self.customers.write([(*_values(customer, CUSTOMER), True, backend) for customer in portion])
        await self.outlets.write([_outlet(outlet) for customer in portion for outlet in customer.outlets])
        told = [contact for customer in portion for contact in customer.contacts]
        people = [replace(contact, id=self.ours.get(contact.id, contact.id)) for contact in told]
        await self.contacts.write([(*_values(contact, CONTACT), True) for contact in people])
        self.people += (contact for contact in people if contact.phone)
        for customer in portion:
            self.codes.take(customer)


async def _ours() -> dict[str, str]:
    async with sync_session() as session:
        return await written_cards.names_there(session)


async def customers(reading: Reading) -> int:
    """Companies with outlets, people and codes. Who is gone is closed, never deleted: orders name them.

    Read since a moment, a company that is not told stays as it is; one that is told comes whole.
    """
    async with loading() as connection:
        read, count = await _Read.begin(connection), 0
        async for portion in portions(reading.source.customers(reading.since)):
            await read.take(portion, reading.backend)
            count += len(portion)
            await reading.note(count)
        for table in read.tables:
            await table.analyze()
            await table.compare(_about(table, read, reading))
        await _check(read, reading)
        async with applying(connection) as session:
            await _put(session, read, reading)
    return count


def _told(read: _Read, reading: Reading) -> ColumnElement[bool]:
    """The customers that the reading is about."""
    mine = CustomerRow.backend == reading.backend
    return mine if reading.since is None else mine & CustomerRow.id.in_(select(read.customers.rows.c.id))


def _about(table: Staged, read: _Read, reading: Reading) -> ColumnElement[bool]:
    """The rows of these customers, and those that are theirs from now on."""
    told = _told(read, reading)
    if table is read.customers:
        return told
    target = table.target.c
    theirs = target.customer_id.in_(select(CustomerRow.id).where(told))
    return theirs | (of_backend(table.model, reading.backend) & target.id.in_(select(table.rows.c.id)))


async def _check(read: _Read, reading: Reading) -> None:
    async def loss(session: AsyncSession, table: Staged, what: str, *where: ColumnElement[bool]) -> Loss:
        target, few = table.target, what == "contacts"
        active = (of_backend(table.model, reading.backend), target.c.active, *where)
        known = await session.scalar(select(func.count()).select_from(target).where(*active)) or 0
        lost = select(func.count()).select_from(target).where(*active, target.c.id.in_(table.gone()))
        return Loss(what, known, await session.scalar(lost) or 0, may_be_empty=few)

    async def examples() -> list[Example]:
        query = select(CustomerRow.name).where(CustomerRow.active, CustomerRow.id.in_(read.customers.gone()))
        async with applying(read.customers.connection) as session:
            return [Example(name) for name in await session.scalars(query.order_by(CustomerRow.name).limit(EXAMPLES))]

    async with applying(read.customers.connection) as session:
        losses = [
            await loss(session, read.customers, "customers"),
            await loss(session, read.outlets, "outlets"),
            await loss(session, read.contacts, "contacts", FROM_ERP),
            await erp_codes.loss(session, read.codes, _told(read, reading)),
        ]
    await let_through(reading, Data.CUSTOMERS, losses, examples)


async def _put(session: AsyncSession, read: _Read, reading: Reading) -> None:
    backend, clock = reading.backend, settings().clock
    for table in read.tables:
        await table.put(session, of_backend(table.model, backend))
        target = table.target
        theirs = (FROM_ERP,) if table is read.contacts else ()
        gone = target.c.id.in_(table.gone())
        await session.execute(update(target).where(gone, target.c.active, *theirs).values(active=False))
    told = _told(read, reading)
    await erp_codes.store(session, read.codes, told, backend, clock, whole=reading.since is None)
    people_told = ContactRow.customer_id.in_(select(CustomerRow.id).where(told))
    await phones.store(session, read.people, people_told, clock)
    await identity.cut_off(session, identity.of_closed_contacts(), "contact", clock)
    await identity.cut_off(session, identity.of_closed_customers(), "customer", clock)
    await identity.cut_off(session, identity.of_lost_codes(), "code", clock)


async def store_balances(session: AsyncSession, balances: Sequence[Balance]) -> None:
    """Replaces what is known of these customers' debts."""
    now = settings().clock.now()
    for balance in balances:
        values = {"customer_id": balance.customer_id, "debt": balance.debt, "overdue": balance.overdue, "as_of": now}
        statement = insert(BalanceRow).values(values)
        await session.execute(statement.on_conflict_do_update(index_elements=["customer_id"], set_=values))
        await session.execute(delete(InvoiceRow).filter_by(customer_id=balance.customer_id))
        if balance.invoices:
            rows = [_invoice(balance, number) for number in range(len(balance.invoices))]
            await session.execute(insert(InvoiceRow).on_conflict_do_nothing(), rows)


def _invoice(balance: Balance, place: int) -> dict[str, Any]:
    invoice = balance.invoices[place]
    return {"customer_id": balance.customer_id} | {name: getattr(invoice, name) for name in INVOICE}


async def balances(reading: Reading) -> int:
    """Debts and unpaid invoices of everybody. Who is not named owes nothing."""
    backend = reading.backend
    async with loading() as connection:
        debts = await staged(connection, BalanceRow, BALANCE)
        invoices = await staged(connection, InvoiceRow, ("customer_id", *INVOICE))
        count = 0
        async for portion in portions(reading.source.balances()):
            await debts.write([_values(balance, BALANCE) for balance in portion])
            await invoices.write([(b.customer_id, *_values(row, INVOICE)) for b in portion for row in b.invoices])
            count += len(portion)
            await reading.note(count)
        ours = select(CustomerRow.id).where(CustomerRow.backend == backend)
        for table in (debts, invoices):
            await table.analyze()
            await table.compare(of_backend(table.model, backend), table.rows.c.customer_id.in_(ours))
        await _check_balances(debts, reading)
        async with applying(connection) as session:
            for table in (debts, invoices):
                await table.remove(session)
            await debts.put(session, of_backend(BalanceRow, backend), as_of=settings().clock.now())
            await invoices.put(session, of_backend(InvoiceRow, backend))
    return count


async def _check_balances(debts: Staged, reading: Reading) -> None:
    async def examples() -> list[Example]:
        query = (
            select(CustomerRow.name, BalanceRow.debt)
            .join(BalanceRow, BalanceRow.customer_id == CustomerRow.id)
            .where(CustomerRow.id.in_(debts.gone()))
        )
        async with applying(debts.connection) as session:
            found = await session.execute(query.order_by(CustomerRow.name).limit(EXAMPLES))
            return [Example(name, money(debt), money(Decimal(0))) for name, debt in found]

    async with applying(debts.connection) as session:
        known = await session.scalar(select(func.count()).where(of_backend(BalanceRow, reading.backend))) or 0
        gone = await session.scalar(select(func.count()).select_from(debts.gone().subquery())) or 0
    await let_through(reading, Data.BALANCES, [Loss("balances", known, gone)], examples)
