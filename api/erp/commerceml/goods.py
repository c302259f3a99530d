"""Cards of goods and offers: what of them is kept. Values are plain, so that they go into JSON and come back equal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from api.erp.commerceml import units
from api.erp.commerceml.node import Node, number

KOPECK = Decimal("0.01")
ONE = Decimal(1)
NOT_GOODS = ("услуга", "работа")
ROUBLES = ("", "руб", "руб.", "р", "rub", "rur", "643", "810", "₽")
ALL_STOCK = "all"
"""The warehouse of those who tell one quantity for all."""


@dataclass(frozen=True)
class PriceRow:
    """Roubles of a base unit."""

    type_id: str
    amount: Decimal
    min_quantity: Decimal = Decimal(0)


@dataclass(frozen=True)
class Named:
    """How a good is called in an order."""

    name: str
    unit: str
    article: str = ""


def is_withdrawn(node: Node) -> bool:
    """Marked for deletion: each version of the schema says it in its own way."""
    return node.attribute("Статус").lower() in ("удален", "удалён") or node.flag("ПометкаУдаления")


def good(node: Node, known_units: Mapping[str, str], step_field: str, minimum_field: str) -> dict[str, Any] | None:
    """`Товар` of the catalogue; None: it is no good but a service."""
    requisites = dict(reversed(node.requisites()))
    if requisites.get("ТипНоменклатуры", "").lower() in NOT_GOODS:
        return None
    groups = node.node("Группы")
    unit = base_unit(node, known_units)
    step = number(requisites.get(step_field, "")) or (Decimal("0.1") if unit in units.DIVISIBLE else ONE)
    maker = node.node("Изготовитель")
    return {
        "name": node.text("Наименование"),
        "full_name": requisites.get("Полное наименование") or node.text("ПолноеНаименование"),
        "article": node.text("Артикул") or requisites.get("Код", ""),
        "unit": unit,
        "packs": packs(node, known_units),
        "category": groups.text("Ид") if groups else "",
        "brand": node.text("ТорговаяМарка") or (maker.text("Наименование") if maker else ""),
        "features": features(node),
        "step": str(step),
        "minimum": str(number(requisites.get(minimum_field, "")) or 0),
    }


def offer(node: Node, known_units: Mapping[str, str]) -> dict[str, Any]:
    """`Предложение` without its prices and stock."""
    unit = base_unit(node, known_units)
    return {
        "name": node.text("Наименование"),
        "article": node.text("Артикул"),
        "unit": unit,
        "packs": packs(node, known_units) | _priced_packs(node, unit, known_units),
        "features": features(node),
    }


def base_unit(node: Node, known: Mapping[str, str]) -> str:
    """The word of `БазоваяЕдиница`; it is its text, its code, or one of its names."""
    found = node.node("БазоваяЕдиница")
    if found is None:
        return ""
    names = (found.text(), found.attribute("НаименованиеКраткое"), found.attribute("Код"))
    for name in (*names, found.attribute("МеждународноеСокращение")):
        if name and (word := units.word(name, known)):
            return word
    return found.attribute("НаименованиеПолное").lower()


def packs(node: Node, known: Mapping[str, str]) -> dict[str, str]:
    """Words of packings with the base units in them, by `Пересчет`."""
    found = node.node("БазоваяЕдиница")
    if found is None:
        return {}
    listed = ((item.text("Единица"), item.number("Коэффициент")) for item in found.nodes("Пересчет"))
    return _packs(listed, base_unit(node, known), known)


def _priced_packs(node: Node, unit: str, known: Mapping[str, str]) -> dict[str, str]:
    listed = ((item.text("Единица"), item.number("Коэффициент")) for item in node.items("Цены", "Цена"))
    return _packs(listed, unit, known)


def _packs(listed: Iterator[tuple[str, Decimal | None]], base: str, known: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, factor in listed:
        word = units.word(name, known)
        if word and word != base and factor is not None and factor > 0 and factor != 1:
            found[word] = str(factor.normalize())
    return found


def features(node: Node) -> str:
    """«Красный, XL»: what tells this offer from the others of its good."""
    listed = node.items("ХарактеристикиТовара", "ХарактеристикаТовара")
    return ", ".join(value for item in listed if (value := item.text("Значение")))


def offer_id(node: Node) -> str:
    """«товар» or «товар#характеристика»; quick changes name the characteristic apart."""
    feature = node.text("ИдХарактеристики")
    return f"{node.text('Ид')}#{feature}" if feature else node.text("Ид")


def prices(node: Node) -> list[PriceRow] | None:
    """The prices an offer tells; None: it does not speak of prices. What is not in roubles has an empty amount.

    A price of a packing is divided by its factor. Beside a price of the same type for the base unit it holds from one
    packing on.
    """
    if node.node("Цены") is None:
        return None
    listed = list(node.items("Цены", "Цена"))
    single = {item.text("ИдТипаЦены") for item in listed if (item.number("Коэффициент") or ONE) == ONE}
    found: dict[tuple[str, Decimal], PriceRow] = {}
    for item in listed:
        kind, amount = item.text("ИдТипаЦены"), item.number("ЦенаЗаЕдиницу")
        factor = item.number("Коэффициент") or ONE
        if not kind or amount is None or amount <= 0 or factor <= 0 or not in_roubles(item.text("Валюта")):
            continue
        least = (item.number("МинКоличество") or Decimal(0)) * factor
        if factor != ONE and kind in single:
            least = max(least, factor)
        rounded = (amount / factor).quantize(KOPECK, ROUND_HALF_UP)
        if rounded > 0:
            found[(kind, least)] = PriceRow(kind, rounded, least)
    return list(found.values())


def in_roubles(currency: str) -> bool:
    """Whether it is our money; empty: not told, so it is."""
    return currency.strip().lower() in ROUBLES


def stock(node: Node) -> dict[str, Decimal] | None:
    """Base units by warehouse, never negative; None: the offer does not speak of stock."""
    by_place: dict[str, Decimal | None] = {}
    for name in ("Склад", "Склады"):
        for item in node.nodes(name):
            if place := item.attribute("ИдСклада"):
                by_place[place] = number(item.attribute("КоличествоНаСкладе"))
    rests = list(node.items("Остатки", "Остаток"))
    loose = None
    for item in rests:
        at = item.node("Склад")
        if at is not None and at.text("Ид"):
            told = at.number("Количество")
            by_place[at.text("Ид")] = item.number("Количество") if told is None else told
        else:
            loose = item.number("Количество") if item.node("Количество") else number(item.text())
    if by_place:
        return {place: max(quantity or Decimal(0), Decimal(0)) for place, quantity in by_place.items()}
    total = loose if rests else node.number("Количество")
    if total is None:
        return {} if node.node("Остатки") is not None else None
    return {ALL_STOCK: max(total, Decimal(0))}
