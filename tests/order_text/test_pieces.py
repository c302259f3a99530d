"""One piece of text into tokens: figures, codes, halves, named measures, words with their tags."""

from decimal import Decimal

import pytest

from order_text import Kind, annotate


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("5", Kind.number, "5"), ("1 000", Kind.number, "1000"), ("12 000", Kind.number, "12000"),
        ("1 200,50", Kind.number, "1200.50"),
        ("0,5", Kind.number, "0.5"), ("70ку", Kind.number, "70"), ("1/2", Kind.number, "0.50"),
        ("12 %", Kind.percent, "12"),
        ("полкило", Kind.weight, "0.5"), ("поллитра", Kind.volume, "0.5"), ("двухлитровый", Kind.volume, "2"),
        ("пятикилограммовый", Kind.weight, "5"), ("9" * 40, Kind.number, "1000000000000"),
    ],
)  # fmt: skip
def test_figures_and_named_measures(text: str, kind: Kind, value: str) -> None:
    (token,) = annotate(text).tokens
    assert (token.kind, token.value) == (kind, Decimal(value))


@pytest.mark.parametrize(
    ("text", "pair"), [("24*24", ("24", "24")), ("16/20", ("16", "20")), ("2х12", ("2", "12")), ("2 x 12", ("2", "12"))]
)
def test_sizes_have_two_numbers(text: str, pair: tuple[str, str]) -> None:
    (token,) = annotate(text).tokens
    assert token.kind == Kind.size
    assert (token.value, token.value2) == tuple(map(Decimal, pair))


@pytest.mark.parametrize("text", ["полкоробки", "пол-ящика", "полящика"])
def test_half_a_packing_is_a_number_and_a_unit(text: str) -> None:
    number, unit = annotate(text).tokens
    assert (number.value, unit.unit) == (Decimal("0.5"), "кор")


@pytest.mark.parametrize("text", ["С1", "c1", "2в1", "3in1"])
def test_letters_with_figures_are_codes(text: str) -> None:
    assert [token.kind for token in annotate(text).tokens] == [Kind.code]


def test_a_grade_is_the_same_in_both_alphabets() -> None:
    cyrillic, latin = annotate("с1").tokens[0], annotate("c1").tokens[0]
    assert "с1" in {*cyrillic.lemmas, *cyrillic.variants} & {*latin.lemmas, *latin.variants}


@pytest.mark.parametrize("text", ["http://a.example/c?x=5 кефир 5", "a@b.example кефир 5"])
def test_addresses_of_the_net_hold_no_quantities(text: str) -> None:
    assert [token.value for token in annotate(text).tokens if token.kind == Kind.number] == [5]


def test_slashed_abbreviations_are_one_word() -> None:
    assert [token.text for token in annotate("б/г д/взбивания").tokens] == ["б/г", "д/взбивания"]


def test_a_unit_in_a_row_of_abbreviations_is_a_word() -> None:
    assert annotate("кор.мол").tokens[0].kind == Kind.word
    assert annotate("5 кор.").tokens[1].kind == Kind.unit


def test_one_packing_is_told_from_many() -> None:
    assert "one" in annotate("коробку").tokens[0].tags
    assert "one" not in annotate("коробок").tokens[0].tags


def test_words_carry_what_the_dictionary_knows() -> None:
    assert {"known", "NOUN"} <= annotate("молоко").tokens[0].tags
    assert "known" not in annotate("сгущмолоко").tokens[0].tags
    assert "best:Name" in annotate("Марина").tokens[0].tags


def test_spoken_words_are_read_as_written_ones() -> None:
    assert annotate("тока молоко").tokens[0].role == annotate("только молоко").tokens[0].role != ""
