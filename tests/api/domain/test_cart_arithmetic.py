"""Order steps, unusual quantities, fitting a sum."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.cart import FitLine, fit_to_sum, is_allowed, is_unusual, nearest_allowed, plain, smallest


def line(sku: str, quantity: int, price: int, step: int = 1, minimum: int = 0) -> FitLine:
    return FitLine(sku, Decimal(quantity), lambda _: Decimal(price), Decimal(step), Decimal(minimum))


@pytest.mark.parametrize(
    ("value", "text"), [("5.0000", "5"), ("10", "10"), ("1E+1", "10"), ("1.50", "1.5"), ("0.1000", "0.1")]
)
def test_plain_numbers(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_the_nearest_allowed_quantities() -> None:
    assert nearest_allowed(Decimal(7), Decimal(6), Decimal(0)) == (6, 12)
    assert nearest_allowed(Decimal(3), Decimal(6), Decimal(0)) == (6,)
    assert nearest_allowed(Decimal(12), Decimal(6), Decimal(0)) == (12,)
    assert nearest_allowed(Decimal(3), Decimal(1), Decimal(10)) == (10,)


@given(st.integers(1, 500), st.integers(1, 24), st.integers(0, 50))
def test_what_is_offered_is_allowed(quantity: int, step: int, minimum: int) -> None:
    offered = nearest_allowed(Decimal(quantity), Decimal(step), Decimal(minimum))
    assert 1 <= len(offered) <= 2
    assert all(is_allowed(value, Decimal(step), Decimal(minimum)) for value in offered)
    assert smallest(Decimal(step), Decimal(minimum)) <= offered[0]


def test_five_times_the_usual() -> None:
    past = [Decimal(4), Decimal(5), Decimal(6)]
    assert not is_unusual(Decimal(25), past)
    assert is_unusual(Decimal(26), past)
    assert not is_unusual(Decimal(1000), past[:1])


def test_lines_give_in_proportion() -> None:
    fitted = fit_to_sum([line("milk", 8, 500), line("syrup", 2, 600)], Decimal(4000))
    assert fitted == {"milk": Decimal(6), "syrup": Decimal(1)}


def test_the_dearest_line_gives_first() -> None:
    fitted = fit_to_sum([line("syrup", 2, 600), line("milk", 8, 500)], Decimal(4300))
    assert fitted == {"milk": Decimal(6), "syrup": Decimal(2)}


def test_a_line_is_dropped_only_when_nothing_else_helps() -> None:
    fitted = fit_to_sum([line("flour", 4, 1000, step=4), line("milk", 5, 100)], Decimal(1000))
    assert fitted == {"milk": Decimal(5)}
    assert fit_to_sum([line("milk", 5, 100)], Decimal(99)) == {}


def test_what_fits_stays() -> None:
    assert fit_to_sum([line("milk", 5, 100)], Decimal(500)) == {"milk": Decimal(5)}
    assert fit_to_sum([], Decimal(500)) == {}


lines = st.lists(
    st.builds(
        lambda steps, price, step, minimum: (steps * step, price, step, minimum),
        st.integers(1, 50), st.integers(1, 900), st.integers(1, 12), st.integers(0, 30),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(lines, st.integers(0, 60_000))
def test_a_fitted_cart_fits_in_whole_steps(rows: list[tuple[int, int, int, int]], available: int) -> None:
    made = {str(place): line(str(place), *row) for place, row in enumerate(rows)}
    fitted = fit_to_sum(list(made.values()), Decimal(available))
    assert sum((made[sku].sum(quantity) for sku, quantity in fitted.items()), Decimal(0)) <= available
    for sku, quantity in fitted.items():
        assert made[sku].floor <= quantity <= made[sku].quantity
        assert quantity % made[sku].step == 0
    floors = sum((item.sum(item.floor) for item in made.values()), Decimal(0))
    assert (len(fitted) == len(made)) == (floors <= available)
