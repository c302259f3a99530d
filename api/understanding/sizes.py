"""«Большая», «маленький»: not a product's word but its place among the sizes of the product."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from api.understanding.catalog import Entry
from order_text.morph import analyse

_LARGE = frozenset({"большой", "больший", "крупный", "огромный", "здоровый"})
_SMALL = frozenset({"маленький", "малый", "небольшой", "мелкий", "меньший", "махонький", "малюсенький"})


@lru_cache(maxsize=10_000)
def size_of(word: str) -> bool | None:
    """True for «large», False for «small», None for any other word."""
    lemmas = set(analyse(word).lemmas)
    return True if lemmas & _LARGE else False if lemmas & _SMALL else None


def extreme_of(entries: Sequence[Entry], largest: bool) -> list[Entry]:
    """The largest or smallest of the entries; none when their sizes are unknown or all the same."""
    sizes = {entry.sku: size for entry in entries if (size := _size(entry)) is not None}
    if len(sizes) < len(entries) or len(set(sizes.values())) < 2:
        return []
    wanted = max(sizes.values()) if largest else min(sizes.values())
    return [entry for entry in entries if sizes[entry.sku] == wanted]


def _size(entry: Entry) -> Decimal | None:
    """Litres or kilograms of one piece."""
    measures = entry.attributes.volumes | entry.attributes.weights
    return next(iter(measures)) if len(measures) == 1 else None
