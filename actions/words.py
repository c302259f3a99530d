"""Russian grammar for names of goods: cases, plurals, short forms. When in doubt the name stays as it is."""

import re
from collections.abc import Sequence
from functools import lru_cache

import pymorphy3

TITLE_LIMIT = 20
"""WhatsApp's limit for a button; the longest any channel is asked to take."""

UNITS_GENITIVE = {
    "шт": "штук",
    "кг": "килограммов",
    "г": "граммов",
    "л": "литров",
    "уп": "упаковок",
    "упак": "упаковок",
    "короб": "коробок",
    "ящик": "ящиков",
    "пачка": "пачек",
    "пакет": "пакетов",
    "блок": "блоков",
    "банка": "банок",
    "кан": "канистр",
    "пал": "палет",
    "набор": "наборов",
    "пор": "порций",
    "пара": "пар",
    "бутылка": "бутылок",
    "т": "тонн",
    "мл": "миллилитров",
    "кор": "коробок",
    "ящ": "ящиков",
    "бут": "бутылок",
    "бл": "блоков",
    "пач": "пачек",
    "пак": "пакетов",
    "лоток": "лотков",
    "лот": "лотков",
    "бан": "банок",
    "мешок": "мешков",
    "меш": "мешков",
    "рул": "рулонов",
    "вед": "вёдер",
    "дес": "десятков",
}
"""A unit as 1C writes it → after «сколько»."""
DOTTED = frozenset(
    (
        "шт",
        "уп",
        "упак",
        "кор",
        "короб",
        "ящ",
        "бут",
        "пач",
        "пак",
        "бл",
        "бан",
        "вед",
        "рул",
        "дес",
        "меш",
        "лот",
        "пал",
        "кан",
        "пор",
    )
)
"""Units that are cut short, and so take a full stop."""
NOISE = frozenset(("пастер.", "ультрапаст.", "у/паст.", "стерил.", "бум.", "пласт.", "питьев.", "вес.", "сл."))
"""Abbreviations of the accounting system that nobody says aloud."""
_RUSSIAN = re.compile(r"[А-ЯЁа-яё]+")
"""The analyzer is asked about nothing else: on some letters of other scripts it fails."""
_SIZE = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)?\s?(?:мл|л|кг|гр?|шт)\b", re.IGNORECASE)
_COMMA = re.compile(r",(?=\s|$)")
_GLUED_SIZE = re.compile(r"(\d)(мл|л|кг|гр?|шт)\b", re.IGNORECASE)

_ANALYZER = pymorphy3.MorphAnalyzer()
_PREDICTED = ("Surn", "Name", "Patr", "Geox")


def plural(number: int, one: str, few: str, many: str) -> str:
    """«1 товар», «2 товара», «5 товаров»: the number with the right form."""
    tail, tens = number % 10, number % 100
    if tail == 1 and tens != 11:
        return f"{number} {one}"
    if 2 <= tail <= 4 and not 12 <= tens <= 14:
        return f"{number} {few}"
    return f"{number} {many}"


def unit_genitive(unit: str) -> str | None:
    """«шт» or «шт.» → «штук»; None when the table does not know the unit."""
    return UNITS_GENITIVE.get(unit.strip(". ").lower())


def sentence(text: str) -> str:
    """The text with one full stop: «стало 8 шт.» has it already."""
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def unit_text(unit: str) -> str:
    """«шт» → «шт.», «кг» stays."""
    bare = unit.strip().rstrip(".")
    return f"{bare}." if bare.lower() in DOTTED else bare


def called(name: str) -> str:
    """What a person calls the product: «Молоко пастер. 3,2% 10л канистра Луговица» → «Молоко 3,2%, 10 л».

    Up to the size, without what nobody says aloud; a name without a size loses only that.
    """
    sizes = (
        found
        for found in _SIZE.finditer(name)
        if name.count("(", 0, found.start()) == name.count(")", 0, found.start())
    )
    size = next(sizes, None)
    cut = _GLUED_SIZE.sub(r"\1 \2", name[: size.end()]) if size else name
    words = [word for word in cut.split() if word.lower() not in NOISE]
    return re.sub(r"% (?=\d)", "%, ", " ".join(words))


def lower_first(name: str) -> str:
    """«Молоко 3,2%» → «молоко 3,2%»; «ХЛЕБ», «BBQ» and words of one capital letter stay."""
    head = name.split(" ", 1)[0]
    return name if len(head) > 1 and head.isupper() else name[:1].lower() + name[1:]


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=4096)
def in_case(name: str, case: str) -> str | None:
    """The name in the case (`gent`, `accs`), first letter small; None when the form is uncertain.

    The head noun is the first word, or the second after an adjective; adjectives that agree with it follow it,
    the rest («ваниль», «пастер.», «10 л») stays as it is.
    """
    words = name.split(" ")
    bare = [word.rstrip(",") for word in words]
    head = 0 if _noun(bare[0]) else 1
    noun = _noun(bare[head]) if head < len(bare) else None
    form = noun.inflect({case}) if noun else None
    if noun is None or form is None:
        return None
    result = list(words)
    for index, word in enumerate(bare):
        agreed = _agreed(word, noun, case) if index != head else form.word
        if agreed is None and index < head:
            return None
        if agreed is None:
            break
        result[index] = agreed + words[index][len(word) :]
    return lower_first(" ".join(result))


def _noun(word: str) -> "pymorphy3.analyzer.Parse | None":
    """The one nominative reading of a dictionary noun; None when there is none or the genitives differ."""
    if not _RUSSIAN.fullmatch(word) or not _ANALYZER.word_is_known(word.lower()):
        return None
    parses = [parse for parse in _ANALYZER.parse(word.lower()) if {"NOUN", "nomn"} in parse.tag]
    parses = [parse for parse in parses if not any(mark in parse.tag for mark in _PREDICTED)]
    forms = {(parse.inflect({"gent"}) or parse).word for parse in parses}
    return parses[0] if len(forms) == 1 else None


def _agreed(word: str, noun: "pymorphy3.analyzer.Parse", case: str) -> str | None:
    """The adjective in the noun's new case, when it agrees with the noun now."""
    if not _RUSSIAN.fullmatch(word):
        return None
    gender = set() if noun.tag.number == "plur" else {noun.tag.gender}
    wanted = {"nomn", noun.tag.number} | gender
    for parse in _ANALYZER.parse(word.lower()):
        if parse.tag.POS in ("ADJF", "PRTF") and wanted in parse.tag:
            animacy = {"inan"} if case == "accs" and (noun.tag.number == "plur" or noun.tag.gender == "masc") else set()
            form = parse.inflect({case, noun.tag.number} | gender | animacy)
            return form.word if form else None
    return None


def is_plural(name: str) -> bool:
    """«сливки» → True: verbs agree with it. An unknown word counts as singular."""
    noun = _noun(name.split(" ", 1)[0].rstrip(","))
    return noun is not None and noun.tag.number == "plur"


def spoken(name: str) -> str:
    """«Сироп ваниль, 1 л» → «сироп ваниль»: the words before the first figure, in small letters."""
    kept: list[str] = []
    for word in name.split(" "):
        if any(sign.isdigit() for sign in word):
            break
        kept.append(word)
    common = [_small(word) for word in " ".join(kept).rstrip(" ,(").split(" ")]
    return " ".join(common) if kept else name


def _small(word: str) -> str:
    """A common noun or adjective without its capital: «Ваниль» → «ваниль»; names and unknown words stay."""
    if not re.fullmatch(r"[А-ЯЁ][а-яё]*(?:-[а-яё]+)*", word):
        return word
    parses = [parse for parse in _ANALYZER.parse(word.lower()) if parse.tag.POS in ("NOUN", "ADJF", "PRTF")]
    common = any(not any(mark in parse.tag for mark in _PREDICTED) for parse in parses)
    return word.lower() if common and _ANALYZER.word_is_known(word.lower()) else word


def head(name: str, others: Sequence[str]) -> str:
    """The fewest first words that tell the name from the others: «Молоко», but «Сироп ваниль» beside another syrup."""
    words = _COMMA.sub(" ,", name).split(" ")
    rivals = [_COMMA.sub(" ,", other).lower() for other in others]
    for count in range(1, len(words) + 1):
        prefix = " ".join(words[:count])
        if len(prefix.rstrip(".")) < 3 or prefix.endswith(("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие")):
            continue
        if _ends_inside_a_size(words, count):
            continue
        if not any((rival + " ").startswith(prefix.lower() + " ") for rival in rivals):
            return prefix.replace(" ,", ",").rstrip(" ,")
    return name


def _ends_inside_a_size(words: Sequence[str], count: int) -> bool:
    """«Сахар песок 1» of «Сахар песок 1 кг»."""
    return count < len(words) and _SIZE.fullmatch(f"{words[count - 1]} {words[count]}") is not None


def difference(name: str, other: str) -> str:
    """What in `name` is not in `other`: «Сироп карамель» beside «Сироп ваниль» → «карамель»; empty: nothing is."""
    known = set(spoken(other).lower().split())
    own = spoken(name)
    fresh = [word for word in own.split() if word.lower() not in known]
    return " ".join(fresh) if len(fresh) < len(own.split()) else own


def shorten(text: str, limit: int = TITLE_LIMIT) -> str:
    """At most `limit` characters, cut between words where that leaves most of the room used."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    if space >= limit * 0.6:
        cut = cut[:space]
    return cut.rstrip(" ,.(—-") + "…"


def distinct(titles: Sequence[str], limit: int = TITLE_LIMIT) -> list[str]:
    """Shortened titles that stay different: those that would look alike are numbered."""
    short = [shorten(title, limit) for title in titles]
    if len(set(short)) == len(short):
        return short
    return [f"{number}. {shorten(title, limit - 3)}" for number, title in enumerate(titles, 1)]
