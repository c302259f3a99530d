"""Invoices not yet paid, and advances, so that every situation of customers.csv is met."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from api.erp.demo.entities import PARTNERS
from api.erp.demo.registers import number
from api.erp.demo.seed.history import Purchase
from api.erp.demo.seed.people import Customer
from api.erp.demo.seed.rows import Rows, key
from api.erp.demo.store import DEBTS

_INVOICE = "Document_РеализацияТоваровУслуг"
_ADVANCE = "Document_ПоступлениеБезналичныхДенежныхСредств"
TOLD = {
    "over_limit": ((-9, "38500.00", "38500.00"), (-4, "24750.00", "24750.00")),
    "overdue": ((-20, "18400.00", "12400.00"), (-3, "9650.00", "9650.00")),
    "overdue_small": ((-15, "7300.00", "7300.00"), (-6, "11240.00", "11240.00")),
}
"""By situation: days, sum and rest of the unpaid invoices, instead of those that follow from the orders."""
_ADVANCE_SUM = Decimal(5000)


def add_debts(
    rows: Rows, known: list[Customer], made: list[Purchase], sums: Mapping[str, Decimal], today: datetime
) -> None:
    """`sums`: order sums by number, in the order of `made`."""
    unpaid = list(zip(made, sums.values(), strict=True))
    for customer in known:
        if customer.situation in TOLD:
            for day, whole, rest in TOLD[customer.situation]:
                _add(rows, customer, today + timedelta(days=day), Decimal(whole), Decimal(rest))
        elif customer.situation == "advance":
            _add_advance(rows, customer, today - timedelta(days=2))
        elif not customer.prepayment:
            for purchase, total in unpaid:
                if purchase.customer is customer and _is_unpaid(purchase, today):
                    _add(rows, customer, purchase.delivery, total, total)


def _is_unpaid(purchase: Purchase, today: datetime) -> bool:
    """Delivered, and its term has not come yet; the main customer of the demo owes for the last order only."""
    if purchase.customer.situation == "small":
        return purchase.last
    return purchase.status == "Закрыт" and purchase.delivery + timedelta(days=purchase.customer.days) > today


def _add(rows: Rows, customer: Customer, issued: datetime, whole: Decimal, rest: Decimal) -> None:
    name = f"{customer.code}/{issued:%Y-%m-%d}"
    order = sum(1 for entity, _, _ in rows if entity == DEBTS) + 1
    rows.add_record(
        DEBTS,
        name,
        {
            "Партнер_Key": key(PARTNERS, customer.code),
            "ДокументРегистратор": key(_INVOICE, name),
            "ДокументРегистратор_Type": f"StandardODATA.{_INVOICE}",
            "НомерДокумента": f"УТ00-{9400 + order:06d}",
            "ДатаДокумента": issued.isoformat(),
            "ДатаПлановогоПогашения": (issued + timedelta(days=customer.days)).isoformat(),
            "СуммаДокумента": number(whole),
            "ДолгBalance": number(rest),
        },
    )


def _add_advance(rows: Rows, customer: Customer, paid: datetime) -> None:
    name = f"{customer.code}/advance"
    rows.add_record(
        DEBTS,
        name,
        {
            "Партнер_Key": key(PARTNERS, customer.code),
            "ДокументРегистратор": key(_ADVANCE, name),
            "ДокументРегистратор_Type": f"StandardODATA.{_ADVANCE}",
            "НомерДокумента": "УТ00-000071",
            "ДатаДокумента": paid.isoformat(),
            "ДатаПлановогоПогашения": paid.isoformat(),
            "СуммаДокумента": number(_ADVANCE_SUM),
            "ДолгBalance": number(-_ADVANCE_SUM),
        },
    )
