"""Units of measure: codes of ОКЕИ as files name them, and the words that people use."""

from collections.abc import Mapping

WORDS = {
    "006": "м",
    "055": "м2",
    "112": "л",
    "113": "м3",
    "163": "г",
    "166": "кг",
    "168": "т",
    "616": "боб",
    "625": "лист",
    "641": "дюж",
    "657": "изд",
    "704": "набор",
    "715": "пар",
    "736": "рул",
    "778": "упак",
    "796": "шт",
    "812": "ящ",
    "839": "компл",
    "868": "бут",
}
"""ОК 015-94; «бут» is customary."""
CODES = {word: code for code, word in WORDS.items()}
FULL = {"шт": "Штука", "кг": "Килограмм", "л": "Литр", "упак": "Упаковка", "ящ": "Ящик", "бут": "Бутылка", "т": "Тонна"}
INTERNATIONAL = {"PCE": "шт", "KGM": "кг", "LTR": "л", "GRM": "г", "MTR": "м", "TNE": "т"}
DIVISIBLE = ("кг", "т", "л", "м")
"""Sold by tenths where the card says nothing else."""


def word(text: str, known: Mapping[str, str]) -> str:
    """How people call a unit that a file names by its word, its code or its international letters; `known`: the
    file's own list, code to word. Empty where nothing is known."""
    text = text.strip()
    if text in known:
        return known[text]
    if text.isdigit():
        return WORDS.get(text.zfill(3), "")
    return INTERNATIONAL.get(text.upper(), text.rstrip("."))
