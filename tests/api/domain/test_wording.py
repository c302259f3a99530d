"""How figures, units and dates read in Russian."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain import wording

TODAY = date(2025, 12, 15)


def spaced(text: str) -> str:
    """With ordinary spaces, for reading in a test."""
    return text.replace(wording.NBSP, " ")


@pytest.mark.parametrize(
    ("amount", "text"),
    [("2500", "2 500 ₽"), ("2500.00", "2 500 ₽"), ("99.9", "99,90 ₽"), ("0", "0 ₽"), ("1234567.05", "1 234 567,05 ₽"),
     ("-300", "−300 ₽"), ("-0.5", "−0,50 ₽"), ("0.005", "0 ₽"), ("999.999", "1 000 ₽")],
)  # fmt: skip
def test_money(amount: str, text: str) -> None:
    assert spaced(wording.money(Decimal(amount))) == text


def test_money_never_breaks_over_a_line() -> None:
    assert " " not in wording.money(Decimal(2_500_000))


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [(0.923, 1, "92,3 %"), (1, 1, "100,0 %"), (0, 1, "0,0 %"), (0.6789, 0, "68 %"), (0.0069, 1, "0,7 %")],
)
def test_percent(share: float, digits: int, text: str) -> None:
    assert wording.percent(share, digits) == text.replace(" ", wording.NBSP)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_can_be_read_back(amount: Decimal) -> None:
    text = wording.money(amount).removesuffix(f"{wording.NBSP}₽")
    assert Decimal(text.replace(wording.NBSP, "").replace(",", ".").replace(wording.MINUS, "-")) == amount


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_number_can_be_read_back(value: Decimal) -> None:
    text = wording.number(value)
    assert Decimal(text.replace(wording.NBSP, "").replace(",", ".").replace(wording.MINUS, "-")) == value
    assert not text.endswith((",0", ","))


@pytest.mark.parametrize(
    ("quantity", "unit", "text"),
    [("5", "шт", "5 шт."), ("1", "кор", "1 коробка"), ("3", "Кор.", "3 коробки"), ("5", "кор", "5 коробок"),
     ("11", "кор", "11 коробок"), ("21", "кор", "21 коробка"), ("1.5", "кг", "1,5 кг"), ("1.5", "кор", "1,5 коробки"),
     ("2", "лоток", "2 лотка"), ("5", "ящ", "5 ящиков"), ("10", "дес", "10 десятков"), ("4", "меш", "4 мешка"),
     ("12.0000", "бут", "12 бутылок"), ("3", "пач", "3 пачки"), ("7", "бл", "7 блоков"), ("2", "кадь", "2 кадь"),
     ("2", "", "2")],
)  # fmt: skip
def test_quantities(quantity: str, unit: str, text: str) -> None:
    assert wording.quantity(Decimal(quantity), unit) == text


def test_packs_are_named_when_they_come_out_whole() -> None:
    assert wording.packs(Decimal(36), "шт", "кор", Decimal(12)) == "3 коробки (36 шт.)"
    assert wording.packs(Decimal(37), "шт", "кор", Decimal(12)) == "37 шт."
    assert wording.packs(Decimal(5), "шт", "шт", Decimal(1)) == "5 шт."


@given(st.integers(min_value=0, max_value=10**6))
def test_plural_forms(n: int) -> None:
    form = wording.plural(n, "one", "few", "many")
    if 11 <= n % 100 <= 19:
        assert form == "many"
    else:
        assert form == {1: "one", 2: "few", 3: "few", 4: "few"}.get(n % 10, "many")


@pytest.mark.parametrize(
    ("ahead", "text"),
    [(-1, "вчера, 14 декабря"), (0, "сегодня, 15 декабря"), (1, "завтра, 16 декабря"), (2, "в среду, 17 декабря"),
     (3, "в четверг, 18 декабря"), (6, "в воскресенье, 21 декабря"), (7, "22 декабря"), (-2, "13 декабря"),
     (20, "4 января 2026 года")],
)  # fmt: skip
def test_near_days(ahead: int, text: str) -> None:
    assert wording.near_day(TODAY + timedelta(days=ahead), TODAY) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [((1, 2, 3, 4, 5), "по будням"), ((1, 4), "по понедельникам и четвергам"), (range(1, 8), "ежедневно"),
     ((1, 3, 5), "по понедельникам, средам и пятницам"), ((6, 7), "по выходным"), ((), "ежедневно"),
     ((1, 2, 3, 4, 5, 6), "ежедневно, кроме воскресенья"), ((2, 2), "по вторникам"), ((9,), "ежедневно")],
)  # fmt: skip
def test_delivery_days(days: tuple[int, ...], text: str) -> None:
    assert wording.delivery_days(days) == text


def test_times_and_dates() -> None:
    moscow = ZoneInfo("Europe/Moscow")
    now = datetime(2025, 12, 15, 10, tzinfo=moscow)
    assert wording.window(time(9), time(12)) == "с 9:00 до 12:00"
    assert wording.short_date(TODAY) == "15.12.2025"
    assert wording.as_of(datetime(2025, 12, 15, 6, 40, tzinfo=ZoneInfo("UTC")), now) == "по данным на 09:40"
    assert wording.as_of(now - timedelta(days=1), now) == "по данным на 10:00 14 декабря"


@pytest.mark.parametrize(
    ("name", "brand", "short"),
    [("Молоко пастер. 3,2% 10л канистра", "", "Молоко"), ("Сироп Ваниль 1 л", "", "Сироп Ваниль"),
     ("Молоко ультрапаст. 3,2% 1л «Лугово» (12)", "Лугово", "Молоко"), ("Лугово Сыр Гауда 45%", "Лугово", "Сыр Гауда"),
     ("Соус сливочный с грибами 1кг", "", "Соус сливочный"), ("7 злаков батон", "", "7 злаков батон"),
     ("Салфетки бумажные белые двухслойные", "", "Салфетки бумажные белые"), ("", "", "")],
)  # fmt: skip
def test_short_names(name: str, brand: str, short: str) -> None:
    assert wording.short_name(name, brand) == short


@given(st.text(max_size=60), st.text(max_size=12))
def test_a_short_name_is_short_and_never_empty(name: str, brand: str) -> None:
    short = wording.short_name(name, brand)
    assert len(short.split()) <= wording.SHORT_NAME_WORDS
    assert bool(short) == bool(name.strip())


def test_our_key_stands_for_a_number_by_its_end() -> None:
    assert wording.document_number("AI-3403f620d460512e635ff499") == "5FF499"


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "меньше минуты"), (1, "1 минуту"), (4, "4 минуты"), (11, "11 минут"), (59, "59 минут"), (60, "1 час"),
     (150, "2 часа"), (24 * 60 - 1, "23 часа"), (24 * 60, "1 день"), (5 * 24 * 60, "5 дней")],
)  # fmt: skip
def test_how_long_somebody_waits(minutes: int, told: str) -> None:
    assert wording.lasted(timedelta(minutes=minutes, seconds=30)) == told
