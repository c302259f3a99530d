"""What a reading marks of a message: in order, apart, inside the text, and goods only where a phrase says so."""

from hypothesis import given
from hypothesis import strategies as st

from api.understanding.outcome import Change, Outcome, Question, Reason
from api.understanding.spans import marked


def marks(text: str, *phrases: str) -> list[tuple[str, str]]:
    outcome = Outcome({}, tuple(Change("added", "1", None, None, None, phrase) for phrase in phrases))
    whole = marked(text, outcome)
    return [(whole.text[span.start : span.end], span.kind) for span in whole.spans]


def test_a_figure_of_the_name_is_no_quantity() -> None:
    assert marks("сметана 15 20 шт", "сметана 15") == [
        ("сметана", "product"), ("15", "product"), ("20", "quantity"), ("шт", "unit"),
    ]  # fmt: skip


def test_the_same_words_twice_are_two_mentions() -> None:
    said = marks("молоко 5\nмолоко 3", "молоко", "молоко")
    assert [kind for _, kind in said] == ["product", "quantity", "product", "quantity"]


def test_a_phrase_is_marked_where_its_words_stand_together() -> None:
    said = marks("сироп ваниль 2, сироп карамель 3", "сироп карамель")
    assert [word for word, kind in said if kind == "product"] == ["сироп", "карамель"]
    assert said[0] == ("сироп", "other")


WORDS = st.lists(st.sampled_from(["молоко", "сироп", "5", "шт", "убери", ",", "\n", "и", "3,2", "ваниль"]), max_size=40)


@given(WORDS, st.lists(WORDS.map(" ".join), max_size=6))
def test_spans_are_apart_and_in_order(words: list[str], phrases: list[str]) -> None:
    asked = tuple(Question(phrase, Reason.unknown) for phrase in phrases)
    whole = marked(" ".join(words), Outcome({}, questions=asked))
    end = 0
    for span in whole.spans:
        assert end <= span.start < span.end <= len(whole.text)
        end = span.end
