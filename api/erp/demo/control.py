"""The control API of the demo: faults, statuses, stock, prices. No OData; the same user and password."""

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from api.erp.demo import changes
from api.erp.demo.base import Base
from api.erp.demo.documents import order_views, view
from api.erp.demo.entities import ORDERS, STATUSES
from api.erp.demo.faults import FaultsPatch
from api.erp.demo.seed.fill import reseed
from api.erp.demo.store import Row
from api.erp.demo.writing import set_status


def _base(request: Request) -> Base:
    """The base, for a caller who knows the password."""
    base: Base = request.app.state.base
    if not base.accepts(request.headers.get("authorization", "")):
        raise HTTPException(401, "Нужны пользователь и пароль 1С.", {"WWW-Authenticate": 'Basic realm="demo"'})
    return base


MAX_BODY = 100_000
"""Bytes of a request here."""
Allowed = Annotated[Base, Depends(_base)]
router = APIRouter(prefix="/control", max_body_size=MAX_BODY)


class StatusIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: str
    cancelled: bool | None = None


class StockIn(BaseModel):
    """`warehouse`: its name or key; empty: the main one. `quantity`: how much becomes free."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    warehouse: str = ""
    quantity: Decimal = Field(ge=0, lt=Decimal(10) ** 9)


class PriceIn(BaseModel):
    """A new price of a base unit from now on: of a price type (name or key), of all, or of a customer's contract."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    price: Decimal = Field(ge=0, lt=Decimal(10) ** 9)
    price_type: str = ""
    customer: str = ""


@router.get("/faults")
def get_faults(base: Allowed) -> dict[str, object]:
    """The switches in force."""
    return base.faults.as_dict()


@router.put("/faults")
def put_faults(base: Allowed, patch: FaultsPatch) -> dict[str, object]:
    """Set the switches named; the others stay."""
    base.faults.change(patch)
    return base.faults.as_dict()


@router.delete("/faults")
def delete_faults(base: Allowed) -> dict[str, object]:
    """All switches back to what a usual base does."""
    base.faults.restore()
    return base.faults.as_dict()


@router.get("/orders")
def get_orders(base: Allowed, key: str = "", limit: Annotated[int, Field(ge=1, le=1000)] = 100) -> dict[str, Any]:
    """Order documents, newest first; `key`: only those with this number of the customer."""
    rows = [row for row in order_views(base.store) if not key or row["НомерПоДаннымКлиента"] == key]
    return {"orders": [_order(base, row) for row in rows[:limit]]}


@router.get("/orders/{ref}")
def get_order(base: Allowed, ref: str) -> dict[str, Any]:
    """One document."""
    return _order(base, _row(base, ref))


@router.put("/orders/{ref}/status")
def put_status(base: Allowed, ref: str, body: StatusIn) -> dict[str, Any]:
    """What a person does in 1C: the next status, or a cancellation."""
    if body.status not in STATUSES:
        raise HTTPException(422, f"Статус — один из: {', '.join(STATUSES)}.")
    _row(base, ref)
    set_status(base, ref, body.status, cancelled=body.cancelled)
    return _order(base, _row(base, ref))


@router.put("/stock")
def put_stock(base: Allowed, body: StockIn) -> dict[str, str]:
    """Make so much of a product free in a warehouse."""
    try:
        changes.set_free_stock(base, body.sku, body.warehouse, body.quantity)
    except changes.Unknown as error:
        raise HTTPException(404, str(error)) from error
    return {"sku": body.sku, "quantity": str(body.quantity)}


@router.put("/prices")
def put_price(base: Allowed, body: PriceIn) -> dict[str, str]:
    """Set a price from now on."""
    try:
        if body.customer:
            changes.set_contract_price(base, body.sku, body.customer, body.price)
        else:
            changes.set_price(base, body.sku, body.price_type, body.price)
    except changes.Unknown as error:
        raise HTTPException(404, str(error)) from error
    return {"sku": body.sku, "price": str(body.price)}


@router.post("/reset")
def reset(base: Allowed) -> dict[str, bool]:
    """Make the data anew and switch the faults off."""
    base.faults.restore()
    reseed(base.store, base.now())
    return {"reset": True}


def _row(base: Base, ref: str) -> Row:
    row = base.store.get(ORDERS, ref)
    if row is None:
        raise HTTPException(404, "Такого документа нет.")
    return row


def _order(base: Base, row: Row) -> dict[str, Any]:
    """The document in words, and its key and status as 1C names them."""
    raw = {"Ref_Key": row["Ref_Key"], "Статус": row["Статус"], "sum": str(row["СуммаДокумента"])}
    return asdict(view(base.store, row)) | raw
