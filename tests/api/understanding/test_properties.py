"""Arithmetic of the cart, whatever the quantities and whatever the text."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import HISTORY, context

from api.understanding.quantities import Amount, step_options, to_base
from api.understanding.read import read

QUANTITIES = st.integers(min_value=1, max_value=40)
TEXTS = st.lists(
    st.sampled_from(
        [
            "молоко",
            "кефир",
            "сироп",
            "5",
            "12",
            "шт",
            "кор",
            ",",
            "и",
            "убери",
            "ещё",
            "вместо",
            "как обычно",
            "не",
            "а",
            "3,2%",
            "по",
            "половину",
            "всё",
            "\n",
            "?",
            "🙂",
            "сахар",
            "25 кг",
            "яйца",
            "верблюжье",
        ]
    ),
    max_size=14,
).map(" ".join)


@given(st.one_of(TEXTS, st.text(max_size=80)))
@settings(max_examples=200, deadline=None)
def test_no_text_raises_or_leaves_an_empty_line(text: str) -> None:
    outcome = read(text, context({"m32": 3, "smv": 2}))
    assert all(quantity > 0 for quantity in outcome.cart.values())
    assert outcome.is_order or dict(outcome.cart) == {"m32": Decimal(3), "smv": Decimal(2)}


@given(QUANTITIES, QUANTITIES)
@settings(max_examples=40, deadline=None)
def test_more_and_then_less_is_where_it_was(start: int, more: int) -> None:
    raised = read(f"кефира на {more} больше", context({"kef": start}, history=()))
    lowered = read(f"кефира на {more} меньше", context({"kef": int(raised.cart["kef"])}, history=()))
    assert lowered.cart == {"kef": Decimal(start)}


@given(QUANTITIES)
@settings(max_examples=40, deadline=None)
def test_setting_twice_is_setting_once(quantity: int) -> None:
    once = read(f"кефира сделай {quantity}", context({"kef": 7}, history=()))
    twice = read(f"кефира сделай {quantity}", context({"kef": int(once.cart["kef"])}, history=()))
    assert twice.cart == once.cart == {"kef": Decimal(quantity)}


@given(
    st.permutations(["кефир 5", "хлеб дарницкий 3", "сироп ваниль 2", "гауда 1,5 кг"]),
    st.sampled_from([", ", "\n", "; ", " и "]),
)
@settings(max_examples=40, deadline=None)
def test_the_order_of_lines_does_not_matter(lines: list[str], glue: str) -> None:
    expected = {"kef": Decimal(5), "bread": Decimal(3), "smv": Decimal(2), "ch": Decimal("1.5")}
    assert read(glue.join(lines), context()).cart == expected


@given(st.permutations(["кефир 5 ШТ", "Хлеб дарницкий 3", "СИРОП ВАНИЛЬ 2"]))
@settings(max_examples=20, deadline=None)
def test_case_does_not_matter(lines: list[str]) -> None:
    assert read(", ".join(lines), context()).cart == read(", ".join(lines).lower(), context()).cart


def test_a_repeat_and_a_removal_leave_the_rest() -> None:
    last = dict(HISTORY[-1].lines)
    repeated = read("как обычно", context())
    assert repeated.cart == last
    removed = read("сироп убери", context({sku: str(quantity) for sku, quantity in repeated.cart.items()}))
    assert removed.cart == {sku: quantity for sku, quantity in last.items() if sku != "smv"}


@given(st.sampled_from(["шт", "кор", "дес", "дюж"]), QUANTITIES)
@settings(max_examples=60, deadline=None)
def test_a_printed_quantity_reads_back(unit: str, quantity: int) -> None:
    view = context(history=())
    entry = view.index.by_sku["kef"]
    base = to_base(entry, Amount(Decimal(quantity), unit))
    assert base is not None
    outcome = read(f"кефир {quantity} {unit}", view)
    asked = [question.quantity for question in outcome.questions]
    assert outcome.cart == {"kef": base} or asked == [base]


@given(st.decimals(min_value="0.1", max_value=500, places=1))
@settings(max_examples=60, deadline=None)
def test_offered_quantities_are_allowed(quantity: Decimal) -> None:
    entry = context().index.by_sku["pot"]
    for option in step_options(entry, quantity):
        assert step_options(entry, option) == ()
