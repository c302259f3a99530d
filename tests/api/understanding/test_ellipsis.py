"""What a line leaves unsaid is taken from the line before."""

import odd_world
import pytest
import small_world
from small_world import cart_of

from api.understanding.read import read


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("сиропы: ваниль 2, карамель 1", {"smv": "2", "smk": "1"}),
        ("сироп ваниль 2, карамель 1", {"smv": "2", "smk": "1"}),
        ("молоко 3,2 5, 2,5 3", {"m32": "5", "m25": "3"}), ("молоко 3,2% 5 шт и 2,5% 3 шт", {"m32": "5", "m25": "3"}),
        ("молоко топлёное 2, 3,2 пять", {"mt": "2", "m32": "5"}), ("карамель 2, солёная 3", {"smk": "2", "sks": "3"}),
    ],
)  # fmt: skip
def test_the_noun_goes_over(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("сок вишня 3, томат 5", {"jc": "3", "jt": "5"}), ("соки: вишня 3, томат 5", {"jc": "3", "jt": "5"}),
        ("вода 0,5 12, 1,5 негаз 6", {"w05": "12", "w15n": "6"}),
        ("воды 1,5 с газом 6, без газа две", {"w15": "6", "w15n": "2"}),
        ("контейнер 500 300 шт, 750 300 шт", {"box3": "300", "box7": "300"}),
        ("крышки 80 100, 90 200", {"cap8": "100", "cap9": "200"}),
    ],
)  # fmt: skip
def test_the_noun_and_the_figure_go_over(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, odd_world.context())
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize("text", ["сок вишня 3, томаты 5", "сок вишня 3, томаты 5 кг", "сок вишня 3\nпомидоры 5 кг"])
def test_goods_of_their_own_are_no_flavour(text: str) -> None:
    assert cart_of(read(text, odd_world.context())) == {"jc": "3", "tom": "5"}


def test_another_product_inherits_nothing() -> None:
    assert cart_of(read("хлеб дарницкий 3, батон 2", small_world.context())) == {"bread": "3", "bat": "2"}


def test_a_header_without_lines_is_asked_and_puts_nothing() -> None:
    outcome = read("сиропы: фундук 2", small_world.context())
    assert cart_of(outcome) == {} and len(outcome.questions) == 1


def test_a_figure_that_the_inherited_product_has_not_is_asked() -> None:
    outcome = read("молоко 3,2% 5, 8% 3", small_world.context())
    assert cart_of(outcome) == {"m32": "5"} and len(outcome.questions) == 1
