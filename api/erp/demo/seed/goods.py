"""About a thousand goods out of families: brands × variants × sizes, thinned so that not every combination exists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from api.erp.demo.entities import BRANDS, EMPTY_REF, PRODUCTS, UNITS
from api.erp.demo.registers import number
from api.erp.demo.seed.rows import Rows, between, chance, key, table

_SKIPPED = 0.13
"""Share of combinations that nobody makes."""
_ON_ORDER = 0.04
_WITHDRAWN = 0.02
_PACK = re.compile(r"(\D+)(\d+)")
FIRST_SKU = 20001
PRICE_FACTORS = {"retail": Decimal(1), "wholesale": Decimal("0.93"), "horeca": Decimal("0.89")}


@dataclass(frozen=True)
class Good:
    """`prices` by price type, of a base unit; `state`: stock, on_order, withdrawn, out, repriced."""

    sku: str
    name: str
    category: str
    subcategory: str
    brand: str
    unit: str
    packs: tuple[tuple[str, Decimal], ...]
    step: Decimal
    minimum: Decimal
    prices: dict[str, Decimal]
    state: str
    told: bool = False
    """Stands in extra.csv: its price is told exactly, discounts leave it alone."""

    @property
    def ref(self) -> str:
        return key(PRODUCTS, self.sku)

    @property
    def folder(self) -> str:
        return f"{self.category}/{self.subcategory}"


def make_goods() -> list[Good]:
    """All goods, in the order of the tables."""
    made: list[Good] = []
    for family in table("assortment"):
        made.extend(_family(family))
    numbered = [replace(good, sku=str(FIRST_SKU + place)) for place, good in enumerate(made)]
    return [_extra(row) for row in table("extra")] + numbered


def add_goods(rows: Rows, goods: list[Good]) -> None:
    """Folders, brands, units, packings and the goods themselves."""
    _add_folders(rows, goods)
    for brand in sorted({good.brand for good in goods if good.brand}):
        rows.add(BRANDS, brand, {"Description": brand})
    for unit in sorted({good.unit for good in goods}):
        rows.add(UNITS, unit, {"Description": unit, "Числитель": 1, "Знаменатель": 1})
    for good in goods:
        rows.add(PRODUCTS, good.sku, _product(good))
        for unit, factor in good.packs:
            rows.add(
                UNITS,
                f"{good.sku}/{unit}",
                {
                    "Owner_Key": good.ref,
                    "Description": unit,
                    "Числитель": number(factor),
                    "Знаменатель": 1,
                },
            )


def _product(good: Good) -> dict[str, object]:
    return {
        "Parent_Key": key(PRODUCTS, good.folder),
        "Артикул": good.sku,
        "Description": good.name,
        "НаименованиеПолное": good.name,
        "ЕдиницаИзмерения_Key": key(UNITS, good.unit),
        "Марка_Key": key(BRANDS, good.brand) if good.brand else EMPTY_REF,
        "ТипНоменклатуры": "Товар",
        "Весовой": good.unit == "кг",
        "КратностьЗаказа": number(good.step),
        "МинимальноеКоличествоЗаказа": number(good.minimum),
        "СрокПоставкиДней": between(f"delivery {good.name}", 2, 7) if good.state == "on_order" else 0,
        "Недействителен": good.state == "withdrawn",
        "СтавкаНДС": "НДС10",
    }


def _add_folders(rows: Rows, goods: list[Good]) -> None:
    folder = {"IsFolder": True}
    for category in dict.fromkeys(good.category for good in goods):
        rows.add(PRODUCTS, category, folder | {"Description": category})
    for good in {good.folder: good for good in goods}.values():
        parent = key(PRODUCTS, good.category)
        rows.add(PRODUCTS, good.folder, folder | {"Description": good.subcategory, "Parent_Key": parent})


def _family(family: dict[str, str]) -> Iterator[Good]:
    for brand, brand_factor in _factored(family["brands"]):
        for variant, variant_factor in _factored(family["variants"]):
            for size in family["sizes"].split("|"):
                good = _good(family, brand, variant, size, brand_factor * variant_factor)
                if chance(f"skip {good.name} {size}") >= _SKIPPED:
                    yield good


def _good(family: dict[str, str], brand: str, variant: str, size: str, factor: Decimal) -> Good:
    label, price, unit, *rest = size.split("~")
    packs = _packs(rest[0] if rest else "")
    step = Decimal(rest[1]) if len(rest) > 1 else Decimal(1)
    pieces = str(max((factor for _, factor in packs), default=Decimal(1)))
    size_name, _, pieces_in = label.partition("^")
    parts = {"{v}": variant, "{s}": size_name, "{k}": pieces_in, "{b}": brand, "{n}": pieces}
    name = family["name"]
    for mark, text in parts.items():
        name = name.replace(mark, text)
    name = re.sub(r"\bвес вес\b", "вес", " ".join(name.split()))
    name = name[:1].upper() + name[1:]
    retail = Decimal(price.replace(",", ".")) * factor * (1 + Decimal(between(f"price {name}", -4, 4)) / 100)
    return Good(
        sku="",
        name=name,
        category=family["category"],
        subcategory=family["subcategory"],
        brand=brand,
        unit=unit,
        packs=packs,
        step=step,
        minimum=Decimal(rest[2]) if len(rest) > 2 else step,
        prices={kind: round_price(retail * share) for kind, share in PRICE_FACTORS.items()},
        state=_state(name),
    )


def round_price(price: Decimal) -> Decimal:
    """To whole roubles above a hundred, to half a rouble above twenty, else to ten kopecks."""
    grid = Decimal(1) if price >= 100 else Decimal("0.5") if price >= 20 else Decimal("0.1")
    return (price / grid).quantize(Decimal(1)) * grid


def _state(name: str) -> str:
    luck = chance(f"state {name}")
    if luck < _WITHDRAWN:
        return "withdrawn"
    return "on_order" if luck < _WITHDRAWN + _ON_ORDER else "stock"


def _factored(text: str) -> list[tuple[str, Decimal]]:
    """«Ультра*1.2|Прима» → names with price factors; a factor has a point, so that «фри 9*9» is a name."""
    found = []
    for item in text.split("|"):
        name, star, factor = item.rpartition("*")
        known = star and re.fullmatch(r"\d\.\d+", factor)
        found.append((name, Decimal(factor)) if known else (item, Decimal(1)))
    return found


def _packs(text: str) -> tuple[tuple[str, Decimal], ...]:
    return tuple((found[1], Decimal(found[2])) for found in _PACK.finditer(text))


def _extra(row: dict[str, str]) -> Good:
    return Good(
        sku=row["sku"],
        name=row["name"],
        category=row["category"],
        subcategory=row["subcategory"],
        brand=row["brand"],
        unit=row["unit"],
        packs=_packs(row["packs"]),
        step=Decimal(row["step"]),
        minimum=Decimal(row["minimum"]),
        prices={kind: Decimal(row[kind]) for kind in PRICE_FACTORS},
        state=row["state"],
        told=True,
    )
