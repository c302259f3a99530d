"""What neighbours mean together: asides in brackets, contents of packings, slips taken back, grades, products."""

import odd_world
import pytest
import small_world
from small_world import cart_of

from api.understanding.read import read


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("кефир 20 шт (2 кор)", {"kef": "20"}), ("кефир 20 (2 кор), батон 3", {"kef": "20", "bat": "3"}),
        ("кефир 2 кор (20 шт)", {"kef": "20"}),
    ],
)  # fmt: skip
def test_an_amount_in_brackets_says_it_again(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize("text", ["кефир 10 шт/кор 20", "кефир кор=10 20", "кефир кор 10 шт, 20"])
def test_what_a_packing_holds_is_no_quantity(text: str) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == {"kef": "20"} and not outcome.questions


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("кефир 20, ой нет, 10", "10"), ("кефир 5 шт, вернее 6", "6"), ("кефир 20 шт ой нет 10 шт", "10"),
        ("кефир 2 коробки, точнее 3", "30"), ("кефир 5, ошиблась, 6 штук", "6"),
    ],
)  # fmt: skip
def test_the_amount_before_a_slip_is_taken_back(text: str, quantity: str) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == {"kef": quantity} and not outcome.questions


@pytest.mark.parametrize("text", ["яйца 1 категории 30", "яйца первой категории 30", "яйца С1 30", "яйцо с-1 30"])
def test_a_category_of_eggs_is_their_grade(text: str) -> None:
    assert cart_of(read(text, small_world.context())) == {"egg": "30"}


def test_a_grade_of_flour() -> None:
    assert cart_of(read("мука 1 сорт 2 мешка", odd_world.context())) == {"fl1": "2"}
    assert cart_of(read("мука высший сорт 6", odd_world.context())) == {"flv": "6"}


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("кефир два по десять", {"kef": "20"}), ("кефир 2 кор по 10 шт", {"kef": "20"}),
        ("кефир 2 по 10 шт", {"kef": "20"}),
        ("картофель 2 мешка по 25 кг", {"pot": "50"}),
    ],
)  # fmt: skip
def test_so_many_by_so_many_is_a_product(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == cart and not outcome.questions


def test_boxes_by_another_number_than_they_hold_are_asked() -> None:
    outcome = read("кефир 2 кор по 12 шт", small_world.context())
    assert cart_of(outcome) == {} and len(outcome.questions) == 1


def test_sheets_in_brackets_are_no_litres() -> None:
    outcome = read("салфетки (100л) 3", odd_world.context())
    assert cart_of(outcome) == {"nap": "3"} and not outcome.questions
