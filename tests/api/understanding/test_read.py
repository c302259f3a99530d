"""The laws of the cart (intents.md), one by one."""

from decimal import Decimal

import pytest
from small_world import HISTORY, cart_of, context

from api.understanding.aliases import key
from api.understanding.outcome import Reason
from api.understanding.read import read, repeat

BASE = {"m32": 5, "kef": 10, "smv": 2}


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("молока 8", {"m32": "8"}),
        ("молока сделай 8", {"m32": "8"}),
        ("только молока 8", {"m32": "8"}),
        ("не 5, а 12 молока", {"m32": "12"}),
        ("ещё 3 молока", {"m32": "8"}),
        ("+3 молока", {"m32": "8"}),
        ("добавь 3 молока", {"m32": "8"}),
        ("докинь молока 3", {"m32": "8"}),
        ("молока на 3 больше", {"m32": "8"}),
        ("кефира на 4 меньше", {"kef": "6"}),
        ("убери 2 кефира", {"kef": "8"}),
        ("кефира вдвое меньше", {"kef": "5"}),
        ("удвой сироп", {"smv": "4"}),
        ("уменьши кефир до 3", {"kef": "3"}),
        ("хлеб дарницкий 12", {"bread": "12"}),
    ],
)
def test_words_that_replace_set_and_words_that_add_add(text: str, changed: dict[str, str]) -> None:
    expected = {"m32": "5", "kef": "10", "smv": "2"} | changed
    assert cart_of(read(text, context(BASE))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("сироп убери", {"m32": "5", "kef": "10"}),
        ("без кефира и сиропа", {"m32": "5"}),
        ("кефир и сироп не надо", {"m32": "5"}),
        ("всё кроме молока убери", {"m32": "5"}),
        ("оставь только молоко и кефир", {"m32": "5", "kef": "10"}),
        ("очисти корзину", {}),
        ("всё убери", {}),
        ("вместо ванили карамель", {"m32": "5", "kef": "10", "smk": "2"}),
        ("замени ваниль на солёную карамель 3", {"m32": "5", "kef": "10", "sks": "3"}),
        ("всё вдвое больше", {"m32": "10", "kef": "20", "smv": "4"}),
    ],
)
def test_lines_leave_and_change_places(text: str, expected: dict[str, str]) -> None:
    assert cart_of(read(text, context(BASE))) == expected


def test_the_same_product_twice_is_the_sum_and_said() -> None:
    outcome = read("кефир 5, кефир 3", context())
    assert cart_of(outcome) == {"kef": "8"}
    assert [notice.code for notice in outcome.notices] == ["same_twice"]


def test_a_repeat_takes_the_last_order_with_its_changes() -> None:
    outcome = read("как обычно, только молока 8 и без сиропа", context())
    assert cart_of(outcome) == {"m32": "8", "kef": "8"}
    assert outcome.base_order == "103"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("как в среду", "102"),
        ("повтори заказ 101", "101"),
        ("повтори заказ от 8 декабря", "101"),
        ("позапрошлый заказ", "102"),
        ("то же, что вчера", "103"),
        ("прошлый заказ", "103"),
    ],
)
def test_other_past_orders_are_found(text: str, number: str) -> None:
    assert read(text, context()).base_order == number


def test_a_repeat_onto_a_full_cart_asks() -> None:
    outcome = read("как обычно", context({"bread": 5}))
    assert cart_of(outcome) == {"bread": "5"}
    assert [question.reason for question in outcome.questions] == [Reason.replace_or_add]


def test_without_a_past_order_a_repeat_is_asked_about() -> None:
    outcome = read("как обычно", context(history=()))
    assert [(q.reason, q.operation, q.candidates) for q in outcome.questions] == [(Reason.unknown, "repeat", ())]
    assert repeat(context(history=()), None, None).notices


def test_an_unclear_reference_is_asked_and_repeats_nothing() -> None:
    outcome = read("ну то самое прежнее", context())
    assert cart_of(outcome) == {}
    assert outcome.questions


def test_removal_of_one_of_two_asks_and_of_none_says_so() -> None:
    outcome = read("сироп убери", context({"smv": 1, "smk": 2}))
    assert cart_of(outcome) == {"smv": "1", "smk": "2"}
    assert set(outcome.questions[0].candidates) == {"smv", "smk"}
    assert [notice.code for notice in read("сироп убери", context({"m32": 1})).notices] == ["not_in_cart"]


def test_a_line_that_is_asked_waits_and_the_others_go_in() -> None:
    outcome = read("кефир 5, сироп фундук 2", context())
    assert cart_of(outcome) == {"kef": "5"}
    assert [(question.reason, question.phrase) for question in outcome.questions] == [(Reason.unknown, "сироп фундук")]


@pytest.mark.parametrize(
    ("text", "sku", "quantity"),
    [
        ("кефир 2 коробки", "kef", "20"),
        ("стаканов 100 штук", "cup", "2"),
        ("сахар 1кг 2 мешка", "s1", "20"),
        ("яйца коробку", "egg", "360"),
        ("яйца три десятка", "egg", "30"),
        ("гауды полтора кило", "ch", "1.5"),
        ("гауда 2", "ch", "2"),
        ("карамели коробку", "smk", "6"),
        ("кефир два по десять", "kef", "20"),
        ("хлеба дарницкого лоток", "bread", "12"),
        ("молоко 2,5% дюжину", "m25", "12"),
    ],
)
def test_packings_convert(text: str, sku: str, quantity: str) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == {sku: quantity}
    assert not outcome.questions


@pytest.mark.parametrize(
    ("text", "reason", "options"),
    [
        ("стаканов 30 штук", Reason.unit, (Decimal(1),)),
        ("яйца 15", Reason.quantity, (Decimal(10), Decimal(20))),
        ("картошки 2 кг", Reason.quantity, (Decimal(5),)),
        ("молоко 3,2% 100", Reason.confirm, (Decimal(100),)),
        ("карамель 700", Reason.confirm, (Decimal(700),)),
        ("хлеб дарницкий", Reason.quantity, (Decimal(12),)),
    ],
)
def test_what_does_not_come_out_is_offered_not_applied(text: str, reason: Reason, options: tuple[Decimal, ...]) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == {}
    assert [(question.reason, question.options) for question in outcome.questions] == [(reason, options)]


def test_exactly_five_times_the_usual_is_not_confirmed() -> None:
    assert cart_of(read("молоко 3,2% 50", context())) == {"m32": "50"}


def test_no_quantity_means_asked_usual_or_one() -> None:
    assert cart_of(read("хлеб дарницкий как обычно", context())) == {"bread": "12"}
    assert cart_of(read("кефир и хлеб дарницкий как обычно", context())) == {"kef": "8", "bread": "12"}
    assert cart_of(read("коробку кефира", context())) == {"kef": "10"}


@pytest.mark.parametrize(
    "text",
    [
        "недовезли 2 молока вчера",
        "почём кефир 10 шт?",
        "кефир есть?",
        "спасибо большое",
        "где мой заказ",
        "включи музыку",
        "🙂",
        "поставь таймер на 5 минут",
        "пришлите накладную",
        "молоко прокисшее привезли",
        "какие сиропы бывают",
    ],
)
def test_what_is_no_order_leaves_the_cart(text: str) -> None:
    outcome = read(text, context(BASE))
    assert not outcome.is_order
    assert not outcome.questions
    assert cart_of(outcome) == {"m32": "5", "kef": "10", "smv": "2"}


def test_an_order_with_a_question_is_both() -> None:
    outcome = read("молока 10, и где вчерашний заказ?", context())
    assert cart_of(outcome) == {"m32": "10"}
    assert outcome.is_order and outcome.also_asks


def test_history_breaks_a_tie_and_only_a_tie() -> None:
    assert cart_of(read("молоко 20", context())) == {"m32": "20"}
    assert read("молоко 20", context(history=())).questions[0].reason == Reason.ambiguous
    assert cart_of(read("карамель 2", context(history=HISTORY))) == {"smk": "2"}


def test_an_unknown_word_is_never_dropped() -> None:
    outcome = read("молоко верблюжье 3", context())
    assert cart_of(outcome) == {}
    assert outcome.questions[0].reason == Reason.unknown


def test_a_lone_number_that_may_be_a_figure_is_asked() -> None:
    outcome = read("сахар 25", context())
    assert cart_of(outcome) == {}
    assert set(outcome.questions[0].candidates) == {"s1", "s25"}


def test_dates_phones_and_addresses_are_no_quantities() -> None:
    outcome = read("на 20 декабря к 9:00 кефир 5, тел 8 916 000-00-00, ул. Садовая, 12", context())
    assert cart_of(outcome) == {"kef": "5"}
    assert not outcome.questions


def test_an_alias_of_the_customer_settles_its_phrase() -> None:
    outcome = read("молоко 5", context(history=(), aliases={key("молоко"): "m25"}))
    assert cart_of(outcome) == {"m25": "5"}


def test_a_specification_is_kept_as_a_note() -> None:
    outcome = read("картошки 10 кг покрупнее", context())
    assert cart_of(outcome) == {"pot": "10"}
    assert outcome.notes == {"pot": "покрупнее"}
