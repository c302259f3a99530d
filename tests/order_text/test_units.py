"""From the words of units to canonical units and amounts."""

from decimal import Decimal

import pytest

from order_text.units import canonical_unit, half_of_unit, named_measure, unit_forms, unit_of


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("шт", "шт"), ("штук", "шт"), ("Шт.", "шт"), ("коробки", "кор"), ("ящичек", "кор"), ("бутылях", "бут"),
        ("дюжина", "дюж"),
        ("десятка", "дес"), ("мешков", "меш"), ("упаковки", "уп"), ("кг", "кг"), ("килограммов", "кг"), ("гр", "г"),
        ("мл", "мл"),
        ("литров", "л"), ("процентов", "%"), ("sht", "шт"), ("kg", "кг"),
    ],
)  # fmt: skip
def test_any_form_of_a_unit_is_its_canonical_one(word: str, unit: str) -> None:
    found = unit_of(word)
    assert found is not None and found[1] == unit


@pytest.mark.parametrize("word", ["молоко", "", "коробов-ка", "штиль", "🙂"])
def test_other_words_are_no_units(word: str) -> None:
    assert unit_of(word) is None


def test_families_and_factors() -> None:
    assert unit_of("тонна") == ("weight", "т", Decimal(1000))
    assert unit_of("грамм") == ("weight", "г", Decimal("0.001"))
    assert unit_of("мл") == ("volume", "мл", Decimal("0.001"))
    assert unit_of("кор") == ("count", "кор", Decimal(1))


def test_every_form_of_the_tables_is_a_unit_and_canonical_units_are_themselves() -> None:
    for form in unit_forms():
        assert unit_of(form) is not None, form
        assert canonical_unit(canonical_unit(form)) == canonical_unit(form), form


def test_an_unknown_unit_of_a_catalogue_is_itself() -> None:
    assert canonical_unit("Куль.") == "куль"


@pytest.mark.parametrize(
    ("word", "measure"),
    [
        ("двухлитровый", ("volume", "2")), ("полторалитровая", ("volume", "1.5")), ("поллитра", ("volume", "0.5")),
        ("пятикилограммовый", ("weight", "5")), ("полкило", ("weight", "0.5")), ("трёхсотграммовая", ("weight", "0.3")),
        ("двадцатипятикилограммовый", ("weight", "25")), ("однопроцентный", ("percent", "1")),
    ],
)  # fmt: skip
def test_measures_within_words(word: str, measure: tuple[str, str]) -> None:
    assert named_measure(word) == (measure[0], Decimal(measure[1]))


@pytest.mark.parametrize("word", ["литр", "процент", "молоко", "двухслойный", "полотенце", ""])
def test_words_without_a_measure(word: str) -> None:
    assert named_measure(word) is None


@pytest.mark.parametrize(
    ("word", "unit"),
    [("полкоробки", "кор"), ("пол-ящика", "кор"), ("полмешка", "меш"), ("полка", None), ("полено", None)],
)
def test_half_of_a_unit(word: str, unit: str | None) -> None:
    assert half_of_unit(word) == unit
