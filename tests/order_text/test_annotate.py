"""What an annotation promises whatever the input."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from order_text import Kind, annotate, features
from order_text.normalize import clean, letter_variants

ORDERLY = st.lists(
    st.sampled_from(
        [
            "молоко",
            "5",
            "шт",
            ",",
            "\n",
            "по",
            "не",
            "3,2%",
            "как обычно",
            "🙂",
            "\x00",
            "кор.",
            "½",
            "№",
            "+",
            "-",
            "C1",
            "полтора",
        ]
    ),
    max_size=30,
).map(" ".join)


@given(st.one_of(st.text(max_size=300), ORDERLY))
@settings(max_examples=300, deadline=None)
def test_any_text_is_annotated_and_its_places_hold(text: str) -> None:
    annotation = annotate(text)
    assert len(features(annotation)) == len(annotation.tokens)
    for token in annotation.tokens:
        assert 0 <= token.start <= token.end <= len(annotation.text)
    assert all(0 <= c.first < c.last <= len(annotation.tokens) for c in annotation.clauses)


@given(ORDERLY)
@settings(max_examples=100, deadline=None)
def test_case_and_yo_do_not_matter(text: str) -> None:
    assert features(annotate(text)) == features(annotate(text.replace("ё", "е")))


def test_ten_thousand_characters_take_less_than_a_second() -> None:
    started = time.perf_counter()
    for text in ("🙂" * 10_000, "9" * 10_000, "молоко 5, " * 1000, "a" * 10_000, "((((" * 2500):
        annotate(text)
    assert time.perf_counter() - started < 5


def test_features_are_abstract_classes() -> None:
    assert features(annotate("ещё 3 коробки кефира")) == ["operation:add", "number", "unit", "product"]


def test_readings_of_other_letters_stand_beside_the_original() -> None:
    (token,) = annotate("tarhun").tokens
    assert token.text == "tarhun"
    assert "тархун" in token.variants
    assert "молоко" in letter_variants("vjkjrj")


def test_a_word_of_two_alphabets_becomes_one() -> None:
    assert clean("мoлoкo") == "молоко"


def test_clauses_end_at_sentences_and_lines() -> None:
    annotation = annotate("молоко 5. где заказ?\nхлеб 3")
    assert len(annotation.clauses) == 3


def test_a_number_of_a_phone_is_not_a_number() -> None:
    kinds = [token.kind for token in annotate("батон 5, тел +7 (916) 000-00-00").tokens]
    assert kinds.count(Kind.number) == 1
    assert Kind.phone in kinds
