"""Titles of like goods: short, never equal, with what tells them apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.labels import labels, said, with_prices

GOODS = st.builds(
    lambda head, kind, fat, size, brand: " ".join(part for part in (head, kind, fat, size, brand) if part),
    st.sampled_from(["Молоко", "Сыр творожный", "Напиток растит."]),
    st.sampled_from(["", "пастер.", "ультрапаст.", "безлактозное", "с ванилью и карамелью"]),
    st.sampled_from(["", "1,5%", "2,5%", "3,2%", "15%"]),
    st.sampled_from(["", "1л", "0,5 л", "930мл", "10л канистра", "500г", "2,2кг", "1л (12)", "1л (24)"]),
    st.sampled_from(["", "Луговица", "Белый ключ", "Молочный дворик Заимкино"]),
)


@pytest.mark.parametrize(
    ("names", "titles"),
    [
        (
            ["Кефир 1% 930г Луговица", "Кефир 1% 500г Луговица", "Кефир 2,5% 930г Луговица"],
            ["1% 930 г", "1% 500 г", "2,5% 930 г"],
        ),
        (
            ["Сироп Карамель 1л Аромель", "Сироп Карамель 0,25л Аромель", "Сироп Карамель 1л Сиропника"],
            ["1 л Аромель", "0,25 л Аромель", "1 л Сиропника"],
        ),
        (["Хлеб Бородинский 600г Печной ряд", "Хлеб Бородинский 600г Ржаной двор"], ["Печной ряд", "Ржаной двор"]),
        (["Молоко пастер. 3,2% 1л", "Молоко ультрапаст. 3,2% 1л"], ["пастер.", "ультрапаст."]),
        (["Сок яблоко 1 л", "Сок яблоко груша 1 л"], ["Сок яблоко 1 л", "груша"]),
        (["Стакан бум. 250мл (50шт)", "Стакан бум. 350мл (50шт)"], ["250 мл", "350 мл"]),
        (["Молоко 3,2%", "Молоко 3,2%"], ["1. Молоко 3,2%", "2. Молоко 3,2%"]),
        (["Сыр Гауда 45% вес"], ["Сыр Гауда 45% вес"]),
        ([], []),
    ],
)
def test_what_tells_goods_apart(names: list[str], titles: list[str]) -> None:
    assert labels(names) == titles


def test_a_lactose_free_milk_is_not_told_by_its_brand_only() -> None:
    names = [
        "Молоко пастер. 2,5% 1,4л Луговица",
        "Молоко безлактозное ультрапаст. 1,5% 1л Белый ключ (12)",
        "Молоко безлактозное ультрапаст. 3,2% 1л Белый ключ (12)",
    ]
    assert labels(names) == ["2,5% 1,4 л Луговица", "безлактозн… 1,5% 1 л", "безлактозн… 3,2% 1 л"]


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(GOODS, max_size=5), st.sampled_from([17, 20, 24, 48]))
def test_titles_are_distinct_and_fit(names: list[str], limit: int) -> None:
    titles = labels(names, limit)
    assert len(titles) == len(names)
    assert len(set(titles)) == len(titles)
    assert all(0 < len(title) <= limit for title in titles)


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(st.sampled_from(["1,5%", "2,5%", "3,2%", "15%", "20%"]), min_size=2, max_size=5, unique=True),
    st.sampled_from(["Молоко пастер.", "Сметана деревенская отборная"]),
    st.sampled_from(["1л Белый ключ", "500г Молочный дворик Заимкино", ""]),
)
def test_the_figure_that_differs_is_told(figures: list[str], head: str, tail: str) -> None:
    titles = labels([f"{head} {figure} {tail}" for figure in figures])
    assert all(figure in title for figure, title in zip(figures, titles, strict=True))


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.text(max_size=60), max_size=6))
def test_no_name_breaks_it(names: list[str]) -> None:
    titles = labels(names)
    assert len(set(titles)) == len(titles) == len(names)
    assert all(len(title) <= 20 for title in titles)


def test_prices_where_there_is_room_for_all() -> None:
    assert with_prices(["1 л", "2 л"], ["92 ₽", "180 ₽"]) == ["1 л · 92 ₽", "2 л · 180 ₽"]
    assert with_prices(["1 л", "2 л"], ["92 ₽", None]) == ["1 л", "2 л"]
    assert with_prices(["0,25 л Сиропника", "2 л"], ["92 ₽", "180 ₽"]) == ["0,25 л Сиропника", "2 л"]
    assert with_prices([], []) == []


def test_a_name_as_people_say_it() -> None:
    assert said("Молоко ультрапаст. 3,2% 1л Белый ключ (12)") == "Молоко 3,2% 1 л Белый ключ"
    assert said("(12)") == "(12)"
