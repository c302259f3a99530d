"""A small catalogue and its customers for the tests of understanding."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any

from api.understanding.catalog import CatalogIndex, CatalogItem
from api.understanding.context import Context, PastOrder

D = Decimal
NOW = datetime(2025, 12, 16, 10, tzinfo=timezone(timedelta(hours=3)))

_ROWS = (
    # sku, name, brand, unit, packs, step, minimum
    ("m32", "Молоко пастер. 3,2% 1л Ручеёк", "Ручеёк", "шт", {"кор": 12}, "1", "0"),
    ("m25", "Молоко пастер. 2,5% 1л Ручеёк", "Ручеёк", "шт", {"кор": 12}, "1", "0"),
    ("mt", "Молоко топлёное 4% 1л Ручеёк", "Ручеёк", "шт", {"кор": 12}, "1", "0"),
    ("kef", "Кефир 1% 900г Ручеёк", "Ручеёк", "шт", {"кор": 10}, "1", "0"),
    ("smv", "Сироп Ваниль 1л Арома", "Арома", "шт", {"кор": 6}, "1", "0"),
    ("smk", "Сироп Карамель 1л Арома", "Арома", "шт", {"кор": 6}, "1", "0"),
    ("sks", "Сироп Карамель солёная 1л Арома", "Арома", "шт", {"кор": 6}, "1", "0"),
    ("egg", "Яйцо С1", "", "шт", {"дес": 10, "кор": 360}, "10", "0"),
    ("cup", "Стакан бум. 250мл (50шт)", "", "уп", {"кор": 20}, "1", "0"),
    ("s1", "Сахар-песок 1кг", "", "шт", {"меш": 10}, "1", "0"),
    ("s25", "Сахар-песок 25кг мешок", "", "меш", {}, "1", "0"),
    ("pot", "Картофель вес", "", "кг", {}, "0.5", "5"),
    ("ch", "Сыр Гауда 45% вес", "", "кг", {"гол": 8}, "0.1", "0"),
    ("bread", "Хлеб Дарницкий 650г", "", "шт", {"лоток": 12}, "1", "0"),
    ("bat", "Батон Молочный 400г", "", "шт", {"лоток": 12}, "1", "0"),
)
HISTORY = (
    PastOrder("101", date(2025, 12, 8), {"m32": D(10), "kef": D(10), "ch": D(2)}),
    PastOrder("102", date(2025, 12, 10), {"m32": D(12), "kef": D(6), "smv": D(2), "bread": D(12)}),
    PastOrder("103", date(2025, 12, 15), {"m32": D(10), "kef": D(8), "smv": D(2)}),
)


def built(rows: Iterable[tuple[Any, ...]]) -> CatalogIndex:
    """A catalogue of rows «sku, name, category, brand, unit, packs, step, minimum»."""
    return CatalogIndex.build(
        CatalogItem(sku, name, category, brand, unit, tuple((u, D(f)) for u, f in packs.items()), D(step), D(minimum))
        for sku, name, category, brand, unit, packs, step, minimum in rows
    )


@lru_cache(maxsize=1)
def index() -> CatalogIndex:
    """The catalogue."""
    return built((sku, name, "", *rest) for sku, name, *rest in _ROWS)


def view(
    goods: CatalogIndex, cart: dict[str, int | str] | None, history: tuple[PastOrder, ...], **more: object
) -> Context:
    """A customer's view of these goods."""
    return Context(goods, history, {sku: D(quantity) for sku, quantity in (cart or {}).items()}, NOW, **more)  # type: ignore[arg-type]


def context(
    cart: dict[str, int | str] | None = None, history: tuple[PastOrder, ...] = HISTORY, **more: object
) -> Context:
    """A customer's view with this cart."""
    return view(index(), cart, history, **more)


def cart_of(outcome: object) -> dict[str, str]:
    """The cart with quantities as plain strings."""
    return {sku: format(quantity.normalize(), "f") for sku, quantity in outcome.cart.items()}  # type: ignore[attr-defined]
