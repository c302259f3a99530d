"""What customers owe: open items of the receivables of one company."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

from api.domain.clock import Clock
from api.domain.customer import Balance, Invoice
from api.erp.errors import ErpUnsupported
from api.erp.sap.client import ODataClient, Set
from api.erp.sap.literals import text
from api.erp.sap.records import Record
from api.erp.sap.settings import SapSettings

ITEMS = Set(
    "API_OPLACCTGDOCITEMCUBE_SRV",
    "A_OperationalAcctgDocItemCube",
    "Customer,FiscalYear,AccountingDocument,AccountingDocumentItem",
)
FIELDS = (
    "Customer,FiscalYear,AccountingDocument,AccountingDocumentItem,DocumentDate,PostingDate,NetDueDate"
    ",DocumentReferenceID,InvoiceReference,InvoiceReferenceFiscalYear,AmountInCompanyCodeCurrency"
)
"""The set adds up over the fields that are not asked for, so the keys of a line are among these."""
CUSTOMER_ACCOUNT = "D"
"""FinancialAccountType of a customer's line."""


class Debts:
    """Reads open items."""

    def __init__(self, client: ODataClient, settings: SapSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock

    async def balances(self, customer_id: str | None) -> AsyncIterator[Balance]:
        """Debts. A customer asked about by number is always told, also when nothing is owed."""
        if not self._settings.company_code:
            raise ErpUnsupported("Задолженность из SAP не читается: балансовая единица не задана.")
        where = (
            f"CompanyCode eq {text(self._settings.company_code)}"
            f" and FinancialAccountType eq '{CUSTOMER_ACCOUNT}' and ClearingAccountingDocument eq ''"
        )
        if customer_id is not None:
            where += f" and Customer eq {text(customer_id)}"
        items: dict[str, list[Record]] = {} if customer_id is None else {customer_id: []}
        async for record in self._client.rows(ITEMS, where, select=FIELDS):
            items.setdefault(record.text("Customer"), []).append(record)
        for customer, records in items.items():
            yield balance(customer, records, self._clock.now().date())


def balance(customer: str, items: list[Record], today: date) -> Balance:
    """Open items as a debt. A part that was paid names its invoice; other payments are an advance until cleared."""
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item in items:
        if _amount(item) < 0:
            paid[(item.text("InvoiceReference"), item.text("InvoiceReferenceFiscalYear"))] -= _amount(item)
    invoices: dict[str, Invoice] = {}
    for item in sorted(items, key=lambda item: (item.day("NetDueDate") or date.min, item.text("AccountingDocument"))):
        amount = _amount(item)
        if amount <= 0:
            continue
        document = (item.text("AccountingDocument"), item.text("FiscalYear"))
        part = min(paid[document], amount)
        paid[document] -= part
        if amount > part:
            _add(invoices, item, amount, amount - part)
    debt = sum((_amount(item) for item in items), Decimal(0))
    overdue = sum((invoice.rest for invoice in invoices.values() if invoice.due < today), Decimal(0))
    return Balance(customer, debt, overdue, tuple(invoices.values()))


def _amount(item: Record) -> Decimal:
    return item.number("AmountInCompanyCodeCurrency")


def _add(known: dict[str, Invoice], item: Record, amount: Decimal, rest: Decimal) -> None:
    """Numbers are given anew each year, and a document may have several lines: then the year and the line are named."""
    issued = item.day("DocumentDate") or item.day("PostingDate") or date.min
    number = item.text("DocumentReferenceID") or item.text("AccountingDocument")
    if number in known:
        number = f"{item.text('AccountingDocument')}/{item.text('FiscalYear')}/{item.text('AccountingDocumentItem')}"
    known[number] = Invoice(number, issued, item.day("NetDueDate") or issued, amount, rest)
