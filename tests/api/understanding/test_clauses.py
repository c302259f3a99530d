"""Which parts of a message order, and which complain, ask or chat; what the classifier may silence."""

import pytest
import small_world
from small_world import cart_of, context

from api.understanding.candidates import Finder
from api.understanding.clauses import split
from api.understanding.heard import Heard
from api.understanding.read import read
from api.understanding.verdicts import doubts_repeat, silenced
from order_text import annotate

FINDER = Finder(small_world.index())


def does(text: str) -> list[str]:
    """What the parts of a message do, in order."""
    return [part.does for part in split(annotate(text), FINDER)]


def quiet(text: str, name: str, confidence: float = 0.9) -> bool:
    """Whether a message heard so is passed over."""
    return silenced(split(annotate(text), FINDER), Heard(name, confidence), FINDER)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("кефир 5", ["order"]), ("кефир 5 и где мой заказ?", ["order", "question"]), ("почём кефир?", ["question"]),
        ("недовезли 2 кефира, добавьте кефир 2", ["complaint", "order"]),
        ("кефир 5, если нет, то молоко", ["order", "condition"]),
        ("за 2 кефира мы уже платили", ["chatter"]), ("кефир привезли кислый", ["complaint"]),
        ("почём кефир? батон 3", ["question", "order"]), ("батон\n5", ["order"]),
    ],
)  # fmt: skip
def test_parts_of_a_message(text: str, parts: list[str]) -> None:
    assert does(text) == parts


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("недовезли 2 кефира, добавьте кефир 2", {"kef": "2"}), ("почём кефир? батон 3", {"bat": "3"}),
        ("кефир 5. Во сколько привезёте?", {"kef": "5"}), ("кефир 5?", {"kef": "5"}), ("батон\n5", {"bat": "5"}),
        ("забыла: ещё батон 5", {"bat": "5"}), ("решили взять батон 10", {"bat": "10"}),
    ],
)  # fmt: skip
def test_only_what_orders_changes_the_cart(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context({"smv": 2}))
    assert cart_of(outcome) == {"smv": "2"} | cart and not outcome.questions


@pytest.mark.parametrize(
    "text",
    [
        "за 2 кефира мы уже платили",
        "вчера привезли 5 кефира",
        "кефир привезли кислый",
        "почём 5 кефиров?",
        "вчера 2 кефира недовезли",
    ],
)
def test_what_happened_orders_nothing(text: str) -> None:
    outcome = read(text, context({"smv": 2}))
    assert cart_of(outcome) == {"smv": "2"} and not outcome.is_order


def test_a_condition_is_a_note_of_the_line_before_and_asked_alone() -> None:
    noted = read("кефир 5, если нет, то молоко", context())
    assert cart_of(noted) == {"kef": "5"} and noted.notes == {"kef": "если нет то молоко"}
    alone = read("если нет кефира, то молоко", context())
    assert cart_of(alone) == {} and len(alone.questions) == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("спасибо, получила, и кефир и батон", "thanks"), ("кефир", "stock_query"), ("кефир 5 есть?", "stock_query"),
        ("кефир 5", "complaint"), ("кефир 5", "out_of_scope"),
    ],
)  # fmt: skip
def test_what_sounds_like_no_order_is_silenced(text: str, name: str) -> None:
    assert quiet(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("запиши кефир 5", "out_of_scope"), ("добавьте кефир 5", "complaint"), ("кефир 5", "stock_query"),
        ("кефир 5", "thanks"),
        ("кефир 5\nбатон 3", "complaint"), ("замени кефир на батон", "complaint"), ("кефир 5", "repeat_order"),
    ],
)  # fmt: skip
def test_words_of_ordering_and_lists_are_never_silenced(text: str, name: str) -> None:
    assert not quiet(text, name)


def test_a_faint_opinion_silences_nothing() -> None:
    assert not quiet("кефир", "stock_query", 0.5)


@pytest.mark.parametrize(
    ("text", "name", "doubted"),
    [
        ("а в прошлом заказе что было", "order_status", True), ("как обычно", "repeat_order", False),
        ("как обычно", "", False),
        ("закажите как обычно", "order_status", False), ("прошлый заказ", "complaint", True),
    ],
)  # fmt: skip
def test_a_repeat_is_doubted_in_a_question_or_story(text: str, name: str, doubted: bool) -> None:
    assert doubts_repeat(split(annotate(text), FINDER), Heard(name, 0.8)) is doubted


def test_a_sentence_of_any_length_is_split_in_time() -> None:
    assert does("1-" * 5000) == ["order"]
