"""The day of delivery that an order names; today is Tuesday, 16 December 2025."""

from datetime import date

import pytest
from small_world import cart_of, context

from api.understanding.days import delivery_day
from api.understanding.read import read
from order_text import annotate

TODAY = date(2025, 12, 16)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("кефир 5 на сегодня", "2025-12-16"), ("кефир 5 на завтра", "2025-12-17"),
        ("кефир 5 на послезавтра", "2025-12-18"),
        ("к пятнице кефир 5", "2025-12-19"), ("на вторник кефир 5", "2025-12-23"), ("кефир 5 в среду", "2025-12-17"),
        ("кефир 5 на следующую среду", "2025-12-24"), ("на 20 декабря кефир 5", "2025-12-20"),
        ("кефир 5 на 20.12", "2025-12-20"),
        ("на 20.12.2025 кефир 5", "2025-12-20"), ("кефир 5 на 1 января", "2026-01-01"),
        ("кефир 5 на 18-е", "2025-12-18"),
        ("кефир 5 на 5 числа", "2026-01-05"), ("через 3 дня кефир 5", "2025-12-19"),
        ("через неделю кефир 5", "2025-12-23"),
    ],
)  # fmt: skip
def test_an_order_for_a_day(text: str, day: str) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == {"kef": "5"}
    assert str(outcome.delivery_date) == day


def test_an_order_without_a_day_has_none() -> None:
    assert read("кефир 5", context()).delivery_date is None


@pytest.mark.parametrize("text", ["как в среду", "повтори заказ от 8 декабря", "то же, что вчера"])
def test_the_day_of_a_past_order_is_no_delivery_day(text: str) -> None:
    outcome = read(text, context())
    assert outcome.base_order and outcome.delivery_date is None


def test_a_day_that_no_calendar_has_is_none() -> None:
    outcome = read("на 31 февраля кефир 5", context())
    assert cart_of(outcome) == {"kef": "5"} and outcome.delivery_date is None


def test_a_past_day_with_its_year_is_none() -> None:
    assert delivery_day(annotate("на 10.12.2025").tokens, TODAY) is None


def test_the_first_of_two_days_holds() -> None:
    assert delivery_day(annotate("на завтра, а не на пятницу").tokens, TODAY) == date(2025, 12, 17)


def test_a_day_in_a_question_is_no_delivery_day() -> None:
    assert read("кефир 5. В субботу возите?", context()).delivery_date is None
