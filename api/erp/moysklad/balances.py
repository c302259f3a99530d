"""What customers owe.

The debt is the balance of the report «Показатели контрагентов», which needs the tariff's option CRM. The documentation
does not say what its sign means; two integrations that were run on live accounts agree that it is negative when the
counterparty owes. What is unpaid are invoices as far as their goods are shipped, or the shipments themselves.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.customer import Balance, Invoice
from api.erp.errors import ErpUnsupported
from api.erp.moysklad.client import Client
from api.erp.moysklad.partners import delay_days
from api.erp.moysklad.rows import Row, id_of, moment, moscow, roubles, text
from api.erp.moysklad.settings import MoyskladSettings


class Balances:
    """Reads debts."""

    def __init__(self, client: Client, settings: MoyskladSettings, clock: Clock, zone: ZoneInfo) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._zone = zone

    async def balances(self, customer_id: str | None) -> AsyncIterator[Balance]:
        """Debts; a customer asked about by id is always told, also when nothing is owed."""
        if not self._settings.balances:
            raise ErpUnsupported("Задолженность из МоегоСклада не читается: так настроено.")
        unpaid = await self._unpaid(customer_id)
        if customer_id is not None:
            report = await self._client.get(f"report/counterparty/{customer_id}")
            yield self._balance(customer_id, report, unpaid[customer_id])
            return
        async for report in self._client.rows("report/counterparty"):
            ref = id_of(report.get("counterparty"))
            if roubles(report.get("balance")):
                yield self._balance(ref, report, unpaid[ref])

    def _balance(self, customer: str, report: Row, invoices: list[Invoice]) -> Balance:
        debt = -roubles(report.get("balance"))
        rest = _owed(invoices, debt)
        today = self._clock.now().astimezone(self._zone).date()
        overdue = sum((invoice.rest for invoice in rest if invoice.due < today), Decimal(0))
        return Balance(customer, debt, overdue, rest)

    async def _unpaid(self, customer_id: str | None) -> defaultdict[str, list[Invoice]]:
        """Documents that are not wholly paid, by customer. The API cannot be asked for these only."""
        kind = self._settings.debt_documents
        where = ["applicable=true", f"moment>={moscow(self._clock.now() - timedelta(days=self._settings.debt_days))}"]
        if customer_id is not None:
            where.append(f"agent={self._client.href(f'entity/counterparty/{customer_id}')}")
        rows = [row async for row in self._client.rows(f"entity/{kind}", where) if _rest(row, kind) > 0]
        delays = await self._delays(rows, customer_id)
        found = defaultdict[str, list[Invoice]](list)
        for row in rows:
            ref = id_of(row.get("agent"))
            found[ref].append(self._invoice(row, kind, delays.get(ref, self._settings.delay_days)))
        return found

    async def _delays(self, rows: Iterable[Row], customer_id: str | None) -> dict[str, int]:
        """Days to pay of each customer, where a document does not name the day itself."""
        if all(row.get("paymentPlannedMoment") for row in rows):
            return {}
        if customer_id is not None:
            return {
                customer_id: delay_days(await self._client.get(f"entity/counterparty/{customer_id}"), self._settings)
            }
        everyone = self._client.rows("entity/counterparty")
        return {text(row, "id"): delay_days(row, self._settings) async for row in everyone}

    def _invoice(self, row: Row, kind: str, delay: int) -> Invoice:
        issued = self._day(row, "moment") or self._clock.now().date()
        due = self._day(row, "paymentPlannedMoment") or issued + timedelta(days=delay)
        return Invoice(text(row, "name"), issued, due, roubles(row.get("sum")), _rest(row, kind))

    def _day(self, row: Row, field: str) -> date | None:
        when = moment(row, field)
        return when.astimezone(self._zone).date() if when else None


def _rest(row: Row, kind: str) -> Decimal:
    """What is still to be paid; an invoice is a debt only as far as its goods went out."""
    total = roubles(row.get("sum"))
    shipped = min(total, roubles(row.get("shippedSum"))) if kind == "invoiceout" else total
    return shipped - roubles(row.get("payedSum"))


def _owed(invoices: Iterable[Invoice], debt: Decimal) -> tuple[Invoice, ...]:
    """The documents as far as there is a debt: a payment that nobody tied to a document pays the oldest ones."""
    ordered = sorted(invoices, key=lambda invoice: (invoice.due, invoice.issued, invoice.number))
    loose = sum((invoice.rest for invoice in ordered), Decimal(0)) - max(debt, Decimal(0))
    rest = []
    for invoice in ordered:
        paid = min(max(loose, Decimal(0)), invoice.rest)
        loose -= paid
        if invoice.rest > paid:
            rest.append(replace(invoice, rest=invoice.rest - paid))
    return _told_apart(rest)


def _told_apart(invoices: list[Invoice]) -> tuple[Invoice, ...]:
    """Numbers begin anew each year: then the date is added, and a count where even that is the same."""
    times, told, found = Counter(invoice.number for invoice in invoices), Counter[str](), []
    for invoice in invoices:
        number = invoice.number
        if times[number] > 1:
            number = f"{number} от {invoice.issued:%d.%m.%Y}"
            told[number] += 1
            number = number if told[number] == 1 else f"{number} ({told[number]})"
        found.append(replace(invoice, number=number))
    return tuple(found)
