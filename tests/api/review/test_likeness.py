"""What is decided at once: the same goods however they are asked for, never two different ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.review.likeness import LONGEST, key_of

UNKNOWN = "unknown_product"
GOODS = st.sampled_from(
    ["сгущёнка белогорье", "сметана 15", "сметана 20", "молоко 3,2%", "молоко 2,5%", "стаканы 200 мл", "стаканы 400 мл",
     "сироп ваниль", "сироп карамель", "печень куриная", "печенье куриное", "перчатки S", "перчатки M"]
)  # fmt: skip
AMOUNTS = st.builds("{} {}".format, st.integers(1, 99), st.sampled_from(["шт", "банок", "коробки", "упаковок"]))


@pytest.mark.parametrize(
    "said",
    [
        "сгущёнка белогорье",
        "сгущенку белогорье 5 банок",
        "Белогорье сгущёнку",
        "12 банок сгущёнки белогорье",
        "СГУЩЕНКИ белогорье",
    ],
)
def test_case_order_and_amounts_make_no_difference(said: str) -> None:
    assert key_of(UNKNOWN, f"добавьте {said}", said) == key_of(UNKNOWN, "", "сгущёнка белогорье")


@given(GOODS, AMOUNTS, st.booleans())
def test_an_amount_never_parts_the_same_goods(name: str, amount: str, before: bool) -> None:
    said = f"{amount} {name}" if before else f"{name} {amount}"
    assert key_of(UNKNOWN, "", said) == key_of(UNKNOWN, "", name)


@given(GOODS, GOODS)
def test_different_goods_are_never_joined(one: str, other: str) -> None:
    assert (key_of(UNKNOWN, "", one) == key_of("corrected", "", other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("где мой заказ 12847?", "Мой заказ 12900 где"),
        ("Здравствуйте! подскажите сертификат на сыр", "сертификат на сыр подскажите пожалуйста"),
        ("привезите паллет обратно 5 штук", "привезите паллет обратно"),
    ],
)
def test_utterances_are_alike_by_their_words(one: str, other: str) -> None:
    assert key_of("fallback", one) == key_of("handed_off", other)


def test_what_is_not_wanted_is_another_thing() -> None:
    assert key_of("fallback", "звоните мне") != key_of("fallback", "не звоните мне")


def test_goods_and_utterances_are_apart() -> None:
    assert key_of("fallback", "сгущёнка белогорье") != key_of(UNKNOWN, "", "сгущёнка белогорье")


@given(st.sampled_from(["fallback", UNKNOWN, "corrected"]), st.text(max_size=300), st.text(max_size=50))
def test_any_text_has_a_key(kind: str, text: str, phrase: str) -> None:
    key = key_of(kind, text, phrase)
    assert key.partition(": ")[2] and len(key) <= LONGEST
