"""Stories before an edit, plurals, exceptions, what is kept of a kind, and answers with more behind them."""

from decimal import Decimal

import pytest
from small_world import cart_of, context

from api.understanding.heard import Heard
from api.understanding.outcome import Reason
from api.understanding.read import answer, read

SYRUPS: dict[str, int | str] = {"smv": 2, "smk": 4, "kef": 10}


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("кефир пересчитали, хватит трёх", {"kef": "3", "bread": "12"}),
        ("кефира я десять написал? шесть надо было", {"kef": "6", "bread": "12"}),
        ("кефира десять это я загнула, давайте восемь", {"kef": "8", "bread": "12"}),
        ("я там хлеба двенадцать написал, поправь на 10", {"kef": "10", "bread": "10"}),
        ("хлеб дети не едят, его исключите", {"kef": "10"}),
        ("кефира хватит и половины", {"kef": "5", "bread": "12"}),
        ("сократи всё в два раза", {"kef": "5", "bread": "6"}),
        ("кефира и хлеба на 2 больше каждого", {"kef": "12", "bread": "14"}),
        ("один кефир оставь, остальное долой", {"kef": "10"}),
        ("кефир оставь, прочее долой", {"kef": "10"}),
        ("забудьте всё что было. батон 4", {"bat": "4"}),
    ],
)
def test_what_is_told_of_a_line_says_which_is_edited(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context({"kef": 10, "bread": 12}, history=()))
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("без сиропов", {"kef": "10"}),
        ("сиропы все убрать", {"kef": "10"}),
        ("сиропы все убрать, кроме карамели", {"smk": "4", "kef": "10"}),
        ("сиропы убери все кроме карамельного", {"smk": "4", "kef": "10"}),
        ("из сиропов оставь только ваниль", {"smv": "2", "kef": "10"}),
        ("кроме сиропов всё убери", {"smv": "2", "smk": "4"}),
        ("пусть все сиропы будут по 6", {"smv": "6", "smk": "6", "kef": "10"}),
        ("сиропов вдвое больше", {"smv": "4", "smk": "8", "kef": "10"}),
        ("из всего заказа нужны только ваниль с кефиром", {"smv": "2", "kef": "10"}),
    ],
)
def test_a_plural_speaks_of_all_of_a_kind(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context(SYRUPS, history=()))
    assert cart_of(outcome) == cart and not outcome.questions


def test_a_singular_still_asks_which() -> None:
    outcome = read("убери сироп", context(SYRUPS, history=()))
    assert cart_of(outcome) == {"smv": "2", "smk": "4", "kef": "10"}
    assert [question.reason for question in outcome.questions] == [Reason.ambiguous]


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("карамель, а не ваниль, количество то же", {"smk": "2", "kef": "10"}),
        ("не ваниль, а карамель, количество то же", {"smk": "2", "kef": "10"}),
        ("не ваниль, а карамель, и её 5", {"smk": "5", "kef": "10"}),
        ("ой не ваниль а карамель", {"smk": "2", "kef": "10"}),
    ],
)
def test_one_and_not_the_other(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context({"smv": 2, "kef": 10}, history=()))
    assert cart_of(outcome) == cart and not outcome.questions


def test_the_figure_that_was_wrong_takes_its_line_along() -> None:
    outcome = read("молоко 3,2 2 коробки. стоп, не 3,2%, а 2,5%", context(history=()))
    assert cart_of(outcome) == {"m25": "24"}


def test_a_correction_in_a_message_of_its_own_means_the_last_line() -> None:
    outcome = read("ой нет, карамель", context({"kef": 10, "smv": 2}, history=()))
    assert cart_of(outcome) == {"kef": "10", "smk": "2"}


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("половину прошлого заказа", {"m32": "5", "kef": "4", "smv": "1"}),
        ("всё то же, что было в последнем заказе", {"m32": "10", "kef": "8", "smv": "2"}),
        ("пришлите ту же самую заявку", {"m32": "10", "kef": "8", "smv": "2"}),
        ("заявка без изменений", {"m32": "10", "kef": "8", "smv": "2"}),
    ],
)
def test_past_orders(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize(
    "text",
    [
        "в прошлый раз кефир 5 шт пришли мятые, люди обратно несут",
        "вчера приехало 8 кефиров, три вообще разморожены",
        "у соседей хлеб по 38 рублей, а мне вы по 44 везёте",
        "спасибо, всё получили: 10 кефира, 12 хлеба",
        "я на воротах, 2 коробки кефира, куда разгружать?",
        "Сколько кефира в коробке, 10 или 12?",
        "а если возьму 20 кефиров, скидка будет?",
        "кефир 1% есть в наличии? штук 20",
        "где мой заказ, 12 хлеба и 10 кефира?",
        "мы обычно берём 8 кефира, но сегодня не будем",
        "кефира ещё 5 штук в холодильнике",
        "кефир 1% это 900 грамм?",
    ],
)
def test_what_happened_or_is_asked_orders_nothing(text: str) -> None:
    outcome = read(text, context({"bread": 12}))
    assert cart_of(outcome) == {"bread": "12"} and not outcome.questions


def test_an_order_beside_a_question_about_other_goods_stands() -> None:
    outcome = read("кефир 10, и подскажите, сколько сейчас стоит гауда?", context(history=()))
    assert cart_of(outcome) == {"kef": "10"}


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("3,2. И ещё кефира 5", {"m32": "20", "kef": "5"}),
        ("3,2 и ещё кефира 5", {"m32": "20", "kef": "5"}),
        ("3,2. спасибо", {"m32": "20"}),
    ],
)
def test_an_answer_may_have_more_behind_it(text: str, cart: dict[str, str]) -> None:
    (question,) = read("молоко 20", context(history=())).questions
    outcome = answer(question, text, context(history=()))
    assert outcome is not None and cart_of(outcome) == cart


def test_a_refusal_with_an_order_behind_it_is_no_answer() -> None:
    (question,) = read("молоко 20", context(history=())).questions
    assert answer(question, "не надо. И ещё кефира 5", context(history=())) is None


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("кифир 5", {"kef": "5"}),
        ("моллако топлёное 5", {"mt": "5"}),
        ("кефир (холодный, не мятый) 5", {"kef": "5"}),
        ("картошка 10 кг (крупная, без глазков)", {"pot": "10"}),
    ],
)
def test_spelling_by_ear_and_wishes_in_brackets(text: str, cart: dict[str, str]) -> None:
    assert cart_of(read(text, context(history=()))) == cart


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("удваиваем всё", 2), ("всё ×2", 2), ("умножаем всё на два", 2), ("раза в два больше всего", 2),
        ("в полтора раза больше всего", "1.5"), ("утраиваем", 3), ("в 4 раза больше", 4),
        ("уменьшаем в два раза", "0.5"), ("сокращаем вдвое", "0.5"), ("всё делим пополам", "0.5"),
        ("разделите всё на 2", "0.5"), ("половину всего заказа уберите", "0.5"), ("в два раза меньше всего", "0.5"),
    ],
)  # fmt: skip
def test_scaling_in_any_words(text: str, factor: int | str) -> None:
    outcome = read(text, context({"kef": 8, "bread": 12}, history=()))
    assert outcome.cart == {"kef": 8 * Decimal(factor), "bread": 12 * Decimal(factor)} and not outcome.questions


@pytest.mark.parametrize("text", ["спасибо! только всё вдвое", "в полтора раза больше всего"])
def test_no_verdict_silences_a_scaling(text: str) -> None:
    outcome = read(text, context({"kef": 8}, history=()), Heard("thanks", 0.99))
    assert outcome.cart != {"kef": 8}


def test_arithmetic_for_a_voice_assistant_scales_nothing() -> None:
    outcome = read("сколько будет два умножить на два", context({"kef": 8}, history=()), Heard("out_of_scope", 0.99))
    assert cart_of(outcome) == {"kef": "8"} and not outcome.questions


def test_a_line_may_be_left_out_of_the_scaling() -> None:
    outcome = read("удвойте прошлый заказ, кефир оставьте как есть", context())
    assert cart_of(outcome) == {"m32": "20", "kef": "8", "smv": "4"}


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("не десять кефира, а семь", {"kef": "7", "bread": "12"}),
        ("вместо десяти кефира семь", {"kef": "7", "bread": "12"}),
        ("кефир: было 10, стало 7", {"kef": "7", "bread": "12"}),
        ("поменяйте количество кефира на 7", {"kef": "7", "bread": "12"}),
        ("кефира 7, больше не надо", {"kef": "7", "bread": "12"}),
        ("кефир отставить", {"bread": "12"}),
        ("кефир снимаем", {"bread": "12"}),
        ("только хлеб оставьте", {"bread": "12"}),
        ("кефир меняем на батон 400", {"bread": "12", "bat": "10"}),
        ("10 кефира многовато, давайте 8", {"kef": "8", "bread": "12"}),
        ("кефира маловато, 15", {"kef": "15", "bread": "12"}),
        ("всё правильно кроме кефира, его 8", {"kef": "8", "bread": "12"}),
        ("кефир на этот раз пропустим", {"bread": "12"}),
        ("зачеркните кефир", {"bread": "12"}),
        ("насчёт кефира — 8", {"kef": "8", "bread": "12"}),
        ("кефира-то 8", {"kef": "8", "bread": "12"}),
        ("всё долой, начинаем с нуля: кефир 3", {"kef": "3"}),
        ("минус кефир", {"bread": "12"}),
        ("ой, батон забыла! 6 штучек", {"kef": "10", "bread": "12", "bat": "6"}),
        ("кефир 10 есть ещё", {"kef": "10", "bread": "12"}),
        ("напомни в 8 заказать кефир", {"kef": "10", "bread": "12"}),
    ],
)
def test_edits_in_everyday_words(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context({"kef": 10, "bread": 12}, history=()))
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("три и два", {"m32": "20"}),
        ("последнее", {"m32": "20"}),
        ("вариант 2", {"m32": "20"}),
        ("3.2 литровое", {"m32": "20"}),
        ("топлёное", {"mt": "20"}),
        ("3,2 десять и 2,5 пять", {"m32": "10", "m25": "5"}),
    ],
)
def test_answers_in_other_words(text: str, cart: dict[str, str]) -> None:
    (question,) = read("молоко 20", context(history=())).questions
    outcome = answer(question, text, context(history=()))
    assert outcome is not None and cart_of(outcome) == cart


@pytest.mark.parametrize("text", ["сколько стоит 3,2?", "а 2,5 есть?"])
def test_a_question_answers_nothing(text: str) -> None:
    (question,) = read("молоко 20", context(history=())).questions
    assert answer(question, text, context(history=())) is None


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("кефир:10,хлеб:12", {"kef": "10", "bread": "12"}),
        ("1. Кефир — 10 шт. 2. Хлеб — 12 шт.", {"kef": "10", "bread": "12"}),
        ("12.12 кефир 10, хлеб 12", {"kef": "10", "bread": "12"}),
        ("молоко 3,2% и 2,5% по 12", {"m32": "12", "m25": "12"}),
        ("По 6 штук: кефир, хлеб, батон", {"kef": "6", "bread": "6", "bat": "6"}),
        ("Итого: 4 180. кефир 10", {"kef": "10"}),
    ],
)
def test_lists_in_one_line(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context(history=()))
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize("text", ["хлеба на 30% меньше", "хлеба меньше", "уменьшите хлеб"])
def test_less_without_an_amount_is_asked_and_removes_nothing(text: str) -> None:
    outcome = read(text, context({"kef": 10, "bread": 12}, history=()))
    assert cart_of(outcome) == {"kef": "10", "bread": "12"}
    assert [question.reason for question in outcome.questions] == [Reason.quantity]


@pytest.mark.parametrize(
    "text",
    [
        "я бы взяла кефира штук 10 и хлеба 12",
        "кефир 10, хлеб 12. доставка с 8 до 10",
        "кефир 10 хлеб 12 подъезд 3 этаж 2",
        "кефир ......10 хлеб ......12",
        "кефир 9?? нет, 10, хлеб 12",
        "кефир 10, дата не раньше 14.12, хлеб 12",
        "кефир 10 хлеб 12 = 22",
        "2 позиции: кефир 10, хлеб 12",
        "кефир 10 хлеб 12 по старой цене",
        "кефир 10 хлеб 12 в 7-8 утра",
        "кефир 10 хлеб 12 ИНН 7712345678",
        "кефир 10 хлеб 12 сдача с 5 тысяч",
        "кефира коробку (10), хлеба 12",
        "кефира 1 кор = 10 шт, хлеба 12",
        "скажите водителю чтоб захватил кефира 10, хлеба 12",
        "можно ли заказать кефир 10, хлеб 12?",
        "кефир 10 хлеб 12 когда привезёте?",
        "кефир 10 хлеб 12 успеете сегодня?",
    ],
)
def test_numbers_beside_an_order_are_none_of_it(text: str) -> None:
    outcome = read(text, context({}, history=()))
    assert cart_of(outcome) == {"kef": "10", "bread": "12"} and not outcome.questions


def test_another_product_takes_the_place_of_the_one_that_was_a_slip() -> None:
    outcome = read("сироп ваниль 2, ой, то есть карамель", context({}, history=()))
    assert cart_of(outcome) == {"smk": "2"} and not outcome.questions


def test_what_is_asked_about_may_be_waived_by_its_name() -> None:
    asked = read("молоко 20", context({}, history=())).questions[0]
    outcome = answer(asked, "тогда не надо молока", context({}, history=()))
    assert outcome is not None and not outcome.questions and not outcome.cart


def test_what_may_be_a_price_is_no_factor_unasked() -> None:
    outcome = read("кефир 10 по 65, хлеб 12 по 40", context({}, history=()))
    assert not outcome.cart and [question.reason for question in outcome.questions] == [Reason.confirm] * 2


@pytest.mark.parametrize("text", ["есть 10 кефира и 12 хлеба?", "кефир 10 хлеб 12 есть?"])
def test_what_is_in_stock_is_asked_for_all_of_a_list(text: str) -> None:
    outcome = read(text, context({}, history=()))
    assert not outcome.cart and not outcome.questions


@pytest.mark.parametrize("text", ["+", "👍🏻", "✅"])
def test_a_sign_agrees(text: str) -> None:
    (question,) = read("хлеб 900", context({}, history=())).questions
    outcome = answer(question, text, context({}, history=()))
    assert outcome is not None and cart_of(outcome) == {"bread": "900"}


LAST = {"m32": "10", "kef": "8", "smv": "2"}


@pytest.mark.parametrize(
    ("text", "heard", "cart"),
    [
        ("хлеба 5 и как обычно", "", {**LAST, "bread": "5"}),
        ("кроме кефира всё как обычно", "", {"m32": "10", "smv": "2"}),
        ("как обычно, доставка 18-го", "delivery", LAST),
        ("как обычно, доставка к 9 утра", "delivery", LAST),
    ],
)
def test_no_past_order_is_lost_beside_other_words(text: str, heard: str, cart: dict[str, str]) -> None:
    outcome = read(text, context({}), Heard(heard, 0.77))
    assert cart_of(outcome) == cart and not outcome.questions


def test_only_one_line_of_a_past_order_is_asked_for_its_amount() -> None:
    outcome = read("как обычно, только молоко", context({}))
    assert cart_of(outcome) == LAST and [question.reason for question in outcome.questions] == [Reason.quantity]


def test_a_colour_names_no_other_goods_than_those_before_it() -> None:
    outcome = read("кефир 3, красная 2", context({}, history=()))
    assert cart_of(outcome) == {"kef": "3"} and outcome.questions
