"""Word kinship."""

import pytest

from api.understanding.stems import WITHOUT, bare, expand, is_descriptor, is_telling, small_stems, stem, synonyms


@pytest.mark.parametrize(
    ("adjective", "noun"),
    [("яблочный", "яблоко"), ("молочный", "молоко"), ("вишневый", "вишня"), ("рисовый", "рис"), ("томатный", "томат"),
    ("лимонный", "лимон")],
)  # fmt: skip
def test_a_noun_and_its_adjective_share_a_root(adjective: str, noun: str) -> None:
    assert stem(adjective) == stem(noun) != ""


@pytest.mark.parametrize(("one", "other"), [("молочный", "мука"), ("рис", "роса"), ("вишня", "вино")])
def test_other_words_have_other_roots(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize("word", ["", "сы", "сыр"[:2], "ый"])
def test_what_is_too_short_has_no_root(word: str) -> None:
    assert stem(word) == "" and small_stems(word) == ()


@pytest.mark.parametrize(
    ("small", "whole"), [("булочка", "булка"), ("стаканчик", "стакан"), ("молочко", "молоко"),
    ("огурчик", "огурец")]
)  # fmt: skip
def test_a_diminutive_leads_to_its_word(small: str, whole: str) -> None:
    assert {stem(whole), whole, *small_stems(whole)} & set(small_stems(small))


@pytest.mark.parametrize(("one", "other"), [("окорочков", "окорочок"), ("сгухи", "сгуха"), ("сгухой", "сгуху")])
def test_endings_of_unknown_words_fall_off(one: str, other: str) -> None:
    assert bare(one) == bare(other)


def test_a_short_word_keeps_its_ending() -> None:
    assert bare("лук") == "лук" and bare("ям") == "ям"


def test_synonyms_go_both_ways_and_leave_the_word_out() -> None:
    assert "помидор" in synonyms("томат") and "томат" in synonyms("помидор")
    assert "томат" not in synonyms("томат") and synonyms("сгухлямба") == frozenset()


def test_abbreviations() -> None:
    assert expand("д/взбивания") == ("взбивания",)
    assert expand("б/косточки") == (WITHOUT + "косточка",)
    assert expand("вишня/томат") == ("вишня", "томат")
    assert expand("молоко") == ()
    assert len(expand("в/с")) >= 1


def test_descriptors_set_nothing_apart() -> None:
    assert [is_descriptor(word) for word in ("пастеризованное", "вес", "гост")] == [True, True, True]
    assert [is_descriptor(word) for word in ("карамель", "топленое", "дарницкий")] == [False, False, False]


def test_a_brand_tells_nothing_and_a_word_of_the_language_does() -> None:
    assert is_telling("топленое") and is_telling("карамель") and not is_telling("бзундрия")
