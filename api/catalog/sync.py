"""Goods, prices and stock: from the accounting system's nouns to our tables. Each function returns the rows read."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.snapshot import NOTIFY_CHANNEL
from api.db.bulk import delete_missing, upsert_changed
from api.db.models import (
    CatalogVersionRow,
    CategoryRow,
    PriceListRow,
    PriceRow,
    ProductRow,
    StockRow,
    WarehouseRow,
)
from api.db.session import sync_session
from api.deps.notices import notify
from api.deps.sync import guard
from api.domain.product import Product
from api.erp.port import Erp


def _product_row(product: Product, backend: str) -> dict[str, Any]:
    row = asdict(product) | {"backend": backend}
    row["packagings"] = [{"unit": p.unit, "factor": str(p.factor)} for p in product.packagings]
    # The database rounds to its own scale: without this every product would look changed at each sync.
    row["step"] = product.step.quantize(Decimal("0.0001"))
    row["minimum"] = product.minimum.quantize(Decimal("0.0001"))
    return row


async def _bump_version(session: AsyncSession) -> None:
    """Makes every process read the goods again: at once by the notice, else when it next looks at the version."""
    await notify(session, NOTIFY_CHANNEL, "")
    done = await session.execute(
        update(CatalogVersionRow).values(version=CatalogVersionRow.version + 1).returning(CatalogVersionRow.id)
    )
    if done.first() is None:
        await session.execute(insert(CatalogVersionRow).values(id=1, version=1))


async def goods(source: Erp, backend: str) -> int:
    """Categories, products with their packings, warehouses. Goods that are gone are withdrawn, never deleted."""
    of_it = {"backend": backend}
    categories = [asdict(category) | of_it async for category in source.categories()]
    products = [_product_row(product, backend) async for product in source.products()]
    warehouses = [asdict(warehouse) | of_it async for warehouse in source.warehouses()]
    seen = {product["id"] for product in products}
    async with sync_session() as session:
        await guard(session, ProductRow, len(products), ProductRow.active)
        changed = await upsert_changed(session, CategoryRow, categories)
        changed += await upsert_changed(session, ProductRow, products)
        await upsert_changed(session, WarehouseRow, warehouses)
        gone = update(ProductRow).where(ProductRow.id.not_in(seen), ProductRow.active).values(active=False)
        withdrawn = await session.execute(gone.returning(ProductRow.id))
        if changed or withdrawn.first() is not None:
            await _bump_version(session)
    return len(products)


async def prices(source: Erp, backend: str) -> int:
    """All prices at once, so that no request sees half of an old and half of a new list."""
    lists = [asdict(price_list) | {"backend": backend} async for price_list in source.price_lists()]
    rows = [asdict(price) async for price in source.prices()]
    async with sync_session() as session:
        await upsert_changed(session, PriceListRow, lists)
        known = set((await session.scalars(ProductRow.__table__.select().with_only_columns(ProductRow.id))).all())
        rows = [row for row in rows if row["product_id"] in known]
        await guard(session, PriceRow, len(rows))
        await session.execute(delete(PriceRow))
        if rows:
            await session.execute(insert(PriceRow), rows)
    return len(rows)


async def stock(source: Erp, backend: str) -> int:
    """Free stock. A product that the answer does not name has none."""
    read = [asdict(row) async for row in source.stock()]
    async with sync_session() as session:
        known = set((await session.scalars(ProductRow.__table__.select().with_only_columns(ProductRow.id))).all())
        rows = [
            row | {"quantity": row["quantity"].quantize(Decimal("0.0001"))}
            for row in read
            if row["product_id"] in known
        ]
        await guard(session, StockRow, len(rows))
        await upsert_changed(session, StockRow, rows)
        await delete_missing(session, StockRow, {(row["product_id"], row["warehouse_id"]) for row in rows})
    return len(rows)
