"""The catalogue as words and attributes: built once per catalogue version, shared by all customers."""
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class CatalogItem:
    """A product as the catalogue states it; `packs` are (unit, factor in base units)."""

    sku: str
    name: str
    category: str
    brand: str
    base_unit: str
    packs: tuple[tuple[str, Decimal], ...] = ()
    step: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)


class CatalogIndex:
    """Immutable; holds no customer data."""

    def __init__(self, items: tuple[CatalogItem, ...]) -> None:
        self.items = items
        self.by_sku = {item.sku: item for item in items}

    @classmethod
    def build(cls, items: Iterable[CatalogItem]) -> "CatalogIndex":
        """Index the items (at most a second for 1,000)."""
        return cls(tuple(items))
