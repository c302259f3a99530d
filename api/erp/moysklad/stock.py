"""Free stock: the short report, which comes as one list (md/reports/_report_stock.md of МойСклад's documentation)."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from api.domain.clock import Clock
from api.domain.product import Stock
from api.erp.moysklad.account import Account
from api.erp.moysklad.client import Client, portions
from api.erp.moysklad.rows import OVERLAP, Row, moscow, number, text

log = structlog.get_logger()

REPORT = "report/stock/bystore/current"
OPTIONS = {
    "stockType": "freeStock",
    # Without it what is being recounted is left out, as if there were none of it.
    "withRecalculate": "true",
}
FURTHEST_BACK = timedelta(hours=23)
"""A day is the most that `changedSince` may look back."""
MANY = 1000
"""Changed products from which on the whole report is quicker."""
RECOUNTS = (1.0, 3.0)
"""Seconds to wait for what is being recounted."""

Free = dict[tuple[str, str], Decimal]


class Stocks:
    """Reads free stock. Negative stock is none; the reserve of no warehouse is taken off where there is only one."""

    def __init__(self, client: Client, account: Account, clock: Clock) -> None:
        self._client = client
        self._account = account
        self._clock = clock

    async def stock(self, product_ids: Sequence[str] | None, since: datetime | None) -> AsyncIterator[Stock]:
        """All rows; of some products; or of those whose stock changed since then, with zeros."""
        stores = {text(row, "id") for row in await self._account.warehouses()}
        changed = await self._changed(since) if since and product_ids is None else None
        if changed is not None:
            product_ids = sorted({product for product, _ in changed})
        rows, open_ones = await self._recounted(await self._of(product_ids))
        # What was put into the archive is told by the changes only, and never again.
        free = {place: Decimal(0) for place in changed or () if place[0] not in open_ones and place[1] in stores}
        free |= _added_up(rows, stores, keep_zeros=changed is not None)
        for (product, warehouse), quantity in free.items():
            yield Stock(product, warehouse, max(quantity, Decimal(0)))

    async def _changed(self, since: datetime) -> set[tuple[str, str]] | None:
        """Products, each with a warehouse where something changed; None: everything is to be read."""
        if since - OVERLAP < self._clock.now() - FURTHEST_BACK:
            return None
        rows = await self._client.get(REPORT, OPTIONS | {"changedSince": moscow(since - OVERLAP)})
        changed = {(text(row, "assortmentId"), text(row, "storeId")) for row in rows}
        return changed if len({product for product, _ in changed}) <= MANY else None

    async def _of(self, product_ids: Sequence[str] | None) -> list[Row]:
        if product_ids is None:
            return list(await self._client.get(REPORT, OPTIONS))
        found: list[Row] = []
        for portion in portions(product_ids):
            options = {"filter": f"assortmentId={','.join(portion)}", "include": "zeroLines"}
            found += await self._client.get(REPORT, OPTIONS | options)
        return found

    async def _recounted(self, rows: list[Row]) -> tuple[list[Row], set[str]]:
        """The rows with numbers, and the products that stay without one: the next reading tells them."""
        known, open_ones = _parted(rows)
        for pause in RECOUNTS:
            if not open_ones:
                break
            await asyncio.sleep(pause)
            more, still = _parted(await self._of(sorted(open_ones)))
            known, open_ones = known + more, still
        if open_ones:
            log.warning("moysklad.stock_is_recounted", products=len(open_ones))
        return known, open_ones


def _parted(rows: list[Row]) -> tuple[list[Row], set[str]]:
    """The rows of products that are wholly known, and the ids of the others."""
    open_ones = {text(row, "assortmentId") for row in rows if row.get("freeStock") is None}
    return [row for row in rows if text(row, "assortmentId") not in open_ones], open_ones


def _added_up(rows: list[Row], stores: set[str], *, keep_zeros: bool) -> Free:
    free, loose = defaultdict[tuple[str, str], Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for row in rows:
        product, store, quantity = text(row, "assortmentId"), text(row, "storeId"), number(row.get("freeStock"))
        if not store:
            loose[product] += quantity
        elif store in stores and (quantity or keep_zeros):
            free[product, store] += quantity
    if len(stores) == 1:
        for product, store in free:
            free[product, store] += loose[product]
    return free
