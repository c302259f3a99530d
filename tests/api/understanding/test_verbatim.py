"""Names pasted whole from a price list."""

import odd_world
import pytest
from odd_world import context
from small_world import cart_of

from api.understanding.catalog import CatalogIndex, CatalogItem
from api.understanding.read import read
from api.understanding.verbatim import MARK, mark_names
from order_text import annotate


def marked(text: str) -> list[str]:
    """The SKUs that are recognised in the text before it is read."""
    tokens = mark_names(annotate(text), odd_world.index())
    return [token.lemmas[0][1:] for token in tokens if token.lemmas and token.lemmas[0].startswith(MARK)]


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("Креветки королев. 16/20 б/г с/м 1кг 5", {"shr": "5"}),
        ("креветки королев. 16/20 б/г с/м 1кг - 5 уп", {"shr": "5"}),
        ("Салфетки бум. 24*24 (100л) 3", {"nap": "3"}),
        ("Чай чёрный №36 Тундрин 2", {"tea": "2"}),
        ("Вода Ключевинка 0,5л газ. 12, Вода Ключевинка 1,5л газ. 6", {"w05": "12", "w15": "6"}),
        ("Мука пшеничная 1с 50кг 2\nМука пшеничная в/с 2кг 6", {"fl1": "2", "flv": "6"}),
        ("Ветчина Боярушка вар. 0,4кг 5; Огурцы марин. 680г ст/б 8", {"ham": "5", "cuc": "8"}),
        ("Контейнер для салата 500мл 300", {"box3": "300"}),
    ],
)
def test_marks_and_figures_of_a_whole_name_are_no_quantities(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, context())
    assert cart_of(outcome) == cart and not outcome.questions


def test_a_whole_name_is_one_token_of_the_text() -> None:
    (name, number) = mark_names(annotate("Салфетки бум. 24*24 (100л) 3"), odd_world.index())
    assert name.lemmas == ("=nap",) and name.text.startswith("Салфетки бум. 24*24 (100л")
    assert number.text == "3"


def test_the_longer_of_two_names_is_meant() -> None:
    items = [
        CatalogItem("a", "Соус томатный острый 1л", "", "", "шт"),
        CatalogItem("b", "Соус томатный острый 1л особый", "", "", "шт"),
    ]
    tokens = mark_names(annotate("соус томатный острый 1л особый 3"), CatalogIndex.build(items))
    assert tokens[0].lemmas == ("=b",)


def test_two_words_are_read_like_any_speech() -> None:
    assert marked("Томаты красные 3") == []
    assert marked("Чай чёрный №36 Тундрин 2") == ["tea"]


def test_a_code_stands_for_its_product_and_for_the_name_behind_it() -> None:
    index = CatalogIndex.build([CatalogItem("A-1207", "Соус томатный острый 1л", "", "", "шт")])
    for text in ("A-1207 3", "A-1207 Соус томатный острый 1л 3"):
        tokens = mark_names(annotate(text), index)
        assert [token.lemmas for token in tokens][:1] == [("=A-1207",)]
        assert len(tokens) == 2


def test_a_text_without_names_is_left_as_it_is() -> None:
    annotation = annotate("пришлите, пожалуйста, накладную")
    assert mark_names(annotation, odd_world.index()) == list(annotation.tokens)


@pytest.mark.parametrize("text", ["молоко 20013", "20013", "нужен 20013 пожалуйста", "5 20013"])
def test_a_code_may_end_the_message(text: str) -> None:
    goods = CatalogIndex.build([CatalogItem("20013", "Молоко 3,2% 10 л", "", "", "шт")])
    tokens = mark_names(annotate(text), goods)
    assert [token.lemmas for token in tokens if token.text == "20013"] == [(f"{MARK}20013",)]
