"""Customers with their contracts, agreements, outlets and people; the distributor's own firm, managers, warehouses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from api.erp.demo.entities import (
    AGREEMENTS,
    CONTACTS,
    CONTRACTS,
    COUNTERPARTIES,
    CURRENCIES,
    EMPTY_DATE,
    EMPTY_REF,
    ORGANIZATIONS,
    OUTLETS,
    PARTNERS,
    PRICE_TYPES,
    PRODUCTS,
    USERS,
    WAREHOUSES,
)
from api.erp.demo.registers import number
from api.erp.demo.seed.prices import ROUBLE
from api.erp.demo.seed.rows import Rows, key, table

ORGANIZATION = "ПродЭкспресс"
MANAGERS = {
    "1": ("Алексей Ветров", "+7 900 000-00-01"),
    "2": ("Марина Соколова", "+7 900 000-00-02"),
    "3": ("Игорь Панин", "+7 900 000-00-03"),
}
WAREHOUSE_NAMES = {"1": "Основной склад", "2": "Склад «Северный»"}
_FIRST_PHONE = 11


@dataclass(frozen=True)
class Customer:
    """A row of customers.csv."""

    code: str
    name: str
    legal: str
    kind: str
    price_type: str
    prepayment: bool
    limit: Decimal
    days: int
    minimum_sum: Decimal
    manager: str
    warehouse: str
    situation: str


def customers() -> list[Customer]:
    return [
        Customer(
            code=row["code"],
            name=row["name"],
            legal=row["legal"],
            kind=row["kind"],
            price_type=row["price_type"],
            prepayment=row["payment"] == "Предоплата",
            limit=Decimal(row["limit"]),
            days=int(row["days"]),
            minimum_sum=Decimal(row["minimum_sum"]),
            manager=row["manager"],
            warehouse=row["warehouse"],
            situation=row["situation"],
        )
        for row in table("customers")
    ]


def add_own(rows: Rows) -> None:
    """The distributor: its firm, warehouses, managers."""
    rows.add(
        ORGANIZATIONS,
        ORGANIZATION,
        {
            "Description": ORGANIZATION,
            "НаименованиеПолное": f"ООО «{ORGANIZATION}»",
            "ИНН": "0000000001",
        },
    )
    for code, name in WAREHOUSE_NAMES.items():
        rows.add(WAREHOUSES, code, {"Description": name})
    for code, (name, phone) in MANAGERS.items():
        rows.add(USERS, code, {"Description": name, "Телефон": phone})


def add_customers(
    rows: Rows,
    known: Collection[Customer],
    contract_prices: Mapping[str, Decimal],
    today: datetime,
) -> None:
    """Everything about customers but their orders and debts."""
    for place, customer in enumerate(known, start=1):
        _add_company(rows, customer, place)
        _add_agreement(rows, customer, contract_prices if customer.situation == "contract" else {}, today)
    warehouses = {customer.code: customer.warehouse for customer in known}
    for row in table("outlets"):
        rows.add(
            OUTLETS,
            f"{row['code']}/{row['name']}",
            {
                "Owner_Key": key(PARTNERS, row["code"]),
                "Description": row["name"],
                "Адрес": row["address"],
                "Склад_Key": key(WAREHOUSES, warehouses[row["code"]]),
                "ДниДоставки": row["days"],
                "ОкноС": row["opens"],
                "ОкноПо": row["closes"],
            },
        )
    for place, row in enumerate(table("contacts"), start=_FIRST_PHONE):
        rows.add(
            CONTACTS,
            f"{row['code']}/{row['name']}",
            {
                "Owner_Key": key(PARTNERS, row["code"]),
                "Description": row["name"],
                "Телефон": f"+7 900 000-00-{place:02d}",
                "АдресЭП": f"{row['login']}@example.com",
            },
        )


def _add_company(rows: Rows, customer: Customer, place: int) -> None:
    partner = rows.add(
        PARTNERS,
        customer.code,
        {
            "Description": customer.name,
            "НаименованиеПолное": customer.legal,
            "ОсновнойМенеджер_Key": key(USERS, customer.manager),
            "КодДляБота": customer.code,
        },
    )
    counterparty = rows.add(
        COUNTERPARTIES,
        customer.code,
        {
            "Description": customer.legal,
            "НаименованиеПолное": customer.legal,
            "Партнер_Key": partner,
            "ИНН": f"00{place:08d}",
        },
    )
    rows.add(
        CONTRACTS,
        customer.code,
        {
            "Description": f"Договор поставки №{place}",
            "Партнер_Key": partner,
            "Контрагент_Key": counterparty,
            "Организация_Key": key(ORGANIZATIONS, ORGANIZATION),
            "КонтролироватьСуммуЗадолженности": customer.limit > 0,
            "ДопустимаяСуммаЗадолженности": number(customer.limit),
            "ДопустимоеЧислоДнейЗадолженности": customer.days,
        },
    )


def _add_agreement(rows: Rows, customer: Customer, own_prices: Mapping[str, Decimal], today: datetime) -> None:
    rows.add(
        AGREEMENTS,
        customer.code,
        {
            "Description": f"Соглашение: {customer.name}",
            "Партнер_Key": key(PARTNERS, customer.code),
            "ВидЦен_Key": key(PRICE_TYPES, customer.price_type),
            "Статус": "Действует",
            "ДатаНачалаДействия": (today - timedelta(days=400)).isoformat(),
            "ДатаОкончанияДействия": EMPTY_DATE,
            "Договор_Key": key(CONTRACTS, customer.code),
            "Склад_Key": key(WAREHOUSES, customer.warehouse),
            "ФормаОплаты": "Предоплата" if customer.prepayment else "Отсрочка",
            "МинимальнаяСуммаЗаказа": number(customer.minimum_sum),
            "Организация_Key": key(ORGANIZATIONS, ORGANIZATION),
            "Валюта_Key": key(CURRENCIES, ROUBLE),
            "ЦенаВключаетНДС": True,
            "Товары": [
                {
                    "LineNumber": str(place),
                    "Номенклатура_Key": key(PRODUCTS, sku),
                    "Упаковка_Key": EMPTY_REF,
                    "Цена": number(price),
                }
                for place, (sku, price) in enumerate(own_prices.items(), start=1)
            ],
        },
    )
