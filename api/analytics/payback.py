"""«Окупаемость»: the article's own calculation with the distributor's numbers, as a range and never as one number.

Pure: what is assumed, what was measured, what follows. Roubles a month unless said otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from api.analytics.chance import wilson

SCENES = ("low", "likely", "high")
"""Cautious, likely, lucky."""
WORKDAY_HOURS = 8
FEW_ORDERS = 30
"""With fewer orders in a month the measured figures say too little, and the assumed ones stand."""


@dataclass(frozen=True)
class Assumption:
    """`values`: cautious, likely, lucky; costs grow towards caution. `why`: where it comes from. `most`: its bound."""

    key: str
    title: str
    unit: str
    values: tuple[float, float, float]
    why: str
    most: float = 1e9


ASSUMPTIONS = (
    Assumption("development", "Разработка", "₽", (800_000, 550_000, 300_000), "один раз; вилка из статьи"),
    Assumption("integration", "Связь с учётной системой", "₽", (400_000, 275_000, 150_000), "один раз, как в статье"),
    Assumption("introduction", "Внедрение и обучение", "₽", (150_000, 100_000, 50_000), "один раз; вилка из статьи"),
    Assumption("support", "Поддержка", "₽ в год", (200_000, 150_000, 100_000), "вилка из статьи"),
    Assumption("calls", "Звонков с заказами", "в день", (100, 150, 150), "150 в статье; сосчитайте за неделю", 1e5),
    Assumption("minutes", "Один звонок", "минут", (5, 7, 10), "7–10 в статье", 120),
    Assumption("days", "Рабочих дней", "в месяц", (20, 21, 22), "", 31),
    Assumption("routine", "Заказов без человека", "%", (40, 60, 70), "60–70 в статье; станет измеренным", 100),
    Assumption("salary", "Менеджер с налогами", "₽ в месяц", (60_000, 78_000, 78_000), "60 000 на руки в статье", 1e7),
    Assumption("used", "Освободившееся время, которое пошло в дело", "%", (30, 60, 100),
               "время — деньги, только если его заняли", 100),
    Assumption("lost", "Потерянных заказов", "в день", (2, 5, 10), "10 в статье; обычно никто не считал", 1e4),
    Assumption("regained", "Из потерянных вернётся", "%", (5, 15, 20), "20 в статье", 100),
    Assumption("extra", "Заказов вне рабочего времени, которых иначе не было бы", "%", (0, 20, 50),
               "остальные позвонили бы утром", 100),
    Assumption("check", "Средний заказ", "₽", (15_000, 20_000, 25_000), "25 000 в статье; станет измеренным", 1e8),
    Assumption("margin", "Маржа", "%", (15, 18, 20), "20 в статье", 100),
    Assumption("revenue", "Выручка от этих клиентов", "₽ в месяц", (15e6, 15e6, 15e6), "от неё считается рост", 1e11),
    Assumption("growth", "Рост частоты заказов", "%", (0, 3, 10), "10 в статье; проверяется только временем", 100),
    Assumption("errors", "Меньше ошибок и возвратов", "₽ в месяц", (0, 15_000, 30_000), "30 000 в статье", 1e8),
)  # fmt: skip
BY_KEY = {one.key: one for one in ASSUMPTIONS}
COSTS = ("development", "integration", "introduction")

Values = Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Measured:
    """Our own last thirty days."""

    orders: int
    touchless: int
    touchless_known: int
    outside: int
    average: float
    """Roubles an order."""

    @property
    def enough(self) -> bool:
        return self.orders >= FEW_ORDERS


@dataclass(frozen=True)
class Row:
    """An effect in the three scenes. `measured`: whether it is reckoned from our own figures; `how`: its formula."""

    title: str
    how: str
    measured: bool
    values: tuple[float, float, float]


@dataclass(frozen=True)
class Payback:
    """`once`: what is spent at the beginning; `monthly`: what is left each month; `months`: inf, it never pays back."""

    rows: tuple[Row, ...]
    support: tuple[float, float, float]
    once: tuple[float, float, float]
    monthly: tuple[float, float, float]
    months: tuple[float, float, float]
    hinges: tuple[tuple[str, float, float], ...]
    """What it hinges on most: the assumption, and the months at its cautious and its lucky end, the rest likely."""


def defaults() -> dict[str, tuple[float, float, float]]:
    return {one.key: one.values for one in ASSUMPTIONS}


def reckon(values: Values, measured: Measured | None) -> Payback:
    """The calculation. Measured figures take the place of assumed ones where there are enough orders."""
    known = measured if measured is not None and measured.enough else None
    scenes = [_scene({key: three[place] for key, three in values.items()}, known, place) for place in range(3)]
    effects = [_effects(scene) for scene in scenes]
    rows = tuple(
        Row(title, how, is_measured and known is not None, _three([effect[place] for effect in effects]))
        for place, (title, how, is_measured) in enumerate(_titles(known))
    )
    return Payback(
        rows=rows,
        support=_three([scene["support"] / 12 for scene in scenes]),
        once=_three([_once(scene) for scene in scenes]),
        monthly=_three([sum(_effects(scene)) - scene["support"] / 12 for scene in scenes]),
        months=_three([_months(scene) for scene in scenes]),
        hinges=_hinges(values, known),
    )


def _titles(known: Measured | None) -> list[tuple[str, str, bool]]:
    if known is not None:
        time = "заказы за 30 дней × без вопросов и правок × минуты звонка × цена минуты × пошло в дело"
        lost = "заказы вне рабочего времени × иначе не было бы × средний заказ × маржа"
    else:
        time = "звонки × дни × без человека × минуты звонка × цена минуты × пошло в дело"
        lost = "потерянные заказы × дни × вернётся × средний заказ × маржа"
    return [
        ("Время менеджеров", time, True),
        ("Заказы, которые терялись", lost, True),
        ("Рост частоты заказов", "выручка × рост × маржа", False),
        ("Меньше ошибок", "как задано", False),
    ]


def _scene(values: dict[str, float], known: Measured | None, place: int) -> dict[str, float]:
    """The numbers of one scene; of what was measured its cautious, likely or lucky bound."""
    orders, outside = values["calls"] * values["days"], 0.0
    if known is not None:
        orders, values = known.orders, values | {"check": known.average}
        if known.touchless_known:
            low, high = wilson(known.touchless, known.touchless_known)
            values["routine"] = 100 * (low, known.touchless / known.touchless_known, high)[place]
        low, high = wilson(known.outside, known.orders)
        outside = known.orders * (low, known.outside / known.orders, high)[place]
    return values | {"orders": orders, "outside": outside, "known": float(known is not None)}


def _effects(scene: Mapping[str, float]) -> list[float]:
    minute = scene["salary"] / (scene["days"] * WORKDAY_HOURS * 60) if scene["days"] else 0.0
    freed = scene["orders"] * scene["routine"] / 100 * scene["minutes"]
    if scene["known"]:
        regained = scene["outside"] * scene["extra"] / 100
    else:
        regained = scene["lost"] * scene["days"] * scene["regained"] / 100
    margin = scene["margin"] / 100
    return [
        freed * minute * scene["used"] / 100,
        regained * scene["check"] * margin,
        scene["revenue"] * scene["growth"] / 100 * margin,
        scene["errors"],
    ]


def _once(scene: Mapping[str, float]) -> float:
    return sum(scene[key] for key in COSTS)


def _months(scene: Mapping[str, float]) -> float:
    monthly = sum(_effects(scene)) - scene["support"] / 12
    return _once(scene) / monthly if monthly > 0 else inf


def _hinges(values: Values, known: Measured | None) -> tuple[tuple[str, float, float], ...]:
    """The three assumptions that move the months most, each from its cautious to its lucky end alone."""
    likely = {key: three[1] for key, three in values.items()}
    moved = []
    for one in ASSUMPTIONS:
        ends = [_months(_scene(likely | {one.key: values[one.key][place]}, known, 1)) for place in (0, 2)]
        if ends[0] != ends[1]:
            moved.append((one.title, ends[0], ends[1]))
    moved.sort(key=lambda hinge: abs(min(hinge[1], 1e6) - min(hinge[2], 1e6)), reverse=True)
    return tuple(moved[:3])


def _three(values: list[float]) -> tuple[float, float, float]:
    low, likely, high = values
    return low, likely, high
