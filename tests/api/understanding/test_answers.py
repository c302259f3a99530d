"""Open questions answered by a button or in words."""

from decimal import Decimal

import pytest
from small_world import cart_of, context

from api.understanding.context import Context
from api.understanding.outcome import Question, Reason, question_from_json, question_to_json
from api.understanding.read import answer, choose, read


def _asked(text: str, view: Context) -> Question:
    outcome = read(text, view)
    assert len(outcome.questions) == 1
    return outcome.questions[0]


@pytest.mark.parametrize("text", ["3,2", "3,2%", "пастеризованное 3,2"])
def test_a_figure_picks_the_product_and_keeps_the_stated_quantity(text: str) -> None:
    view = context(history=())
    outcome = answer(_asked("молоко 20", view), text, view)
    assert outcome is not None
    assert cart_of(outcome) == {"m32": "20"}


@pytest.mark.parametrize(("text", "place"), [("первое", 0), ("вторую", 1), ("второй вариант", 1)])
def test_a_place_picks_the_product(text: str, place: int) -> None:
    view = context(history=())
    question = _asked("молоко 20", view)
    outcome = answer(question, text, view)
    assert outcome is not None
    assert list(outcome.cart) == [question.candidates[place]]


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("10", {"bread": "10"}),
        ("2 лотка", {"bread": "24"}),
        ("лоток", {"bread": "12"}),
        ("десять штук", {"bread": "10"}),
        ("пусть будет 7", {"bread": "7"}),
        ("как обычно", {"bread": "12"}),
        ("не надо", {}),
    ],
)
def test_a_quantity_is_answered_with_or_without_a_unit(text: str, cart: dict[str, str]) -> None:
    view = context()
    outcome = answer(_asked("хлеб дарницкий", view), text, view)
    assert outcome is not None
    assert cart_of(outcome) == cart


@pytest.mark.parametrize("text", ["кефир 5", "где мой заказ?", "спасибо", "сироп ваниль 2 и кефир 3"])
def test_another_matter_is_not_an_answer(text: str) -> None:
    view = context()
    assert answer(_asked("хлеб дарницкий", view), text, view) is None


def test_an_unlikely_quantity_is_confirmed_once() -> None:
    view = context()
    question = _asked("молоко 3,2% 100", view)
    for outcome in (answer(question, "да", view), answer(question, "да, 100", view), choose(question, "yes", view)):
        assert outcome is not None
        assert cart_of(outcome) == {"m32": "100"}
        assert not outcome.questions
    refused = choose(question, "no", view)
    assert cart_of(refused) == {}
    corrected = answer(question, "10", view)
    assert corrected is not None
    assert cart_of(corrected) == {"m32": "10"}


def test_buttons_carry_out_the_operation_that_was_asked_about() -> None:
    view = context({"smv": 2, "smk": 3})
    question = _asked("сироп убери", view)
    assert cart_of(choose(question, "smk", view)) == {"smv": "2"}


def test_a_step_is_chosen_from_the_options() -> None:
    view = context()
    question = _asked("яйца 15", view)
    assert cart_of(choose(question, "20", view)) == {"egg": "20"}
    again = answer(question, "15", view)
    assert again is not None
    assert again.questions[0].options == (Decimal(10), Decimal(20))


def test_replace_or_add_reads_the_whole_message_again() -> None:
    view = context({"bread": 5})
    question = _asked("как обычно, только кефира 3", view)
    assert question.reason == Reason.replace_or_add
    assert cart_of(choose(question, "replace", view)) == {"m32": "10", "kef": "3", "smv": "2"}
    added = answer(question, "добавить", view)
    assert added is not None
    assert cart_of(added) == {"bread": "5", "m32": "10", "kef": "3", "smv": "2"}


def test_a_question_survives_json() -> None:
    for text in ("сахар 20", "яйца 15", "молоко 3,2% 100", "сироп фундук 2"):
        question = read(text, context()).questions[0]
        assert question_from_json(question_to_json(question)) == question
