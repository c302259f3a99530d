"""The classifier's opinion beside what the words say."""

import pytest
from small_world import cart_of, context

from api.understanding.heard import Heard, settle
from api.understanding.outcome import Reason
from api.understanding.read import read


def test_what_orders_is_an_order_whatever_it_sounded_like() -> None:
    outcome = read("кефир 5", context(), Heard("thanks", 0.5))
    assert settle(outcome, Heard("thanks", 0.5)) == Heard("order", 1.0)
    assert settle(outcome, Heard("order", 0.7)) == Heard("order", 0.7)


def test_a_repeat_is_a_repeat_done_or_asked() -> None:
    assert settle(read("как обычно", context()), Heard("greet", 0.4)) == Heard("repeat_order", 1.0)
    asked = read("как обычно", context({"bread": 5}))
    assert [question.reason for question in asked.questions] == [Reason.replace_or_add]
    assert settle(asked, Heard("repeat_order", 0.8)) == Heard("repeat_order", 0.8)


def test_what_orders_nothing_is_what_was_heard() -> None:
    heard = Heard("order_status", 0.9)
    assert settle(read("где мой заказ", context()), heard) == heard


def test_a_repeat_that_was_heard_and_not_found_is_asked() -> None:
    outcome = read("сделайте так, чтобы мне понравилось", context(), Heard("repeat_order", 0.8))
    assert cart_of(outcome) == {}
    assert [question.operation for question in outcome.questions] == ["repeat"]


def test_a_repeat_heard_faintly_is_not_asked() -> None:
    assert not read("сделайте так, чтобы мне понравилось", context(), Heard("repeat_order", 0.4)).questions


@pytest.mark.parametrize("name", ["", "order", "greet", "stock_query", "complaint"])
def test_a_list_is_an_order_whatever_was_heard(name: str) -> None:
    outcome = read("кефир 5\nбатон 3", context(), Heard(name, 0.99 if name else 0.0))
    assert cart_of(outcome) == {"kef": "5", "bat": "3"}
