"""The catalogue in memory: immutable, rebuilt when its version changed. It holds no prices and no customer data."""

import asyncio
import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import repository
from api.config import MAIN_ERP
from api.db.session import staff_session
from api.domain import wording
from api.domain.product import Category, Product
from api.understanding.catalog import CatalogIndex, CatalogItem

log = structlog.get_logger()

NOTIFY_CHANNEL = "catalogue"
LONGEST_BEHIND = 60.0
"""Seconds that a request may be served by the catalogue before: a hundred thousand goods are indexed in fewer."""


@dataclass(frozen=True)
class Catalogue:
    """One version of the goods of one accounting system.

    `by_id` and `by_sku` hold the withdrawn ones too; `index` does not.
    """

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


def build(
    version: int, products: Iterable[Product], categories: Iterable[Category], former: Catalogue | None = None
) -> Catalogue:
    """Indexes the goods: up to a second for a thousand, much less for what `former` has read already."""
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
        index=CatalogIndex.build((_item(product, by_category) for product in active), former.index if former else None),
        children=_children(by_category),
        own={category: tuple(members) for category, members in own.items()},
    )


@dataclass(frozen=True)
class Catalogues:
    """The goods of every accounting system, in one version."""

    version: int
    by_backend: Mapping[str, Catalogue]

    def of(self, backend: str) -> Catalogue:
        """The goods of one; none at all before they were read."""
        return self.by_backend.get(backend) or build(self.version, (), ())


class Snapshots:
    """Keeps the newest catalogues of this process.

    New ones are built in the background, by one task at a time, while the old ones serve. It is begun when a notice
    comes that the goods changed, and also when a request sees that the version grew: a notice may be lost.
    """

    channel = NOTIFY_CHANNEL

    def __init__(self) -> None:
        self._current: Catalogues | None = None
        self._task: asyncio.Task[Catalogues] | None = None
        self._behind_since: float | None = None

    def forget(self) -> None:
        """Reads the goods anew the next time, whatever the version says."""
        self._current, self._task, self._behind_since = None, None, None

    def heard(self, payload: str) -> None:
        """The goods changed."""
        self._renewal()

    def may_have_missed(self) -> None:
        """The goods may have changed; also what makes the first catalogues when the process starts."""
        self._renewal()

    async def get(self, session: AsyncSession, backend: str = MAIN_ERP) -> Catalogue:
        """A backend's goods; for `LONGEST_BEHIND` at most the ones before, while the newest are being built."""
        current = self._current
        if current is None:
            return (await self._newest(session)).of(backend)
        if await repository.version(session) == current.version:
            return current.of(backend)
        if self._behind_since is None:
            self._behind_since = monotonic()
        if monotonic() - self._behind_since >= LONGEST_BEHIND:
            return (await self._newest(session)).of(backend)
        self._renewal()
        return (self._current or current).of(backend)

    async def newest(self, session: AsyncSession, backend: str = MAIN_ERP) -> Catalogue:
        """A backend's goods as the database has them now, however long that takes."""
        if self._current is not None and self._current.version == await repository.version(session):
            return self._current.of(backend)
        return (await self._newest(session)).of(backend)

    async def _newest(self, session: AsyncSession) -> Catalogues:
        version = await repository.version(session)
        found = await asyncio.shield(self._renewal())
        # A task that began before the change may have read the goods before it.
        return found if found.version >= version else await asyncio.shield(self._renewal())

    def _renewal(self) -> asyncio.Task[Catalogues]:
        """The task that builds the newest catalogues: the running one, or a new one."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._renew())
            self._task.add_done_callback(_log_failure)
        return self._task

    async def _renew(self) -> Catalogues:
        former = self._current
        while True:
            with _collector_paused():
                async with staff_session() as session:
                    version = await repository.version(session)
                    if former is not None and former.version == version:
                        return former
                    goods = await repository.goods(session)
                former = await asyncio.to_thread(_build_all, version, goods, former)
            self._current, self._behind_since = former, None


def _build_all(version: int, goods: Mapping[str, repository.Goods], former: Catalogues | None) -> Catalogues:
    built = {
        backend: build(version, found.products, found.categories, former.by_backend.get(backend) if former else None)
        for backend, found in goods.items()
    }
    return Catalogues(version, built)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """The garbage collector would walk through all objects of two catalogues, again and again.

    Each time it halts every request: with 100,000 goods for more than a second, and the building takes thrice as long.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _log_failure(task: asyncio.Task[Catalogues]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("catalogue.not_renewed", error=str(error))


snapshots = Snapshots()


def short_name(product: Product) -> str:
    """What people call it."""
    return wording.short_name(product.name, product.brand)
