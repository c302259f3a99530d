"""A customer's own words: the key they are known by, and what they do to a message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import cart_of, context

from api.understanding.aliases import key, used
from api.understanding.outcome import Outcome, Reason
from api.understanding.read import read

SKUS = ("m32", "m25", "mt", "kef", "smv", "egg", "s1")


def heard(text: str, cart: dict[str, int | str] | None = None, **aliases: str) -> Outcome:
    """The message of a customer without history; `_` in a name of `aliases` is a space."""
    words = {key(phrase.replace("_", " ")): sku for phrase, sku in aliases.items()}
    return read(text, context(cart, history=(), aliases=words))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("молоко", "Молока"), ("Сгуха", "сгуху"), ("сгухи", "сгухой"), ("варёная сгуха", "сгухи вареной"),
        ("сиропы", "сироп"), ("молоко 3,2%", "3.2 молоко"), ("кола 1 л", "колы 1000 мл"),
        ("кола-ваниль", "ваниль кола"),
        ("бутылка молока", "молоко"), ("сыр 45 %", "сыр 45%"), ("яйца с1", "яйцо С1"), ("соль, мелкая", "мелкой соли"),
        ("сироп химозный", "химозного сиропа"), ("химозные", "химозных"),
    ],
)  # fmt: skip
def test_one_name_has_one_key(one: str, other: str) -> None:
    assert key(one) == key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("молоко", "молочный"), ("молоко 3,2", "молоко 2,5"), ("молоко", "молоко 3,2"), ("кола 1 л", "кола 1 кг"),
        ("печень", "печенье"), ("печени куриной", "куриного печенья"), ("варенье", "вареная"), ("соленья", "соленые"),
        ("сало", "салями"), ("печеный", "печенья"), ("зелень", "зеленый"),
    ],
)  # fmt: skip
def test_two_names_have_two_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "phrase", ["", "5", "3,2%", "2,5 1л", ", и", "молоко сыр хлеб кефир лимон лайм укроп соль мука"]
)
def test_what_names_no_product_has_no_key(phrase: str) -> None:
    assert key(phrase) == ""


@given(st.lists(st.sampled_from("молоко сгуха варёная топлёный ваниль 3,2% 1л".split()), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_order_and_case_of_words_do_not_matter(words: list[str]) -> None:
    assert key(" ".join(words)) == key(" ".join(reversed(words)).upper().replace("Ё", "Е"))


@pytest.mark.parametrize(
    "forms",
    [
        "печенье печенья печений печеньем печеньям печеньями печеньях",
        "варенье варенья варений вареньем варенью вареньями",
        "соленья солений соленьям соленьями",
        "печень печени печеней печенями", "соль соли солью", "фасоль фасоли фасолью", "морковь моркови морковью",
        "зелень зелени зеленью",
        "вареный вареная вареной вареные вареных вареного",
        "салями", "филе", "кофе", "суфле",
    ],
)  # fmt: skip
def test_goods_that_sound_alike_keep_their_own_key_in_every_form(forms: str) -> None:
    assert len({key(form) for form in forms.split()}) == 1


def test_an_alias_says_nothing_of_other_goods_of_its_root() -> None:
    for text in ("печенье 3", "печенья 3 шт", "3 печеных"):
        assert cart_of(heard(text, печень="m25")) == {}
    assert cart_of(heard("печени 3", печень="m25")) == {"m25": "3"}


@pytest.mark.parametrize("text", ["молоко 5", "Молока 5 шт", "5 молока", "ещё 5 молока"])
def test_an_ambiguous_word_is_settled(text: str) -> None:
    assert heard(text).questions
    outcome = heard(text, молоко="m25")
    assert cart_of(outcome) == {"m25": "5"} and not outcome.questions


@pytest.mark.parametrize(
    "text", ["сгуха 3", "сгухи 3 шт", "3 сгухи", "и сгуху 3, пожалуйста", "сгуха 3, и где мой заказ?"]
)
def test_an_unknown_word_is_its_product(text: str) -> None:
    outcome = heard(text, сгуха="mt")
    assert cart_of(outcome) == {"mt": "3"} and not outcome.questions


def test_slang_among_other_lines() -> None:
    outcome = heard("кефир 5 сгуха 3 хлеб дарницкий 12", сгуха="mt")
    assert cart_of(outcome) == {"kef": "5", "mt": "3", "bread": "12"}


def test_slang_of_several_words() -> None:
    outcome = heard("белая гвардия 2, кефир 5", белая_гвардия="smv")
    assert cart_of(outcome) == {"smv": "2", "kef": "5"}
    assert [question.phrase for question in heard("белая гвардия 2").questions] == ["белая гвардия"]


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("молоко 3,2% 5", {"m32": "5"}), ("молоко 2,5 5 шт", {"m25": "5"}), ("топлёного молока 5", {"mt": "5"}),
        ("молоко 4% 5", {"mt": "5"}),
    ],
)  # fmt: skip
def test_a_stated_figure_or_another_word_wins(text: str, cart: dict[str, str]) -> None:
    assert cart_of(heard(text, молоко="m25")) == cart


def test_a_figure_that_the_product_has_not_is_asked() -> None:
    outcome = heard("сгуха 8,5% 3", сгуха="mt")
    assert cart_of(outcome) == {}
    assert [question.reason for question in outcome.questions] == [Reason.unknown]
    assert cart_of(heard("сгуха 4% 3", сгуха="mt")) == {"mt": "3"}


def test_an_alias_with_a_figure_holds_for_that_figure_only() -> None:
    assert cart_of(heard("сгуха 4% 3", **{"сгуха 4%": "mt"})) == {"mt": "3"}
    assert heard("сгуха 3", **{"сгуха 4%": "mt"}).questions


def test_a_number_that_may_be_a_figure_is_asked_all_the_same() -> None:
    outcome = heard("сахар 25", сахар="s1")
    assert cart_of(outcome) == {} and set(outcome.questions[0].candidates) == {"s1", "s25"}
    assert outcome.questions[0].phrase == "сахар 25"


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("сгуху убери", {"kef": "5"}), ("сгухи сделай 8", {"kef": "5", "mt": "8"}),
        ("сгухи на 1 больше", {"kef": "5", "mt": "4"}), ("вместо сгухи молоко 3,2% 2", {"kef": "5", "m32": "2"}),
        ("замени кефир на молоко", {"m25": "5", "mt": "3"}),
    ],
)  # fmt: skip
def test_edits_of_a_line(text: str, cart: dict[str, str]) -> None:
    assert cart_of(heard(text, {"kef": 5, "mt": 3}, сгуха="mt", молоко="m25")) == cart


def test_the_line_of_the_cart_goes_before_the_alias() -> None:
    assert cart_of(heard("молока сделай 8", {"m32": 5}, молоко="m25")) == {"m32": "8"}
    assert cart_of(heard("молоко убери", {"m32": 5}, молоко="m25")) == {}
    assert heard("молоко убери", {"m32": 5, "m25": 3}, молоко="m25").questions


def test_another_kind_in_the_cart_is_asked() -> None:
    outcome = heard("молоко 8", {"m32": 5}, молоко="m25")
    assert cart_of(outcome) == {"m32": "5"}
    assert outcome.questions[0].candidates == ("m25", "m32")


def test_slang_that_is_not_in_the_cart_is_told() -> None:
    outcome = heard("сгуху убери", {"kef": 5}, сгуха="mt")
    assert cart_of(outcome) == {"kef": "5"}
    assert [notice.code for notice in outcome.notices] == ["not_in_cart"]


def test_an_alias_of_withdrawn_goods_says_nothing() -> None:
    assert heard("сгуха 3", сгуха="gone").questions == heard("сгуха 3").questions
    assert heard("молоко 3", молоко="gone") == heard("молоко 3")


def test_an_alias_that_the_catalogue_contradicts_is_asked() -> None:
    outcome = heard("кефир 3", кефир="smv")
    assert cart_of(outcome) == {}
    assert set(outcome.questions[0].candidates) == {"kef", "smv"}


def test_a_word_is_not_taken_for_the_flavour_of_something_else() -> None:
    outcome = heard("сиропы: ваниль 2, карамель 1", ваниль="kef")
    assert outcome.cart.get("smv") == 2 and "kef" not in outcome.cart


def test_which_alias_was_used() -> None:
    view = context(aliases={key("сгуха"): "mt"})
    assert used(view, "сгухи 4%", "mt") == key("сгуха")
    assert used(view, "сгухи", "kef") is None
    assert used(view, "топлёное", "mt") is None


@given(st.dictionaries(st.sampled_from(["молоко", "сгуха", "сахар", "яйца", "сироп"]), st.sampled_from(SKUS)))
@settings(max_examples=60, deadline=None)
def test_aliases_touch_no_other_words(words: dict[str, str]) -> None:
    text = "кефир 5, хлеб дарницкий 3, батон 2, гауда 1,5 кг"
    plain = read(text, context(history=()))
    assert read(text, context(history=(), aliases={key(phrase): sku for phrase, sku in words.items()})) == plain
