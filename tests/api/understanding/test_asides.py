"""People, places, senders, countries and departments are no goods."""

import odd_world
import pytest
import small_world
from small_world import cart_of

from api.understanding.asides import is_country, is_department, is_person, is_product_name, skipped
from api.understanding.candidates import Finder
from api.understanding.catalog import CatalogIndex, CatalogItem
from api.understanding.read import read
from order_text import annotate


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте, это Марина, кефир 5", "кафе Уют кефир 5", "ИП Саяпин: кефир 5", "на Садовую 18 кефир 5",
        "Нина Петровна из Ключей, кефир 5", "МБОУ СОШ 7\nкефир 5", "школа 12, кефир 5", "кефир 5, Ольга Ивановна",
    ],
)  # fmt: skip
def test_who_and_where_is_neither_goods_nor_a_question(text: str) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == {"kef": "5"} and not outcome.questions


@pytest.mark.parametrize("text", ["помидоры Узбекистан 5 кг", "томаты 5 кг, Турция", "Садик Солнышко томаты 5 кг"])
def test_countries_and_senders_beside_goods(text: str) -> None:
    outcome = read(text, odd_world.context())
    assert cart_of(outcome) == {"tom": "5"} and not outcome.questions


def test_a_department_is_kept_as_a_note() -> None:
    outcome = read("в кондитерку сахар 1кг 3", small_world.context())
    assert cart_of(outcome) == {"s1": "3"} and outcome.notes == {"s1": "кондитерку"}


def test_a_department_that_a_product_is_called_is_the_product() -> None:
    index = CatalogIndex.build([CatalogItem("k", "Набор для кухни", "", "", "шт")])
    tokens = annotate("для кухни 3").tokens
    assert not is_department(tokens, 1, Finder(index))
    assert is_department(tokens, 1, Finder(small_world.index()))


def test_a_first_name_in_a_name_of_the_catalogue_is_goods() -> None:
    finder = Finder(CatalogIndex.build([CatalogItem("m", "Печенье Мария 200г", "", "", "шт")]))
    token = annotate("Мария").tokens[0]
    assert is_product_name(token, finder) and not is_person(token, finder)
    assert is_person(token, Finder(small_world.index()))


def test_an_unknown_word_is_no_person() -> None:
    assert not is_person(annotate("Гхрымба").tokens[0], Finder(small_world.index()))


def test_countries() -> None:
    assert [is_country(annotate(word).tokens[0]) for word in ("Турция", "турции", "кефир")] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "taken"), [("ИП Саяпин кефир", 2), ("МБОУ СОШ 7 кефир", 3), ("кефир 5", 0), ("Садовую 18, кефир", 2)]
)
def test_how_much_of_a_sender_or_place_is_passed_over(text: str, taken: int) -> None:
    assert skipped(annotate(text).tokens, 0, Finder(small_world.index())) == taken


def test_a_word_before_a_number_is_no_street_where_goods_are_so_called() -> None:
    assert cart_of(read("на Дарницкий 12", small_world.context())) == {"bread": "12"}
