"""Nothing that opens a door or reaches a person is kept in a text for reviewers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.privacy import masked


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("позвоните +7 900 123-45-67 после обеда", "позвоните +• ••• •••-••-•• после обеда"),
        ("89001234567", "•••••••••••"),
        ("8 (900) 123 45 67, молоко 5", "• (•••) ••• •• ••, молоко 5"),
        ("карта 4276 1234 5678 9012", "карта •••• •••• •••• ••••"),
        ("пароль: Весна2024! и молоко 5", "пароль: •••••••••! и молоко 5"),
        ("мой пароль кофейня", "мой пароль •••••••"),
        ("код 4821", "код ••••"),
        ("код компании KOFE-PETRA", "код компании ••••-•••••"),
        ("вот ABCE-HKMP-4567", "вот ••••-••••-••••"),
    ],
)  # fmt: skip
def test_secrets_are_dotted_over(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "молоко 3,2% 10 л 5 шт, сливки 12",
        "сироп ваниль 1 л 2, карамель 3, лаванда 14, мята 25, вишня 33",
        "салфетки 24*24 100 шт",
        "как обычно, только молока 8, на 15.12",
        "какой у вас код, не пойму",
        "10 20 30 40 50 60",
        "заказ 12847",
    ],
)
def test_an_order_stays_as_it_is(said: str) -> None:
    assert masked(said) == said


def test_a_stranger_may_be_typing_a_code_at_any_word() -> None:
    assert (
        masked("здравствуйте, 4821 или КОФЕ7, login petra", stranger=True)
        == "здравствуйте, •••• или •••••, ••••• •••••"
    )


@given(st.text(alphabet="молоко кодпарль+-8900123 ABC.:", max_size=60), st.booleans())
def test_places_in_the_text_stay(said: str, stranger: bool) -> None:
    assert len(masked(said, stranger=stranger)) == len(said)


@given(
    st.integers(10**9, 10**10 - 1),
    st.sampled_from(["+7{}", "8{}", "+7 {}", "8-{}"]),
    st.sampled_from(["", " ", "-"]),
    st.sampled_from(["{}", "звоните {}", "{} жду", "тел. {}, молоко 5"]),
)
def test_no_phone_gets_through(number: int, shape: str, gap: str, around: str) -> None:
    digits = str(number)
    grouped = gap.join((digits[:3], digits[3:6], digits[6:8], digits[8:]))
    kept = masked(around.format(shape.format(grouped)))
    assert not re.search(r"\d{3}", kept)
