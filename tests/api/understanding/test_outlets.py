"""Outlets that a message names."""

import pytest
from small_world import cart_of, context

from api.understanding.context import OutletName
from api.understanding.outlets import named
from api.understanding.read import read
from order_text import Kind, annotate

OUTLETS = (
    OutletName("a", "Кафе на Ленина", "ул. Ленина, 10"),
    OutletName("b", "Магазин", "ул. Мира, 5"),
    OutletName("c", "Пекарня", "ул. Садовая, 7"),
)
NEIGHBOURS = (OutletName("a", "Ленина 10", "ул. Ленина, 10"), OutletName("b", "Ленина 25", "ул. Ленина, 25"))


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("на Ленина 10: кефир 5", "a"), ("кефир 5 на Мира", "b"), ("на Садовую кефир 5", "c"),
        ("кефир 5 в пекарню", "c"),
        ("на Мира, 5 кефир 5", "b"), ("кефир 5", None),
    ],
)  # fmt: skip
def test_the_outlet_is_known_and_its_house_is_no_quantity(text: str, outlet: str | None) -> None:
    outcome = read(text, context(outlets=OUTLETS))
    assert (cart_of(outcome), outcome.outlet) == ({"kef": "5"}, outlet)
    assert not outcome.questions


@pytest.mark.parametrize(("text", "outlet"), [("на Ленина 10 кефир 5", "a"), ("на Ленина 25 кефир 5", "b")])
def test_the_house_tells_two_outlets_of_a_street_apart(text: str, outlet: str) -> None:
    outcome = read(text, context(outlets=NEIGHBOURS))
    assert (cart_of(outcome), outcome.outlet) == ({"kef": "5"}, outlet)


def test_a_street_of_two_outlets_names_neither() -> None:
    assert read("на Ленина кефир 5", context(outlets=NEIGHBOURS)).outlet is None


def test_two_outlets_in_one_message_are_asked_before_anything_is_put() -> None:
    outcome = read("на Ленина кефир 5, на Мира кефир 3", context({"smv": 1}, outlets=OUTLETS))
    assert cart_of(outcome) == {"smv": "1"}
    assert [question.operation for question in outcome.questions] == ["outlet"]


def test_the_same_outlet_twice_is_one() -> None:
    assert named(annotate("на Мира кефир 5, и на Мира батон 2").tokens, OUTLETS)[1] == ["b"]


def test_a_named_outlet_becomes_an_address() -> None:
    tokens, found = named(annotate("пекарня кефир 5").tokens, OUTLETS)
    assert found == ["c"]
    assert [token.text for token in tokens if token.kind == Kind.address] == ["пекарня"]


def test_without_outlets_nothing_is_marked() -> None:
    tokens = annotate("пекарня кефир 5").tokens
    assert named(tokens, ()) == (list(tokens), [])
