"""`./run erp sync` and `replay`: what an administrator reads on the screen, and what it does."""

import pytest

from api.accounting import command
from api.db.models import OrderRow
from api.db.session import staff_session
from api.deps.holds import losses_accepted
from api.erp.port import Data
from tests.api.accounting.conftest import Connect, price, product, stock
from tests.api.orders.conftest import NOW, PETRA, World

MANY = range(1, 41)


@pytest.fixture(autouse=True)
def nothing_accepted() -> None:
    losses_accepted.set(False)


async def test_a_rehearsal_tells_what_would_go_and_writes_nothing(
    connect: Connect, capsys: pytest.CaptureFixture[str]
) -> None:
    erp = connect("main")
    erp.product_rows = [product(number) for number in MANY]
    erp.price_rows = [price(number, "10") for number in MANY]
    assert await command.sync("main", [Data.GOODS, Data.PRICES], dry_run=False, accept=False) == 0
    erp.product_rows = erp.product_rows[:10]
    erp.price_rows = [price(number, "11") for number in MANY]
    capsys.readouterr()
    assert await command.sync("main", [Data.GOODS, Data.PRICES], dry_run=True, accept=False) == 0
    told = capsys.readouterr().out
    assert "! товары: известно 40, пропадёт 30" in told
    assert "! цены: известно 40, пропадёт 0, другая цена у 40" in told
    assert await command.sync("main", [Data.GOODS], dry_run=False, accept=False) == 1
    assert "подозрительно мало строк" in capsys.readouterr().out
    assert await command.sync("main", [Data.GOODS], dry_run=False, accept=True) == 0


async def test_what_a_system_does_not_tell_is_said(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    erp = connect("main")
    erp.stock_rows = [stock(1, "5")]
    assert await command.sync("main", [Data.STOCK], dry_run=False, accept=False) == 0
    erp.down = True
    assert await command.sync("main", [Data.STOCK], dry_run=False, accept=False) == 1
    assert "✗ остатки: Учётная система не отвечает." in capsys.readouterr().out


async def test_an_order_is_sent_again_once(world: World, connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    connect("main")
    for number, key in enumerate(("AI-000000000000000000aaaaaa", "AI-000000000000000000bbbbbb"), start=1):
        await world.add(
            OrderRow(
                key=key, customer_id=PETRA, outlet_id=None, status="failed", number="5", erp_id=f"e{number}",
                created_at=NOW, total=1, evidence="нет связи",
            )
        )  # fmt: skip
    assert await command.replay("5", dry_run=False) == 1
    assert "назовите ключ" in capsys.readouterr().out
    assert await command.replay("404", dry_run=False) == 1
    assert await command.replay("BBBBBB", dry_run=True) == 0
    assert "нет связи" in capsys.readouterr().out
    assert [name for name, _ in await world.jobs() if name == "orders.send"] == []
    assert await command.replay("BBBBBB", dry_run=False) == 0
    assert [name for name, _ in await world.jobs() if name == "orders.send"] == ["orders.send"]
    async with staff_session() as session:
        order = await session.get_one(OrderRow, 2)
    assert (order.status, order.evidence) == ("sending", "")
