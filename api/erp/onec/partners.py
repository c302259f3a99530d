"""Customers as 1C keeps them: partner, company, agreement, contract, outlets, people, and what they owe."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from api.domain.clock import Clock
from api.domain.customer import Balance, Contact, Customer, Invoice, Outlet
from api.erp.onec.client import ODataClient
from api.erp.onec.goods import conditions
from api.erp.onec.literals import is_one_of
from api.erp.onec.names import Table
from api.erp.onec.records import Record, clock_time, weekdays
from api.erp.onec.terms import terms_of

WORKING_DAYS = (1, 2, 3, 4, 5, 6)
OPENS, CLOSES = time(9), time(12)


@dataclass(frozen=True)
class Cards:
    """Everything that belongs to partners, by the partner's reference."""

    companies: dict[str, list[Record]]
    agreements: dict[str, list[Record]]
    contracts: dict[str, list[Record]]
    outlets: dict[str, list[Record]]
    contacts: dict[str, list[Record]]
    managers: dict[str, Record]


@dataclass
class _Debt:
    debt: Decimal = Decimal(0)
    invoices: dict[str, Invoice] = field(default_factory=dict)


class Partners:
    """Reads customers and their debts."""

    def __init__(self, client: ODataClient, clock: Clock) -> None:
        self._client = client
        self._names = client.names
        self._clock = clock

    async def customers(self) -> AsyncIterator[Customer]:
        """Customers that are not closed."""
        names = self._names
        cards = Cards(
            companies=await self._by_customer(names.companies),
            # Their prices are read with the prices: there may be thousands in each.
            agreements=await self._by_customer(names.agreements.but("lines")),
            contracts=await self._by_customer(names.contracts),
            outlets=await self._by_customer(names.outlets),
            contacts=await self._by_customer(names.contacts),
            managers={record.need_ref("id"): record async for record in self._client.rows(names.managers)},
        )
        async for record in self._client.rows(names.customers):
            if self._buys(record):
                yield self._customer(record, cards)

    async def balances(self, customer_id: str | None) -> AsyncIterator[Balance]:
        """Debts. A customer asked about by reference is always told, also when nothing is owed."""
        debts: dict[str, _Debt] = defaultdict(_Debt)
        if customer_id is not None:
            debts[customer_id] = _Debt()
        owners = await self._owners(customer_id)
        async for owner, record in self._balance(self._names.debts, owners):
            debts[owner].debt += record.number("debt")
        async for owner, record in self._balance(self._names.invoices, owners):
            _add_invoice(debts[owner].invoices, record)
        today = self._clock.now().date()
        for customer, debt in debts.items():
            invoices = tuple(sorted(debt.invoices.values(), key=lambda invoice: (invoice.due, invoice.number)))
            overdue = sum((invoice.rest for invoice in invoices if invoice.due < today), Decimal(0))
            yield Balance(customer, debt.debt, overdue, invoices)

    async def _owners(self, customer_id: str | None) -> dict[str, str] | None:
        """The customer behind each reference that the registers know it by; None: they know every customer itself."""
        table = self._names.customer_keys
        if not table:
            return None if customer_id is None else {customer_id: customer_id}
        where = None if customer_id is None else is_one_of(table, "customer", [customer_id])
        keys = self._client.rows(table, where)
        return {record.need_ref("id"): customer async for record in keys if (customer := record.ref("customer"))}

    async def _balance(self, table: Table, owners: dict[str, str] | None) -> AsyncIterator[tuple[str, Record]]:
        """Rows with the customer that they belong to."""
        wanted = None if owners is None else list(owners)
        for where in conditions(table, "customer", wanted):
            dimensions = {"Dimensions": f"'{table['dimensions']}'"}
            async for record in self._client.virtual(table, "Balance", dimensions, where):
                # A debt of nobody, a retail sale, must not stop all the others.
                if ref := record.ref("customer"):
                    yield (ref if owners is None else owners[ref]), record

    async def _by_customer(self, table: Table) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = defaultdict(list)
        async for record in self._client.rows(table):
            customer = record.ref("customer")
            if customer and not record.flag("deleted"):
                found[customer].append(record)
        return found

    def _buys(self, record: Record) -> bool:
        if any(record.flag(sign) for sign in ("deleted", "closed", "folder")):
            return False
        return record.flag("buyer") or not self._names.customers["buyer"]

    def _customer(self, record: Record, cards: Cards) -> Customer:
        ref, words = record.need_ref("id"), self._names.words
        agreements, contracts = cards.agreements.get(ref, ()), cards.contracts.get(ref, [])
        terms = terms_of(agreements, contracts, words, self._clock.now().date())
        agreement = terms.agreement
        manager = cards.managers.get(record.ref("manager") or "")
        return Customer(
            id=ref,
            name=record.text("full_name") or record.text("name"),
            price_list_id=terms.ref("price_type"),
            prepayment=agreement is not None and agreement.text("payment") == words.prepayment != "",
            tax_id=next((company.text("tax_id") for company in cards.companies.get(ref, ())), record.text("tax_id")),
            credit_limit=terms.limit,
            payment_delay_days=int(terms.contract.number("days")) if terms.contract else 0,
            minimum_sum=agreement.number("minimum_sum") if agreement else Decimal(0),
            manager_name=manager.text("name") if manager else "",
            manager_phone=self._phone(manager) if manager else "",
            outlets=self._outlets(record, cards.outlets.get(ref, ()), agreement),
            contacts=tuple(self._contact(contact, ref) for contact in cards.contacts.get(ref, ())),
            code=record.text("code"),
        )

    def _outlets(self, record: Record, outlets: Iterable[Record], agreement: Record | None) -> tuple[Outlet, ...]:
        """The outlets; in a base that keeps none, one that stands for the customer itself."""
        ref = record.need_ref("id")
        if self._names.outlets:
            return tuple(_outlet(outlet, ref, agreement) for outlet in outlets)
        return (Outlet(ref, ref, record.text("name"), record.text("address")),)

    def _contact(self, record: Record, customer: str) -> Contact:
        names = self._names
        email = record.text("email") or record.told(names.contact_info, names.words.email_kind, "value")
        return Contact(record.need_ref("id"), customer, record.text("name"), self._phone(record), email)

    def _phone(self, record: Record) -> str:
        names = self._names
        return record.text("phone") or record.told(names.contact_info, names.words.phone_kind, "phone", "value")


def _outlet(record: Record, customer: str, agreement: Record | None) -> Outlet:
    return Outlet(
        id=record.need_ref("id"),
        customer_id=customer,
        name=record.text("name"),
        address=record.text("address"),
        warehouse_id=record.ref("warehouse") or (agreement.ref("warehouse") if agreement else None),
        delivery_days=weekdays(record.text("days"), WORKING_DAYS),
        window_start=clock_time(record.text("opens"), OPENS),
        window_end=clock_time(record.text("closes"), CLOSES),
    )


def _add_invoice(known: dict[str, Invoice], record: Record) -> None:
    """Parts of one document, paid by stages, are added up. Numbers begin anew each year: then the date is added."""
    rest = record.number("rest")
    if rest <= 0:
        return  # paid, or an advance, which the debt shows
    issued = record.day("issued") or date.min
    due = record.day("due") or issued
    number = record.text("number")
    if number in known and known[number].issued != issued:
        number = f"{number} от {issued:%d.%m.%Y}"
    old = known.get(number)
    if old is not None:
        rest, due = old.rest + rest, min(old.due, due)
    known[number] = Invoice(number, issued, due, record.number("amount"), rest)
