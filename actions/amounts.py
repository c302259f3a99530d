"""Whether words may name an amount or a day: a cheap look before the api is asked to read them as an order."""

import re

_NUMBERS = (
    r"од(?:ин|н[аоуи]|ного|ной)|дв[аеуо]\w*|тр(?:и|о[ейё]\w*|[её]х)|тридцат\w*|тринадцат\w*|четыр\w*|четв[её]р\w*|"
    r"пят[ьи]\w*|шест[ьи]\w*|сем[ьи]\w*|вос[её]м\w*|восьм\w*|девят\w*|девяност\w*|десят\w*|двадцат\w*|сорок\w*|"
    r"сто|сотн\w*|тысяч\w*|пар[ауы]|пар[оу]чк\w*|дюжин\w*|пол(?:тор\w*|\w{4,})"
)
_UNITS = (
    r"шт|штук\w*|штуч\w*|кг|кило\w*|г|гр|грамм\w*|л|литр\w*|мл|т|тонн\w*|уп|упак\w*|кор|короб\w*|ящик\w*|пач(?:ка|ки|ку|ек|ке)|"
    r"пакет\w*|блок\w*|банк[аиуе]|банок|бутыл\w*|лот(?:ок|ка|ков|ки)|меш(?:ок|ка|ков|ки)\w*|рулон\w*|вед[её]?р\w*|"
    r"канистр\w*|палет\w*|паллет\w*|поддон\w*|набор\w*|порци\w*|буха\w*|голов\w*|связк\w*|пуч(?:ок|ка|ков|ки)"
)
_AMOUNT = re.compile(rf"\d|(?<!\w)(?:{_NUMBERS}|{_UNITS})(?!\w)", re.IGNORECASE)
_DAY = re.compile(
    r"(?<!\w)(?:понедельник\w*|вторник\w*|сред[уыае]|четверг\w*|пятниц\w*|суббот\w*|воскресень\w*|сегодня|завтра|"
    r"послезавтра|январ\w*|феврал\w*|марта|апрел\w*|ма[йя]|июн[яь]|июл[яь]|август\w*|сентябр\w*|октябр\w*|ноябр\w*|"
    r"декабр\w*)(?!\w)",
    re.IGNORECASE,
)


def names_day(text: str) -> bool:
    """A weekday, «завтра», a month: the customer may be naming the day of delivery."""
    return _DAY.search(text) is not None


def holds_amount(text: str) -> bool:
    """A digit, a number word or a unit: without one nothing is ordered beside a question."""
    return _AMOUNT.search(text) is not None


def may_order(text: str) -> bool:
    """Whether the words are worth reading as an order, whatever they were heard as."""
    return holds_amount(text) or names_day(text)
