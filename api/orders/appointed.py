"""The day of delivery that the customer named: whether it can be kept, and what is told when it cannot."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.catalog.market import Market
from api.config import settings
from api.domain import delivery, wording
from api.domain.product import Product
from api.orders.desk import Desk
from api.understanding.days import delivery_day
from api.understanding.heard import Heard
from order_text import annotate
from order_text.model import Kind

FURTHEST_DAYS = 30
"""Further ahead nobody orders: it is a slip, or the day has just passed."""
_TALKATIVE = frozenset({"", "order", "repeat_order", "affirm", "deny"})
"""Intents under which a day may stand among other words; a question about delivery names one as well."""
_BEGINNING = ("order", "repeat_order")
"""«Хочу сделать заявку на пятницу»: the goods come with the next message."""
_BARE = frozenset(
    "на в во к ко а и но да нет не тогда давайте давай лучше уже доставка доставку доставьте привезите везите "
    "пожалуйста можно нужно надо хочу удобно пусть будет следующий следующую следующей".split()
)
_ASKING = (Kind.question, Kind.complaint)
_NOT_THEN = re.compile(r"(?<!\w)не\s(?:на|в|во|к)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Appointed:
    """The day to deliver on; `refusal` says why it is not the one that was named."""

    day: date
    refusal: str = ""


def day_alone(text: str, desk: Desk, heard: Heard) -> date | None:
    """The day in words that order nothing («на пятницу», «нет, лучше во вторник»), when there is an order to bring."""
    tokens = annotate(text).tokens
    asks = "?" in text or any(token.kind in _ASKING for token in tokens)
    begun = heard.name in _BEGINNING or desk.basket.questions or not desk.basket.is_empty
    if asks or _NOT_THEN.search(text) or not begun:
        return None
    said = {word for token in tokens if token.kind not in (Kind.date, Kind.border) for word in token.norm.split()}
    if heard.name not in _TALKATIVE and not said <= _BARE:
        return None
    return delivery_day(tokens, desk.who.now.date())


def day_in(text: str, desk: Desk) -> date | None:
    """The day that a repeated order is for: «как обычно на пятницу», not «то же, что в пятницу»."""
    tokens = [token for token in annotate(text).tokens if token.role != "usual"]
    past = {
        place
        for place in range(len(tokens))
        if "что" in " ".join(token.norm for token in tokens[max(0, place - 2) : place]).split()
    }
    told = [token for place, token in enumerate(tokens) if token.kind != Kind.date or place not in past]
    return delivery_day(told, desk.who.now.date())


def arrivals(desk: Desk, market: Market) -> list[tuple[Product, int]]:
    """Each product of the cart with the days it takes to bring it; 0 when there is enough in stock."""
    by_sku = desk.who.catalogue.by_sku
    goods = [(by_sku[line.sku], line.quantity) for line in desk.basket.lines.values()]
    return [
        (product, (product.on_order_days or 0) if market.available(product) < quantity else 0)
        for product, quantity in goods
    ]


def lead_of(arriving: Sequence[tuple[Product, int]]) -> int:
    """Days until the first of the goods is there: an order of nothing but goods «под заказ» goes with it."""
    return min((days for _, days in arriving), default=0)


def appoint(desk: Desk, market: Market, day: date) -> Appointed:
    """The named day, or the nearest delivery from it on when there is none that day."""
    now, days, cutoff = desk.who.now, desk.outlet.delivery_days, settings().cutoff
    today, lead = now.date(), lead_of(arrivals(desk, market))
    far = (day - today).days > FURTHEST_DAYS
    nearest = delivery.delivery_from(today if far else day, days, cutoff, now, lead_days=lead)
    if nearest == day:
        return Appointed(day)
    if far:
        why = f"На {wording.day(day, today)} заказы ещё не принимаем."
    elif day < today:
        why = f"Доставка на {wording.day(day, today)} уже не получится."
    elif day == today:
        why = "Сегодня уже не привезём."
    elif days and day.isoweekday() not in days:
        why = f"{wording.upper_first(wording.ON_WEEKDAY[day.weekday()])} не возим."
    elif delivery.delivery_from(day, days, cutoff, now) == day:
        why = f"К {wording.day(day, today)} не успеем: товар под заказ."
    else:
        why = f"На {wording.day(day, today)} заказы принимали до {wording.clock_time(cutoff)}."
    return Appointed(nearest, f"{why} Ближайшая доставка — {wording.day_of_week(nearest, today)}.")
