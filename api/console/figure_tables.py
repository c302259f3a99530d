"""The figures as tables: shown on the page, drawn as charts, brought as CSV."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics import order_rows, rating_rows, talk_rows
from api.analytics.chance import Middle, wilson
from api.analytics.functions import FUNCTIONS, RARE
from api.analytics.scope import Scope
from api.console.channel_words import channel_words
from api.console.conversation_rows import reason_words
from api.console.figure_cards import CUSTOMERS, counted, span
from api.console.sheets import sheet
from api.domain import wording
from api.domain.wording import document_number

LEFT = {
    "questions": "на вопросе помощника",
    "ready": "на показанном заказе",
    "erp_down": "учётная система не работала",
    "changed": "цена или остаток изменились, не подтвердили заново",
    "emptied": "корзину очистили",
    "refused:minimum_sum": "не набрана минимальная сумма",
    "refused:credit_limit": "превышен кредитный лимит",
    "refused:overdue": "просроченная задолженность",
    "refused:stock": "товара нет или не хватает",
    "refused:questions": "нажали «Оформить» с открытым вопросом",
    "refused:version": "корзину изменил коллега",
    "refused:no_right": "нет права оформлять",
    "refused:delivery_day": "на этот день уже не успеть",
    "refused:empty": "корзина пуста",
}
HOUR_STEP = 24


@dataclass(frozen=True)
class Cell:
    """`text` for a person, `value` for a spreadsheet, `href` where there is a page about it."""

    text: str
    value: object
    href: str = ""

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, (int, float, Decimal))


@dataclass(frozen=True)
class Chart:
    """What the page's script draws: `kind` of Chart.js; each series with its name."""

    kind: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float]]]
    stacked: bool = False
    sideways: bool = False

    def as_json(self) -> dict[str, Any]:
        series = [{"label": label, "data": list(data)} for label, data in self.series]
        options = {"stacked": self.stacked, "sideways": self.sideways}
        return {"kind": self.kind, "labels": list(self.labels), "series": series, **options}


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    explained: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str
    chart: Chart | None = None
    more: Sequence[tuple[str, str]] = field(default_factory=tuple)
    """Links below it: words and address."""


def _date(scope: Scope, at: datetime) -> Cell:
    """The day in the distributor's zone."""
    return Cell(wording.day(at.astimezone(scope.start.tzinfo).date(), scope.start.date()), at.isoformat())


def count(value: int) -> Cell:
    return Cell(wording.number(Decimal(value)), value)


def roubles(value: Decimal) -> Cell:
    return Cell(wording.money(value), value)


def words(text: str, href: str = "") -> Cell:
    return Cell(text, text, href)


def share(part: int, whole: int) -> Cell:
    """With Wilson's interval, where it says anything."""
    if not whole:
        return Cell("—", "")
    low, high = wilson(part, whole)
    text = f"{round(part / whole * 100)} % ({round(low * 100)}–{round(high * 100)})"
    return Cell(text, round(part / whole * 100, 1))


def time_of(value: float | None) -> Cell:
    return Cell("—", "") if value is None else Cell(span(value), round(value, 1))


async def days(session: AsyncSession, scope: Scope) -> Table:
    found = await order_rows.by_day(session, scope)
    first, last = scope.start.date(), (scope.end - timedelta(microseconds=1)).date()
    dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    nothing = (0, Decimal(0))
    return Table(
        "days", "Заказы по дням", "", ("День", "Заказов", "Сумма, ₽"),
        [(Cell(wording.day(day, last), day.isoformat()), count(found.get(day, nothing)[0]),
          roubles(found.get(day, nothing)[1])) for day in dates] if found else [],
        "За этот период заказов не было.",
        Chart("bar", [wording.day(day, last) for day in dates],
              [("Заказов", [found.get(day, nothing)[0] for day in dates])]),
    )  # fmt: skip


async def channels(session: AsyncSession, scope: Scope) -> Table:
    found = await order_rows.by_channel(session, scope)
    total = sum(orders for _, orders, _, _ in found)
    return Table(
        "channels", "По каналам", "", ("Канал", "Заказов", "Доля, %", "Сумма, ₽", "Клиентов"),
        [(words(channel_words(name)), count(orders), share(orders, total), roubles(money), count(customers))
         for name, orders, money, customers in found],
        "За этот период заказов не было.",
    )  # fmt: skip


async def hours(session: AsyncSession, scope: Scope) -> Table:
    found = await order_rows.by_hour(session, scope)
    names = sorted({channel for _, channel in found})
    explained = f"Рабочее время: с {scope.opens} до {scope.closes}, {'пн–сб' if scope.saturday else 'пн–пт'}."
    return Table(
        "hours", "По часам", explained, ("Час", *[channel_words(name) for name in names], "Всего"),
        [(words(f"{hour}:00"), *[count(found.get((hour, name), 0)) for name in names],
          count(sum(found.get((hour, name), 0) for name in names))) for hour in range(HOUR_STEP)] if found else [],
        "За этот период заказов не было.",
        Chart("bar", [str(hour) for hour in range(HOUR_STEP)],
              [(channel_words(name), [found.get((hour, name), 0) for hour in range(HOUR_STEP)]) for name in names],
              stacked=True),
    )  # fmt: skip


async def reach(session: AsyncSession, scope: Scope) -> Table:
    found = await order_rows.reach(session, scope)
    elsewhere, orders = found.orders_elsewhere, found.orders + found.orders_elsewhere
    rows = [
        (words("Через помощника"), count(found.through_us), share(found.through_us, found.active),
         count(found.orders), share(found.orders, orders)),
        (words("Только по телефону или у менеджера"), count(found.only_elsewhere),
         share(found.only_elsewhere, found.active), count(elsewhere), share(elsewhere, orders)),
    ]  # fmt: skip
    explained = "Заказы по телефону видны, когда учётная система отдаёт их историю."
    columns = ("Как заказывают", "Клиентов", "Доля клиентов, %", "Заказов", "Доля заказов, %")
    return Table("reach", "Помощник и телефон", explained, columns, rows if orders else [],
                 "За этот период заказов не было.")  # fmt: skip


async def funnel(session: AsyncSession, scope: Scope) -> Table:
    found = await order_rows.funnel(session, scope)
    steps = [
        ("Начали заказ", found.started),
        ("Увидели собранный заказ", found.ready),
        ("Нажали «Оформить»", found.pressed),
        ("Оформили", found.confirmed),
    ]
    explained = f"Помощник о чём-то спрашивал в {found.asked} из {found.started}; ещё собирают: {found.open}."
    return Table(
        "funnel", "Путь заказа", explained, ("Шаг", "Заказов", "От начатых, %"),
        [(words(title), count(number), share(number, found.started)) for title, number in steps if found.started],
        "За этот период никто не начинал заказ.",
        Chart("bar", [title for title, _ in steps], [("Заказов", [number for _, number in steps])], sideways=True),
    )  # fmt: skip


async def left(session: AsyncSession, scope: Scope) -> Table:
    found = await order_rows.funnel(session, scope)
    ordered = sorted(found.left.items(), key=lambda one: -one[1])
    return Table(
        "left", "Где бросают", "Последний шаг начатых заказов, которые сутки никто не продолжает.",
        ("Шаг", "Заказов", "От начатых, %"),
        [(words(LEFT.get(step, step)), count(number), share(number, found.started)) for step, number in ordered],
        "Брошенных заказов нет.",
    )  # fmt: skip


async def reasons(session: AsyncSession, scope: Scope) -> Table:
    found = sorted((await talk_rows.reasons(session, scope)).items(), key=lambda one: -one[1])
    total = sum(times for _, times in found)
    return Table(
        "reasons", "Зачем понадобился человек", "", ("Причина", "Раз", "Доля, %"),
        [(words(reason_words(reason)), count(times), share(times, total)) for reason, times in found],
        "Помощник справлялся сам.",
        Chart("bar", [reason_words(reason) for reason, _ in found], [("Раз", [n for _, n in found])], sideways=True),
        more=(("Разобрать непонятое", "/console/review"),),
    )  # fmt: skip


async def times(session: AsyncSession, scope: Scope) -> Table:
    totals, waits = await order_rows.totals(session, scope), await talk_rows.waits(session, scope)
    answer = await talk_rows.answer_seconds(session, scope)
    shown: list[tuple[str, Middle]] = [
        ("Заказ: от первого сообщения до «Оформить»", totals.seconds),
        ("Ответ помощника", answer),
        ("Менеджер взял разговор, в рабочее время", waits.at_work),
        ("Менеджер взял разговор, вне его", waits.outside),
    ]
    explained = f"Никто не взял: {waits.never}." if waits.never else ""
    return Table(
        "times", "Сколько времени занимает", explained, ("Что", "Случаев", "Медиана, с", "9 из 10 быстрее, с"),
        [(words(title), count(one.count), time_of(one.median), time_of(one.p90)) for title, one in shown if one.count],
        "За этот период ничего не измерено.",
    )  # fmt: skip


async def missed(session: AsyncSession, scope: Scope) -> Table:
    found = await talk_rows.missed(session, scope)
    places = {"order": "в заказе", "catalogue": "в каталоге"}
    return Table(
        "missed", "Искали и не нашли", "Слова, по которым в каталоге ничего не нашлось.",
        ("Слова", "Где", "Раз", "Клиентов", "Последний раз"),
        [(words(one.phrase), words(places[one.kind]), count(one.times), count(one.customers),
          _date(scope, one.last_at))
         for one in found],
        "Нашлось всё, что искали.",
        more=(("Научить помощника этим словам", "/console/review"),),
    )  # fmt: skip


async def corrected(session: AsyncSession, scope: Scope) -> Table:
    found = await talk_rows.corrected(session, scope)
    return Table(
        "corrected", "Тихие исправления",
        "Помощник понял слова без вопроса, а клиент сразу заменил или убрал позицию: самая дорогая ошибка.",
        ("Слова", "Раз", "Клиентов"),
        [(words(one.phrase or "без слов"), count(one.times), count(one.customers)) for one in found],
        "Клиенты ничего не исправляли.",
        more=(("Исправить в «Непонятом»", "/console/review"),),
    )  # fmt: skip


async def functions(session: AsyncSession, scope: Scope) -> Table:
    found = await talk_rows.intents(session, scope)
    everybody = set[str]().union(*(customers for _, customers in found.values()))
    rows = []
    for function in FUNCTIONS:
        uses = [found[intent] for intent in function.intents if intent in found]
        customers = set[str]().union(*(who for _, who in uses))
        rare = len(customers) < RARE * len(everybody) or not customers
        rows.append((words(function.title), count(sum(times for times, _ in uses)), count(len(customers)),
                     share(len(customers), len(everybody)), words(function.advice if rare else "")))  # fmt: skip
    rows.sort(key=lambda row: row[1].value, reverse=True)  # type: ignore[arg-type, return-value]  # counts
    return Table(
        "functions", "Чем пользуются", f"Помощнику писали: {counted(len(everybody), *CUSTOMERS)}.",
        ("Умение", "Раз", "Клиентов", "Доля клиентов, %", "Почти не пользуются: что написать клиентам"),
        rows if everybody else [], "За этот период помощнику никто не писал.",
    )  # fmt: skip


async def scores(session: AsyncSession, scope: Scope) -> Table:
    found = await rating_rows.ratings(session, scope)
    explained = f"Спросили {found.asked}, ответили {found.given}."
    return Table(
        "scores", "Оценки клиентов", explained, ("Оценка", "Клиентов", "Доля, %"),
        [(words(str(score)), count(found.scores[score]), share(found.scores[score], found.given))
         for score in (5, 4, 3, 2, 1)] if found.given else [],
        "Оценок пока нет: помощник просит её после каждого N-го заказа (раздел «Система»).",
        Chart("bar", [str(score) for score in range(1, 6)],
              [("Клиентов", [found.scores[score] for score in range(1, 6)])]),
    )  # fmt: skip


async def comments(session: AsyncSession, scope: Scope) -> Table:
    found = await rating_rows.words(session, scope)
    return Table(
        "comments", "Что говорят клиенты", "Низкие оценки первыми: позвоните этим клиентам.",
        ("Оценка", "Клиент", "Слова", "Заказ", "Когда"),
        [(count(one.score), words(one.customer, f"/console/conversations/{one.conversation_id}"),
          words(one.comment or "без слов"), words(document_number(one.number) if one.number else ""),
          _date(scope, one.at)) for one in found],
        "Отзывов словами и низких оценок нет.",
    )  # fmt: skip


Maker = Callable[[AsyncSession, Scope], Awaitable[Table]]
PARTS: dict[str, tuple[str, tuple[Maker, ...]]] = {
    "orders": ("Когда и где заказывают", (days, hours, channels, reach)),
    "path": ("Путь заказа", (funnel, left)),
    "people": ("Люди и время", (reasons, times)),
    "words": ("Слова", (missed, corrected)),
    "functions": ("Умения помощника", (functions,)),
    "rating": ("Оценки", (scores, comments)),
}
"""The page below the cards, part by part."""
TABLES: dict[str, Maker] = {maker.__name__: maker for _, makers in PARTS.values() for maker in makers}
"""By the name in the address of the CSV."""


def as_csv(table: Table) -> bytes:
    """For a spreadsheet."""
    return sheet(table.columns, ((cell.value for cell in row) for row in table.rows)).encode()
