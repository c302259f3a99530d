"""Which past order is meant; today is Tuesday, 16 December 2025."""

from datetime import date
from decimal import Decimal

import pytest
from small_world import HISTORY, cart_of, context

from api.understanding.context import PastOrder
from api.understanding.outcome import Reason
from api.understanding.read import read
from api.understanding.references import by_number, find_reference, named_order
from order_text import annotate

OLD = PastOrder("90", date(2025, 11, 5), {"bat": Decimal(7)})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("как обычно", "103"), ("прошлый заказ", "103"), ("позапрошлый заказ", "102"), ("повтори заказ 101", "101"),
        ("повтори заказ №102", "102"), ("как в среду", "102"), ("от 8 декабря повторите", "101"),
        ("повтори от 10.12", "102"),
        ("то же, что вчера", "103"), ("как на прошлой неделе", "102"), ("такой же заказ как 8 декабря", "101"),
        ("повторите от 5 ноября", "90"),
    ],
)  # fmt: skip
def test_the_order_told_is_repeated(text: str, number: str) -> None:
    outcome = read(text, context(history=(OLD, *HISTORY)))
    assert outcome.base_order == number
    assert outcome.cart == by_number(context(history=(OLD, *HISTORY)), number).lines  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "повтори заказ №999", "как в пятницу", "то же, что позавчера", "повтори заказ от 3 марта",
        "то же, что летом на банкет брали", "как в тот раз, когда я болела",
    ],
)  # fmt: skip
def test_an_order_that_is_not_found_is_asked_and_repeats_nothing(text: str) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == {} and outcome.base_order is None
    assert [(question.reason, question.operation) for question in outcome.questions] == [(Reason.unknown, "repeat")]


def test_the_order_before_the_last_is_asked_where_there_is_one_only() -> None:
    outcome = read("позапрошлый заказ", context(history=(OLD,)))
    assert cart_of(outcome) == {} and outcome.questions


@pytest.mark.parametrize(
    ("text", "cart"),
    [("кефир как обычно", {"kef": "8"}), ("обычный кефир 5", {"kef": "5"}), ("такой же кефир 5", {"kef": "5"})],
)
def test_a_reference_beside_a_product_repeats_no_order(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == cart and outcome.base_order is None


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("как обычно и батон 3", {"bat": "3"}), ("как обычно, кефира 20", {"kef": "20"}),
        ("прошлый заказ, но сиропа 4", {"smv": "4"}),
    ],
)  # fmt: skip
def test_edits_of_the_repeated_order(text: str, changed: dict[str, str]) -> None:
    assert cart_of(read(text, context())) == {"m32": "10", "kef": "8", "smv": "2"} | changed


def test_numbers_are_compared_without_zeros_and_signs() -> None:
    view = context(history=(PastOrder("000007", date(2025, 12, 1), {}), *HISTORY))
    assert [by_number(view, text) is not None for text in ("№ 7", "7", "0007", "8")] == [True, True, True, False]


def test_a_message_without_a_reference_names_no_order() -> None:
    tokens = annotate("кефир 5 на 20 декабря").tokens
    assert named_order(tokens, context()) is None and find_reference(tokens, context()) is None
