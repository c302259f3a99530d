"""Numbers, units and dates as a person reads them in Russian: «2 500 ₽», «3 коробки (36 шт.)», «завтра, 16 декабря»."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from api.domain.order import OUR_KEYS

NBSP = "\u00a0"
MINUS = "\u2212"

# The forms after 1, after 2–4 and after 5–20, or one form for all; keys as accounting systems write units.
UNITS: dict[str, tuple[str, str, str]] = {
    "шт": ("шт.", "шт.", "шт."),
    "уп": ("упаковка", "упаковки", "упаковок"),
    "упак": ("упаковка", "упаковки", "упаковок"),
    "кор": ("коробка", "коробки", "коробок"),
    "короб": ("коробка", "коробки", "коробок"),
    "кг": ("кг", "кг", "кг"),
    "г": ("г", "г", "г"),
    "л": ("л", "л", "л"),
    "мл": ("мл", "мл", "мл"),
    "т": ("т", "т", "т"),
    "лоток": ("лоток", "лотка", "лотков"),
    "лот": ("лоток", "лотка", "лотков"),
    "ящ": ("ящик", "ящика", "ящиков"),
    "ящик": ("ящик", "ящика", "ящиков"),
    "дес": ("десяток", "десятка", "десятков"),
    "меш": ("мешок", "мешка", "мешков"),
    "мешок": ("мешок", "мешка", "мешков"),
    "бут": ("бутылка", "бутылки", "бутылок"),
    "пач": ("пачка", "пачки", "пачек"),
    "пачка": ("пачка", "пачки", "пачек"),
    "бл": ("блок", "блока", "блоков"),
    "блок": ("блок", "блока", "блоков"),
    "бан": ("банка", "банки", "банок"),
    "банка": ("банка", "банки", "банок"),
    "вед": ("ведро", "ведра", "вёдер"),
    "кан": ("канистра", "канистры", "канистр"),
    "рул": ("рулон", "рулона", "рулонов"),
    "пал": ("палета", "палеты", "палет"),
    "пак": ("пакет", "пакета", "пакетов"),
    "пакет": ("пакет", "пакета", "пакетов"),
    "набор": ("набор", "набора", "наборов"),
    "пор": ("порция", "порции", "порций"),
    "пара": ("пара", "пары", "пар"),
    "кг.": ("кг", "кг", "кг"),
}

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
ON_WEEKDAY = (
    "в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье",
)  # fmt: skip
BY_WEEKDAYS = (
    "понедельникам", "вторникам", "средам", "четвергам", "пятницам", "субботам", "воскресеньям",
)  # fmt: skip
NEAR = {-1: "вчера", 0: "сегодня", 1: "завтра"}
EVERY_DAY = frozenset(range(1, 8))
DAY_SETS = {
    EVERY_DAY: "ежедневно",
    frozenset(range(1, 6)): "по будням",
    frozenset(range(1, 7)): "ежедневно, кроме воскресенья",
    frozenset((6, 7)): "по выходным",
}

SHORT_NAME_WORDS = 3
SHORT_KEY = 6
"""Characters of our key that stand for a number: enough for an office to find the order by them."""
DANGLING = frozenset(["в", "во", "для", "и", "из", "к", "на", "по", "с", "со", "под", "без", "от", "до", "или"])


def plural(n: Decimal | int, one: str, few: str, many: str) -> str:
    """The form of a noun after the number: 1 коробка, 2 коробки, 5 коробок, 1,5 коробки."""
    number = abs(Decimal(n))
    if number != number.to_integral_value():
        return few
    tens, units = int(number) % 100, int(number) % 10
    if 11 <= tens <= 14 or units == 0 or units >= 5:
        return many
    return one if units == 1 else few


def number(value: Decimal) -> str:
    """«1,5», «1 200»: no needless zeros, groups of three with no-break spaces."""
    text = f"{abs(value):f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", NBSP)
    sign = MINUS if value < 0 else ""
    return f"{sign}{grouped},{fraction}" if fraction else f"{sign}{grouped}"


def percent(share: float, digits: int = 1) -> str:
    """«92,3 %» of 0.923; without digits «92 %»."""
    return f"{share * 100:.{digits}f}{NBSP}%".replace(".", ",")


def money(amount: Decimal) -> str:
    """«2 500 ₽»; kopecks only when there are any: «99,90 ₽»."""
    rounded = amount.quantize(Decimal("0.01"))
    if rounded == rounded.to_integral_value():
        return f"{number(rounded)}{NBSP}₽"
    whole, _, kopecks = f"{abs(rounded):f}".partition(".")
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{int(whole):,},".replace(",", NBSP)[:-1] + f",{kopecks}{NBSP}₽"


def unit_key(unit: str) -> str:
    """The unit as the table knows it: «Кор.» is «кор»."""
    return unit.strip().casefold().rstrip(".")


def quantity(value: Decimal, unit: str) -> str:
    """«5 шт.», «5 коробок», «1,5 кг»; a unit that the table does not know is shown as it is."""
    forms = UNITS.get(unit_key(unit))
    return f"{number(value)} {plural(value, *forms) if forms else unit}".rstrip()


def packs(value: Decimal, base_unit: str, unit: str, factor: Decimal) -> str:
    """A quantity in base units told in packs when they come out whole: «3 коробки (36 шт.)»."""
    if factor <= 0 or factor == 1 or value % factor != 0 or unit_key(unit) == unit_key(base_unit):
        return quantity(value, base_unit)
    return f"{quantity(value / factor, unit)} ({quantity(value, base_unit)})"


def lasted(span: timedelta) -> str:
    """«меньше минуты», «4 минуты», «2 часа», «3 дня»: how long somebody waits, in the largest whole unit."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return "меньше минуты"
    if minutes < 60:
        return f"{minutes} {plural(minutes, 'минуту', 'минуты', 'минут')}"
    hours = minutes // 60
    if hours < 24:
        return f"{hours} {plural(hours, 'час', 'часа', 'часов')}"
    return f"{hours // 24} {plural(hours // 24, 'день', 'дня', 'дней')}"


def day(value: date, today: date | None = None) -> str:
    """«15 декабря»; with the year when it is another one than today's."""
    text = f"{value.day} {MONTHS[value.month - 1]}"
    return text if today is None or today.year == value.year else f"{text} {value.year} года"


def near_day(value: date, today: date) -> str:
    """«завтра, 16 декабря», «в четверг, 17 декабря» within the coming week, else «25 декабря»."""
    ahead = (value - today).days
    if ahead in NEAR:
        return f"{NEAR[ahead]}, {day(value, today)}"
    if 1 < ahead < 7:
        return f"{ON_WEEKDAY[value.weekday()]}, {day(value, today)}"
    return day(value, today)


def day_of_week(value: date, today: date) -> str:
    """«завтра, 16 декабря», «пятница, 19 декабря»: a day as the answer to «когда?»."""
    ahead = (value - today).days
    return f"{NEAR[ahead] if ahead in NEAR else WEEKDAYS[value.weekday()]}, {day(value, today)}"


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def short_date(value: date) -> str:
    """«15.12.2025»."""
    return f"{value:%d.%m.%Y}"


def document_number(number: str) -> str:
    """«УТ00-012847» is told to people as «12847»; a number that is not made so stays as it is.

    Of our own key, which stands for the number until the accounting system gives one, the end is told.
    """
    if number.startswith(OUR_KEYS):
        return number[-SHORT_KEY:].upper()
    bare = re.fullmatch(r"\s*(?:\w*-)?0*([1-9]\d*)\s*", number)
    return bare[1] if bare else number.strip()


def clock_time(value: time) -> str:
    """«9:00»."""
    return f"{value.hour}:{value.minute:02}"


def as_of(moment: datetime, now: datetime | None = None) -> str:
    """«по данным на 09:40»; with the day when `now` is given and it is another one. Times are told in `now`'s zone."""
    local = moment if now is None else moment.astimezone(now.tzinfo)
    text = f"по данным на {local:%H:%M}"
    if now is None or local.date() == now.date():
        return text
    return f"{text} {day(local.date(), now.date())}"


def delivery_days(days: Sequence[int]) -> str:
    """ISO weekdays in words: «по будням», «по понедельникам и четвергам», «ежедневно»."""
    chosen = frozenset(days) & EVERY_DAY or EVERY_DAY
    if chosen in DAY_SETS:
        return DAY_SETS[chosen]
    return "по " + listed([BY_WEEKDAYS[weekday - 1] for weekday in sorted(chosen)])


def window(start: time, end: time) -> str:
    """«с 9:00 до 12:00»."""
    return f"с {clock_time(start)} до {clock_time(end)}"


def listed(words: Sequence[str]) -> str:
    """«молоко, хлеб и сыр»."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} и {words[-1]}"


def short_name(name: str, brand: str = "") -> str:
    """What people call the product: the words before the first attribute, at most three («Молоко», «Сироп Ваниль»)."""
    bare = name
    if brand.strip():
        bare = re.sub(rf"[«\"“]?(?<!\w){re.escape(brand.strip())}(?!\w)[»\"”]?", " ", name, flags=re.IGNORECASE)
    words: list[str] = []
    for word in bare.split():
        if re.search(r"[\d%(/№]", word) or len(words) == SHORT_NAME_WORDS:
            break
        if not word.endswith(".") and word[0] not in '«"“':
            words.append(word.strip(",;:"))
    while words and (not words[-1] or words[-1].casefold() in DANGLING):
        words.pop()
    if not words:
        return " ".join(name.split()[:SHORT_NAME_WORDS])
    return " ".join(words)
