"""The adapter against two servers that SAP wrote (tests/peers/sap/README.md): strict types, and a token to write."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.domain.order import OrderDraft, OrderLine, OrderStatus
from api.erp.sap.backend import Sap
from api.erp.sap.orders import ORDERS
from api.run.paths import ROOT
from tests.api.erp.conformance import all_of
from tests.api.erp.conftest import free_port
from tests.api.erp.sap.company import CHEESE, CLOCK, CUSTOMER, MILK, SHOP, open_emulated
from tests.api.erp.sap.schema import metadata
from tests.peers.node_server import installed, serving

PEER = ROOT / "tests" / "peers" / "sap"


def _serve(script: str, folder: Path, *arguments: str) -> Iterator[str]:
    installed(PEER, "@sap/cds", "SAP's servers")
    port = free_port()
    command = ["node", str(PEER / script), str(port), *arguments]
    yield from serving(command, PEER, folder / "log", b"ready", f"http://127.0.0.1:{port}")


@pytest.fixture(scope="module")
def cap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """CAP with the adapter of OData version 2."""
    for address in _serve("serve_cap.js", tmp_path_factory.mktemp("cap")):
        yield f"{address}/odata/v2"


@pytest.fixture(scope="module")
def fiori(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The mock server of Fiori elements, over the descriptions that our emulator gives."""
    folder = tmp_path_factory.mktemp("fiori")
    rows = {"API_PRODUCT_SRV": ("A_Product", [{"Product": MILK, "ProductType": "HAWA", "BaseUnit": "PC"}])}
    for service in ("API_SALES_ORDER_SRV", "API_PRODUCT_SRV"):
        (folder / f"{service}.xml").write_text(metadata(service))
        (folder / service).mkdir()
        name, data = rows.get(service, ("A_SalesOrder", []))
        (folder / service / f"{name}.json").write_text(json.dumps(data))
    yield from _serve("serve_fiori.js", folder, str(folder))


@pytest.fixture
async def at_cap(cap: str) -> AsyncIterator[Sap]:
    erp = open_emulated(cap)
    yield erp
    await erp.close()


def order(key: str) -> OrderDraft:
    """Two lines at 100 a unit, which is what the CAP server asks for everything."""
    now = CLOCK.now()
    lines = (OrderLine(MILK, Decimal(5), Decimal(100)), OrderLine(CHEESE, Decimal("1.5"), Decimal(100)))
    return OrderDraft(
        key,
        CUSTOMER,
        f"{CUSTOMER}/{SHOP}",
        "1010",
        now.date() + timedelta(days=1),
        now.time().replace(hour=9),
        now.time().replace(hour=12),
        lines,
        comment="Позвонить за час, «вход со двора»",
    )


async def test_an_order_lives_its_life_in_cap(at_cap: Sap) -> None:
    sent = order("AI-cap-1")
    placed = await at_cap.place(sent)
    assert (placed.status, placed.differences, placed.lines) == (OrderStatus.ACCEPTED, (), sent.lines)
    assert (placed.outlet_id, placed.delivery_date) == (sent.outlet_id, sent.delivery_date)
    assert abs(placed.created - CLOCK.now()) < timedelta(minutes=1)
    assert await at_cap.place(sent) == placed
    assert await all_of(at_cap.orders(CLOCK.now() - timedelta(minutes=1))) == [placed]
    assert (await at_cap.cancel(sent.key)).status is OrderStatus.CANCELLED
    assert (await at_cap.place(sent)).status is OrderStatus.CANCELLED


async def test_goods_come_from_cap_page_by_page(cap: str) -> None:
    erp = open_emulated(cap, page=1)
    goods = {product.id: product for product in await all_of(erp.products())}
    assert set(goods) == {MILK, CHEESE}
    assert (goods[CHEESE].name, goods[CHEESE].base_unit) == ("Сыр 'весовой'", "кг")
    assert goods[MILK].packagings[0].factor == 12
    await erp.close()


WRONG: list[dict[str, Any]] = [
    {"to_Item": {"results": [{"SalesOrderItem": "10", "RequestedQuantity": "пять"}]}},
    {"PurchaseOrderByCustomer": "x" * 36, "to_Item": {"results": []}},
    {"NoSuchField": "1", "to_Item": {"results": []}},
]


@pytest.mark.parametrize("body", WRONG)
async def test_cap_does_refuse(cap: str, body: dict[str, Any]) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.post(f"{cap}/sap/opu/odata/sap{ORDERS.path}", json=body)
    assert response.status_code == 400, response.text
    assert "message" in response.json()["error"]


async def test_a_token_is_fetched_from_the_mock_server_and_an_order_written(fiori: str) -> None:
    """It is lax about values, but has its own mind about deep inserts, conditions and pages."""
    erp = open_emulated(fiori)
    products = await all_of(erp.products())
    assert [product.id for product in products] == [MILK]
    client = erp._client
    made = await client.create(
        ORDERS,
        {
            "SalesOrder": "1",
            "PurchaseOrderByCustomer": "AI-fe-1",
            "to_Item": {"results": [{"SalesOrder": "1", "SalesOrderItem": "10", "Material": MILK}]},
        },
    )
    assert made.text("SalesOrder") == "1"
    assert client._session.token == "0504-71383"
    found = await erp.find("AI-fe-1")
    assert found is not None
    assert [line.product_id for line in found.lines] == [MILK]
    await erp.close()
