"""Records of a file into a table: customers with their outlets and people, debts with their invoices."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from decimal import Decimal
from hashlib import sha256

from pydantic import TypeAdapter

from api.domain.customer import Contact, Customer, Outlet
from api.erp.folder import words
from api.erp.folder.loading import MAIN_LIST, Load
from api.erp.folder.reading import Record
from api.erp.folder.snapshots import merge
from api.erp.port import Data

CARD = TypeAdapter(Customer)
TERMS = {
    "name": "Клиент",
    "tax_id": "ИНН",
    "list": "Вид цен",
    "prepay": "Предоплата",
    "limit": "Кредитный лимит",
    "delay": "Отсрочка",
    "minimum_sum": "Минимальная сумма",
    "sign_in": "Код для входа",
}
"""What a customer has once, however many rows it has."""
WORKING_DAYS = (1, 2, 3, 4, 5, 6)
OPENS, CLOSES = time(9), time(12)


@dataclass
class _Card:
    """A customer as its rows tell it."""

    line: int
    coded: bool
    given: dict[str, object] = field(default_factory=dict)
    outlets: dict[str, Outlet] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)


def customers(load: Load, records: Iterable[Record]) -> None:
    """A customer may have several rows, one for each outlet or person."""
    cards: dict[str, _Card] = {}
    for record in records:
        known_as = record.get("id") or record.get("name")
        card = cards.setdefault(known_as, _Card(record.line, coded="id" in record.given))
        _terms(load, card, record)
        _outlet(load, card, record, known_as)
        _contact(card, record, known_as)
    _all_coded(load, cards)
    codes = Counter(card.given["sign_in"] for card in cards.values() if "sign_in" in card.given)
    for known_as, card in cards.items():
        if codes[card.given.get("sign_in")] > 1:
            load.report.bad(card.line, "Код для входа", "", "код, которого нет у другого клиента")
        load.add(Data.CUSTOMERS, card.line, (known_as, CARD.dump_json(_customer(known_as, card)).decode()), known_as)
    load.report.judge()
    merge(load.db, Data.CUSTOMERS)
    _refer(load)


def _all_coded(load: Load, cards: Mapping[str, _Card]) -> None:
    """A row that forgot the code would make a second customer of the same name, with the prices of the main list."""
    coded = {words.fold(str(card.given["name"])): card.line for card in cards.values() if card.coded}
    for card in cards.values():
        if not card.coded and (line := coded.get(words.fold(str(card.given["name"])))) is not None:
            load.report.bad(card.line, "Код клиента", "", f"код, как в строке {line} с тем же клиентом")


def _terms(load: Load, card: _Card, record: Record) -> None:
    for name in (*TERMS, "manager", "manager_phone"):
        value = record.get(name)
        if value is None:
            continue
        if name in TERMS and card.given.setdefault(name, value) != value:
            load.report.bad(record.line, TERMS[name], str(value), f"то же, что у клиента в строке {card.line}")
        card.given.setdefault(name, value)


def _id(*parts: str) -> str:
    """A lasting id of what has no code: its words, shortened."""
    return sha256("\0".join(words.fold(part) for part in parts).encode()).hexdigest()[:16]


def _outlet(load: Load, card: _Card, record: Record, customer: str) -> None:
    code, name, address = (record.get(part, "") for part in ("outlet_id", "outlet", "address"))
    if not (code or name or address):
        return
    outlet = Outlet(
        id=f"{customer}/{code}" if code else _id(customer, name or address),
        customer_id=customer,
        name=name or address,
        address=address,
        warehouse_id=record.get("warehouse"),
        delivery_days=record.get("days", WORKING_DAYS),
        window_start=record.get("opens", OPENS),
        window_end=record.get("closes", CLOSES),
    )
    if outlet.window_start > outlet.window_end:
        load.report.bad(record.line, "Окно с", f"{outlet.window_start:%H:%M}", "время раньше, чем «Окно по»")
    # Rows of several people tell their outlet again and again.
    if card.outlets.setdefault(outlet.id, outlet) != outlet:
        load.report.bad(record.line, "Торговая точка", outlet.name, "те же адрес, дни и окно, что в её первой строке")


def _contact(card: _Card, record: Record, customer: str) -> None:
    name, phone, email = (record.get(part, "") for part in ("contact", "phone", "email"))
    if not (name or phone or email):
        return
    person = Contact(
        _id(customer, _digits(phone) or name or email), customer, name or phone or email, _phone(phone), email
    )
    card.contacts.setdefault(person.id, person)


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-10:]


def _phone(phone: str) -> str:
    """As it was written, but for a number that Excel left without its plus."""
    return f"+{phone}" if re.fullmatch(r"7\d{10}", phone) else phone


def _customer(known_as: str, card: _Card) -> Customer:
    bare = Customer(known_as, "", MAIN_LIST)
    names = {"list": "price_list_id", "prepay": "prepayment", "limit": "credit_limit", "delay": "payment_delay_days"}
    names |= {"manager": "manager_name", "sign_in": "code"}
    told = {names.get(name, name): value for name, value in card.given.items()}
    parts = {"outlets": tuple(card.outlets.values()), "contacts": tuple(card.contacts.values())}
    return replace(bare, **told, **parts)  # type: ignore[arg-type]  # the columns' readers made them


def _refer(load: Load) -> None:
    """How other files may call a customer: by code, else by a name or a tax number that nobody else has.

    What several are called is kept without an id: it means neither.
    """
    load.db.execute("DELETE FROM refs")
    cards = [CARD.validate_json(card) for (card,) in load.db.execute("SELECT card FROM rows").fetchall()]
    shared = set[str]()
    for told in ("id", "name", "tax_id"):
        named = Counter(words.fold(getattr(card, told)) for card in cards)
        for card in cards:
            ref = words.fold(getattr(card, told))
            if ref and named[ref] == 1:
                load.db.execute("INSERT OR IGNORE INTO refs VALUES (?, ?)", (ref, card.id))
        shared |= {ref for ref, times in named.items() if ref and times > 1}
    load.db.executemany("INSERT OR IGNORE INTO refs VALUES (?, NULL)", [(ref,) for ref in sorted(shared)])


def balances(load: Load, records: Iterable[Record]) -> None:
    """A row of a debt, of an unpaid document, or of both."""
    customers = load.known.customers()
    for record in records:
        customer = words.fold(record.get("customer"))
        if not load.may_be_meant(customers, record):
            continue
        number, debt = record.get("number"), record.get("debt")
        if number is None and debt is None:
            load.report.bad(record.line, "Долг", "", "долг, или накладная с суммой и сроком", "12 500,00")
            continue
        if debt is not None:
            _debt(load, record, customer, debt)
        rest: Decimal | None = record.get("rest", record.get("amount"))
        if number is None or not rest:
            continue
        if (due := record.get("due")) is None:
            load.report.bad(record.line, "Оплатить до", "", "дата", "15.12.2025")
            continue
        issued, amount = record.get("issued", due), record.get("amount", rest)
        row = (customer, number, None, issued.isoformat(), due.isoformat(), str(amount), str(rest))
        load.add(Data.BALANCES, record.line, row, number)
    load.report.judge()
    merge(load.db, Data.BALANCES)


def _debt(load: Load, record: Record, customer: str, debt: Decimal) -> None:
    """The whole debt, which may be told on each row of the customer."""
    known = load.db.execute("SELECT debt FROM incoming WHERE customer = ? AND number = ''", (customer,)).fetchone()
    if known is None:
        load.add(Data.BALANCES, record.line, (customer, "", str(debt), "", "", "", ""), customer)
    elif Decimal(known[0]) != debt:
        expected = "весь долг клиента, одинаковый во всех его строках"
        load.report.bad(record.line, "Долг", str(debt), expected)
