"""Bad input is answered within a second, raises nothing and changes nothing that it should not."""

import time
from decimal import Decimal

import pytest
from laws import LONGEST, MOST, SECONDS, check_answers, check_message
from small_world import cart_of, context

from api.understanding.catalog import CatalogIndex, CatalogItem
from api.understanding.context import Context
from api.understanding.read import read

CART: dict[str, int | str] = {"m32": 3, "smv": 2}
KEPT = {"m32": "3", "smv": "2"}
ITEMS = ("кефир 1% {}", "хлеб дарницкий {}", "гауда {} кг", "батон {}", "сироп карамель {}", "яйца {}0")


def full(piece: str) -> str:
    """The piece over and over, as long as a message may be."""
    return (piece * (LONGEST // len(piece) + 1))[:LONGEST]


@pytest.mark.parametrize(
    "piece",
    [
        "ы", "a", "молоко", "сироп карамель солёная ", "слово ", "1", "9 ", "1-", "1x", "1.5.", "5/", "🙂",
        "(", '"', ".", "\n", " ", "-",
        "кефир5шт,", "кефир 5, ", "кефир 5\n", "1) кефир 5\n", "- кефир\n", "a;b;c\n", ";;\n", "кор=10 ", "по 2 ",
        "два ", "два по ", "без ",
        "вместо ", "не 5, а ", "ещё ", "убери ", "как обычно ", "по 85 рублей ", "через ", "ул. ", "+7 916 ", "а1",
        "а/", "http://", "@a",
        "?", "а где ", "сок вишня, ", "по-", "не", "и ", "\x00", "\u200b", "ё", "½", "№", "3,2% ", "20.12 ", "12:",
        "vjkjrj ", "C1 ", "[", "g0g",
    ],
)  # fmt: skip
def test_ten_thousand_characters_of_one_kind(piece: str) -> None:
    outcome = check_message(full(piece), context(CART))
    assert set(outcome.cart) >= {"m32", "smv"} or "убери" in piece


@pytest.mark.parametrize(
    "piece", ["ы", "a", "слово ", "1", "9 ", "1-", "1x", "🙂", "(", ".", "\n", " ", "по ", "два ", "без "]
)
def test_what_names_no_goods_puts_nothing_in(piece: str) -> None:
    assert cart_of(check_message(full(piece), context(CART))) == KEPT


def test_a_hundred_thousand_characters_are_read_as_ten_thousand() -> None:
    text = "кефир 5\n" + "слово " * 20_000 + "\nбатон 3"
    assert cart_of(check_message(text, context(history=()))) == {"kef": "5"}


@pytest.mark.parametrize("piece", ["в двойном объеме\n", "всё втрое больше\n", "удвой кефир, ", "ещё кефира 500000\n"])
def test_growing_over_and_over_ends_in_a_question(piece: str) -> None:
    outcome = check_message(full(piece), context({"kef": 3}))
    assert outcome.cart["kef"] <= MOST
    assert outcome.questions


def test_three_hundred_lines_of_real_goods() -> None:
    goods = [CatalogItem(f"s{i}", f"Товарина {_word(i)} {i % 9 + 1}кг", "", "", "шт") for i in range(300)]
    view = Context(CatalogIndex.build(goods), (), {}, context().now)
    text = "\n".join(f"{item.name} - {place % 40 + 1} шт" for place, item in enumerate(goods))
    outcome = check_message(text, view)
    assert outcome.cart == {item.sku: Decimal(place % 40 + 1) for place, item in enumerate(goods)}
    assert not outcome.questions


def test_three_hundred_lines_of_six_goods() -> None:
    outcome = check_message(
        "\n".join(ITEMS[place % 6].format(place % 3 + 1) for place in range(300)), context(history=())
    )
    assert set(outcome.cart) <= {"kef", "bread", "ch", "bat", "smk", "egg"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "🙂",
        "🥛🥛🥛",
        "👨‍👩‍👧",
        ".",
        "???",
        "№",
        "\x00",
        "\u200b\u200d\ufeff",
        "\ud800",
        "\udfff\ud83d",
        "‮‏",
    ],
)
def test_no_words_are_no_order(text: str) -> None:
    outcome = check_message(text, context(CART))
    assert not outcome.is_order and cart_of(outcome) == KEPT


@pytest.mark.parametrize(
    "text",
    [
        "кефир\x00 5", "ке\u200bфир 5", "\ufeffкефир 5", "ке\u00adфир 5", "\u202eкефир 5\u202c",
        "\u200fкефир\u200f 5", "кефир \ud800 5", "кефир\u00a05",
        "кефир\t5", "кефир\r\n5", "\x07кефир 5\x1b", "кефир 5 🙂", "🥛 кефир 5", "кефир ５",
    ],
)  # fmt: skip
def test_characters_that_nobody_sees_change_nothing(text: str) -> None:
    outcome = check_message(text, context(CART))
    assert cart_of(outcome) == KEPT | {"kef": "5"}


@pytest.mark.parametrize("text", ["кeфиp 5", "Keфиp 5", "КEФИP 5", "кефиp 5", "kефир 5"])
def test_letters_that_look_alike_are_alike(text: str) -> None:
    assert cart_of(check_message(text, context(CART))) == KEPT | {"kef": "5"}


@pytest.mark.parametrize(
    "text", ["0", "-5", "минус пять", "1e9", "миллион", "999999999999", "9" * 400, "0,0", "-0", "1/0", "inf", "NaN"]
)
def test_a_number_alone_is_asked_or_says_nothing(text: str) -> None:
    assert cart_of(check_message(text, context(CART))) == KEPT


@pytest.mark.parametrize(
    "amount",
    [
        "0", "ноль", "минус пять", "миллион", "999999999999", "9" * 400, "1000000", "5000", "миллион коробок",
        "0,0001", "0 коробок", "1/0", "inf",
        "NaN", "5e3", "тысяча ящиков", "1 000 000", "0,5", "-0", "+0",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["молоко 3,2%", "кефир", "хлеб дарницкий"])
def test_an_absurd_quantity_is_never_put_silently(name: str, amount: str) -> None:
    outcome = check_message(f"{name} {amount}", context({"smv": 2}))
    assert cart_of(outcome) == {"smv": "2"}
    assert outcome.questions or outcome.notices


@pytest.mark.parametrize(
    "text",
    [
        "кефира на 100 меньше",
        "убери 1000 кефира",
        "кефир минус 5",
        "кефира сделай 0",
        "кефира 0",
        "кефира на 3 меньше",
        "минус 3 кефира",
    ],
)
def test_a_line_never_becomes_nothing_or_less_by_arithmetic(text: str) -> None:
    outcome = check_message(text, context({"kef": 3}))
    assert cart_of(outcome) == {"kef": "3"} and len(outcome.questions) == 1


@pytest.mark.parametrize(
    "reply",
    [
        "0",
        "-5",
        "минус пять",
        "миллион",
        "999999999999",
        "9" * 400,
        "🙂",
        "\x00",
        "\ud800",
        "",
        "ы" * LONGEST,
        "5 " * 5000,
        "inf",
        "NaN",
        "1/0",
    ],
)
@pytest.mark.parametrize("text", ["хлеб дарницкий", "молоко 5", "сироп фундук 2", "кефир 700", "яйца 15", "как обычно"])
def test_bad_answers_put_nothing_bad(text: str, reply: str) -> None:
    view = context({"bat": 1}, history=())
    check_answers(read(text, view), reply, view)


def test_many_bad_messages_one_after_another_do_not_slow_down() -> None:
    started = time.process_time()
    for place in range(40):
        read(f"{_word(place)} " * 20, context(CART))
    assert time.process_time() - started < 2 * SECONDS


def _word(number: int) -> str:
    """An invented word of its own for each number."""
    syllables = "ба ве гу до жи зе ку лю мо ны пя ру".split()
    return "".join(syllables[number // 12**place % 12] for place in range(3)) + "ндра"
