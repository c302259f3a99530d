"""Customers and what they owe, as the contract shows them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from api.erp.demo.entities import CONTACTS, CONTRACTS, COUNTERPARTIES, EMPTY_REF, OUTLETS, PARTNERS, USERS
from api.erp.demo.hs.goods import money, ref
from api.erp.demo.hs.prices import agreement_of, day
from api.erp.demo.hs.problems import Json, Problem
from api.erp.demo.registers import amount, invoice_rows
from api.erp.demo.store import Row, Store


def is_active(partner: Row) -> bool:
    return not (partner["DeletionMark"] or partner["Недействителен"])


def known(store: Store, customer: str) -> Row:
    """A customer that may buy."""
    partner = store.get(PARTNERS, customer)
    if partner is None or not is_active(partner):
        raise Problem("customer", f"Партнёра {customer} нет или он закрыт.")
    return partner


def customer(store: Store, partner: Row, today: date) -> Json:
    """The whole card."""
    found = partner["Ref_Key"]
    agreement = agreement_of(store, found, today)
    contract = store.get(CONTRACTS, agreement["Договор_Key"]) if agreement else None
    company = next((row for row in store.rows(COUNTERPARTIES) if row["Партнер_Key"] == found), None)
    manager = store.get(USERS, partner["ОсновнойМенеджер_Key"]) or {}
    limited = contract is not None and contract["КонтролироватьСуммуЗадолженности"]
    return {
        "id": found,
        "name": partner["НаименованиеПолное"] or partner["Description"],
        "active": is_active(partner),
        "price_list_id": ref(agreement["ВидЦен_Key"]) if agreement else None,
        "prepayment": agreement is not None and agreement["ФормаОплаты"] == "Предоплата",
        "tax_id": company["ИНН"] if company else "",
        "credit_limit": money(contract["ДопустимаяСуммаЗадолженности"]) if contract and limited else None,
        "payment_delay_days": contract["ДопустимоеЧислоДнейЗадолженности"] if contract else 0,
        "minimum_sum": money(agreement["МинимальнаяСуммаЗаказа"]) if agreement else "0",
        "manager_name": manager.get("Description", ""),
        "manager_phone": manager.get("Телефон", ""),
        "code": partner["КодДляБота"],
        "outlets": [_outlet(row, agreement) for row in _owned(store, OUTLETS, found)],
        "contacts": [_contact(row) for row in _owned(store, CONTACTS, found)],
    }


def _owned(store: Store, entity: str, owner: str) -> list[Row]:
    return [row for row in store.rows(entity) if row["Owner_Key"] == owner and not row["DeletionMark"]]


def _outlet(row: Row, agreement: Row | None) -> Json:
    days = sorted({int(item) for item in row["ДниДоставки"].split(",") if item in set("1234567")})
    return {
        "id": row["Ref_Key"],
        "name": row["Description"],
        "address": row["Адрес"],
        "warehouse_id": ref(row["Склад_Key"]) or (ref(agreement["Склад_Key"]) if agreement else None),
        "delivery_days": days or [1, 2, 3, 4, 5, 6],
        "window_start": row["ОкноС"].zfill(5) if row["ОкноС"] else "09:00",
        "window_end": row["ОкноПо"].zfill(5) if row["ОкноПо"] else "12:00",
    }


def _contact(row: Row) -> Json:
    return {"id": row["Ref_Key"], "name": row["Description"], "phone": row["Телефон"], "email": row["АдресЭП"]}


def balances(store: Store, asked: Iterable[str] | None) -> list[Json]:
    """Who owes or has paid ahead; those asked for are told in any case."""
    debts: dict[str, Decimal] = defaultdict(Decimal)
    invoices: dict[str, list[Json]] = defaultdict(list)
    for row in invoice_rows(store):
        debts[row["Партнер_Key"]] += amount(row["ДолгBalance"])
        if amount(row["ДолгBalance"]) > 0:
            invoices[row["Партнер_Key"]].append(_invoice(row))
    wanted = [found for found in debts if found != EMPTY_REF] if asked is None else list(asked)
    return [{"customer_id": who, "debt": money(debts[who]), "invoices": invoices[who]} for who in wanted]


def _invoice(row: Row) -> Json:
    issued = day(row["ДатаДокумента"]) or date.min
    due = day(row["ДатаПлановогоПогашения"]) or issued
    return {
        "number": row["НомерДокумента"],
        "issued": issued.isoformat(),
        "due": due.isoformat(),
        "amount": money(row["СуммаДокумента"]),
        "rest": money(row["ДолгBalance"]),
    }
