"""Somebody else's client against our emulator; run by hand, README.md beside this file says how.

moyskladapi is not of our environments: it pins an older pydantic and wants Python 3.12.
"""

import asyncio
import sys
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from moyskladapi import F, MoyskladAPI
from moyskladapi.client.session import BaseSession
from moyskladapi.exceptions import MoyskladAPIError
from moyskladapi.types import Counterparty, CustomerOrder, Webhook
from moyskladapi.types.customer_order import CustomerOrderPosition

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8112/api/remap/1.2"
TOKEN = "token-of-the-tests"
MOSCOW = ZoneInfo("Europe/Moscow")


async def main() -> None:
    async with MoyskladAPI(TOKEN, session=BaseSession(base=BASE, rate_limit=15)) as api:
        await goods(api)
        await stock(api)
        order = await an_order(api)
        await people(api)
        await refusals(api, order)
        await hooks(api)
    print("all as expected")


async def goods(api: MoyskladAPI) -> None:
    products = await api.get_products()
    assert "Кефир старый" not in {product.name for product in products.rows}, "the archive is hidden by default"
    both = await api.get_products(filters=[F.archived == True, F.archived == False])  # noqa: E712
    assert len(both.rows) == len(products.rows) + 1
    milk = next(product for product in products.rows if product.article == "10001")
    assert milk.sale_prices[1].value == 50000.0, "kopecks"
    assert milk.packs[0].quantity == 12.0
    page = await api.get_products(limit=2, offset=1)
    assert (page.meta.size, page.meta.limit, page.meta.offset, len(page.rows)) == (len(products.rows), 2, 1, 2)
    variants = await api.get_variants(expand="product")
    assert variants.rows[0].product.name == "Йогурт", "expanded"
    day = f"{datetime.now(MOSCOW) + timedelta(days=1):%Y-%m-%d %H:%M:%S}"
    assert (await api.get_products(filters=F.updated >= day)).rows == []


async def stock(api: MoyskladAPI) -> None:
    milk = (await api.get_products(filters=F.article == "10001")).rows[0]
    rows = await api.get_stock_current(filters=F.assortmentId == milk.id, stock_type="freeStock")
    assert [row.free_stock for row in rows] == [992.0], "all warehouses and the reserve of none, added up"


async def an_order(api: MoyskladAPI) -> CustomerOrder:
    organization = (await api.get_organizations()).rows[0]
    agent = (await api.get_counterparties(filters=F.inn == "7700000001")).rows[0]
    milk = (await api.get_products(filters=F.article == "10001")).rows[0]
    store = (await api.get_stores()).rows[0]
    line = CustomerOrderPosition(assortment={"meta": milk.meta}, quantity=3, price=50000.0, reserve=3)
    body = CustomerOrder(
        organization={"meta": organization.meta},
        agent={"meta": agent.meta},
        store={"meta": store.meta},
        external_code="outside-1",
        sync_id=str(uuid.uuid4()),
        positions=[line],
    )
    made = await api.create_customerorder(body)
    again = await api.create_customerorder(body)
    assert again.id == made.id, "the same syncId is the same document"
    assert made.sum == 150000.0
    found = await api.get_customerorders(filters=F.externalCode == "outside-1", expand="positions")
    assert [row.id for row in found.rows] == [made.id]
    assert found.rows[0].positions.rows[0].reserve == 3
    rows = await api.get_stock_current(filters=F.assortmentId == milk.id, stock_type="freeStock")
    assert [row.free_stock for row in rows] == [989.0], "what is reserved is not free"
    changed = await api.update_customerorder(made.id, CustomerOrder(applicable=False))
    assert changed.applicable is False
    return made


async def people(api: MoyskladAPI) -> None:
    agent = (await api.get_counterparties(filters=F.inn == "7700000001", expand="contactpersons")).rows[0]
    assert agent.contactpersons["rows"][0]["name"] == "Анна"
    await api.update_counterparty(agent.id, Counterparty(actual_address="ул. Чужая, 5"))
    assert (await api.get_counterparty(agent.id)).actual_address == "ул. Чужая, 5"
    invoices = await api.get_invoiceouts()
    assert {row.payed_sum for row in invoices.rows} == {50000.0, 0.0}


async def refusals(api: MoyskladAPI, order: CustomerOrder) -> None:
    wrong = CustomerOrder(sync_id=str(uuid.uuid4()))
    assert await refused(api.update_customerorder(order.id, wrong)) == (400, 1047)
    assert await refused(api.create_customerorder(CustomerOrder(external_code="x"))) == (412, 3000)
    assert await refused(api.get_products(filters=F.nothing == "1")) == (400, 1030)
    async with MoyskladAPI("another", session=BaseSession(base=BASE)) as stranger:
        assert await refused(stranger.get_products()) == (401, 1056)
    # Its own limiter is told too much: our 429 with its headers makes it wait and go on.
    async with MoyskladAPI(TOKEN, session=BaseSession(base=BASE, rate_limit=1000)) as hasty:
        pages = await asyncio.gather(*(hasty.get_uoms() for _ in range(5)))
        assert len(pages) == 5


async def hooks(api: MoyskladAPI) -> None:
    hook = Webhook(url="https://bot.example/erp/x", action="UPDATE", entity_type="product")
    made = await api.create_webhook(hook)
    assert made.enabled
    assert await refused(api.create_webhook(hook)) == (400, 3006)
    assert [row.url for row in (await api.get_webhooks()).rows] == ["https://bot.example/erp/x"]


async def refused(call: object) -> tuple[int | None, int | None]:
    try:
        await call  # type: ignore[misc]
    except MoyskladAPIError as error:
        return error.http_status, error.errors[0].code
    raise AssertionError("it was not refused")


if __name__ == "__main__":
    asyncio.run(main())
