"""One token as several words: parts, glued words, features said with «без», figures said as words."""

import odd_world
import pytest
import small_world
from small_world import cart_of

from api.understanding.candidates import Finder
from api.understanding.read import read
from api.understanding.wordings import feature_without, figure_said, glued_in, parts_of, word_of
from order_text import annotate

SMALL, ODD = Finder(small_world.index()), Finder(odd_world.index())


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("хлебдарницкий 3", {"bread": "3"}), ("сиропваниль 2", {"smv": "2"}), ("сироп карамельсолёная 2", {"sks": "2"}),
        ("хлеб-дарницкий 3", {"bread": "3"}),
    ],
)  # fmt: skip
def test_words_without_their_space(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("вода 1,5 без газа 6", {"w15n": "6"}), ("вода без газа 6", {"w15n": "6"}), ("соквишня 4", {"jc": "4"}),
        ("чипсы-сыр 3", {"wei": "3"}),
    ],
)  # fmt: skip
def test_features_and_parts(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, odd_world.context())
    assert cart_of(outcome) == cart and not outcome.questions


def test_glued_words_are_both_of_the_catalogue() -> None:
    assert [word.form for word in glued_in(annotate("хлебдарницкий").tokens[0], SMALL)] == ["хлеб", "дарницкий"]
    assert glued_in(annotate("хлебзаморский").tokens[0], SMALL) == []
    assert glued_in(annotate("картофель").tokens[0], SMALL) == []


def test_a_word_of_any_length_is_looked_at_once() -> None:
    assert glued_in(annotate("хлеб" * 2500).tokens[0], SMALL) == []


def test_parts_of_an_unknown_compound() -> None:
    assert [word.form for word in parts_of(annotate("вишня-томат").tokens[0], ODD)] == ["вишня", "томат"]
    assert [word.form for word in parts_of(annotate("по-домашнему").tokens[0], ODD)] == ["домашнему"]


def test_two_flavours_that_no_product_has_together_are_asked() -> None:
    outcome = read("сок вишня-томат 3", odd_world.context())
    assert cart_of(outcome) == {} and len(outcome.questions) == 1


def test_without_gas_is_a_kind_of_water() -> None:
    feature = feature_without(annotate("газа").tokens[0], ODD, False)
    assert feature is not None and feature.form == "негазированный"


def test_what_no_product_is_without_is_no_feature() -> None:
    assert feature_without(annotate("косточки").tokens[0], ODD, True) is None
    assert feature_without(annotate("сахара").tokens[0], ODD, False) is None


def test_layers_and_numbers_said_as_words() -> None:
    layers = figure_said(annotate("двухслойные").tokens[0], False)
    first = figure_said(annotate("первая").tokens[0], True)
    assert layers is not None and layers.code == ("2сл",)
    assert first is not None and first.code == ("№1",)
    assert figure_said(annotate("первая").tokens[0], False) is None


def test_an_unknown_word_may_be_cut() -> None:
    assert word_of(annotate("карамс").tokens[0]).stub
    assert not word_of(annotate("карамель").tokens[0]).stub
