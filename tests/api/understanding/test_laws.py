"""The laws of the cart over generated lists, catalogues and edits."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import odd_world
import small_world
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from laws import check_message
from small_world import NOW, context

from api.understanding.catalog import CatalogIndex, CatalogItem
from api.understanding.context import Context
from api.understanding.read import read
from api.understanding.verbatim import SHORTEST

LINES = {
    "кефир": "kef", "хлеб дарницкий": "bread", "сироп ваниль": "smv", "сироп солёная карамель": "sks",
    "топлёное молоко": "mt", "молоко 3,2%": "m32", "молоко 2,5%": "m25", "сахар 1кг": "s1",
}  # fmt: skip
LISTS = st.dictionaries(st.sampled_from(sorted(LINES)), st.integers(1, 30), min_size=1, max_size=6)
GLUE = st.sampled_from([", ", "\n", "; ", " и "])
FEW = settings(deadline=None, max_examples=60)


def printed(lines: dict[str, int], glue: str = "\n") -> str:
    """A list as a customer types it."""
    return glue.join(f"{name} {quantity} шт" for name, quantity in lines.items())


def meant(lines: dict[str, int]) -> dict[str, Decimal]:
    """The cart that a list means."""
    return {LINES[name]: Decimal(quantity) for name, quantity in lines.items()}


@given(LISTS, GLUE, st.randoms(use_true_random=False))
@settings(FEW)
def test_the_order_of_lines_does_not_change_the_cart(lines: dict[str, int], glue: str, dice: object) -> None:
    shuffled = list(lines.items())
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    for one in (lines, dict(shuffled)):
        assert read(printed(one, glue), context(history=())).cart == meant(lines)


@given(
    LISTS,
    GLUE,
    st.sampled_from([str.upper, str.title, str.lower]),
    st.booleans(),
    st.sampled_from([" ", "  ", "\u00a0", " \t "]),
)
@settings(FEW)
def test_case_yo_and_spaces_do_not_change_the_cart(
    lines: dict[str, int], glue: str, case: object, yo: bool, space: str
) -> None:
    text = case(printed(lines, glue)).replace(" ", space)  # type: ignore[operator]
    text = text.replace("ё", "е").replace("Ё", "Е") if yo else text
    assert read(f" {text} ", context(history=())).cart == meant(lines)


@given(LISTS, LISTS)
@settings(FEW)
def test_a_list_sets_and_saying_it_again_changes_nothing(first: dict[str, int], second: dict[str, int]) -> None:
    once = read(printed(second), context(dict(meant(first)), history=()))  # type: ignore[arg-type]
    twice = read(printed(second), context(dict(once.cart), history=()))  # type: ignore[arg-type]
    assert once.cart == twice.cart == meant(first) | meant(second)


@given(LISTS, st.sampled_from(sorted(LINES)), st.integers(1, 20))
@settings(FEW)
def test_what_is_added_and_taken_away_again_leaves_the_cart(lines: dict[str, int], name: str, quantity: int) -> None:
    before = {sku: amount for sku, amount in meant(lines).items() if sku != LINES[name]}
    added = read(f"ещё {name} {quantity} шт", context(dict(before), history=()))  # type: ignore[arg-type]
    assert added.cart == before | {LINES[name]: Decimal(quantity)}
    removed = read(f"{name} убери", context(dict(added.cart), history=()))  # type: ignore[arg-type]
    assert removed.cart == before


@given(LISTS, st.data())
@settings(FEW)
def test_more_and_less_of_one_line_touch_no_other(lines: dict[str, int], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(lines)))
    more = data.draw(st.integers(1, 20))
    before = meant(lines)
    raised = read(f"ещё {name} {more} шт", context(dict(before), history=()))  # type: ignore[arg-type]
    assert raised.cart == before | {LINES[name]: Decimal(lines[name] + more)}
    lowered = read(f"убери {more} шт {name}", context(dict(raised.cart), history=()))  # type: ignore[arg-type]
    assert lowered.cart == before


# Catalogues as distributors keep them: a noun, what kind, a size or a figure, a brand; every name once.
_NOUNS = "Молоко Кефир Сок Сироп Крупа Мука Печенье Вода Масло Контейнер Салфетки Сахар".split()
_KINDS = [
    "",
    "топлёное",
    "вишня",
    "солёный",
    "пастер.",
    "в/с",
    "б/г",
    "д/салата",
    "бум.",
    "классич.",
    "детское",
    "манго",
]
_FIGURES = [
    "",
    "3,2%",
    "1л",
    "0,5 л",
    "900г",
    "25кг",
    "250мл (50шт)",
    "24*24",
    "16/20",
    "№36",
    "С1",
    "80мм",
    "2кг*6",
    "5л",
    "1,5%",
]
_BRANDS = ["", "Ручейкин", "Тундринка", "Quickbee", "Weissgrund", "ТМ Лужковна", "«Бзундра»"]
_UNITS = [
    ("шт", 12, "1"),
    ("уп", 6, "1"),
    ("кг", 0, "0.1"),
    ("бут", 20, "1"),
    ("меш", 0, "1"),
    ("бан", 8, "1"),
    ("кор", 0, "1"),
]


@dataclass(frozen=True)
class Goods:
    """A generated catalogue and a cart of its goods."""

    items: tuple[CatalogItem, ...]
    cart: dict[str, Decimal]

    def context(self) -> Context:
        """The view of a new customer with an empty cart."""
        return Context(_indexed(self.items), (), {}, NOW)

    def printed(self, units: bool) -> str:
        """«название — количество» lines, as an order is shown."""
        rows = [(item, self.cart[item.sku]) for item in self.items if item.sku in self.cart]
        return "\n".join(
            f"{item.name} — {_plain(amount)} {item.base_unit if units else ''}".strip() for item, amount in rows
        )


@lru_cache(maxsize=64)
def _indexed(items: tuple[CatalogItem, ...]) -> CatalogIndex:
    return CatalogIndex.build(items)


def _plain(quantity: Decimal) -> str:
    return format(quantity.normalize(), "f").replace(".", ",")


@st.composite
def goods(draw: st.DrawFn) -> Goods:
    """A catalogue of up to eight different names, long enough to be recognised whole, and some quantities."""
    parts = st.tuples(*(st.sampled_from(one) for one in (_NOUNS, _KINDS, _FIGURES, _BRANDS)))
    full = parts.filter(lambda words: len(" ".join(words).split()) >= SHORTEST)
    names = draw(st.lists(full, min_size=1, max_size=8, unique=True))
    items, cart = [], {}
    for place, words in enumerate(names):
        unit, pack, step = draw(st.sampled_from(_UNITS))
        packs = (("кор", Decimal(pack)),) if pack else ()
        items.append(
            CatalogItem(f"p{place}", " ".join(w for w in words if w), "", words[3], unit, packs, Decimal(step))
        )
        if draw(st.booleans()):
            cart[f"p{place}"] = Decimal(draw(st.integers(1, 40)))
    assume(cart)
    return Goods(tuple(items), cart)


@given(goods(), st.booleans())
@settings(deadline=None, max_examples=150)
def test_a_printed_cart_reads_back_where_no_quantity_is_a_figure_of_its_name(stock: Goods, units: bool) -> None:
    names = {item.sku: item.name for item in stock.items}
    assume(not any(_plain(quantity) in re.findall(r"\d+", names[sku]) for sku, quantity in stock.cart.items()))
    outcome = read(stock.printed(units), stock.context())
    assert outcome.cart == stock.cart and not outcome.questions


@given(
    goods(),
    st.lists(
        st.sampled_from("5 12 шт кор кг , и убери ещё вместо на не а 3,2% по всё без - 0 1000000".split()), max_size=10
    ),
    st.randoms(),
)
@settings(FEW)
def test_no_message_yields_goods_or_quantities_that_are_none(stock: Goods, words: list[str], dice: object) -> None:
    named = [word for item in stock.items for word in item.name.split()]
    said = [*words, *dice.sample(named, min(6, len(named)))]  # type: ignore[attr-defined]
    dice.shuffle(said)  # type: ignore[attr-defined]
    check_message(" ".join(said), stock.context())


def test_every_good_of_the_shared_catalogues_reads_back_alone() -> None:
    for world in (small_world, odd_world):
        for entry in world.index().entries:
            least = max(entry.item.step, entry.item.minimum, Decimal(2))
            least = least.to_integral_value() if least % entry.item.step == 0 else entry.item.step
            outcome = read(f"{entry.item.name} — {_plain(least)}", world.context(history=()))
            assert outcome.cart == {entry.sku: least}, entry.item.name
