"""What customers take back, say again or leave unsaid: amounts, packings, products, headings."""

from dataclasses import replace
from decimal import Decimal

import pytest
from small_world import cart_of, context

from api.understanding.heard import Heard
from api.understanding.outcome import Reason
from api.understanding.read import answer, one_for_all, read


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("кефир 10, ой нет, кефира 12", {"kef": "12"}),
        ("кефир 10. Простите, кефира 12", {"kef": "12"}),
        ("кефир 10, нет, пишите 12", {"kef": "12"}),
        ("кефир 2 кор тьфу 3 кор", {"kef": "30"}),
        ("кефир 10 и ещё кефира 12", {"kef": "22"}),
    ],
)
def test_what_is_said_again_is_no_sum(text: str, cart: dict[str, str]) -> None:
    assert cart_of(read(text, context(history=()))) == cart


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("кефир ×12", {"kef": "12"}),
        ("гауда 2 кг 300 г", {"ch": "2.3"}),
        ("кефира 2 коробки и 3 штуки", {"kef": "23"}),
        ("кефира 2 упак", {}),
        ("сахар 1 мешок", {"s25": "1"}),
        ("кефира две коробки, сиропа ванильного одну", {"kef": "20", "smv": "6"}),
    ],
)
def test_amounts_are_read_in_the_ways_people_write_them(text: str, cart: dict[str, str]) -> None:
    assert cart_of(read(text, context(history=()))) == cart


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("кефир 10 → 12", {"kef": "12"}),
        ("кефир не 10, а 12", {"kef": "12"}),
        ("кефира половину", {"kef": "5"}),
        ("кефир урежь вполовину", {"kef": "5"}),
        ("кефира на 3 меньше", {"kef": "7"}),
        ("не кефир, а батон", {"bat": "10"}),
        ("кефир меняю на батон", {"bat": "10"}),
        ("кефир замени на батон, 4 штуки", {"bat": "4"}),
        ("скинь кефира 3", {"kef": "7"}),
    ],
)
def test_edits_of_a_line(text: str, cart: dict[str, str]) -> None:
    assert cart_of(read(text, context({"kef": 10}, history=()))) == cart


def test_what_is_told_to_stay_stays_alone() -> None:
    assert cart_of(read("кефир оставь, остальное долой", context({"kef": 10, "bat": 3, "smv": 2}))) == {"kef": "10"}


def test_the_rest_is_right_speaks_of_the_cart_and_repeats_nothing() -> None:
    assert cart_of(read("гауда 2, остальное верно", context())) == {"ch": "2"}


def test_a_machine_that_passed_last_time_is_no_past_order() -> None:
    outcome = read("машина в прошлый раз еле проехала. кефир 6", context())
    assert cart_of(outcome) == {"kef": "6"}


def test_a_story_beside_an_order_asks_nothing() -> None:
    outcome = read("Молоко вчера внуки выпили всё. Запишите кефир 6", context())
    assert (cart_of(outcome), outcome.questions) == ({"kef": "6"}, ())


def test_a_section_of_a_list_is_no_product() -> None:
    outcome = read("Молочка\nкефир 6\nБакалея\nсахар 1кг 10", context(history=()))
    assert (cart_of(outcome), outcome.questions) == ({"kef": "6", "s1": "10"}, ())


def test_one_amount_answers_all_questions_of_quantity() -> None:
    asked = read("кефир и батон", context(history=()))
    assert [question.reason for question in asked.questions] == [Reason.quantity, Reason.quantity]
    answered = one_for_all(list(asked.questions), "по 4", context(history=()))
    assert answered is not None
    assert cart_of(answered[1]) == {"kef": "4", "bat": "4"}
    assert one_for_all(list(asked.questions), "кефира 4", context(history=())) is None


def test_other_goods_answer_no_question() -> None:
    asked = read("батон", context(history=())).questions[0]
    question = replace(asked, reason=Reason.ambiguous, candidates=("bat", "bread"), sku=None)
    assert answer(question, "как обычно, только молока 8", context(history=())) is None


def test_what_certainly_is_no_order_changes_nothing() -> None:
    heard = Heard("price_query", 0.96)
    assert read("пачка кефира по скока", context({"kef": 3}), heard).cart == {"kef": Decimal(3)}
    assert cart_of(read("кефира пачек 5", context(history=()), heard)) == {"kef": "5"}


@pytest.mark.parametrize("text", ["кефир 1e9", "кефир -5"])
def test_an_impossible_amount_is_asked(text: str) -> None:
    outcome = read(text, context(history=()))
    assert outcome.cart == {}
    assert outcome.questions
