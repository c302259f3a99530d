"""One line in another's place."""

import odd_world
import pytest
import small_world
from small_world import cart_of

from api.understanding.outcome import Reason
from api.understanding.read import answer, read

CART: dict[str, int | str] = {"smv": 2, "kef": 5}


@pytest.mark.parametrize(
    "text",
    [
        "вместо ванили карамель", "карамель вместо ванили", "замени ваниль на карамель", "ваниль замени на карамель",
        "ваниль уберите, вместо неё карамель", "замени сироп на карамель",
    ],
)  # fmt: skip
def test_the_old_quantity_goes_over(text: str) -> None:
    outcome = read(text, small_world.context(CART))
    assert cart_of(outcome) == {"kef": "5", "smk": "2"} and not outcome.questions


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("вместо ванили карамель 3", {"kef": "5", "smk": "3"}),
        ("замени кефир на 2 молока 3,2", {"smv": "2", "m32": "2"}),
        ("поменяйте ваниль на карамель, и батон 3", {"kef": "5", "smk": "2", "bat": "3"}),
        ("вместо кефира топлёное молоко", {"smv": "2", "mt": "5"}),
        ("ваниль замени на солёную карамель", {"kef": "5", "sks": "2"}),
    ],
)  # fmt: skip
def test_a_stated_quantity_and_what_stands_beside(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, small_world.context(CART))
    assert cart_of(outcome) == cart and not outcome.questions


def test_a_number_in_place_of_a_number_is_no_replacement() -> None:
    assert cart_of(read("кефира 8 вместо 5", small_world.context(CART))) == {"smv": "2", "kef": "8"}


def test_a_figure_in_place_of_a_figure() -> None:
    outcome = read("вместо крышек 80 дайте 90", odd_world.context({"cap8": 200}))
    assert cart_of(outcome) == {"cap9": "200"}


def test_what_is_not_in_the_cart_is_told() -> None:
    outcome = read("вместо хлеба батон", small_world.context(CART))
    assert cart_of(outcome) == {"smv": "2", "kef": "5"}
    assert [notice.code for notice in outcome.notices] == ["not_in_cart"]


def test_one_of_two_is_asked() -> None:
    outcome = read("замени сироп на батон", small_world.context({"smv": 1, "smk": 2}))
    assert cart_of(outcome) == {"smv": "1", "smk": "2"}
    assert [set(question.candidates) for question in outcome.questions] == [{"smv", "smk"}]


@pytest.mark.parametrize(
    "text", ["вместо ванили лаванду", "замени ваниль на верблюжье молоко", "вместо ванили ваниль", "замени ваниль"]
)
def test_nothing_changes_before_the_new_product_is_known(text: str) -> None:
    outcome = read(text, small_world.context(CART))
    assert cart_of(outcome) == {"smv": "2", "kef": "5"} and outcome.questions


def test_the_answer_puts_the_new_product_in_the_old_ones_place() -> None:
    view = small_world.context(CART, history=())
    (question,) = read("замени ваниль на молоко", view).questions
    assert (question.reason, question.operation) == (Reason.ambiguous, "replace:smv")
    outcome = answer(question, "3,2", view)
    assert outcome is not None and cart_of(outcome) == {"kef": "5", "m32": "2"}


def test_a_replacement_off_the_step_is_asked_and_keeps_the_old_line() -> None:
    outcome = read("замени ваниль на яйца", small_world.context(CART))
    assert cart_of(outcome) == {"smv": "2", "kef": "5"}
    assert [question.operation for question in outcome.questions] == ["replace:smv"]


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("2 ванили замени на карамель", {"smv": "4", "smk": "2"}),
        ("половину ванили замените на карамель", {"smv": "3", "smk": "3"}),
        ("замени 6 ванили на карамель", {"smk": "6"}),
    ],
)
def test_part_of_a_line_may_go(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, small_world.context({"smv": 6}, history=()))
    assert cart_of(outcome) == cart and not outcome.questions
