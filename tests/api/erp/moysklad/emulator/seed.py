"""A small distributor's account: two warehouses, two price types, a folder in a folder, a product with variants."""

from datetime import datetime, timedelta
from typing import Any

from tests.api.erp.moysklad.emulator.store import MSK, Row, Store

STATES = (
    ("Новый", "Regular"),
    ("Подтверждён", "Regular"),
    ("Собран", "Regular"),
    ("Отгружен", "Regular"),
    ("Доставлен", "Successful"),
    ("Возврат", "Unsuccessful"),
    ("Отменён", "Unsuccessful"),
)
FIELDS = {
    "counterparty": (
        ("Кредитный лимит", "double"),
        ("Отсрочка, дней", "long"),
        ("Минимальная сумма заказа", "double"),
        ("Предоплата", "boolean"),
        ("Код для бота", "string"),
        ("Торговые точки", "text"),
        ("Склад отгрузки", "store"),
    ),
    "product": (
        ("Бренд", "string"),
        ("Кратность заказа", "double"),
        ("Минимум заказа", "double"),
        ("Срок поставки, дней", "long"),
    ),
}


def seed(store: Store) -> None:
    for number, (name, kind) in enumerate(STATES):
        ref = f"00000000-0000-0000-0001-{number:012d}"
        state = store.meta(f"entity/customerorder/metadata/states/{ref}", "state")
        store.metadata["customerorder"]["states"].append(
            state | {"id": ref, "name": name, "stateType": kind, "color": 15106326, "entityType": "customerorder"}
        )
    for owner, fields in FIELDS.items():
        for number, (name, kind) in enumerate(fields):
            ref = f"00000000-0000-0000-0002-{len(owner):04d}{number:08d}"
            field = store.meta(f"entity/{owner}/metadata/attributes/{ref}", "attributemetadata")
            store.metadata[owner]["attributes"].append(
                field | {"id": ref, "name": name, "type": kind, "required": False}
            )
    for number, name in enumerate(("Розничная", "Оптовая")):
        ref = f"00000000-0000-0000-0003-{number:012d}"
        link = store.meta(f"context/companysettings/pricetype/{ref}", "pricetype")
        store.price_types.append(link | {"id": ref, "name": name, "externalCode": f"price-{number}"})
    store.add("currency", name="руб", fullName="Российский рубль", code="643", isoCode="RUB", default=True)
    store.add("currency", name="доллар", code="840", isoCode="USD", default=False)
    for name in ("шт", "кг", "кор"):
        store.add("uom", name=name)
    store.add("organization", name="ООО «Поставщик»", payerVat=True, archived=False)
    store.add("store", name="Основной", archived=False)
    store.add("store", name="Южный", archived=False)
    store.add("saleschannel", name="Бот", type="MESSENGER")
    manager = store.add("employee", name="Иванова И.", fullName="Иванова Ирина", phone="+79000000001")
    _goods(store)
    _people(store, manager)


def named(store: Store, kind: str, name: str) -> Row:
    return next(row for row in store.rows[kind].values() if row["name"] == name)


def to(row: Row) -> Row:
    """A link to the row."""
    return {"meta": dict(row["meta"])}


def field(store: Store, owner: str, name: str, value: Any) -> Row:
    return next(one for one in store.metadata[owner]["attributes"] if one["name"] == name) | {"value": value}


def price(store: Store, kind: int, kopecks: float, currency: str = "руб") -> Row:
    return {"value": kopecks, "currency": to(named(store, "currency", currency)), "priceType": store.price_types[kind]}


def _goods(store: Store) -> None:
    dairy = store.add("productfolder", name="Молочное", archived=False)
    milk = store.add("productfolder", name="Молоко", archived=False, productFolder=to(dairy))
    uom = {name: to(named(store, "uom", name)) for name in ("шт", "кг", "кор")}

    def product(name: str, unit: str, folder: Row, **fields: Any) -> Row:
        plain: Row = {"archived": False, "variantsCount": 0, "effectiveVat": 10, "effectiveVatEnabled": True}
        return store.add("product", name=name, uom=uom[unit], productFolder=to(folder), **(plain | fields))

    packs = [{"id": "pack-1", "uom": uom["кор"], "quantity": 12.0}]
    first = product(
        "Молоко «Луговое» 3,2% 1 л",
        "шт",
        milk,
        article="10001",
        code="00001",
        packs=packs,
        salePrices=[price(store, 0, 60000.0), price(store, 1, 50000.0)],
        attributes=[field(store, "product", "Бренд", "Луговое")],
    )
    second = product(
        "Сыр весовой",
        "кг",
        dairy,
        article="10002",
        code="00002",
        salePrices=[price(store, 1, 9990.0), price(store, 0, 0.0)],
    )
    product("Сметана 15%", "шт", dairy, article="77", code="00003", salePrices=[price(store, 1, 12345.5)])
    product("Сметана 20%", "шт", dairy, article="77", code="00004", salePrices=[price(store, 1, 100, "доллар")])
    product("Кефир старый", "шт", dairy, article="10005", code="00005", archived=True)
    heading = product("Йогурт", "шт", dairy, article="Y", code="00006", variantsCount=2, packs=packs)
    for taste in ("вишня", "персик"):
        variant = store.add(
            "variant",
            name=f"Йогурт ({taste})",
            code=f"00006-{taste}",
            archived=False,
            product=to(heading),
            characteristics=[{"name": "Вкус", "value": taste}],
            salePrices=[price(store, 1, 4500.0)],
        )
        store.stock[variant["id"], named(store, "store", "Основной")["id"]] = 40.0
    main, south = named(store, "store", "Основной"), named(store, "store", "Южный")
    for card, on_hand in ((first, 1000.0), (second, 500.5)):
        store.stock[card["id"], main["id"]] = on_hand
    store.stock[first["id"], south["id"]] = -3.0
    store.stock[first["id"], None] = -5.0
    store.stock[second["id"], south["id"]] = 0.0


def _people(store: Store, manager: Row) -> None:
    def counterparty(name: str, **fields: Any) -> Row:
        plain: Row = {"archived": False, "companyType": "legal", "contactpersons": [], "owner": to(manager)}
        return store.add("counterparty", name=name, **(plain | fields))

    romashka = counterparty(
        "ООО «Ромашка»",
        inn="7700000001",
        phone="+7 495 000-00-01",
        actualAddress="г. Москва, ул. Садовая, 12",
        tags=["покупатели"],
        priceType={"meta": dict(store.price_types[1]["meta"])},
        attributes=[
            field(store, "counterparty", "Кредитный лимит", 100000.0),
            field(store, "counterparty", "Отсрочка, дней", 14),
            field(store, "counterparty", "Код для бота", "ROMASHKA"),
        ],
    )
    romashka["contactpersons"].append(store.add("contactperson", name="Анна", phone="+79000000011"))
    debtor = counterparty("Бистро «Долг»", tags=["покупатели"], actualAddress="ул. Долгая, 1")
    counterparty(
        "Сеть «Три точки»",
        tags=["покупатели"],
        attributes=[
            field(
                store,
                "counterparty",
                "Торговые точки",
                "Центр | ул. Центральная, 1\nЮг | ул. Южная, 2\n\nул. Без имени, 3",
            ),
            field(store, "counterparty", "Склад отгрузки", to(named(store, "store", "Южный")) | {"name": "Южный"}),
        ],
    )
    counterparty("Завод-поставщик", tags=["поставщики"])
    today = datetime.now(MSK).replace(hour=12, minute=0, second=0, microsecond=0)
    for number, (days, due, total, paid) in enumerate(((40, 10, 90000, 50000), (5, -9, 100000, 0)), start=1):
        store.add(
            "invoiceout",
            name=f"{number:05d}",
            agent=to(debtor),
            applicable=True,
            moment=f"{today - timedelta(days=days):%Y-%m-%d %H:%M:%S}.000",
            paymentPlannedMoment=f"{today - timedelta(days=due):%Y-%m-%d %H:%M:%S}.000",
            sum=float(total),
            payedSum=float(paid),
            shippedSum=float(total),
        )
    store.balances[debtor["id"]] = -140000.0
