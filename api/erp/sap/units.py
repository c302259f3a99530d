"""Units of measure: SAP's codes and our words for them.

SAP keeps one code inside and tells another by the language of the logon (ST inside is PC in English, ШТ in Russian);
an order must use the code that was told.
"""

from collections.abc import Mapping
from decimal import Decimal

UNITS = {
    "ST": "шт",
    "PC": "шт",
    "EA": "шт",
    "ШТ": "шт",
    "KG": "кг",
    "КГ": "кг",
    "G": "г",
    "TO": "т",
    "L": "л",
    "ML": "мл",
    "KAR": "кор",
    "CAR": "кор",
    "CV": "кор",
    "CS": "кор",
    "PAK": "уп",
    "PAC": "уп",
    "PCK": "уп",
    "FL": "бут",
    "BT": "бут",
    "BOT": "бут",
    "CAN": "банка",
    "BAG": "пакет",
    "PAL": "пал",
    "DZ": "дюжина",
}
"""The codes of a delivered system as far as they are food's (from general knowledge of SAP)."""

BY_WEIGHT = frozenset(("кг", "л", "т"))
WEIGHT_STEP = Decimal("0.1")


def our_unit(code: str, table: Mapping[str, str]) -> str:
    """Our word; a code that nobody named is told as it is, in small letters."""
    return table.get(code.upper(), code.lower())


def step_of(unit: str) -> Decimal:
    """What is ordered at least and in multiples of, where SAP keeps no rounding quantity."""
    return WEIGHT_STEP if unit in BY_WEIGHT else Decimal(1)
