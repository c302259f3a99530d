"""The contract's objects as our nouns."""

from datetime import date
from decimal import Decimal

from api.domain.customer import Balance, Contact, Customer, Invoice, Outlet
from api.domain.order import OUR_KEYS, OrderLine, OrderStatus, PlacedOrder
from api.domain.product import Packaging, Price, Product
from api.erp.onec_http import wire
from api.erp.port import Quote, QuotedLine


def product(row: wire.Product) -> Product:
    packs = tuple(Packaging(pack.unit, pack.factor) for pack in row.packagings if pack.factor > 0)
    return Product(
        id=row.id,
        sku=row.sku,
        name=row.name,
        base_unit=row.base_unit,
        category_id=row.category_id,
        brand=row.brand,
        packagings=tuple(sorted(packs, key=lambda pack: (pack.factor, pack.unit))),
        step=row.step or Decimal(1),
        minimum=row.minimum,
        on_order_days=row.on_order_days,
        active=row.active,
    )


def price(product_id: str, row: wire.Price) -> Price:
    return Price(product_id=product_id, **row.model_dump())


def customer(row: wire.Customer) -> Customer:
    values = row.model_dump(exclude={"active", "outlets", "contacts"})
    return Customer(
        **values,
        outlets=tuple(_outlet(outlet, row.id) for outlet in row.outlets),
        contacts=tuple(Contact(customer_id=row.id, **contact.model_dump()) for contact in row.contacts),
    )


def _outlet(row: wire.Outlet, customer_id: str) -> Outlet:
    days = tuple(day for day in sorted(set(row.delivery_days)) if 1 <= day <= 7)
    return Outlet(customer_id=customer_id, **row.model_dump(exclude={"delivery_days"}), delivery_days=days)


def balance(row: wire.Balance, today: date) -> Balance:
    """Parts of one document, paid by stages, are added up. Numbers begin anew each year: then the date is added."""
    invoices: dict[str, Invoice] = {}
    for found in row.invoices:
        if found.rest <= 0:
            continue
        number, rest, due = found.number, found.rest, found.due
        if number in invoices and invoices[number].issued != found.issued:
            number = f"{number} от {found.issued:%d.%m.%Y}"
        if (old := invoices.get(number)) is not None:
            rest, due = old.rest + rest, min(old.due, due)
        invoices[number] = Invoice(number, found.issued, due, found.amount, rest)
    unpaid = tuple(sorted(invoices.values(), key=lambda invoice: (invoice.due, invoice.number)))
    overdue = sum((invoice.rest for invoice in unpaid if invoice.due < today), Decimal(0))
    return Balance(row.customer_id, row.debt, overdue, unpaid)


def order(row: wire.Order) -> PlacedOrder:
    return PlacedOrder(
        erp_id=row.id,
        number=row.number,
        # 1C keeps it where people write their customers' own numbers.
        key=row.key if row.key.startswith(OUR_KEYS) else "",
        customer_id=row.customer_id,
        created=row.created,
        status=OrderStatus(row.status),
        lines=tuple(OrderLine(line.product_id, line.quantity, line.price) for line in row.lines),
        outlet_id=row.outlet_id,
        delivery_date=row.delivery_date,
    )


def quote(row: wire.Quote, today: date) -> Quote:
    lines = tuple(QuotedLine(line.product_id, line.price or None, line.available) for line in row.lines)
    return Quote(lines, row.credit, balance(row.balance, today) if row.balance else None)
