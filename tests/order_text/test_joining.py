"""Neighbours that are one: number words, a number and its measure, kilos and grams."""

from decimal import Decimal

import pytest

from order_text import Kind, Token, annotate


def only(text: str) -> Token:
    """The single token of the text."""
    (token,) = annotate(text).tokens
    return token


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("двадцать пять", "25"), ("сто", "100"), ("сто двадцать пять", "125"), ("одна тысяча двести", "1200"),
        ("полтора", "1.5"),
        ("две тысячи", "2000"), ("dva", "2"), ("ноль", "0"), ("миллион", "1000000"), ("два с половиной", "2.5"),
    ],
)  # fmt: skip
def test_number_words_are_one_number(text: str, value: str) -> None:
    token = only(text)
    assert (token.kind, token.value, token.role) == (Kind.number, Decimal(value), "spoken")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("25 кг", Kind.weight, "25"), ("500 г", Kind.weight, "0.5"), ("500 грамм", Kind.weight, "0.5"),
        ("2 тонны", Kind.weight, "2000"),
        ("250 мл", Kind.volume, "0.25"), ("1,5 л", Kind.volume, "1.5"), ("3,2 процента", Kind.percent, "3.2"),
        ("пол литра", Kind.volume, "0.5"), ("пять кило", Kind.weight, "5"), ("¾ кг", Kind.weight, "0.75"),
    ],
)  # fmt: skip
def test_a_number_and_its_measure_are_one_in_kilograms_or_litres(text: str, kind: Kind, value: str) -> None:
    token = only(text)
    assert (token.kind, token.value) == (kind, Decimal(value))


@pytest.mark.parametrize(
    ("text", "kilos"),
    [("кило двести", "1.2"), ("два кило триста", "2.3"), ("кило пятьсот", "1.5"), ("три кило пятьдесят", "3.05")]
)  # fmt: skip
def test_kilos_and_grams_are_one_weight(text: str, kilos: str) -> None:
    token = only(text)
    assert (token.kind, token.value, token.unit) == (Kind.weight, Decimal(kilos), "кг")


@pytest.mark.parametrize("text", ["кило два", "кило пять", "кило тысяча"])
def test_what_cannot_be_grams_is_not_joined_to_kilos(text: str) -> None:
    assert len(annotate(text).tokens) == 2


def test_a_vague_amount_is_a_span() -> None:
    token = annotate("две-три коробки").tokens[0]
    assert (token.kind, token.value, token.value2) == (Kind.span, 2, 3)


def test_a_span_of_weights_is_in_kilograms() -> None:
    token = only("800-900 г")
    assert (token.kind, token.value, token.value2) == (Kind.span, Decimal("0.8"), Decimal("0.9"))


def test_dimensions_are_sizes() -> None:
    assert [only(text).kind for text in ("80 мм", "24*24 см", "30 сантиметров")] == [Kind.size] * 3


def test_a_packing_does_not_join_its_number() -> None:
    assert [token.kind for token in annotate("5 коробок").tokens] == [Kind.number, Kind.unit]
