"""Reading goods, prices and stock from the accounting system."""

from api.catalog import sync
from api.config import settings
from api.deps.sync import run_periodically
from api.erp.port import Data
from api.worker import app


@app.periodic(cron="20 * * * *")
@app.task(name="catalog.sync", queueing_lock="catalog.sync", lock="catalog.sync")
async def sync_catalog(timestamp: int = 0) -> None:
    """Goods, packings, categories and warehouses: hourly."""
    await run_periodically(Data.GOODS, sync.goods)


@app.periodic(cron="*/30 * * * *")
@app.task(name="prices.sync", queueing_lock="prices.sync", lock="catalog.sync")
async def sync_prices(timestamp: int = 0) -> None:
    """Prices of every kind: each half an hour."""
    await run_periodically(Data.PRICES, sync.prices)


@app.periodic(cron="* * * * *")
@app.task(name="stock.sync", queueing_lock="stock.sync", lock="stock.sync")
async def sync_stock(timestamp: int = 0) -> None:
    """Free stock, each `STOCK_SYNC_MINUTES`."""
    if timestamp // 60 % settings().stock_sync_minutes == 0:
        await run_periodically(Data.STOCK, sync.stock)
