"""Amounts as stated and as base units of a product."""

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from api.understanding.catalog import Entry
from order_text.lexicon.units import FACTORS, OUTER_CONTAINERS, PIECE_CONTAINERS

_WEIGHT = {"кг": Decimal(1), "г": Decimal("0.001"), "т": Decimal(1000)}
_VOLUME = {"л": Decimal(1), "мл": Decimal("0.001")}
SCALES = {
    "double": Decimal(2),
    "triple": Decimal(3),
    "fourfold": Decimal(4),
    "more_half": Decimal("1.5"),
    "half": Decimal("0.5"),
    "third": Decimal(1) / 3,
}
"""Operations that multiply what a line already has."""
_SINGLE = frozenset({"бут", "бан", "пач", "пак", "туб"})
_COUNTED_BASES = frozenset({"меш", "вед", "рул", "сет", "кег", "бочка", "пал", "пуч", "наб", "порц"})


@dataclass(frozen=True)
class Amount:
    """What was said: `value` in `unit`; weights in kilograms, volumes in litres (`unit` «кг», «л», family set).

    `per` is the second factor of «2 по 12», `plus` the rest of «2 ящика и 5 штук»; `implied` marks a unit named
    without a number.
    """

    value: Decimal
    unit: str | None = None
    family: str = "count"
    per: Decimal | None = None
    implied: bool = False
    plus: "Amount | None" = None


def measured(value: Decimal, family: str) -> Amount:
    """So many kilograms or litres: `family` is «weight» or «volume»."""
    return Amount(value, "кг" if family == "weight" else "л", family)


def to_base(entry: Entry, amount: Amount) -> Decimal | None:
    """The amount in the product's base units; None where it has no whole or known equivalent."""
    if amount.plus is not None:
        parts = to_base(entry, replace(amount, plus=None)), to_base(entry, amount.plus)
        return None if parts[0] is None or parts[1] is None else parts[0] + parts[1]
    if amount.per is not None:
        return _multiplied(entry, amount)
    if amount.unit is None:
        return amount.value
    if amount.family == "weight":
        return _measured(entry, amount.value, _WEIGHT, entry.attributes.weights)
    if amount.family == "volume":
        return _measured(entry, amount.value, _VOLUME, entry.attributes.volumes)
    return _counted(entry, amount.value, amount.unit)


def fit(entry: Entry, amount: Amount | None) -> int:
    """2: stated in the product's own base unit; 1: convertible; 0: not."""
    if amount is None or amount.unit is None:
        return 1
    single = amount.unit == "шт" and entry.unit in _SINGLE  # «3 шт» of bottles
    if (
        amount.unit == entry.unit
        or amount.unit in entry.holders
        or single
        or (amount.family == "weight" and entry.unit in _WEIGHT)
    ):
        return 2
    return 0 if to_base(entry, amount) is None else 1


def _multiplied(entry: Entry, amount: Amount) -> Decimal | None:
    assert amount.per is not None
    pieces = amount.value * amount.per
    if amount.unit is not None and amount.unit in entry.packs:
        return pieces if entry.packs[amount.unit] == amount.per else None
    return _counted(entry, pieces, "шт") if entry.unit != "кг" else pieces


def _measured(entry: Entry, value: Decimal, scale: dict[str, Decimal], stated: frozenset[Decimal]) -> Decimal | None:
    if entry.unit in scale:
        return value / scale[entry.unit]
    if len(stated) != 1:
        return None
    pieces = value / next(iter(stated))
    return pieces if pieces == pieces.to_integral_value() and pieces > 0 else None


def _counted(entry: Entry, value: Decimal, unit: str) -> Decimal | None:
    if unit == entry.unit:
        return value
    if unit in entry.packs:
        return value * entry.packs[unit]
    if unit == "шт":
        return _pieces(entry, value)
    if unit in FACTORS:
        return _pieces(entry, value * FACTORS[unit])
    if unit in PIECE_CONTAINERS:
        return _pieces(entry, value) if entry.unit != "уп" else _packs(entry, value)
    if unit in entry.holders:
        return _pieces(entry, value)  # «10 лоточков» of «Печень 500г лоток»
    if unit in OUTER_CONTAINERS and not entry.packs and entry.unit in PIECE_CONTAINERS:
        return value if unit == "уп" else None
    return None


def _packs(entry: Entry, value: Decimal) -> Decimal:
    """«300 пар» of packs of a hundred are three; «2 пакета» are two packs."""
    contents = entry.attributes.contents
    return value / contents if contents and value >= contents and value % contents == 0 else value


def _pieces(entry: Entry, value: Decimal) -> Decimal | None:
    """Pieces in base units: contents of a pack in whole packs, weighed goods by a known weight."""
    contents = entry.attributes.contents
    if entry.unit == "шт":
        return value
    if contents and entry.unit not in ("кг", "л"):
        packs = value / contents
        return packs if packs == packs.to_integral_value() else None
    if entry.unit == "кг":
        weights = entry.attributes.weights
        return value * next(iter(weights)) if len(weights) == 1 else None
    if entry.unit in PIECE_CONTAINERS or entry.unit in _COUNTED_BASES or (entry.unit == "уп" and not contents):
        return value
    return None


def unit_options(entry: Entry, amount: Amount) -> tuple[Decimal, ...]:
    """Base quantities to offer when a unit does not convert: whole packs around the pieces, else the bare number."""
    contents = entry.attributes.contents
    if contents and amount.unit == "шт":
        return _around(amount.value / contents, Decimal(1))
    options = [amount.value] + [amount.value * factor for factor in entry.packs.values()]
    return tuple(dict.fromkeys(option for option in options if option > 0))[:5]


def step_options(entry: Entry, quantity: Decimal) -> tuple[Decimal, ...]:
    """Nothing when the quantity stands on the product's step and above its minimum; else the nearest that do."""
    step = entry.item.step or Decimal(1)
    minimum = entry.item.minimum
    if quantity >= minimum and quantity % step == 0:
        return ()
    allowed = [option for option in _around(quantity / step, step) if option >= minimum]
    if not allowed:
        lowest = (minimum / step).to_integral_value(ROUND_CEILING) * step
        allowed = [max(lowest, step)]
    return tuple(allowed)


def _around(ratio: Decimal, step: Decimal) -> tuple[Decimal, ...]:
    low = ratio.to_integral_value(ROUND_FLOOR) * step
    high = ratio.to_integral_value(ROUND_CEILING) * step
    return tuple(dict.fromkeys(option for option in (low, high) if option > 0))


def packings(entry: Entry, quantity: Decimal, unit: str | None) -> Decimal:
    """How many packings the quantity, stated in `unit`, makes: the check of unlikely sizes."""
    if unit is not None and unit in entry.packs:
        return quantity / entry.packs[unit]
    if entry.attributes.contents or entry.unit in OUTER_CONTAINERS:
        return quantity
    if entry.packs:
        return quantity / max(entry.packs.values())
    if entry.unit == "кг":
        return quantity / 10
    return quantity
