"""Three months of weekly orders, and what follows from them: stock, reserves, debts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from api.erp.demo.entities import (
    AGREEMENTS,
    CONTRACTS,
    COUNTERPARTIES,
    EMPTY_REF,
    ORDERS,
    ORGANIZATIONS,
    OUTLETS,
    PARTNERS,
    UNITS,
    USERS,
    WAREHOUSES,
)
from api.erp.demo.registers import HISTORY, number
from api.erp.demo.seed.goods import Good
from api.erp.demo.seed.people import ORGANIZATION, Customer
from api.erp.demo.seed.prices import price_on
from api.erp.demo.seed.rows import Rows, between, chance, key, table

WEEKS = 13
LAST_NUMBER = 12846
"""The next order made in the demo is №12847."""
_OUT = 0.04
_LOW = 0.10
_TASTES = {
    "cafe": (
        "Молочная продукция",
        "Сиропы и топпинги",
        "Кофе и чай",
        "Упаковка и расходники",
        "Хлеб и выпечка",
        "Овощи и фрукты",
        "Сладости",
        "Сыры",
    ),
    "canteen": (
        "Молочная продукция",
        "Бакалея",
        "Мясо и колбасы",
        "Овощи и фрукты",
        "Хлеб и выпечка",
        "Яйцо и птица",
        "Замороженные продукты",
    ),
    "shop": (
        "Молочная продукция",
        "Напитки",
        "Хлеб и выпечка",
        "Бакалея",
        "Сладости",
        "Замороженные продукты",
        "Мясо и колбасы",
        "Сыры",
    ),
    "bakery": ("Молочная продукция", "Бакалея", "Яйцо и птица", "Сиропы и топпинги", "Упаковка и расходники"),
}


@dataclass(frozen=True)
class Purchase:
    """An order of the past: `day` relative to today, quantities in base units, `outlet` a row of outlets.csv."""

    customer: Customer
    day: int
    made_at: datetime
    delivery: datetime
    outlet: dict[str, str]
    lines: tuple[tuple[Good, Decimal], ...]
    status: str
    last: bool


def stock_of(good: Good, warehouse: str) -> Decimal:
    """Free goods of a warehouse; a few are out or short everywhere."""
    if good.state in {"out", "withdrawn", "on_order"}:
        return Decimal(0)
    luck = 1.0 if good.told else chance(f"stock {good.sku}")
    if luck < _OUT or (warehouse == "2" and not good.told and chance(f"north {good.sku}") < 0.15):
        return Decimal(0)
    if luck < _LOW:
        return good.step * between(f"low {good.sku} {warehouse}", 1, 5)
    return good.step * between(f"much {good.sku} {warehouse}", 120, 900)


def purchases(known: list[Customer], goods: list[Good], today: datetime) -> list[Purchase]:
    """All orders of the past, oldest first."""
    told = _told_orders({good.sku: good for good in goods})
    made = [
        purchase
        for customer in known
        if customer.situation != "new"
        for purchase in _of_customer(customer, goods, told.get(customer.code), today)
    ]
    return sorted(made, key=lambda purchase: (purchase.made_at, purchase.customer.code))


def _told_orders(goods: Mapping[str, Good]) -> dict[str, tuple[int, tuple[tuple[Good, Decimal], ...]]]:
    orders: dict[str, tuple[int, tuple[tuple[Good, Decimal], ...]]] = {}
    for row in table("last_orders"):
        _, lines = orders.get(row["code"], (0, ()))
        line = (goods[row["sku"]], Decimal(row["quantity"]))
        orders[row["code"]] = (-int(row["days_ago"]), (*lines, line))
    return orders


def _of_customer(
    customer: Customer,
    goods: list[Good],
    told: tuple[int, tuple[tuple[Good, Decimal], ...]] | None,
    today: datetime,
) -> list[Purchase]:
    usual = _usual(customer, goods)
    last_day = told[0] if told else -between(f"last {customer.code}", 1, 6)
    if told:
        # One milk, one syrup: «молока 8» must mean one thing to those whose last order is told.
        folders = {good.folder for good, _ in told[1]}
        usual = [good for good, _ in told[1]] + [good for good in usual if good.folder not in folders][:9]
    known = {good.sku: quantity for good, quantity in told[1]} if told else {}
    made = []
    for week in range(WEEKS):
        day = last_day - 7 * week
        lines = told[1] if told and week == 0 else _basket(customer, usual, week, known)
        made.append(_purchase(customer, day, lines, today, last=week == 0))
    return made


def _purchase(
    customer: Customer,
    day: int,
    lines: tuple[tuple[Good, Decimal], ...],
    today: datetime,
    *,
    last: bool,
) -> Purchase:
    outlets = [row for row in table("outlets") if row["code"] == customer.code]
    outlet = outlets[between(f"outlet {customer.code} {day}", 0, len(outlets) - 1)]
    made_at = today + timedelta(days=day, hours=8, minutes=between(f"time {customer.code} {day}", 0, 540))
    delivery = _delivery(today + timedelta(days=day), outlet["days"])
    status = "Закрыт" if delivery < today else "КОтгрузке" if delivery == today else "КОбеспечению"
    return Purchase(customer, day, made_at, delivery, outlet, lines, status, last)


def _usual(customer: Customer, goods: list[Good]) -> list[Good]:
    """What a customer takes again and again: sound goods of the tastes of its kind."""
    fit = [
        good
        for good in goods
        if good.category in _TASTES[customer.kind]
        and good.state == "stock"
        and not good.told
        and stock_of(good, customer.warehouse) >= good.step * 100
    ]
    ranked = sorted(fit, key=lambda good: chance(f"{customer.code} {good.sku}"))
    return ranked[: between(f"usual {customer.code}", 10, 16)]


def _basket(
    customer: Customer,
    usual: list[Good],
    week: int,
    told: Mapping[str, Decimal],
) -> tuple[tuple[Good, Decimal], ...]:
    """A week's order; goods of a told last order keep close to its quantities."""
    kept = [good for good in usual if chance(f"{customer.code} {good.sku} {week}") < 0.72] or usual[:3]
    return tuple(
        (
            good,
            max(good.step, told[good.sku] + between(f"{good.sku} {week}", -1, 1))
            if good.sku in told
            else _quantity(customer, good, week),
        )
        for good in kept
    )


def _quantity(customer: Customer, good: Good, week: int) -> Decimal:
    """The customer's usual quantity, a little more or less; whole packings for shops."""
    wish = between(f"size {customer.code} {good.sku}", 3, 12) + between(f"{customer.code} {good.sku} wk {week}", -2, 2)
    if good.prices["retail"] > 1000:
        wish = max(1, wish // 3)
    pack = min((factor for _, factor in good.packs), default=Decimal(1))
    quantity = Decimal(max(1, wish))
    if customer.kind == "shop" and good.unit == "шт" and good.prices["retail"] < 200:
        quantity = pack * max(1, round(wish / 4))
    steps = max(Decimal(1), (quantity / good.step).to_integral_value())
    return max(good.minimum, steps * good.step)


def order_price(good: Good, purchase: Purchase, contract: Mapping[str, Decimal]) -> Decimal:
    """What the customer paid for a base unit that day."""
    if purchase.customer.situation == "contract" and good.sku in contract:
        return contract[good.sku]
    return price_on(good, purchase.customer.price_type, purchase.day)


def add_orders(rows: Rows, made: list[Purchase], contract: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The order documents; the sum of each by its number."""
    sums: dict[str, Decimal] = {}
    for number_, purchase in enumerate(made, start=LAST_NUMBER - len(made) + 1):
        name = f"УТ00-{number_:06d}"
        row = _order(purchase, contract, name)
        rows.add(ORDERS, name, row)
        sums[name] = Decimal(str(row["СуммаДокумента"]))
    return sums


def _order(purchase: Purchase, contract: Mapping[str, Decimal], number_: str) -> dict[str, object]:
    customer, outlet = purchase.customer, purchase.outlet
    lines = [
        _line(place, good, quantity, order_price(good, purchase, contract), _pack(good, quantity, customer))
        for place, (good, quantity) in enumerate(purchase.lines, start=1)
    ]
    return {
        "Number": number_,
        "Date": purchase.made_at.isoformat(),
        "Posted": True,
        "Статус": purchase.status,
        "ЦенаВключаетНДС": True,
        "Партнер_Key": key(PARTNERS, customer.code),
        "Контрагент_Key": key(COUNTERPARTIES, customer.code),
        "Соглашение_Key": key(AGREEMENTS, customer.code),
        "Договор_Key": key(CONTRACTS, customer.code),
        "Организация_Key": key(ORGANIZATIONS, ORGANIZATION),
        "Склад_Key": key(WAREHOUSES, customer.warehouse),
        "ТорговаяТочка_Key": key(OUTLETS, f"{customer.code}/{outlet['name']}"),
        "ЖелаемаяДатаОтгрузки": purchase.delivery.isoformat(),
        "АдресДоставки": outlet["address"],
        "Менеджер_Key": key(USERS, customer.manager),
        "Комментарий": "Заказ по телефону",
        "Товары": lines,
        "СуммаДокумента": number(sum((Decimal(str(line["Сумма"])) for line in lines), Decimal(0))),
        HISTORY: purchase.status == "Закрыт",
    }


def _delivery(day: datetime, weekdays: str) -> datetime:
    days = {int(item) for item in weekdays.split(",")}
    day += timedelta(days=1)
    while day.isoweekday() not in days:
        day += timedelta(days=1)
    return day


def _pack(good: Good, quantity: Decimal, customer: Customer) -> tuple[str, Decimal]:
    """The packing a manager writes for a shop, when the quantity is whole packings of it."""
    whole = [(unit, factor) for unit, factor in good.packs if quantity % factor == 0]
    return whole[0] if whole and customer.kind == "shop" and not good.told else ("", Decimal(1))


def _line(
    place: int,
    good: Good,
    quantity: Decimal,
    price: Decimal,
    pack: tuple[str, Decimal],
) -> dict[str, object]:
    """As УТ 11 writes it: in packings, and the price is then that of a packing."""
    unit, factor = pack
    return {
        "LineNumber": str(place),
        "Номенклатура_Key": good.ref,
        "Упаковка_Key": key(UNITS, f"{good.sku}/{unit}") if unit else EMPTY_REF,
        "КоличествоУпаковок": number(quantity / factor),
        "Количество": number(quantity),
        "Цена": number(price * factor),
        "Сумма": number((quantity * price).quantize(Decimal("0.01"))),
        "СтавкаНДС": "НДС10",
        "СуммаНДС": 0,
        "Отменено": False,
    }
