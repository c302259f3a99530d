"""Latin brands as a Russian ear hears them."""

import pytest
from odd_world import context
from small_world import cart_of

from api.understanding.read import read
from api.understanding.sounds import cyrillic_skeleton, latin_skeletons, spellings


@pytest.mark.parametrize(
    ("latin", "heard"),
    [
        ("weissgrund", "вайсгрунд"), ("quickbee", "квикби"), ("chio", "чио"), ("schatz", "шац"),
        ("ginger", "джинджер"), ("cola", "кола"), ("station", "стейшн"), ("phoenix", "феникс"), ("cielo", "чело"),
    ],
)  # fmt: skip
def test_a_brand_and_what_is_heard_share_their_consonants(latin: str, heard: str) -> None:
    assert cyrillic_skeleton(heard) in latin_skeletons(latin)


def test_other_consonants_are_another_brand() -> None:
    assert cyrillic_skeleton("вайсберг") not in latin_skeletons("weissgrund")


def test_doubled_consonants_are_one() -> None:
    assert cyrillic_skeleton("коллаж") == cyrillic_skeleton("колаж") == "клж"


def test_a_word_of_vowels_has_no_skeleton() -> None:
    assert latin_skeletons("aeiou") == frozenset()
    assert cyrillic_skeleton("аэио") == ""


def test_a_long_word_has_few_readings() -> None:
    assert 0 < len(latin_skeletons("ch" * 200)) <= 24


def test_a_hard_c_is_a_spelling_too() -> None:
    assert "кола" in spellings("cola")


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("вайсгрунд 3", {"wei": "3"}), ("чипсы вайсгрунд 2 шт", {"wei": "2"}), ("квикби 5", {"bee": "5"}),
        ("газировка куикби 2 банки", {"bee": "2"}), ("Weissgrund 3", {"wei": "3"}),
    ],
)  # fmt: skip
def test_a_brand_written_by_ear_is_its_product(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == cart and not outcome.questions


def test_a_brand_that_nobody_sells_is_asked() -> None:
    outcome = read("чипсы мундберг 3", context())
    assert cart_of(outcome) == {}
    assert [question.candidates for question in outcome.questions] == [("wei",)]
