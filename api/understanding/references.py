"""«Как обычно», «прошлый заказ», «как в среду»: which past order is meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.understanding.context import Context, PastOrder
from order_text.lexicon.calendar import MONTHS
from order_text.lexicon.closed import ORGANISATIONS
from order_text.model import Kind, Token

_LEADS = frozenset({"как", "что", "то", "за", "от", "прошлую", "прошлый", "прошлой", "прошлого"})


_LEADING = frozenset({"на", "для", "под", "перед", "к", "ко", "после"})
_TAKEN = ("брал", "заказывал", "покупал", "привозил")
_DELIVERED = ("доставк", "привез", "отгруз", "привоз")
_CIRCUMSTANCES = (
    "лет",
    "зим",
    "весн",
    "осен",
    "банкет",
    "праздник",
    "свадьб",
    "юбиле",
    "новый",
    "новогод",
    "пасх",
    "перв",
    "начал",
    "середин",
    "конц",
)


@dataclass(frozen=True)
class Reference:
    """A past order that a message speaks of; `order` is None when there is none such."""

    phrase: str
    order: PastOrder | None


def named_order(tokens: Sequence[Token], context: Context) -> Reference | None:
    """The past order that a whole sentence names by its number or its day: «Повторите, пожалуйста, от 5 ноября»."""
    marks = [token for token in tokens if token.kind == Kind.reference]
    words = {token.norm for token in tokens}
    again = marks or any(word.startswith("повтор") for word in words) or {"еще", "раз"} <= words or "еще раз" in words
    number = next((t for place, t in enumerate(tokens) if _is_number_of_order(tokens, place, context)), None)
    if number is not None and again:
        return Reference(number.text, by_number(context, number.text))
    day = _named_day(tokens, bool(marks))
    return None if day is None else Reference(day.text, _by_day(day, context))


def _is_number_of_order(tokens: Sequence[Token], place: int, context: Context) -> bool:
    """An order's number; after «повтори» also one that only the history tells from a quantity."""
    token = tokens[place]
    if token.kind == Kind.order_number:
        return True
    repeated = place > 0 and tokens[place - 1].kind == Kind.reference and token.text.isdigit() and len(token.text) > 2
    return repeated and token.kind == Kind.number and by_number(context, token.text) is not None


def find_reference(tokens: Sequence[Token], context: Context) -> Reference | None:
    """The past order that these tokens speak of without naming it, None when none is."""
    place = next((i for i, token in enumerate(tokens) if token.kind == Kind.reference), None)
    if place is None:
        return None
    marks = [token for token in tokens if token.kind == Kind.reference]
    rest = tokens[place + 1 :]
    on = place > 0 and tokens[place - 1].norm in _LEADING and bool(rest) and _is_circumstance(rest[0], context)
    order = None if on or _described(rest, context) else _by_role(marks, tokens, context)
    return Reference(marks[0].text, order)


def _described(rest: Sequence[Token], context: Context) -> bool:
    """«то же, что летом на банкет брали»: an order told by its circumstances, which nobody can look up."""
    for place, token in enumerate(rest):
        led = {t.norm for t in rest[max(0, place - 2) : place]} & _LEADING
        if led and (token.norm.startswith(_CIRCUMSTANCES) or _is_circumstance(token, context)):
            return True
    words = [token.norm for token in rest]
    if any(word.split()[0] in ("где", "когда") for word in words if word):
        return True
    told = next((i for i, word in enumerate(words) if word in ("что", "как") or word.startswith("котор")), None)
    return told is not None and any(word.startswith(_CIRCUMSTANCES) for word in words[told + 1 :])


def _is_circumstance(token: Token, context: Context) -> bool:
    """A noun that names neither goods nor anything that is said around an order."""
    if token.kind != Kind.word or token.role or not {"best:NOUN", "known"} <= token.tags:
        return False
    if token.tags & {"best:Name", "best:Patr", "best:Surn", "best:Geox"} or token.norm in ORGANISATIONS:
        return False
    return not context.index.vocabulary.find(token.lemmas[0], token.variants)


def by_number(context: Context, number: str) -> PastOrder | None:
    """A past order by its number, leading zeros and letters aside."""
    digits = number.lstrip("№# 0")
    return next((order for order in reversed(context.history) if order.number.lstrip("0") == digits), None)


def _by_role(marks: Sequence[Token], tokens: Sequence[Token], context: Context) -> PastOrder | None:
    roles = {mark.role for mark in marks}
    orders = context.history
    if "told" in roles:
        return None
    if "previous" in roles:
        return orders[-2] if len(orders) > 1 else None
    today = context.now.date()
    if "yesterday" in roles:
        return _latest_on(orders, today - timedelta(days=1)) or (orders[-1] if orders else None)
    if "last_week" in roles:
        monday = today - timedelta(days=today.weekday() + 7)
        within = [order for order in orders if monday <= order.date < monday + timedelta(days=7)]
        return within[-1] if within else None
    months = [MONTHS[stem] for token in tokens for stem in MONTHS if token.norm.startswith(stem)]
    if months:
        within = [order for order in orders if order.date.month == months[0]]
        return within[-1] if within else None
    if "last_month" in roles:
        before = [order for order in orders if order.date <= today - timedelta(days=25)]
        return before[-1] if before else None
    return orders[-1] if orders else None


def _named_day(tokens: Sequence[Token], marked: bool) -> Token | None:
    """A weekday or a date that names a past order: «как в среду», «повтори заказ от 8 декабря»."""
    for position, token in enumerate(tokens):
        if token.kind != Kind.date or (token.role == "relative" and token.norm not in ("вчера", "позавчера")):
            continue
        before = " ".join(t.norm for t in tokens[max(0, position - 4) : position]).split()
        if before[-1:] in (["на"], ["к"]) and before[-2:-1] != ["как"]:
            continue  # «то же самое, но на субботу» is a day of delivery
        if before and before[-1].startswith(_DELIVERED):
            continue  # «как обычно, доставка 18-го»
        led = any(word in _LEADS for word in before)
        told = any(t.norm.startswith(_TAKEN) for t in tokens)
        if ((led and "как" in before) or (led and (marked or told))) or (
            (marked or "как" in before) and before[-1:] in (["от"], ["за"], ["заказ"], ["заявку"], ["поставку"])
        ):
            return token
    return None


def _by_day(token: Token, context: Context) -> PastOrder | None:
    today = context.now.date()
    if token.role == "weekday" and token.value is not None:
        same = [order for order in context.history if order.date.weekday() == int(token.value) and order.date <= today]
        return same[-1] if same else None
    if token.norm in ("вчера", "позавчера"):
        return _latest_on(context.history, today - timedelta(days=1 if token.norm == "вчера" else 2))
    month = next((number for stem, number in MONTHS.items() if stem in token.norm), None)
    numbers = [int(part) for part in "".join(c if c.isdigit() else " " for c in token.text).split()]
    if not numbers:
        return None
    if month is None and len(numbers) > 1:
        month = numbers[1]
    same = [
        order
        for order in context.history
        if order.date.day == numbers[0] and (month is None or order.date.month == month)
    ]
    return same[-1] if same else None


def _latest_on(orders: Sequence[PastOrder], day: date) -> PastOrder | None:
    found = [order for order in orders if order.date == day]
    return found[-1] if found else None
