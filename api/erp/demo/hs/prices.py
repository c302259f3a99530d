"""Prices by the rules of the demo base: price types, agreements, discounts."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from api.domain.pricing import Terms, price_for
from api.domain.product import Price
from api.erp.demo.entities import AGREEMENTS, DISCOUNTS, EMPTY_DATE, PRICES, UNITS
from api.erp.demo.hs.goods import money, plain, ref
from api.erp.demo.hs.problems import Json
from api.erp.demo.registers import amount, read_table
from api.erp.demo.schema import SCHEMA
from api.erp.demo.store import Row, Store

KOPECK = Decimal("0.01")
Rows = dict[str, list[Price]]
"""Prices by product."""


def all_prices(store: Store, now: datetime) -> Rows:
    """Everything in force, and discounts that are to come."""
    found: Rows = defaultdict(list)
    _, slices = read_table(store, SCHEMA[PRICES], "SliceLast", {"Period": now.isoformat()})
    for row in slices:
        unit = store.get(UNITS, row["Упаковка_Key"])
        factor = amount(unit["Числитель"]) / (amount(unit["Знаменатель"]) or 1) if unit else Decimal(1)
        price = (amount(row["Цена"]) / (factor or 1)).quantize(KOPECK)
        if price > 0:
            listed = Price(row["Номенклатура_Key"], price, ref(row["ВидЦены_Key"]), valid_from=day(row["Period"]))
            found[listed.product_id].append(listed)
    listed_rows = {product: list(rows) for product, rows in found.items()}
    for row in store.rows(DISCOUNTS):
        for price_row in _discounted(row, listed_rows, now.date()):
            found[price_row.product_id].append(price_row)
    for row in store.rows(AGREEMENTS):
        if in_force(row, now.date()):
            for line in row["Товары"]:
                found[line["Номенклатура_Key"]].append(_contract(row, line))
    return found


def day(text: str) -> date | None:
    """A date; None for 1C's empty one."""
    return None if text in ("", EMPTY_DATE) else datetime.fromisoformat(text).date()


def in_force(agreement: Row, today: date) -> bool:
    """Whether an agreement holds."""
    if agreement["DeletionMark"] or agreement["Статус"] not in ("", "Действует"):
        return False
    starts, ends = day(agreement["ДатаНачалаДействия"]), day(agreement["ДатаОкончанияДействия"])
    return (starts is None or starts <= today) and (ends is None or today <= ends)


def agreement_of(store: Store, customer: str, today: date) -> Row | None:
    """The agreement to trade by: of those in force the one that started last."""
    held = [row for row in store.rows(AGREEMENTS) if row["Партнер_Key"] == customer and in_force(row, today)]
    return max(held, key=lambda row: row["ДатаНачалаДействия"], default=None)


def own_price(prices: Rows, product: str, quantity: Decimal, agreement: Row, today: date) -> Decimal | None:
    """What the customer pays for a base unit; None: it has no price."""
    customer, prepays = agreement["Партнер_Key"], agreement["ФормаОплаты"] == "Предоплата"
    found = price_for(prices.get(product, ()), quantity, Terms(customer, ref(agreement["ВидЦен_Key"]), prepays), today)
    return None if found is None else found.amount


def _contract(agreement: Row, line: Row) -> Price:
    return Price(
        line["Номенклатура_Key"],
        amount(line["Цена"]).quantize(KOPECK),
        customer_id=agreement["Партнер_Key"],
        valid_from=day(agreement["ДатаНачалаДействия"]),
        valid_to=day(agreement["ДатаОкончанияДействия"]),
    )


def _discounted(row: Row, listed: Rows, today: date) -> Iterator[Price]:
    ends, only, condition = day(row["ДатаОкончания"]), ref(row["ВидЦен_Key"]), row["УсловиеПредоставления"]
    if row["DeletionMark"] or (ends and ends < today):
        return
    for product in [line["Номенклатура_Key"] for line in row["Товары"]] or list(listed):
        for price in listed.get(product, ()):
            lower = _lower(row, price.amount)
            if only in (None, price.price_list_id) and lower > 0:
                yield Price(
                    product,
                    lower,
                    price.price_list_id,
                    min_quantity=amount(row["ЗначениеУсловияОграничения"]) if condition == "Количество" else Decimal(0),
                    prepayment=condition == "Предоплата",
                    promo=row["Description"] if condition == "Акция" else "",
                    valid_from=day(row["ДатаНачала"]),
                    valid_to=ends,
                )


def _lower(discount: Row, price: Decimal) -> Decimal:
    value = amount(discount["ЗначениеСкидкиНаценки"])
    return (price * (100 - value) / 100 if discount["СпособПредоставления"] == "Процент" else value).quantize(KOPECK)


def shown(row: tuple[str, list[Price]]) -> Json:
    """A product with its prices."""
    return {"product_id": row[0], "prices": [_shown(price) for price in row[1]]}


def _shown(price: Price) -> Json:
    return {
        "amount": money(price.amount),
        "price_list_id": price.price_list_id,
        "customer_id": price.customer_id,
        "min_quantity": plain(price.min_quantity),
        "prepayment": price.prepayment,
        "promo": price.promo,
        "valid_from": price.valid_from and price.valid_from.isoformat(),
        "valid_to": price.valid_to and price.valid_to.isoformat(),
    }
