"""Goods, prices and stock as last read from the accounting system."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class CategoryRow(Base):
    __tablename__ = "categories"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[str | None]
    backend: Mapped[str] = mapped_column(server_default="main")


class ProductRow(Base):
    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("backend", "sku", name="uq_products_sku"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    backend: Mapped[str] = mapped_column(server_default="main")
    """The accounting system that it comes from; two of them may use one number for different goods."""
    sku: Mapped[str]
    name: Mapped[str]
    base_unit: Mapped[str]
    category_id: Mapped[str | None] = mapped_column(index=True)
    brand: Mapped[str] = mapped_column(server_default="")
    packagings: Mapped[list[Any]] = mapped_column(server_default="[]")
    step: Mapped[Decimal] = mapped_column(server_default="1")
    minimum: Mapped[Decimal] = mapped_column(server_default="0")
    on_order_days: Mapped[int | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class CatalogVersionRow(Base):
    """One row; the number grows whenever goods change, so that every process knows when to re-read them."""

    __tablename__ = "catalog_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class PriceListRow(Base):
    __tablename__ = "price_lists"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    backend: Mapped[str] = mapped_column(server_default="main")


class PriceRow(Base):
    __tablename__ = "prices"
    __table_args__ = (Index("ix_prices_product", "product_id", "price_list_id", "customer_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    amount: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    price_list_id: Mapped[str | None]
    customer_id: Mapped[str | None]
    min_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    prepayment: Mapped[bool] = mapped_column(server_default=text("false"))
    promo: Mapped[str] = mapped_column(server_default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class WarehouseRow(Base):
    __tablename__ = "warehouses"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    backend: Mapped[str] = mapped_column(server_default="main")


class StockRow(Base):
    __tablename__ = "stock"

    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), primary_key=True)
    warehouse_id: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal]


class SyncRunRow(Base):
    """The last run of each sync, and the last one that went well; `channel:<kind>`: a messenger's preparation;
    `review`: up to when the signals of api/review/collect.py were looked through;
    `choices`: when it was last chosen what to label (api/training/choosing.py)."""

    __tablename__ = "sync_runs"

    backend: Mapped[str] = mapped_column(primary_key=True, server_default="main")
    name: Mapped[str] = mapped_column(primary_key=True)
    """A word of api/erp/port.py: Data."""
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    """Before `started_at`: it runs just now, or its worker died (api/deps/sync.py: lanes_at_work knows)."""
    so_far: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Rows read by the run that goes on."""
    full_at: Mapped[datetime | None]
    """When the last run began that read everything, not changes only."""
    succeeded_at: Mapped[datetime | None]
    """When the last run began that went well: its figures are not older."""
    rows: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(server_default="")


class SyncHoldRow(Base):
    """A reading that would take away or reprice too much: it waits for a manager, what is known stays."""

    __tablename__ = "sync_holds"
    __table_args__ = (
        Index("uq_sync_holds_open", "backend", "data", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    backend: Mapped[str]
    data: Mapped[str]
    found_at: Mapped[datetime]
    """When it was last found to be so."""
    summary: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="open")
    """open, approved (the next reading may), done or refused."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")


class ErpHealthRow(Base):
    """A row a backend: whether the accounting system answered the last time it was asked."""

    __tablename__ = "erp_health"

    backend: Mapped[str] = mapped_column(primary_key=True, server_default="main")
    up: Mapped[bool]
    changed_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(server_default="")
