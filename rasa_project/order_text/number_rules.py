"""Numbers that only their neighbours tell from quantities: dates, times, money, places, heads, order numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from order_text.lexicon.calendar import COUNTED_PLACES, DAY_PARTS, MINUTES, OPENING_HOURS, WEEKDAYS
from order_text.lexicon.numerals import THOUSANDS
from order_text.lexicon.units import MONEY_FORMS
from order_text.model import Kind, Token
from order_text.spans import after_preposition, is_month, span

Found = tuple[int, Token] | None
"""How many tokens were taken, and the one that stands for them."""
_ORDER_WORDS = ("заказ", "заявк", "накладн", "счет")
_AGAIN = ("повтор", "еще", "снова", "опять")
_PER_RUBLES = ("р/", "руб/")
_TOTALS = frozenset({"итого", "сумма", "всего", "сумму", "итог"})
PRICED_BESIDE = 6
"""So many tokens before a number another price may stand."""
_PEOPLE = frozenset(
    "лет года год годиков годочков "
    "звезд звезды звездочек баллов балла позиция позиции позиций наименования наименований "
    "человек человека чел гостей гостя персон персоны порций детей ребенка минут минуты дней дня недели раз".split()
)


@dataclass(frozen=True)
class Place:
    """A number among its neighbours: two tokens behind it, all before it."""

    token: Token
    rest: Sequence[Token]
    before: Sequence[Token]

    @property
    def word(self) -> str:
        """The next token."""
        return self.rest[0].norm if self.rest else ""

    def previous(self, back: int = 1) -> str:
        """The token so many places before; empty where there is none."""
        return self.before[-back].norm if len(self.before) >= back else ""

    @property
    def ends(self) -> bool:
        """Whether nothing but a border follows."""
        return not self.rest or self.rest[0].kind == Kind.border

    def joined(self, count: int, kind: Kind, role: str = "") -> tuple[int, Token]:
        """This and the next tokens as one, `count` in all."""
        return count, span([self.token, *self.rest[: count - 1]], kind, role)

    def marked(self, kind: Kind, role: str = "") -> tuple[int, Token]:
        """The number as another kind."""
        return 1, replace(self.token, kind=kind, role=role or self.token.role)


def number(tokens: Sequence[Token], position: int, before: Sequence[Token]) -> tuple[int, Token]:
    """The number at `position` as what it is; itself where no rule knows better."""
    place = Place(tokens[position], tokens[position + 1 : position + 4], before)
    for rule in _RULES:
        found = rule(place)
        if found is not None:
            return found
    return 1, place.token


def _in_one(place: Place) -> Found:
    """«три в одном»."""
    if place.word != "в" or len(place.rest) < 2 or place.rest[1].norm != "одном":
        return None
    taken, token = place.joined(3, Kind.code)
    return taken, replace(token, lemmas=(f"{place.token.value}в1",))


def _dictated_span(place: Place) -> Found:
    """«сорок на сорок пять пять штук», «триста на четыреста»: sizes as they are dictated."""
    rest = place.rest
    if len(rest) < 3 or rest[0].norm != "на" or rest[1].kind != Kind.number or place.token.role != "spoken":
        return None
    low, high = place.token.value, rest[1].value
    counted = rest[2].kind in (Kind.number, Kind.weight)
    if low is None or high is None or not 10 <= low < high <= 3 * low or not counted:
        return None
    taken, token = place.joined(3, Kind.span)
    return taken, replace(token, value2=high)


def _from_to(place: Place) -> Found:
    """«от 2 до 3 коробок»."""
    if place.previous() != "от" or place.word != "до" or len(place.rest) < 2 or place.rest[1].kind != Kind.number:
        return None
    taken, token = place.joined(3, Kind.span)
    return taken, replace(token, value2=place.rest[1].value)


def _date(place: Place) -> Found:
    """«20 декабря», «20.12», «9 числа», «9-го»."""
    word, value, rest = place.word, place.token.value, place.rest
    if word and value is not None and value <= 31 and is_month(word):
        return place.joined(2, Kind.date, "day")
    if _day_and_month(place.token) and _is_dated(place):
        return place.marked(Kind.date, "day")
    day = value is not None and 1 <= value <= 31
    if word in ("числа", "число", "числу") or (word == "го" and day):
        return place.joined(2, Kind.date, "day")
    if word == "-" and len(rest) > 1 and rest[1].norm in ("го", "е", "ое"):
        return place.joined(3, Kind.date, "day")
    return None


def _is_dated(place: Place) -> bool:
    """Whether «20.12» stands where days do: behind a preposition or a date, before a weekday, on a line of its own."""
    before, rest = place.before, place.rest
    heads = not before and bool(rest) and rest[0].kind == Kind.word  # «12.12 кефир 10»
    alone = heads or ((not rest or rest[0].role == "line") and (not before or before[-1].role == "line"))
    appointed = len(before) > 1 and before[-1].role == "comma" and before[-2].kind == Kind.date
    behind = bool(before) and (before[-1].kind == Kind.date or after_preposition(before))
    return alone or appointed or behind or place.word in WEEKDAYS


def _day_and_month(token: Token) -> bool:
    """«20.12»: two figures after the point, which no quantity has."""
    day, point, month = token.text.partition(".")
    figures = bool(point) and len(month) == 2 and day.isdigit() and month.isdigit()
    return figures and day != "0" and 1 <= int(month) <= 12


def _money(place: Place) -> Found:
    """«92 р/кг», «2 500 руб», «3 шт х 612,00 = 1836,00»."""
    if place.word.startswith(_PER_RUBLES) or place.word in MONEY_FORMS:
        return place.joined(2, Kind.money)
    if place.previous() == "с" and place.previous(2).startswith("сдач"):
        return place.joined(2 if place.word in THOUSANDS else 1, Kind.money)
    added = place.previous() == "=" and len(place.before) > 1 and place.before[-2].kind == Kind.number
    if added and place.ends and place.token.value == _added_up(place.before):
        return place.marked(Kind.closed, "sum")  # «кефир 10, хлеб 12 = 22»
    if place.previous() == "за" and place.rest and "best:VERB" in place.rest[0].tags:
        return place.marked(Kind.money)  # «кефир за 65 берём у других»
    return place.marked(Kind.money) if _is_priced(place) else None


def _added_up(before: Sequence[Token]) -> Decimal:
    return sum((token.value for token in before if token.kind == Kind.number and token.value), Decimal(0))


def _is_priced(place: Place) -> bool:
    """«х 612,00 =», «по 92 — 24 шт», «огурец 10 кг — 240,00», «итого 1740,00»: the number is money."""
    before, rest, kopecks = place.before, place.rest, _in_kopecks(place.token)
    previous = place.previous()
    if previous in ("х", "x", "*") and (kopecks or place.word == "="):
        return True
    column = bool(before) and (before[-1].kind in (Kind.number, Kind.unit, Kind.money) or before[-1].role == "dash")
    last = not rest or rest[0].kind in (Kind.border, Kind.number)
    if previous == "по" and any(token.kind == Kind.money for token in before[-PRICED_BESIDE:]):
        return True  # «у них по 38 рублей, а мне по 44 везёте»
    if previous == "=" and len(before) > 1 and before[-2].kind == Kind.money:
        return True
    if kopecks and (previous == "=" or (column and last and _counted(before))):
        return True
    if previous == ":":
        previous = place.previous(2)
    if previous in _TOTALS and (kopecks or place.previous() == ":"):
        return True
    if before and before[-1].kind == Kind.money and previous.split(" ")[0] in _TOTALS and len(place.token.text) == 3:
        return True  # «Итого: 4 180»
    dashed = len(rest) > 2 and rest[0].role == "dash" and rest[1].kind == Kind.number and rest[2].kind == Kind.unit
    return dashed and (previous == "по" or kopecks)


def _counted(before: Sequence[Token]) -> bool:
    """Whether the line has an amount already: «огурец 10 кг — 240,00»."""
    for token in reversed(before):
        if token.kind == Kind.border and token.role == "line":
            return False
        if token.kind in (Kind.number, Kind.weight, Kind.volume):
            return True
    return False


def _in_kopecks(token: Token) -> bool:
    return len(token.text.replace(",", ".").partition(".")[2]) == 2


def _time(place: Place) -> Found:
    """«разгрузка до 11», «ждём с 8», «к 9», «с 9 до 18», «в 9 утра», «за 30 мин», «минут за 20»."""
    hour = place.token.value is not None and place.token.value <= 24 and place.token.value % 1 == 0
    previous = place.previous()
    opening = previous in ("до", "с", "к") and place.previous(2).startswith(OPENING_HOURS)
    if hour and place.ends and (opening or previous in ("к", "после")):
        return place.marked(Kind.time)
    if hour and previous in ("с", "c") and place.word == "до":
        return place.marked(Kind.time)
    if hour and previous == "до" and len(place.before) > 1 and place.before[-2].kind == Kind.time:
        return place.marked(Kind.time)
    if place.word in DAY_PARTS and after_preposition(place.before):
        return place.joined(2, Kind.time)
    if place.word in MINUTES and previous in ("за", "через", "минимум"):
        return place.joined(2, Kind.time)
    minutes = previous == "за" and place.previous(2).startswith("минут")
    return place.marked(Kind.time) if minutes else None


def _no_quantity(place: Place) -> Found:
    """«2 этаж», «60 человек», «сервис 10 из 10», «Итого позиций: 3», «№ 7»."""
    if place.word == "из" and len(place.rest) > 1 and place.rest[1].kind == Kind.number:
        return place.joined(3, Kind.closed, "marks")
    if place.word == "км":
        return place.joined(2, Kind.address)
    if place.word in COUNTED_PLACES and "," not in place.token.text and not _numbers_follow(place):
        return place.joined(2, Kind.address)
    if place.previous() == ":" and place.previous(2).startswith("позици"):
        return place.marked(Kind.closed, "rows")
    return place.joined(2, Kind.closed, "people") if place.word in _PEOPLE else None


def _numbers_follow(place: Place) -> bool:
    """«хлеб 12 подъезд 3»: behind goods the number of the place comes after its word."""
    goods = bool(place.before) and place.before[-1].kind in (Kind.word, Kind.unit)
    return goods and len(place.rest) > 1 and place.rest[1].kind == Kind.number


def _numbered(place: Place) -> Found:
    """«заказ 318», «накладная № 45», «помидоры № 1»."""
    if not place.before:
        return None
    signed = place.before[-1].role == "sign"
    if _is_order_number(place, signed):
        return place.marked(Kind.order_number)
    if not signed:
        return None
    token = place.token
    return 1, replace(token, kind=Kind.code, lemmas=(f"№{token.value}",), text="№" + token.text)


def _is_order_number(place: Place, signed: bool) -> bool:
    named = place.previous(2 if signed and len(place.before) > 1 else 1).startswith(_ORDER_WORDS)
    if not named or place.token.role == "spoken":
        return False
    following = place.rest[0] if place.rest else None
    ends = (
        following is None
        or following.kind in (Kind.border, Kind.closed, Kind.filler)
        or following.norm == "не"
        or "best:VERB" in following.tags
        or following.norm.startswith(_AGAIN)
    )
    return signed or (ends and len(place.token.text) >= 2 and place.token.text.isdigit())


_RULES: tuple[Callable[[Place], Found], ...] = (
    _in_one,
    _dictated_span,
    _from_to,
    _date,
    _money,
    _time,
    _no_quantity,
    _numbered,
)
