"""What only the neighbours tell: dates, times, addresses, order numbers, money, heads counted."""

from dataclasses import replace
from decimal import Decimal

from order_text.lexicon.calendar import (
    ADDRESS_MARKS,
    COUNTED_PLACES,
    DAY_PARTS,
    MINUTES,
    MONTHS,
    NUMBERED_PLACES,
    OPENING_HOURS,
    ORDINAL_DAYS,
    PERIODS,
    RELATIVE_DAYS,
    WEEKDAYS,
)
from order_text.lexicon.streets import STREETS
from order_text.lexicon.units import MONEY_FORMS, PRICE_WORDS
from order_text.model import Kind, Token

_ORDER_WORDS = ("заказ", "заявк", "накладн", "счет")
_ADJECTIVE = ("ая", "ой", "ую", "ий")
"""Endings of street names that name goods as well: «плюшка московская 12»."""
MONTH_ENDING = 2
_FULL_DAYS = frozenset(day for day in WEEKDAYS if len(day) > 2)
_ARTICLES = frozenset({"арт", "артикул", "штрихкод"})
_PEOPLE = frozenset(
    "лет года год годиков годочков "
    "человек человека чел гостей гостя персон персоны порций детей ребенка минут минуты дней дня недели раз".split()
)


def apply(tokens: list[Token]) -> list[Token]:
    """Tokens with dates, times, addresses, order numbers and money marked."""
    out: list[Token] = []
    position = 0
    while position < len(tokens):
        taken, token = _special(tokens, position, out)
        out.append(token)
        position += taken
    return out


def _special(tokens: list[Token], position: int, before: list[Token]) -> tuple[int, Token]:
    token = tokens[position]
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if token.kind == Kind.number:
        return _number(tokens, position, before)
    if token.norm in _FULL_DAYS or (
        token.norm in WEEKDAYS and (_after_preposition(before) or _alone(tokens, position, before))
    ):
        return 1, replace(token, kind=Kind.date, role="weekday", value=Decimal(WEEKDAYS[token.norm]))
    if token.norm in ORDINAL_DAYS and following is not None and _names_day(following):
        span = _span(tokens[position : position + 2], Kind.date, role="day")
        return 2, replace(span, text=f"{ORDINAL_DAYS[token.norm]} {following.text}")
    ahead = _days_ahead(tokens, position)
    if ahead is not None:
        return ahead
    if token.norm in RELATIVE_DAYS:
        return 1, replace(token, kind=Kind.date, role="relative")
    if token.norm in PRICE_WORDS and (taken := _numbered_place(tokens, position)):
        return taken, _span(tokens[position : position + taken], Kind.money)
    if token.norm in _ARTICLES and (taken := _numbered_place(tokens, position)):
        return taken, _span(tokens[position : position + taken], Kind.closed, role="article")
    if token.norm in NUMBERED_PLACES and token.kind != Kind.unit and (taken := _numbered_place(tokens, position)):
        return taken, _span(tokens[position : position + taken], Kind.address)
    placed = (
        not token.norm.endswith(_ADJECTIVE)
        or _after_preposition(before)
        or (bool(before) and before[-1].norm in ADDRESS_MARKS)
    )
    if token.norm in STREETS and placed and following is not None and _house(tokens, position + 1):
        taken = _house(tokens, position + 1)
        return 1 + taken, _span(tokens[position : position + 1 + taken], Kind.address)
    if token.norm in (
        "ул",
        "улица",
        "улице",
        "проспект",
        "пер",
        "переулок",
        "шоссе",
        "бульвар",
        "проспекте",
        "трасса",
        "трассе",
    ):
        return _street(tokens, position)
    return 1, token


def _names_day(token: Token) -> bool:
    return token.norm in ("числа", "число") or _is_month(token.norm)


def _alone(tokens: list[Token], position: int, before: list[Token]) -> bool:
    """«19.12 пт», or «Пт» as a line of its own."""
    ends = position + 1 == len(tokens) or tokens[position + 1].role == "line"
    return ends and (not before or before[-1].role == "line" or before[-1].kind in (Kind.date, Kind.number))


def _is_month(word: str) -> bool:
    """«декабря», not «майонез»."""
    return any(word.startswith(stem) and len(word) <= len(stem) + MONTH_ENDING for stem in MONTHS)


def _days_ahead(tokens: list[Token], position: int) -> tuple[int, Token] | None:
    """«через 3 дня», «через день», «через неделю»: a date so many days ahead."""
    if tokens[position].norm != "через":
        return None
    rest = tokens[position + 1 : position + 3]
    counted = bool(rest) and rest[0].kind == Kind.number
    word = rest[1].norm if counted and len(rest) > 1 else rest[0].norm if rest else ""
    length = next((days for stem, days in PERIODS.items() if word.startswith(stem)), None)
    if length is None:
        return None
    taken = 3 if counted else 2
    number = rest[0].value if counted and rest[0].value is not None else Decimal(1)
    span = _span(tokens[position : position + taken], Kind.date, role="ahead")
    return taken, replace(span, value=number * length)


def _number(tokens: list[Token], position: int, before: list[Token]) -> tuple[int, Token]:
    token = tokens[position]
    rest = tokens[position + 1 : position + 3]
    word = rest[0].norm if rest else ""
    previous = before[-1] if before else None
    if word == "в" and len(rest) > 1 and rest[1].norm == "одном":
        span = _span(tokens[position : position + 3], Kind.code)
        return 3, replace(span, lemmas=(f"{token.value}в1",))  # «три в одном»
    if (spread := _from_to(tokens, position)) is not None:
        return spread
    if (
        previous is not None
        and previous.norm == "от"
        and word == "до"
        and len(rest) > 1
        and rest[1].kind == Kind.number
    ):
        span = _span(tokens[position : position + 3], Kind.span)  # «от 2 до 3 коробок»
        return 3, replace(span, value2=rest[1].value)
    if word and token.value is not None and token.value <= 31 and _is_month(word):
        return 2, _span(tokens[position : position + 2], Kind.date, role="day")
    dated = word in WEEKDAYS or ((not rest or rest[0].role == "line") and (previous is None or previous.role == "line"))
    if _day_and_month(token) and (
        dated or _after_preposition(before) or (previous is not None and previous.kind == Kind.date)
    ):
        return 1, replace(token, kind=Kind.date, role="day")
    if (
        word in ("числа", "число")
        or (word == "го" and _day_of_month(token))
        or (word == "-" and len(rest) > 1 and rest[1].norm in ("го", "е", "ое"))
    ):
        taken = 2 if word != "-" else 3
        return taken, _span(tokens[position : position + taken], Kind.date, role="day")
    if word.startswith(("р/", "руб/")) or _priced(tokens, position, before):
        taken = 2 if word.startswith(("р/", "руб/")) else 1
        return taken, _span(tokens[position : position + taken], Kind.money, value=token)
    if word == "из" and len(rest) > 1 and rest[1].kind == Kind.number:
        return 3, _span(tokens[position : position + 3], Kind.closed, role="marks")  # «сервис 10 из 10»
    if _until(before) and _hour(token) and (not rest or rest[0].kind == Kind.border):
        return 1, replace(token, kind=Kind.time)
    if word in COUNTED_PLACES and "," not in token.text:
        return 2, _span(tokens[position : position + 2], Kind.address)  # «2 этаж»
    if word in MINUTES and previous is not None and previous.norm in ("за", "через", "минимум"):
        return 2, _span(tokens[position : position + 2], Kind.time)  # «звонить за 30 мин»
    if previous is not None and previous.text == ":" and len(before) > 1 and before[-2].norm.startswith("позици"):
        return 1, replace(token, kind=Kind.closed, role="rows")  # «Итого позиций: 3»
    if word in MONEY_FORMS:
        return 2, _span(tokens[position : position + 2], Kind.money, value=token)
    if word in DAY_PARTS and _after_preposition(before):
        return 2, _span(tokens[position : position + 2], Kind.time)
    if previous is not None and previous.norm == "за" and len(before) > 1 and before[-2].norm.startswith("минут"):
        return 1, replace(token, kind=Kind.time)  # «минут за 20»
    if word in _PEOPLE:
        return 2, _span(tokens[position : position + 2], Kind.closed, role="people")
    if previous is not None and previous.text == "=" and _in_kopecks(token):
        return 1, replace(token, kind=Kind.money)
    if previous is not None and _is_order_number(token, previous, before, rest):
        return 1, replace(token, kind=Kind.order_number)
    if previous is not None and previous.role == "sign":
        return 1, replace(token, kind=Kind.code, lemmas=(f"№{token.value}",), text="№" + token.text)
    if (
        previous is not None
        and previous.norm in ("к", "после")
        and _hour(token)
        and (not rest or rest[0].kind == Kind.border)
    ):
        return 1, replace(token, kind=Kind.time)
    if previous is not None and previous.norm == "c" and _hour(token) and word == "до":
        return 1, replace(token, kind=Kind.time)
    return 1, token


def _until(before: list[Token]) -> bool:
    """«разгрузка до 11», «ждём с 8»."""
    words = [token.norm for token in before[-2:]]
    return len(words) > 1 and words[1] in ("до", "с", "к") and words[0].startswith(OPENING_HOURS)


def _day_of_month(token: Token) -> bool:
    return token.value is not None and 1 <= token.value <= 31


def _day_and_month(token: Token) -> bool:
    """«20.12» after «на»: two figures after the point, which no quantity has."""
    day, point, month = token.text.partition(".")
    return (
        bool(point) and len(month) == 2 and day.isdigit() and month.isdigit() and day != "0" and 1 <= int(month) <= 12
    )


def _priced(tokens: list[Token], position: int, before: list[Token]) -> bool:
    """«3 шт х 612,00 = 1836,00», «по 92 — 24 шт», «итого 1740,00»: the number is money."""
    previous = before[-1].norm if before else ""
    rest = tokens[position + 1 : position + 4]
    if previous in ("х", "x", "*") and ((rest and rest[0].text == "=") or _in_kopecks(tokens[position])):
        return True
    column = bool(before) and (before[-1].kind in (Kind.number, Kind.unit, Kind.money) or before[-1].role == "dash")
    last = not rest or rest[0].kind in (Kind.border, Kind.number)
    if _in_kopecks(tokens[position]) and column and last and _counted(before):
        return True
    if previous == ":" and len(before) > 1:
        previous = before[-2].norm
    if previous in ("итого", "сумма", "всего", "сумму", "итог") and _in_kopecks(tokens[position]):
        return True
    dashed = len(rest) > 2 and rest[0].role == "dash" and rest[1].kind == Kind.number and rest[2].kind == Kind.unit
    return dashed and (previous == "по" or _in_kopecks(tokens[position]))


def _counted(before: list[Token]) -> bool:
    """Whether the line has an amount already: «огурец 10 кг — 240,00»."""
    for token in reversed(before):
        if token.kind == Kind.border and token.role == "line":
            return False
        if token.kind in (Kind.number, Kind.weight, Kind.volume):
            return True
    return False


def _in_kopecks(token: Token) -> bool:
    return len(token.text.replace(",", ".").partition(".")[2]) == 2


def _from_to(tokens: list[Token], position: int) -> tuple[int, Token] | None:
    """«сорок на сорок пять пять штук», «триста на четыреста»: sizes as they are dictated."""
    group = tokens[position : position + 4]
    if len(group) < 4 or group[1].norm != "на" or group[2].kind != Kind.number:
        return None
    low, high = group[0].value, group[2].value
    counted = group[3].kind in (Kind.number, Kind.weight)
    if low is None or high is None or not 10 <= low < high <= 3 * low or not counted or group[0].role != "spoken":
        return None
    return 3, replace(_span(group[:3], Kind.span), value=low, value2=high)


def _numbered_place(tokens: list[Token], position: int) -> int:
    """How many tokens name a numbered place: «корп 2», «д. 14», «км 1042»; 0 when no number follows."""
    taken = 1
    while position + taken < len(tokens) and tokens[position + taken].text in (".", "№", ":", "-", "=") and taken < 3:
        taken += 1
    following = tokens[position + taken] if position + taken < len(tokens) else None
    return taken + 1 if following is not None and following.kind in (Kind.number, Kind.code) else 0


def _hour(token: Token) -> bool:
    return token.value is not None and token.value <= 24 and token.value == int(token.value)


def _is_order_number(token: Token, previous: Token, before: list[Token], rest: list[Token]) -> bool:
    signed = previous.role == "sign"
    word = before[-2] if signed and len(before) > 1 else previous
    named = any(word.norm.startswith(stem) for stem in _ORDER_WORDS)
    if not named or token.role == "spoken":
        return False
    ends = (
        not rest
        or rest[0].kind in (Kind.border, Kind.closed, Kind.filler)
        or rest[0].norm.startswith(("повтор", "еще", "снова", "опять"))
    )
    return signed or (ends and len(token.text) >= 2 and token.text.isdigit())


def _after_preposition(before: list[Token]) -> bool:
    return bool(before) and before[-1].norm in (
        "в",
        "во",
        "на",
        "к",
        "ко",
        "до",
        "с",
        "со",
        "за",
        "от",
        "после",
        "около",
        "по",
    )


def _house(tokens: list[Token], position: int) -> int:
    """How many tokens from `position` name a house: «12», «д 12», «12 к 3»."""
    taken = 0
    for token in tokens[position : position + 4]:
        if token.norm in (",", "д", "дом", "д.") and taken < 2:
            taken += 1
        elif token.kind in (Kind.number, Kind.size):
            return taken + 1
        else:
            break
    return 0


def _street(tokens: list[Token], position: int) -> tuple[int, Token]:
    taken = 1
    for token in tokens[position + 1 : position + 5]:
        named = token.kind in (Kind.word, Kind.code, Kind.border) and token.role not in ("line", "hard")
        if named or token.norm in ADDRESS_MARKS:
            taken += 1
        elif token.kind == Kind.number:
            taken += 1
            break
        else:
            break
    return taken, _span(tokens[position : position + taken], Kind.address)


def _span(tokens: list[Token], kind: Kind, role: str = "", value: Token | None = None) -> Token:
    return Token(
        kind,
        " ".join(token.text for token in tokens),
        tokens[0].start,
        tokens[-1].end,
        role=role,
        value=value.value if value else tokens[0].value,
    )
