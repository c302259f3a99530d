"""Reading goods, prices, stock and past purchases. Under the customer's role a query sees its own rows only."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import (
    CartSessionRow,
    CatalogVersionRow,
    CategoryRow,
    CustomerRow,
    OrderLineRow,
    OrderRow,
    OutletRow,
    PriceRow,
    ProductRow,
    StockRow,
)
from api.domain.cart import trimmed
from api.domain.order import OrderStatus
from api.domain.product import Category, Packaging, Price, Product, Stock

PORTION = 500
"""Products read at a time: some ten milliseconds."""


async def version(session: AsyncSession) -> int:
    """The catalogue's version; 0 before the first sync."""
    return await session.scalar(select(CatalogVersionRow.version)) or 0


def _product(row: ProductRow) -> Product:
    packagings = tuple(Packaging(pack["unit"], trimmed(Decimal(pack["factor"]))) for pack in row.packagings)
    return Product(
        id=row.id,
        sku=row.sku,
        name=row.name,
        base_unit=row.base_unit,
        category_id=row.category_id,
        brand=row.brand,
        packagings=packagings,
        step=trimmed(row.step) if row.step > 0 else Decimal(1),
        minimum=trimmed(row.minimum),
        on_order_days=row.on_order_days,
        active=row.active,
    )


@dataclass(frozen=True)
class Goods:
    """What one accounting system sells."""

    products: list[Product] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)


async def goods(session: AsyncSession) -> dict[str, Goods]:
    """Everything by backend, the withdrawn goods too; in portions, so that others get a turn in between."""
    found: dict[str, Goods] = defaultdict(Goods)
    rows = await session.stream_scalars(select(ProductRow).execution_options(yield_per=PORTION))
    async for portion in rows.partitions():
        for row in portion:
            found[row.backend].products.append(_product(row))
    for category in await session.scalars(select(CategoryRow)):
        found[category.backend].categories.append(Category(category.id, category.name, category.parent_id))
    return dict(found)


def _price(row: PriceRow) -> Price:
    return Price(
        product_id=row.product_id,
        amount=row.amount,
        price_list_id=row.price_list_id,
        customer_id=row.customer_id,
        min_quantity=trimmed(row.min_quantity),
        prepayment=row.prepayment,
        promo=row.promo,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


async def prices(session: AsyncSession, customer: CustomerRow, product_ids: Collection[str]) -> dict[str, list[Price]]:
    """The customer's own rows, its price list's and the open ones, by product."""
    query = select(PriceRow).where(
        PriceRow.product_id.in_(product_ids),
        or_(PriceRow.customer_id == customer.id, PriceRow.customer_id.is_(None)),
        or_(PriceRow.price_list_id == customer.price_list_id, PriceRow.price_list_id.is_(None)),
    )
    found: dict[str, list[Price]] = defaultdict(list)
    for row in await session.scalars(query):
        found[row.product_id].append(_price(row))
    return found


async def promoted(session: AsyncSession, day: date) -> list[str]:
    """Products with a promotion today, by name."""
    query = (
        select(PriceRow.product_id)
        .join(ProductRow, ProductRow.id == PriceRow.product_id)
        .where(ProductRow.active)
        .where(or_(PriceRow.promo != "", PriceRow.customer_id.is_(None) & PriceRow.price_list_id.is_(None)))
        .where(or_(PriceRow.valid_from.is_(None), PriceRow.valid_from <= day))
        .where(or_(PriceRow.valid_to.is_(None), PriceRow.valid_to >= day))
        .order_by(ProductRow.name)
    )
    return list(dict.fromkeys(await session.scalars(query)))


async def stock(session: AsyncSession, warehouse_id: str | None, product_ids: Collection[str]) -> dict[str, Decimal]:
    """Free stock by product: of one warehouse, or of all together."""
    query = select(StockRow.product_id, func.sum(StockRow.quantity)).where(StockRow.product_id.in_(product_ids))
    if warehouse_id is not None:
        query = query.where(StockRow.warehouse_id == warehouse_id)
    return {row[0]: trimmed(row[1]) for row in await session.execute(query.group_by(StockRow.product_id))}


async def customer(session: AsyncSession, customer_id: str) -> CustomerRow:
    return (await session.scalars(select(CustomerRow).where(CustomerRow.id == customer_id))).one()


async def outlets(session: AsyncSession, customer_id: str) -> list[OutletRow]:
    """The customer's places of delivery, by name."""
    query = select(OutletRow).where(OutletRow.customer_id == customer_id, OutletRow.active)
    return list(await session.scalars(query.order_by(OutletRow.name, OutletRow.id)))


async def chosen_outlet_id(session: AsyncSession, customer_id: str, conversation_id: UUID) -> str | None:
    """What the conversation chose to order for."""
    query = select(CartSessionRow.outlet_id).where(
        CartSessionRow.conversation_id == conversation_id, CartSessionRow.customer_id == customer_id
    )
    return await session.scalar(query)


def _past(customer_id: str, since: datetime) -> Select[OrderRow]:
    return (
        select(OrderRow)
        .where(OrderRow.customer_id == customer_id, OrderRow.created_at >= since)
        .where(OrderRow.status != OrderStatus.CANCELLED.value)
        .order_by(OrderRow.created_at, OrderRow.id)
    )


async def past_orders(
    session: AsyncSession, customer_id: str, outlet_id: str | None, since: datetime
) -> list[OrderRow]:
    """Orders not cancelled, oldest first: of this outlet, or of the whole customer when the outlet has none."""
    if outlet_id is not None:
        query = _past(customer_id, since).where(OrderRow.outlet_id == outlet_id)
        if own := list(await session.scalars(query)):
            return own
    return list(await session.scalars(_past(customer_id, since)))


async def lines_of(session: AsyncSession, order_ids: Iterable[int]) -> dict[int, list[OrderLineRow]]:
    """Lines by order, in their order."""
    query = select(OrderLineRow).where(OrderLineRow.order_id.in_(list(order_ids)))
    found: dict[int, list[OrderLineRow]] = defaultdict(list)
    for row in await session.scalars(query.order_by(OrderLineRow.order_id, OrderLineRow.position)):
        found[row.order_id].append(row)
    return found


async def store_stock(session: AsyncSession, product_ids: Collection[str], rows: Iterable[Stock]) -> None:
    """Replaces what is known of these products' stock; a product that is not named has none."""
    await session.execute(delete(StockRow).where(StockRow.product_id.in_(product_ids)))
    values = [
        {"product_id": row.product_id, "warehouse_id": row.warehouse_id, "quantity": row.quantity} for row in rows
    ]
    if values:
        statement = upsert(StockRow)
        updates = {"quantity": statement.excluded.quantity}
        await session.execute(
            statement.on_conflict_do_update(index_elements=["product_id", "warehouse_id"], set_=updates), values
        )


async def store_prices(session: AsyncSession, product_ids: Collection[str], rows: Iterable[Price]) -> None:
    """Replaces what is known of these products' prices, of every customer."""
    await session.execute(delete(PriceRow).where(PriceRow.product_id.in_(product_ids)))
    values = [
        {
            "product_id": row.product_id,
            "amount": row.amount,
            "price_list_id": row.price_list_id,
            "customer_id": row.customer_id,
            "min_quantity": row.min_quantity,
            "prepayment": row.prepayment,
            "promo": row.promo,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }
        for row in rows
        if row.product_id in set(product_ids)
    ]
    if values:
        await session.execute(insert(PriceRow), values)
