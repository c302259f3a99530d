"""Reading customers and their debts from the accounting system."""

from api.customers import sync
from api.deps.sync import run_periodically
from api.worker import app


@app.periodic(cron="40 * * * *")
@app.task(name="customers.sync", queueing_lock="customers.sync", lock="customers.sync")
async def sync_customers(timestamp: int = 0) -> None:
    """Companies, outlets, people: hourly."""
    await run_periodically("customers", sync.customers)


@app.periodic(cron="*/15 * * * *")
@app.task(name="balances.sync", queueing_lock="balances.sync", lock="customers.sync")
async def sync_balances(timestamp: int = 0) -> None:
    """Debts and unpaid invoices: each quarter of an hour."""
    await run_periodically("balances", sync.balances)
