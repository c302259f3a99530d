"""Which column is which, by headings and by what stands below them; when only the customer can tell, it is asked."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sheets import sheet
from small_world import index

from api.understanding.amount_cells import Counted, counted, is_blank, number
from api.understanding.column_titles import role_of, unit_in
from api.understanding.columns import Layout
from api.understanding.order_list import find_list, layout_of

D = Decimal


def laid(*rows: tuple[object, ...], chosen: int | None = None) -> Layout:
    found = layout_of(sheet(*rows), index(), chosen)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Наименование товара", "name"), ("Номенклатура", "name"), ("Кол-во", "quantity"),
        ("Количество, шт", "quantity"), ("Заказ", "quantity"), ("К заказу (кор)", "quantity"),
        ("шт.", "quantity"), ("Ед. изм.", "unit"), ("Ед.", "unit"),
        ("Единица заказа", "unit"), ("Заказ, ед.", "quantity"), ("Артикул", "article"), ("Код товара", "article"),
        ("Номенклатурный номер", "article"), ("Штрихкод", "other"), ("Цена", "money"), ("Цена за шт.", "money"),
        ("Сумма заказа", "money"), ("Стоимость товара", "money"), ("Сумма, руб", "money"), ("Опт", "money"),
        ("№", "counting"), ("№ п/п", "counting"), ("Номер заказа", "counting"), ("Остаток, шт", "other"),
        ("Кол-во в коробке", "other"), ("Вес", "other"), ("Дата заказа", "other"), ("Товарная группа", "other"),
        ("Комментарий к заказу", "note"), ("Бар", None), ("", None), ("Молоко 3,2%", None),
    ],
)  # fmt: skip
def test_headings(title: str, role: str | None) -> None:
    assert role_of(title) == role


def test_units_in_headings() -> None:
    assert [unit_in(title) for title in ("Заказ, кор.", "Кол-во (кг)", "Кол-во", "Цена за шт", "шт/кор")] == [
        "кор", "кг", "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("5", "5"), ("1,5", "1.5"), ("1.5", "1.5"), ("1 234,5", "1234.5"), ("1\u00a0234", "1234"),
        ("1,234.50", "1234.5"),
        ("1.234,50", "1234.5"), ("1'234", "1234"), ("1,250", "1.25"), ("12 5", None), ("1.2.2025", None), ("5-6", None),
        ("-3", "-3"), ("1.234.567", "1234567"), ("", None), ("5,", "5"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(written: str, read: str | None) -> None:
    assert number(written) == (None if read is None else D(read))


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("10 кор", Counted(D(10), "кор")), ("5шт.", Counted(D(5), "шт")), ("2,5 кг", Counted(D("2.5"), "кг")),
        ("кор. 3", Counted(D(3), "кор")), ("мешок - 2", Counted(D(2), "мешок")), (D("0.30000004"), Counted(D("0.3"))),
        ("+4", Counted(D(4))), ("2х12", None), ("5 чудес", None), ("по возможности", None), ("nan", None),
        ("01.02", Counted(D("1.02"))),
    ],
)  # fmt: skip
def test_quantities_in_cells(cell: object, found: Counted | None) -> None:
    assert counted(cell) == found  # type: ignore[arg-type]


def test_blanks() -> None:
    assert all(is_blank(cell) for cell in (None, "-", "—", "нет", "x"))
    assert not any(is_blank(cell) for cell in ("5", D(0), "много"))


def test_the_form_of_an_accountant() -> None:
    found = laid(
        ("ООО «Ромашка»",), ("Заявка на 15.12", None, None, "от 14.12"), (),
        ("№", "Наименование", "Ед.", "Кол-во", "Цена", "Сумма"), (1, 2, 3, 4, 5, 6),
        (1, "Молоко 3,2%", "шт", 12, 80, 960), (2, "Кефир 1%", "шт", 3, 70, 210),
        ("Итого", None, None, None, None, 1170),
    )  # fmt: skip
    assert (found.first, found.name, found.unit, found.quantity, found.rivals) == (5, 1, 2, 3, ())


def test_a_heading_of_two_rows() -> None:
    found = laid(
        ("Товар", "Количество", None, "Цена"),
        (None, "шт", "кор", None),
        ("Молоко 3,2%", None, 2, 80),
        ("Кефир", 5, 1, 70),
    )
    assert [column.title for column in found.rivals] == ["Количество шт", "Количество кор"]
    chosen = laid(
        ("Товар", "Количество", None, "Цена"), (None, "шт", "кор", None), ("Молоко 3,2%", None, 2, 80),
        ("Кефир", 5, 1, 70), chosen=2,
    )  # fmt: skip
    assert (chosen.quantity, chosen.title_unit, chosen.rivals, chosen.first) == (2, "кор", (), 2)


def test_two_columns_of_quantities_are_asked_about() -> None:
    found = laid(("Товар", "Бар", "Кухня"), ("Молоко 3,2%", 5, 2), ("Кефир", 1, 7))
    assert found.quantity is None
    assert [(column.place, column.title) for column in found.rivals] == [(1, "Бар"), (2, "Кухня")]


def test_without_a_heading() -> None:
    assert laid(("Молоко 3,2%", 5), ("Кефир", 3)).quantity == 1
    assert laid((5, "Молоко 3,2%"), (3, "Кефир")).quantity == 0
    numbered = laid((1, "Молоко 3,2%", 5), (2, "Кефир", 3), (3, "Батон", 3))
    assert numbered.quantity == 2
    article = laid(("m32", "Молоко 3,2%", "шт", 5), ("kef1", "Кефир", "шт", 3))
    assert (article.name, article.unit, article.quantity) == (1, 2, 3)


def test_prices_without_a_heading_are_no_quantities() -> None:
    dear = laid(("Молоко 3,2%", 89.9), ("Кефир", 124.5), ("Батон", 56))
    assert dear.quantity is None
    assert [column.title for column in dear.rivals] == ["B: 89,9, 124,5, 56"]
    both = laid(("Молоко 3,2%", 5, 89.9, 449.5), ("Кефир", 3, 124.5, 373.5))
    assert both.quantity is None
    assert [column.place for column in both.rivals] == [1, 2]


def test_barcodes_and_stock_are_no_quantities() -> None:
    found = laid(
        ("Штрихкод", "Товар", "Остаток", "Вес"),
        (4601234567890, "Молоко 3,2%", 100, 1),
        (4601234567891, "Кефир", 7, 0.9),
    )
    assert found.quantity is None
    assert [column.title for column in found.rivals] == ["Остаток", "Вес"]


def test_an_empty_column_of_orders_stays_the_column_of_orders() -> None:
    found = laid(("Товар", "Остаток", "Заказ"), ("Молоко 3,2%", 100, None), ("Кефир", 7, None))
    assert (found.quantity, found.rivals) == (2, ())


def test_the_customer_says_there_is_none() -> None:
    found = laid(("Товар", "Бар", "Кухня"), ("Молоко 3,2% 5 шт", 5, 2), ("Кефир 1 шт", 1, 7), chosen=-1)
    assert (found.quantity, found.rivals) == (None, ())


def test_no_goods_no_layout() -> None:
    assert layout_of(sheet(("Иванов", "Пётр"), ("Сидоров", "Анна")), index()) is None
    assert layout_of(sheet((1, 2), (3, 4)), index()) is None


def test_the_first_sheet_with_goods() -> None:
    cover = sheet(("Уважаемые коллеги",), name="Титул")
    goods = sheet(("Товар", "Кол-во"), ("Молоко 3,2%", 5), name="Май")
    more = sheet(("Товар", "Кол-во"), ("Кефир", 5), name="Июнь")
    found = find_list([cover, goods, more], index())
    assert found is not None
    assert (found[0].name, found[2]) == ("Май", ("Июнь",))
    assert find_list([cover], index()) is None


_NAMES = ("Молоко 3,2%", "Кефир 1%", "Сироп Ваниль", "Хлеб Дарницкий", "Батон Молочный", "Сыр Гауда")
_TITLES = {"name": "Наименование", "quantity": "Кол-во", "price": "Цена", "sum": "Сумма", "number": "№", "unit": "Ед."}


@settings(max_examples=150, deadline=None)
@given(
    st.permutations([*_TITLES]),
    st.lists(st.tuples(st.sampled_from(_NAMES), st.integers(1, 40), st.integers(20, 9000)), min_size=3, max_size=8),
    st.booleans(),
)
def test_a_price_or_a_sum_is_never_the_quantity(
    order: list[str], goods: list[tuple[str, int, int]], headed: bool
) -> None:
    rows = [
        {
            "name": name,
            "quantity": count,
            "price": D(price) / 10,
            "sum": D(price) / 10 * count,
            "number": n,
            "unit": "шт",
        }
        for n, (name, count, price) in enumerate(goods, 1)
    ]
    # Quantities 1, 2, 3… without a heading are taken for the numbers of the rows: nobody could tell.
    assume(headed or any(row["quantity"] != row["number"] for row in rows))
    written = [tuple(row[column] for column in order) for row in rows]
    found = laid(*([tuple(_TITLES[column] for column in order)] if headed else []), *written)
    assert found.name == order.index("name")
    if headed:
        assert found.quantity == order.index("quantity")
    else:
        assert found.quantity in (None, order.index("quantity"))
        if found.quantity is None:
            assert order.index("quantity") in [column.place for column in found.rivals]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.none() | st.text("абвМолоко 5,.шт", max_size=8) | st.integers(-5, 10**9), max_size=6),
                max_size=12))  # fmt: skip
def test_any_sheet_is_laid_out_or_not(rows: list[list[object]]) -> None:
    assume(any(rows))
    found = layout_of(sheet(*rows), index())
    if found is not None:
        named = [
            place for place in (found.name, found.article, found.quantity, found.unit, found.note) if place is not None
        ]
        assert len(named) == len(set(named))
        assert not (found.rivals and found.quantity is not None)
