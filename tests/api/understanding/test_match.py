"""Names ranked, and products found in questions."""

import pytest
from small_world import context, index

from api.understanding.match import lookup, match


@pytest.mark.parametrize(
    ("query", "sku"),
    [
        ("мол пастер 2,5", "m25"),
        ("карамель соленая", "sks"),
        ("сироп карамел", "smk"),
        ("сахар мешок 25", "s25"),
        ("картошка", "pot"),
        ("молоко топленое", "mt"),
        ("стаканчики 250", "cup"),
        ("gauda", "ch"),
        ("rtabh", "kef"),
    ],
)
def test_the_best_name_comes_first(query: str, sku: str) -> None:
    assert match(query, index())[0][0] == sku


def test_scores_fall_and_stay_between_nought_and_one() -> None:
    scores = [score for _, score in match("молоко", index())]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert match("🙂", index()) == []


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("почём кефир?", {"kef"}),
        ("какие сиропы бывают", {"smv", "smk", "sks"}),
        ("сахар 25 кг сколько стоит", {"s25"}),
        ("какая погода", set()),
        ("есть гауда?", {"ch"}),
    ],
)
def test_a_question_names_its_products(text: str, skus: set[str]) -> None:
    assert set(lookup(text, context())[1]) == skus
