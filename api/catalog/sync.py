"""Goods, prices and stock: from the accounting system's nouns to our tables. Each function returns the rows read.

Read whole, a backend's table becomes what was told; read since a moment, only what was told changes.
"""

from psycopg.types.json import Jsonb
from sqlalchemy import ColumnElement, Subquery, and_, delete, func, insert, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.snapshot import NOTIFY_CHANNEL
from api.db.bulk import Row, Staged, applying, loading, of_backend, same, staged
from api.db.models import (
    CatalogVersionRow,
    CategoryRow,
    CustomerRow,
    PriceListRow,
    PriceRow,
    ProductRow,
    StockRow,
    WarehouseRow,
)
from api.deps.holds import EXAMPLES, Example, Loss, let_through
from api.deps.notices import notify
from api.deps.sync import Reading, forget_full
from api.domain.product import Product
from api.domain.wording import money
from api.erp.port import Data

PRODUCT = (
    "id", "backend", "sku", "name", "base_unit", "category_id", "brand", "packagings", "step", "minimum",
    "on_order_days", "active",
)  # fmt: skip
PRICE = (
    "product_id", "amount", "price_list_id", "customer_id", "min_quantity", "prepayment", "promo", "valid_from",
    "valid_to",
)  # fmt: skip
OPTIONAL = ("price_list_id", "customer_id")
TERMS = ("product_id", "price_list_id", "customer_id", "min_quantity", "prepayment", "promo")
STOCK = ("product_id", "warehouse_id", "quantity")

TELL_APART = """
UPDATE read_products AS one SET sku = one.sku || '/' || one.id
WHERE EXISTS (SELECT FROM read_products AS other WHERE other.sku = one.sku
              AND (other.active, one.id) > (one.active, other.id))
"""
"""A number of two products is the one's that is sold, else the first one's: an order names products by numbers."""

LEAVE_NUMBERS = """
UPDATE read_products AS one SET sku = one.sku || '/' || one.id
WHERE EXISTS (SELECT FROM products AS other WHERE other.backend = :backend AND other.sku = one.sku AND other.active
              AND NOT EXISTS (SELECT FROM read_products AS told WHERE told.id = other.id))
"""
"""Where changes only are read, a number of a product that goes on being sold is that one's."""

GIVE_UP_NUMBERS = """
UPDATE products AS one SET sku = '~' || one.id
WHERE one.backend = :backend AND EXISTS (
    SELECT FROM changes_products AS other WHERE NOT other.old AND other.sku = one.sku AND other.id <> one.id)
"""
"""A number that another product has now; who goes on being sold gets a new one in the same transaction."""


def _product(product: Product, backend: str) -> Row:
    packagings = Jsonb([{"unit": pack.unit, "factor": str(pack.factor)} for pack in product.packagings])
    values = {"backend": backend, "packagings": packagings}
    return tuple(values.get(name) or getattr(product, name) for name in PRODUCT)


async def _bump_version(session: AsyncSession) -> None:
    """Makes every process read the goods again: at once by the notice, else when it next looks at the version."""
    await notify(session, NOTIFY_CHANNEL, "")
    done = await session.execute(
        update(CatalogVersionRow).values(version=CatalogVersionRow.version + 1).returning(CatalogVersionRow.id)
    )
    if done.first() is None:
        await session.execute(insert(CatalogVersionRow).values(id=1, version=1))


async def begin(session: AsyncSession) -> None:
    """A catalogue without goods: customers may write before the accounting system has brought any."""
    await session.execute(upsert(CatalogVersionRow).values(id=1, version=0).on_conflict_do_nothing())


async def goods(reading: Reading) -> int:
    """Categories, products with their packings, warehouses. Goods that are gone are withdrawn, never deleted."""
    source, backend = reading.source, reading.backend
    async with loading() as connection:
        categories = await staged(connection, CategoryRow, ("id", "name", "parent_id", "backend"))
        rows = [(row.id, row.name, row.parent_id, backend) async for row in source.categories()]
        await categories.write(rows)
        warehouses = await staged(connection, WarehouseRow, ("id", "name", "backend"))
        await warehouses.write([(row.id, row.name, backend) async for row in source.warehouses()])
        products = await staged(connection, ProductRow, PRODUCT)
        told = (_product(product, backend) async for product in source.products(reading.since))
        count = await products.fill(told, reading.note)
        for table in (categories, warehouses):
            await table.compare(of_backend(table.model, backend))
        await products.analyze()
        async with applying(connection) as session:
            await session.execute(text(TELL_APART))
            if reading.since is not None:
                await session.execute(text(LEAVE_NUMBERS), {"backend": backend})
        await products.compare(_stored(products, reading))
        await _check_goods(products, reading)
        async with applying(connection) as session:
            await warehouses.put(session, of_backend(WarehouseRow, backend))
            changed = await categories.put(session, of_backend(CategoryRow, backend))
            changed += await _put_products(session, products, reading)
            if changed:
                await _bump_version(session)
    return count


def _stored(products: Staged, reading: Reading) -> ColumnElement[bool]:
    """The stored goods that the read ones are compared with."""
    mine = of_backend(ProductRow, reading.backend)
    return mine if reading.since is None else mine & ProductRow.id.in_(select(products.rows.c.id))


async def _check_goods(products: Staged, reading: Reading) -> None:
    read, changes = products.rows.c, products.changes.c
    withdrawn = products.gone(read.active).where(changes.active)

    async def examples() -> list[Example]:
        async with applying(products.connection) as session:
            query = (
                select(ProductRow.name, ProductRow.sku).where(ProductRow.id.in_(withdrawn)).order_by(ProductRow.name)
            )
            return [Example(f"{name}, {sku}") for name, sku in await session.execute(query.limit(EXAMPLES))]

    async with applying(products.connection) as session:
        mine = of_backend(ProductRow, reading.backend) & ProductRow.active
        known = await session.scalar(select(func.count()).select_from(ProductRow).where(mine)) or 0
        gone = await session.scalar(select(func.count()).select_from(withdrawn.subquery())) or 0
    await let_through(reading, Data.GOODS, [Loss("products", known, gone)], examples)


async def _put_products(session: AsyncSession, products: Staged, reading: Reading) -> int:
    changes, backend = products.changes, reading.backend
    added = select(changes.c.id).where(products.is_new, changes.c.id.not_in(select(ProductRow.id)))
    if (await session.execute(added.limit(1))).first() is not None:
        # Their prices may have been told already, when nobody knew whose they are.
        await forget_full(session, backend, Data.PRICES, Data.STOCK)
    await session.execute(text(GIVE_UP_NUMBERS), {"backend": backend})
    changed = await products.put(session, of_backend(ProductRow, backend))
    if reading.since is None:
        gone = update(ProductRow).where(ProductRow.id.in_(products.gone()), ProductRow.active).values(active=False)
        changed += len((await session.execute(gone.returning(ProductRow.id))).all())
    return changed


async def prices(reading: Reading) -> int:
    """Price types and prices, all at once: no request sees half of an old and half of a new list."""
    source, backend = reading.source, reading.backend
    async with loading() as connection:
        lists = await staged(connection, PriceListRow, ("id", "name", "backend"))
        await lists.write([(row.id, row.name, backend) async for row in source.price_lists()])
        await lists.compare(of_backend(PriceListRow, backend))
        rows = await staged(connection, PriceRow, PRICE)
        async with applying(connection) as session:
            newest = await session.scalar(select(func.max(PriceRow.id))) or 0
        told = (tuple(getattr(row, name) for name in PRICE) async for row in source.prices(since=reading.since))
        count = await rows.fill(told, reading.note)
        await rows.analyze()
        await rows.compare(_named(rows, reading), _is_known(rows, backend))
        await _check_prices(rows, reading)
        async with applying(connection) as session:
            await lists.put(session, of_backend(PriceListRow, backend))
            await _leave_live_prices(session, rows, newest)
            await rows.remove(session)
            await rows.put(session, true())
    return count


def _named(rows: Staged, reading: Reading) -> ColumnElement[bool]:
    """The stored rows that the read ones replace: all of the backend, or of the products that are named."""
    named = rows.target.c.product_id.in_(select(rows.rows.c.product_id))
    mine = of_backend(rows.model, reading.backend)
    return mine if reading.since is None else mine & named


def _is_known(rows: Staged, backend: str) -> ColumnElement[bool]:
    """Only goods that we know have prices and stock; the others wait until they are read."""
    return rows.rows.c.product_id.in_(select(ProductRow.id).where(ProductRow.backend == backend))


async def _leave_live_prices(session: AsyncSession, rows: Staged, newest: int) -> None:
    """Prices of a product that an order read live while the list was read are newer than the list's: they stay."""
    await session.execute(text("LOCK TABLE prices IN SHARE ROW EXCLUSIVE MODE"))
    live = select(PriceRow.product_id).where(PriceRow.id > newest)
    await session.execute(delete(rows.changes).where(rows.changes.c.product_id.in_(live)))


def _fates(rows: Staged) -> Subquery:
    """What becomes of each stored price that was not read so: its new amount under the same terms, if there are any.

    When terms begin or end does not count: a document of new prices dates all of them anew.
    """
    old, new = rows.changes.alias("was"), rows.changes.alias("will_be")
    terms = (same(old.c[name], new.c[name], nullable=name in OPTIONAL) for name in TERMS)
    whose = [old.c[name] for name in ("id", "product_id", "price_list_id", "customer_id", "amount")]
    stays = func.bool_or(new.c.amount == old.c.amount).label("stays")
    pairs = old.join(new, and_(new.c.old.is_(False), *terms), isouter=True)
    query = select(*whose, func.min(new.c.amount).label("now"), stays).select_from(pairs)
    return query.where(old.c.old).group_by(*whose).subquery("fates")


async def _check_prices(rows: Staged, reading: Reading) -> None:
    fates = _fates(rows)
    gone, repriced = fates.c.now.is_(None), fates.c.stays.is_(False)

    async def examples() -> list[Example]:
        query = (
            select(ProductRow.name, PriceListRow.name, CustomerRow.name, fates.c.amount, fates.c.now)
            .select_from(fates)
            .join(ProductRow, ProductRow.id == fates.c.product_id)
            .join(PriceListRow, PriceListRow.id == fates.c.price_list_id, isouter=True)
            .join(CustomerRow, CustomerRow.id == fates.c.customer_id, isouter=True)
            .where(or_(gone, repriced))
            .order_by(ProductRow.name, PriceListRow.name, CustomerRow.name)
            .limit(EXAMPLES)
        )
        async with applying(rows.connection) as session:
            return [
                Example(", ".join(filter(None, (product, price_list or owner))), money(was), money(now) if now else "")
                for product, price_list, owner, was, now in await session.execute(query)
            ]

    async with applying(rows.connection) as session:
        mine = of_backend(PriceRow, reading.backend)
        known = await session.scalar(select(func.count()).select_from(PriceRow).where(mine)) or 0
        counts = select(func.count().filter(gone), func.count().filter(repriced)).select_from(fates)
        lost, changed = (await session.execute(counts)).one()
    await let_through(reading, Data.PRICES, [Loss("prices", known, lost, changed)], examples)


async def stock(reading: Reading) -> int:
    """Free stock. A product that the answer does not name has none; none is not stored."""
    async with loading() as connection:
        rows = await staged(connection, StockRow, STOCK)
        told = (tuple(getattr(row, name) for name in STOCK) async for row in reading.source.stock(since=reading.since))
        count = await rows.fill(told, reading.note)
        await rows.analyze()
        await rows.compare(_named(rows, reading), _is_known(rows, reading.backend), rows.rows.c.quantity != 0)
        await _check_stock(rows, reading)
        async with applying(connection) as session:
            await rows.remove(session)
            await rows.put(session, of_backend(StockRow, reading.backend))
    return count


async def _check_stock(rows: Staged, reading: Reading) -> None:
    gone = rows.gone().subquery()

    async def examples() -> list[Example]:
        query = select(ProductRow.name).where(ProductRow.id.in_(select(gone.c.product_id))).order_by(ProductRow.name)
        async with applying(rows.connection) as session:
            return [Example(name) for name in await session.scalars(query.limit(EXAMPLES))]

    async with applying(rows.connection) as session:
        mine = of_backend(StockRow, reading.backend)
        known = await session.scalar(select(func.count()).select_from(StockRow).where(mine)) or 0
        lost = await session.scalar(select(func.count()).select_from(gone)) or 0
    await let_through(reading, Data.STOCK, [Loss("stock", known, lost)], examples)
