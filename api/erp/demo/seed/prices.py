"""Price types, the history of prices, contract prices, discounts and promotions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from api.erp.demo.entities import CURRENCIES, DISCOUNTS, EMPTY_DATE, EMPTY_REF, PRICE_TYPES, PRICES, UNITS
from api.erp.demo.registers import number
from api.erp.demo.seed.goods import PRICE_FACTORS, Good, round_price
from api.erp.demo.seed.rows import Rows, chance, key, table

TYPE_NAMES = {"retail": "Розничная", "wholesale": "Оптовая", "horeca": "Кафе и рестораны"}
ROUBLE = "Российский рубль"
_RECORDER = "Document_УстановкаЦенНоменклатуры"
_FIRST_DAY = -110
_REPRICED_DAYS_AGO = 2
_CONTRACT_SHARE = Decimal("0.95")


@dataclass(frozen=True)
class Change:
    """A price of a base unit, in force from `day` (relative to today)."""

    day: int
    price: Decimal


def price_history(good: Good, kind: str) -> list[Change]:
    """Prices of a good in one price type, oldest first; some have a new one set for the future."""
    now = good.prices[kind]
    if good.state == "repriced":
        return [Change(_FIRST_DAY, round_price(now * Decimal("0.95"))), Change(-_REPRICED_DAYS_AGO, now)]
    if good.told:
        return [Change(_FIRST_DAY, now)]
    luck = chance(f"history {good.sku}")
    if luck < 0.3:
        return [Change(_FIRST_DAY, round_price(now * Decimal("0.95"))), Change(-25, now)]
    if luck > 0.97:
        return [Change(_FIRST_DAY, now), Change(10, round_price(now * Decimal("1.06")))]
    return [Change(_FIRST_DAY, now)]


def price_on(good: Good, kind: str, day: int) -> Decimal:
    """The price of a price type on a day relative to today."""
    return [change.price for change in price_history(good, kind) if change.day <= day][-1]


def add_prices(rows: Rows, goods: Iterable[Good], today: datetime) -> None:
    """The rouble, the price types and the register of prices."""
    rouble = rows.add(CURRENCIES, ROUBLE, {"Code": "643", "Description": "RUB", "НаименованиеПолное": ROUBLE})
    for kind, name in TYPE_NAMES.items():
        rows.add(PRICE_TYPES, kind, {"Description": name, "ВалютаЦены_Key": rouble, "ЦенаВключаетНДС": True})
    for good in goods:
        for kind in PRICE_FACTORS:
            for change in price_history(good, kind):
                period = (today + timedelta(days=change.day)).isoformat()
                rows.add_record(
                    PRICES,
                    f"{good.sku}/{kind}/{change.day}",
                    {
                        "Period": period,
                        "Recorder": key(_RECORDER, period),
                        "Recorder_Type": f"StandardODATA.{_RECORDER}",
                        "Active": True,
                        "Номенклатура_Key": good.ref,
                        "ВидЦены_Key": key(PRICE_TYPES, kind),
                        "Упаковка_Key": key(UNITS, good.unit),
                        "Цена": number(change.price),
                        "Валюта_Key": rouble,
                    },
                )


def contract_prices(goods: Iterable[Good]) -> dict[str, Decimal]:
    """Individual prices of the customer with a contract, by article."""
    found = {"10001": Decimal(505), "10002": Decimal("178.5")}
    for good in goods:
        if not good.told and chance(f"contract {good.sku}") < 0.03:
            found[good.sku] = round_price(good.prices["wholesale"] * _CONTRACT_SHARE)
    return found


def add_discounts(rows: Rows, goods: list[Good], today: datetime) -> None:
    """Discounts by volume and for prepayment, promotions past, present and to come."""
    for row in table("promotions"):
        kind = row["price_type"]
        rows.add(
            DISCOUNTS,
            row["name"],
            {
                "Description": row["name"],
                "СпособПредоставления": row["method"],
                "ЗначениеСкидкиНаценки": number(Decimal(row["value"])),
                "УсловиеПредоставления": row["condition"],
                "ЗначениеУсловияОграничения": number(Decimal(row["threshold"])),
                "ДатаНачала": _day(today, row["from_day"]),
                "ДатаОкончания": _day(today, row["to_day"]),
                "ВидЦен_Key": key(PRICE_TYPES, kind) if kind else EMPTY_REF,
                "Товары": [
                    {"LineNumber": str(place), "Номенклатура_Key": good.ref}
                    for place, good in enumerate(_picked(goods, row["pick"]), start=1)
                ],
            },
        )


def _picked(goods: list[Good], pick: str) -> list[Good]:
    name = pick.removeprefix("name:")
    return [
        good
        for good in goods
        if not good.told and (good.name.startswith(name) if pick.startswith("name:") else good.folder == pick)
    ]


def _day(today: datetime, offset: str) -> str:
    return EMPTY_DATE if not offset else (today + timedelta(days=int(offset))).isoformat()
