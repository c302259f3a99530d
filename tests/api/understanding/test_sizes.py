"""«Большой» and «маленький» among the sizes of one product."""

import odd_world
import pytest
from odd_world import context
from small_world import cart_of

from api.understanding.outcome import Reason
from api.understanding.read import answer, read
from api.understanding.sizes import extreme_of, size_of


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("большой контейнер 300", {"box7": "300"}), ("контейнеры маленькие 300", {"box3": "300"}),
        ("маленькая вода 12", {"w05": "12"}), ("300 больших контейнеров", {"box7": "300"}),
    ],
)  # fmt: skip
def test_the_largest_and_the_smallest_are_found(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize("text", ["большие чипсы 2", "большая вода 6", "крышки большие 100"])
def test_a_size_that_tells_no_product_apart_is_asked(text: str) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == {} and len(outcome.questions) == 1


@pytest.mark.parametrize(("reply", "sku"), [("большие", "box7"), ("маленькие", "box3"), ("маленькую", "box3")])
def test_a_size_answers_which(reply: str, sku: str) -> None:
    view = context()
    question = read("контейнер 300", view).questions[0]
    assert question.reason == Reason.ambiguous
    outcome = answer(question, reply, view)
    assert outcome is not None and cart_of(outcome) == {sku: "300"}


def test_words_of_size() -> None:
    sizes = [size_of(word) for word in ("большую", "крупные", "маленький", "мелкие", "молоко", "")]
    assert sizes == [True, True, False, False, None, None]


def test_products_without_a_size_have_no_extreme() -> None:
    goods = odd_world.index().by_sku
    assert extreme_of([goods["box3"], goods["tom"]], True) == []
    assert extreme_of([goods["jc"], goods["jt"]], True) == []
    assert extreme_of([], True) == []
    assert extreme_of([goods["box3"], goods["box7"]], False) == [goods["box3"]]
