"""The article's calculation with other numbers."""

from math import inf, isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.analytics.payback import ASSUMPTIONS, Measured, defaults, reckon
from api.console.payback import months_text, verdict

ARTICLE = {
    "development": 550_000, "integration": 275_000, "introduction": 100_000, "support": 150_000, "calls": 150,
    "minutes": 8.5, "days": 20, "routine": 65, "salary": 60_000, "used": 100, "lost": 10, "regained": 20, "extra": 0,
    "check": 25_000, "margin": 20, "revenue": 15_000_000, "growth": 10, "errors": 30_000,
}  # fmt: skip


def test_the_articles_numbers_give_the_articles_effects() -> None:
    made = reckon({key: (value, value, value) for key, value in ARTICLE.items()}, None)
    effects = {row.title: row.values[1] for row in made.rows}
    assert effects["Заказы, которые терялись"] == pytest.approx(200_000)
    assert effects["Рост частоты заказов"] == pytest.approx(300_000)
    assert effects["Меньше ошибок"] == 30_000
    # «Сокращение 1 менеджера» — 60 000; by the minutes it is one and three quarters of one.
    assert effects["Время менеджеров"] == pytest.approx(150 * 20 * 0.65 * 8.5 * 60_000 / (20 * 8 * 60))
    assert 1 <= made.months[1] <= 4
    assert made.hinges == ()


def test_the_scenes_are_in_order_and_the_cautious_one_may_never_pay() -> None:
    made = reckon(defaults(), None)
    assert made.months[0] >= made.months[1] >= made.months[2]
    assert len(made.hinges) == 3
    assert not any(row.measured for row in made.rows)


def test_measured_figures_take_the_place_of_assumed_ones() -> None:
    ours = Measured(orders=600, touchless=450, touchless_known=600, outside=102, average=12_000)
    made = reckon(defaults(), ours)
    time, lost = made.rows[0], made.rows[1]
    assert time.measured
    assert time.values[1] == pytest.approx(600 * 0.75 * 7 * 78_000 / (21 * 8 * 60) * 0.6)
    assert lost.values[1] == pytest.approx(102 * 0.2 * 12_000 * 0.18)
    assert time.values[0] < time.values[1] < time.values[2]
    assert reckon(defaults(), Measured(7, 7, 7, 7, 1.0)) == reckon(defaults(), None)


@given(
    st.lists(
        st.floats(0, 1e6).map(lambda number: round(number, 2)),
        min_size=len(ASSUMPTIONS) * 3,
        max_size=len(ASSUMPTIONS) * 3,
    )
)
def test_any_numbers_give_an_answer(numbers: list[float]) -> None:
    values = {one.key: (numbers[3 * n], numbers[3 * n + 1], numbers[3 * n + 2]) for n, one in enumerate(ASSUMPTIONS)}
    made = reckon(values, None)
    assert all(months > 0 or months == 0 for months in made.months)
    assert all(isfinite(value) for row in made.rows for value in row.values)
    assert verdict(made.months)


def test_the_verdict_is_a_range() -> None:
    assert verdict((14, 7, 4)) == "От 4 месяца до 14 месяцев, вероятно 7 месяцев."
    assert "при осторожных допущениях не окупается" in verdict((inf, 7, 4))
    assert verdict((inf, inf, inf)).endswith("даже в удачном случае.")
    assert months_text(21) == "21 месяц"
