"""The catalogue in memory: immutable, rebuilt when its version changed. It holds no prices and no customer data."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import repository
from api.domain import wording
from api.domain.product import Category, Product
from api.understanding.catalog import CatalogIndex, CatalogItem


@dataclass(frozen=True)
class Catalogue:
    """One version of the goods. `by_id` and `by_sku` hold the withdrawn ones too; `index` does not."""

    version: int
    by_id: Mapping[str, Product]
    by_sku: Mapping[str, Product]
    categories: Mapping[str, Category]
    index: CatalogIndex
    children: Mapping[str | None, tuple[Category, ...]]
    own: Mapping[str | None, tuple[Product, ...]] = field(repr=False)
    """Active products of a category itself, by name."""

    def within(self, category_id: str | None) -> list[Product]:
        """Active products of the category and everything below it, by name."""
        found = list(self.own.get(category_id, ()))
        for child in self.children.get(category_id, ()):
            found += self.within(child.id)
        return sorted(found, key=lambda product: product.name.casefold())


def _item(product: Product, categories: Mapping[str, Category]) -> CatalogItem:
    category = categories.get(product.category_id or "")
    return CatalogItem(
        sku=product.sku,
        name=product.name,
        category=category.name if category else "",
        brand=product.brand,
        base_unit=product.base_unit,
        packs=tuple((pack.unit, pack.factor) for pack in product.packagings),
        step=product.step,
        minimum=product.minimum,
    )


def _children(categories: Mapping[str, Category]) -> dict[str | None, tuple[Category, ...]]:
    found: dict[str | None, list[Category]] = defaultdict(list)
    for category in sorted(categories.values(), key=lambda category: category.name.casefold()):
        # A parent that is not there would hide its children from everybody.
        found[category.parent_id if category.parent_id in categories else None].append(category)
    return {parent: tuple(children) for parent, children in found.items()}


def build(version: int, products: Iterable[Product], categories: Iterable[Category]) -> Catalogue:
    """Indexes the goods: up to a second for a thousand."""
    goods = list(products)
    by_category = {category.id: category for category in categories}
    active = sorted((product for product in goods if product.active), key=lambda product: product.name.casefold())
    own: dict[str | None, list[Product]] = defaultdict(list)
    for product in active:
        own[product.category_id if product.category_id in by_category else None].append(product)
    return Catalogue(
        version=version,
        by_id={product.id: product for product in goods},
        by_sku={product.sku: product for product in goods},
        categories=by_category,
        index=CatalogIndex.build(_item(product, by_category) for product in active),
        children=_children(by_category),
        own={category: tuple(members) for category, members in own.items()},
    )


class Snapshots:
    """Keeps the newest catalogue of this process; one rebuild at a time, in a thread."""

    def __init__(self) -> None:
        self._current: Catalogue | None = None
        self._lock = asyncio.Lock()

    def forget(self) -> None:
        """Reads the goods anew the next time, whatever the version says."""
        self._current = None

    async def get(self, session: AsyncSession) -> Catalogue:
        """The catalogue as the database has it now."""
        version = await repository.version(session)
        if self._current is not None and self._current.version == version:
            return self._current
        async with self._lock:
            if self._current is None or self._current.version != version:
                products, categories = await repository.goods(session)
                self._current = await asyncio.to_thread(build, version, products, categories)
            return self._current


snapshots = Snapshots()


def short_name(product: Product) -> str:
    """What people call it."""
    return wording.short_name(product.name, product.brand)
