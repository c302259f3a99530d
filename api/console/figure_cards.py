"""The figures at a glance: the sentence of the period, and cards with the change since the period before."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics import order_rows, rating_rows, talk_rows
from api.analytics.chance import FEW, Middle, Share, counts_differ, middles_differ, shares_differ
from api.analytics.periods import Period
from api.analytics.scope import scope_of
from api.domain import wording

NBSP = wording.NBSP
GOOD, BAD, NEUTRAL = "good", "bad", ""

Noun = tuple[str, str, str]
ORDERS: Noun = ("заказ", "заказа", "заказов")
STARTED: Noun = ("начатый", "начатых", "начатых")
LINES: Noun = ("позиция", "позиции", "позиций")
CUSTOMERS: Noun = ("клиент", "клиента", "клиентов")
ANSWERS: Noun = ("ответ", "ответа", "ответов")
RATED: Noun = ("оценка", "оценки", "оценок")


@dataclass(frozen=True)
class Numbers:
    """What the cards of one period are made of."""

    totals: order_rows.Totals
    funnel: order_rows.Funnel
    reach: order_rows.Reach
    reasons: dict[str, int]
    corrections: talk_rows.Corrections
    ratings: rating_rows.Ratings
    answer: Middle


@dataclass(frozen=True)
class Card:
    """`tone`: of a change that is more than chance; `hint`: what exactly is counted."""

    title: str
    value: str
    note: str
    change: str
    tone: str
    hint: str


async def numbers(session: AsyncSession, period: Period) -> Numbers:
    scope = await scope_of(session, period)
    return Numbers(
        totals=await order_rows.totals(session, scope),
        funnel=await order_rows.funnel(session, scope),
        reach=await order_rows.reach(session, scope),
        reasons=await talk_rows.reasons(session, scope),
        corrections=await talk_rows.corrections(session, scope),
        ratings=await rating_rows.ratings(session, scope),
        answer=await talk_rows.answer_seconds(session, scope),
    )


def counted(count: int, one: str, few: str, many: str) -> str:
    """«42 заказа»."""
    return f"{wording.number(Decimal(count))}{NBSP}{wording.plural(count, one, few, many)}"


def sentence(period: Period, now: Numbers) -> str:
    """«Вчера 42 заказа на 310 000 ₽, 31 без единого вопроса; 5 раз позвали человека»."""
    called = sum(now.reasons.values())
    person = f"{counted(called, 'раз', 'раза', 'раз')} понадобился человек" if called else "человек не понадобился"
    if not now.totals.orders:
        return f"{period.opening} заказов не было; {person}."
    orders = counted(now.totals.orders, "заказ", "заказа", "заказов")
    told = f"{period.opening} {orders} на {wording.money(now.totals.total)}"
    if now.totals.unasked.whole:
        told += f", {wording.number(Decimal(now.totals.unasked.part))} без единого вопроса"
    return f"{told}; {person}."


def span(seconds: float) -> str:
    """«40 с», «2 мин 10 с», «1 ч 5 мин»."""
    whole = round(seconds)
    if whole < 60:
        return f"{wording.number(Decimal(str(round(seconds, 1))))}{NBSP}с"
    if whole < 3600:
        rest = f" {whole % 60}{NBSP}с" if whole % 60 else ""
        return f"{whole // 60}{NBSP}мин{rest}"
    rest = f" {whole % 3600 // 60}{NBSP}мин" if whole % 3600 // 60 else ""
    return f"{whole // 3600}{NBSP}ч{rest}"


def cards(now: Numbers, then: Numbers) -> list[Card]:
    """The same cards in the same places every day."""
    mine, theirs = now.totals, then.totals
    called, called_then = sum(now.reasons.values()), sum(then.reasons.values())
    reach_now = Share(now.reach.through_us, now.reach.active)
    reach_then = Share(then.reach.through_us, then.reach.active)
    return [
        _count("Заказы", mine.orders, theirs.orders, GOOD, "Подтверждены в чате и не отменены."),
        _money(mine, theirs),
        _share("Вне рабочего времени", mine.outside, theirs.outside, NEUTRAL, "Часы и выходные — в «Системе»."),
        _share("Доведены до конца", now.funnel.conversion, then.funnel.conversion, GOOD,
               "Из начатых заказов, кроме тех, что ещё собирают.", noun=STARTED),
        _middle("Время заказа", mine.seconds, theirs.seconds, "Медиана от первого сообщения до «Оформить»."),
        _share("Без вопросов и правок", mine.touchless, theirs.touchless, GOOD,
               "Ни вопроса, ни исправления, ни человека между началом и «Оформить»."),
        _share("Повторные", mine.repeated, theirs.repeated, NEUTRAL, "Собраны из прошлого заказа."),
        _share("Тихие исправления", Share(min(now.corrections.count, now.corrections.lines), now.corrections.lines),
               Share(min(then.corrections.count, then.corrections.lines), then.corrections.lines), BAD,
               "Позиции, которые помощник поставил без вопроса, а клиент сразу поправил.", noun=LINES),
        _count("Понадобился человек", called, called_then, BAD, "Разговоры, переданные менеджеру."),
        _share("Клиенты с помощником", reach_now, reach_then, GOOD,
               "Из всех, кто заказывал, считая заказы по телефону.", noun=CUSTOMERS),
        _middle("Сообщений на заказ", mine.messages, theirs.messages, "Медиана: слова и нажатия клиента.", plain=True),
        _middle("Ответ помощника", now.answer, then.answer, "Медиана от сообщения до ответа.", noun=ANSWERS),
        _rating(now.ratings, then.ratings),
    ]  # fmt: skip


def _few(now: int, then: int, noun: Noun) -> str:
    """Why nothing is compared."""
    return f"данных мало: {counted(min(now, then), *noun)}" if then else "сравнить не с чем"


def _verdict(differs: bool | None, up: bool, better: str, told: str, few: str) -> tuple[str, str]:
    """Words and tone of a change. `better`: the tone of more."""
    if differs is None:
        return (f"{told}; {few}" if told else few), NEUTRAL
    if not differs:
        return f"{told}, в пределах случайного", NEUTRAL
    tone = NEUTRAL if better == NEUTRAL else GOOD if up == (better == GOOD) else BAD
    return f"{told}, {'заметно больше' if up else 'заметно меньше'}", tone


def _count(title: str, now: int, then: int, better: str, hint: str) -> Card:
    told = f"было {wording.number(Decimal(then))}"
    change, tone = _verdict(counts_differ(now, then), now > then, better, told, "данных мало для сравнения")
    return Card(title, wording.number(Decimal(now)), "", change, tone, hint)


def _money(now: order_rows.Totals, then: order_rows.Totals) -> Card:
    average = f"в среднем {wording.money((now.total / now.orders).quantize(Decimal(1)))}" if now.orders else ""
    return Card("На сумму", wording.money(now.total), average, f"было {wording.money(then.total)}", NEUTRAL,
                "По ценам при оформлении. Суммы заказов неравны, поэтому случайность здесь не оценена.")  # fmt: skip


def _share(title: str, now: Share, then: Share, better: str, hint: str, *, noun: Noun = ORDERS) -> Card:
    if now.value is None:
        return Card(title, "—", f"нет {noun[2]}", "", NEUTRAL, hint)
    low, high = now.interval
    note = f"{wording.number(Decimal(now.part))} из {wording.number(Decimal(now.whole))}"
    note += f", вероятно от {round(low * 100)} до {wording.percent(high, 0)}"
    told = "" if then.value is None else f"было {wording.percent(then.value, 0)}"
    few = _few(now.whole, then.whole, noun)
    change, tone = _verdict(shares_differ(now, then), now.value > (then.value or 0), better, told, few)
    return Card(title, wording.percent(now.value, 0), note, change, tone, hint)


def _middle(title: str, now: Middle, then: Middle, hint: str, *, noun: Noun = ORDERS, plain: bool = False) -> Card:
    def shown(value: float) -> str:
        return wording.number(Decimal(str(round(value, 1)))) if plain else span(value)

    if now.median is None:
        return Card(title, "—", f"нет {noun[2]}", "", NEUTRAL, hint)
    note = f"9 из 10 до {shown(now.p90 or 0)}" if now.count >= FEW else ""
    told = "" if then.median is None else f"было {shown(then.median)}"
    few = _few(now.count, then.count, noun)
    up = now.median > (then.median or 0)
    change, tone = _verdict(middles_differ(now, then), up, BAD, told, few)
    return Card(title, shown(now.median), note, change, tone, hint)


def _rating(now: rating_rows.Ratings, then: rating_rows.Ratings) -> Card:
    hint = "Средняя оценка клиентов от 1 до 5; просим после каждого N-го заказа."
    if now.mean is None:
        return Card(
            "Оценка клиентов", "—", f"спросили {now.asked}" if now.asked else "не спрашивали", "", NEUTRAL, hint
        )
    value = wording.number(Decimal(str(round(now.mean, 1))))
    note = f"ответили {now.given} из {now.asked}"
    told = "" if then.mean is None else f"было {wording.number(Decimal(str(round(then.mean, 1))))}"
    few = _few(now.given, then.given or now.given, RATED) if now.given < FEW else ""
    return Card("Оценка клиентов", value, note, "; ".join(part for part in (told, few) if part), NEUTRAL, hint)
