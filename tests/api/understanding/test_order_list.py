"""Rows of a list against the catalogue: the same caution as with messages, and no number of a name is a quantity."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import sheet
from small_world import cart_of, context, index

from api.understanding.context import Context
from api.understanding.order_list import ListOutcome, layout_of, read_list
from api.understanding.outcome import Reason

HEAD = ("Артикул", "Товар", "Ед.", "Кол-во")


def listed(*rows: tuple[object, ...], at: Context | None = None, chosen: int | None = None) -> ListOutcome:
    made = sheet(*rows)
    layout = layout_of(made, index(), chosen)
    assert layout is not None
    assert not layout.rivals
    return read_list(made, layout, at or context())


def goods(*rows: tuple[object, ...], at: Context | None = None) -> ListOutcome:
    """Rows of name and quantity."""
    return listed(("Товар", "Кол-во"), *rows, at=at)


def asked(result: ListOutcome) -> list[tuple[str, str]]:
    return [(question.phrase, question.reason.value) for question in result.outcome.questions]


class TestWhichGoods:
    def test_by_article(self) -> None:
        result = listed(HEAD, ("m32", "Молоко 3,2%", "шт", 12), ("SMV", None, "шт", 3), (" kef ", "Кефир", "кор", 1))
        assert cart_of(result.outcome) == {"m32": "12", "smv": "3", "kef": "10"}
        assert not result.outcome.questions

    def test_an_article_beside_the_name_of_something_else_is_asked_about(self) -> None:
        result = listed(
            HEAD, ("m32", "Молоко 3,2%", "шт", 12), ("kef", "Батон Молочный", "шт", 3), ("smv", "Сироп 5 л", "шт", 1)
        )
        assert cart_of(result.outcome) == {"m32": "12"}
        first, second = result.outcome.questions
        assert (first.reason, first.candidates[0]) == (Reason.ambiguous, "kef")
        assert "bat" in first.candidates
        assert second.phrase == "Сироп 5 л"

    def test_an_unknown_article_leaves_it_to_the_name(self) -> None:
        result = listed(HEAD, ("m32", "Молоко 3,2%", "шт", 1), ("К-777", "Кефир 1%", "шт", 4))
        assert cart_of(result.outcome) == {"m32": "1", "kef": "4"}

    def test_whole_names(self) -> None:
        result = goods(("Молоко пастер. 3,2% 1л Ручеёк", 2), ("молоко  ПАСТЕР. 2,5% 1л ручеек", 1))
        assert cart_of(result.outcome) == {"m32": "2", "m25": "1"}

    def test_several_candidates_are_asked_about(self) -> None:
        result = goods(("Сироп карамель", 2), ("Стакан", 1), at=context(history=()))
        assert cart_of(result.outcome)["cup"] == "1"
        other = goods(("Молоко Ручеёк", 2), at=context(history=()))
        assert [(q.reason, set(q.candidates)) for q in other.outcome.questions] == [(Reason.ambiguous, {"m32", "m25"})]

    def test_a_word_that_the_catalogue_does_not_know_is_not_passed_over(self) -> None:
        result = goods(("Молоко верблюжье", 2), ("Гвозди 100 мм", 1))
        assert not result.outcome.cart
        assert {reason for _, reason in asked(result)} == {"unknown"}

    @pytest.mark.parametrize(
        "name", ["Молоко 6%", "Кефир 2,5%", "Сироп Ваниль 0,5 л", "Стакан 350 мл", "Молоко 3,2% 0,5л"]
    )
    def test_a_figure_that_contradicts_is_never_overlooked(self, name: str) -> None:
        assert not goods((name, 2)).outcome.cart

    @pytest.mark.parametrize(
        "name", ["Стакан 250мл (100шт)", "Яйцо С1 30 шт", "Молоко 3,2% 6 шт/кор", "Молоко 3,2% (6)"]
    )
    def test_another_packing_is_asked_about(self, name: str) -> None:
        result = goods((name, 10))
        assert not result.outcome.cart
        assert result.unclear == 1

    def test_no_number_of_a_name_is_a_quantity(self) -> None:
        result = goods(("Стакан 250 мл (50 шт)", 3), ("Молоко 3,2% 1 л", 7), ("Сахар 25 кг", 2))
        assert cart_of(result.outcome) == {"cup": "3", "m32": "7", "s25": "2"}

    def test_the_packing_of_the_catalogue_may_stand_in_a_name(self) -> None:
        result = goods(("Молоко 3,2% 1л (12)", 7), ("Кефир 1%, 10 шт/кор", 3), ("Сироп Ваниль (6шт)", 1))
        assert cart_of(result.outcome) == {"m32": "7", "kef": "3", "smv": "1"}

    def test_rows_do_not_go_on_from_one_another(self) -> None:
        result = goods(("Сироп Ваниль", 2), ("Карамель солёная", 1), ("3,2%", 4))
        assert cart_of(result.outcome) == {"smv": "2", "sks": "1"}
        assert [phrase for phrase, _ in asked(result)] == ["3,2%"]

    def test_the_customers_own_words(self) -> None:
        result = goods(("белое", 2), at=context(aliases={"бел": "m32"}))
        assert cart_of(result.outcome) == {"m32": "2"}


class TestHowMuch:
    def test_units_of_the_cell_of_the_column_and_of_the_heading(self) -> None:
        result = listed(
            ("Товар", "Ед.", "Заказ, кор"),
            ("Молоко 3,2%", "кор", 1),
            ("Кефир", None, 1),
            ("Сироп Ваниль", "кор", "5 шт"),
        )
        assert cart_of(result.outcome) == {"m32": "12", "kef": "10", "smv": "5"}

    def test_a_unit_that_does_not_convert_is_asked_about(self) -> None:
        result = listed(
            ("Товар", "Ед.", "Кол-во"), ("Хлеб Дарницкий", "кор", 2), ("Кефир", "бидон", 1), ("Батон", "шт", 3)
        )
        assert cart_of(result.outcome) == {"bat": "3"}
        assert asked(result) == [("Хлеб Дарницкий", "unit"), ("Кефир", "unit")]

    @pytest.mark.parametrize("cell", [-3, "много", date(2025, 2, 1), "2х12", "nan", 10**9, "1/2"])
    def test_what_is_no_quantity_is_asked_about(self, cell: object) -> None:
        result = goods(("Молоко 3,2%", cell), ("Кефир", 5), ("Батон", 5))
        assert cart_of(result.outcome) == {"kef": "5", "bat": "5"}
        assert asked(result) == [("Молоко 3,2%", "quantity")]

    def test_off_the_step_and_far_from_the_usual(self) -> None:
        result = goods(("Яйцо С1", 15), ("Молоко 3,2%", 51), ("Молоко 2,5%", 700))
        assert not result.outcome.cart
        assert [reason for _, reason in asked(result)] == ["quantity", "confirm", "confirm"]

    def test_the_same_goods_in_several_rows_are_summed_and_told(self) -> None:
        result = goods(("Молоко 3,2%", 5), ("Кефир", 1), ("m32", 1), ("Молоко пастер. 3,2% 1л Ручеёк", 2))
        assert cart_of(result.outcome)["m32"] == "8"
        assert [notice.sku for notice in result.outcome.notices if notice.code == "same_twice"] == ["m32", "m32"]

    def test_a_list_adds_to_the_cart_and_sets_what_is_in_it(self) -> None:
        result = goods(("Кефир", 4), at=context({"kef": 1, "bat": 2}))
        assert cart_of(result.outcome) == {"kef": "4", "bat": "2"}
        again = goods(("Кефир", 4), at=context(cart_of(result.outcome)))
        assert cart_of(again.outcome) == cart_of(result.outcome)

    def test_a_note_goes_with_its_line(self) -> None:
        result = listed(("Товар", "Кол-во", "Примечание"), ("Молоко 3,2%", 5, "на кухню"), ("Кефир", 1, None))
        assert result.outcome.notes == {"m32": "на кухню"}


class TestRowsWithoutQuantity:
    def test_a_few_are_asked_about(self) -> None:
        rows = [("Кефир", 5), ("Батон", 5), ("Сироп Ваниль", 1), ("Сироп Карамель", 1), ("Молоко 3,2%", None)]
        result = goods(*rows)
        assert asked(result) == [("Молоко 3,2%", "quantity")]
        assert (result.rows, result.blank) == (5, 0)

    def test_in_a_form_that_lists_all_goods_they_are_not_ordered(self) -> None:
        blank = [("Молоко 3,2%", None), ("Батон", "-"), ("Сироп Ваниль", 0), ("Сироп Карамель", None)]
        result = goods(*blank, ("Кефир", 5))
        assert cart_of(result.outcome) == {"kef": "5"}
        assert not result.outcome.questions
        assert (result.rows, result.blank) == (1, 4)

    def test_headings_signatures_and_totals_are_no_goods(self) -> None:
        result = goods(
            ("МОЛОЧНАЯ ГРУППА", None), ("Кефир", 5), ("Итого:", 5), ("Директор", "________"), ("Товар", "Кол-во")
        )
        assert cart_of(result.outcome) == {"kef": "5"}
        assert [phrase for phrase, _ in asked(result)] == []
        assert result.blank == 0

    def test_a_quantity_of_nothing(self) -> None:
        result = goods(("Кефир", 5), (None, 7))
        assert (result.nameless, cart_of(result.outcome)) == ((3,), {"kef": "5"})

    def test_none_at_all(self) -> None:
        result = listed(("Товар", "Остаток", "Заказ"), ("Молоко 3,2%", 1, None), ("Кефир", 2, None))
        assert (result.rows, result.blank, result.outcome.questions) == (0, 2, ())


class TestLinesOfText:
    def test_quantities_among_the_words(self) -> None:
        result = listed(("Заявка",), ("молоко 3,2% 5 шт",), ("кефир - 3",), ("хлеб дарницкий 2 лотка",))
        assert cart_of(result.outcome) == {"m32": "5", "kef": "3", "bread": "24"}

    def test_without_any_number(self) -> None:
        result = listed(("Товар",), ("молоко ручеёк",), ("кефир",))
        assert (result.rows, result.blank) == (0, 2)

    def test_rows_that_order_nothing_are_counted(self) -> None:
        result = listed(("Заявка",), ("столовая № 5",), ("молоко 3,2% 5 шт",), ("гвозди 3 кг",))
        assert (result.placed, result.unknown, result.rows + result.blank) == (1, 1, 3)

    def test_the_same_goods_are_summed(self) -> None:
        assert cart_of(listed(("молоко 3,2% 5",), ("кефир 3",), ("молоко 3,2% 2",)).outcome)["m32"] == "7"


KNOWN = {"Молоко 3,2%": "m32", "Кефир": "kef", "Сироп Ваниль": "smv", "Стакан 250мл (50шт)": "cup", "Хлеб": "bread"}
STRANGE = ("Гвозди", "3,2%", "Молоко верблюжье")
CELLS = st.integers(-3, 400) | st.sampled_from(["5 кор", "-", "", "много", None])


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*KNOWN, *STRANGE, "Итого"]), CELLS), max_size=8))
def test_every_row_is_ordered_or_asked_about(rows: list[tuple[str, object]]) -> None:
    result = goods(("Батон", 5), *rows)
    assert all(quantity > 0 for quantity in result.outcome.cart.values())
    assert result.placed + result.unclear + result.unknown == result.rows
    asked_about = {sku for question in result.outcome.questions for sku in (question.sku, *question.candidates)}
    for name, cell in rows:
        if isinstance(cell, int) and cell > 0 and name in KNOWN:
            assert KNOWN[name] in result.outcome.cart or KNOWN[name] in asked_about
        if isinstance(cell, int) and cell > 0 and name in STRANGE:
            assert name in [question.phrase for question in result.outcome.questions]


@given(st.integers(1, 30), st.integers(1, 30))
def test_the_order_of_rows_makes_no_difference(one: int, other: int) -> None:
    rows = [("Молоко 3,2%", one), ("Кефир", other), ("Молоко пастер. 3,2% 1л Ручеёк", one)]
    assert cart_of(goods(*rows).outcome) == cart_of(goods(*reversed(rows)).outcome)
