"""Companies as files describe them, and as customers of ours."""

import hashlib
from collections.abc import Mapping
from typing import Any

from api.domain.customer import Contact, Customer, Outlet
from api.erp.commerceml.goods import is_withdrawn
from api.erp.commerceml.node import Node, number
from api.erp.commerceml.settings import CommercemlSettings

ADDRESSES = ("Адрес", "АдресРегистрации", "ЮридическийАдрес")
"""The actual one first."""
BUYER = ("", "Покупатель")


def company(node: Node) -> dict[str, Any] | None:
    """`Контрагент` as plain values; None: no id, or it is the seller."""
    ref = node.text("Ид")
    if not ref or node.text("Роль") not in BUYER:
        return None
    return {
        "id": ref,
        "name": node.text("Наименование", "ОфициальноеНаименование", "ПолноеНаименование") or ref,
        "tax_id": node.text("ИНН"),
        "address": next((text for name in ADDRESSES if (text := _address(node.node(name)))), ""),
        "contacts": _contacts(node, ref),
        "facts": node.requisites(),
        "withdrawn": is_withdrawn(node),
    }


def _address(node: Node | None) -> str:
    if node is None:
        return ""
    parts = (item.text("Значение") for item in node.nodes("АдресноеПоле"))
    return node.text("Представление").strip(", ") or ", ".join(part for part in parts if part)


def _contacts(node: Node, ref: str) -> list[dict[str, str]]:
    """Representatives with their numbers, then the company's own numbers."""
    found = []
    for item in node.items("Представители", "Представитель"):
        person = item.node("Контрагент") or item
        # One person may act for two companies: the id is of this person at this company.
        found.append(_person(person, f"{ref}#{person.text('Ид', 'Наименование')}"))
    own = _person(node, f"{ref}#контакт")
    return [*found, own] if own["phone"] or own["email"] else found


def _person(node: Node, ref: str) -> dict[str, str]:
    name = node.text("Наименование", "ПолноеНаименование", "ОфициальноеНаименование")
    phones, email = [], ""
    for item in node.items("Контакты", "Контакт"):
        kind, value = item.text("Тип", "КонтактВид").lower(), item.text("Значение")
        if "@" in value:
            email = email or value
        elif "телефон" in kind and value:
            phones.append(value)
    return {"id": ref, "name": name, "phone": ", ".join(phones), "email": email}


def customer(body: Mapping[str, Any], settings: CommercemlSettings, price_types: Mapping[str, str]) -> Customer:
    """The company as our customer. `price_types`: ids, also by lower-case name."""
    ref = str(body["id"])
    facts = dict(reversed(body["facts"]))
    wanted = facts.get(settings.price_type_field) or settings.price_type
    delay = number(facts.get(settings.delay_field, ""))
    return Customer(
        id=ref,
        name=body["name"],
        price_list_id=price_types.get(wanted.lower()),
        tax_id=body["tax_id"],
        # An empty number leaves 1C as 0: that is no limit, not the limit of nothing.
        credit_limit=number(facts.get(settings.credit_limit_field, "")) or None,
        payment_delay_days=int(delay) if delay else 0,
        outlets=tuple(_outlets(body, settings.outlet_field)),
        contacts=tuple(
            Contact(row["id"], ref, row["name"], row["phone"], row["email"]) for row in body["contacts"] if row["name"]
        ),
        code=facts.get(settings.code_field, ""),
    )


def _outlets(body: Mapping[str, Any], field: str) -> list[Outlet]:
    """Addresses of delivery; without them the company's own."""
    ref = str(body["id"])
    listed = list(dict.fromkeys(value for name, value in body["facts"] if name == field and value))
    if listed:
        return [Outlet(f"{ref}#{_mark(address)}", ref, address, address) for address in listed]
    return [Outlet(f"{ref}#адрес", ref, body["address"], body["address"])] if body["address"] else []


def _mark(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:10]
