"""Worker processes that are killed at every step, and 1C over real HTTP: always one document.

1C itself has no idea of a key of ours: it would keep two.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, text

from api.catalog.snapshot import snapshots
from api.config import settings
from api.db.models import CompanyCodeRow, ConversationRow, CustomerRow, OrderRow, OutletRow, ProductRow, StockRow
from api.db.session import customer_session, staff_session
from api.deps.turn import CustomerTurn, Scope
from api.orders import service
from api.orders.confirmation import confirm
from tests.api.erp.conftest import PASSWORD, ROOT, USER, demo_process

__all__ = ["demo_process"]

MOST = 120


class Nursery:
    """One process that makes worker processes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def worker(self, step: int) -> str:
        """Runs one, killed at the step (0: never); «killed», or how many steps it passed."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(step, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline().strip()
        assert answer, "the nursery died"
        return answer


@pytest.fixture
def environment(database: str, demo_process: str) -> dict[str, str]:
    erp = {"ERP_KIND": "onec", "ERP_URL": f"{demo_process}/demo", "ERP_USER": USER, "ERP_PASSWORD": PASSWORD}
    return dict(os.environ) | erp | {"PYTHONPATH": f"{ROOT}:{ROOT}/rasa_project"}


@pytest.fixture
def nursery(environment: dict[str, str], tmp_path: Path) -> Iterator[Nursery]:
    seed = [sys.executable, "-m", "api.seed"]
    done = subprocess.run(seed, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.api.orders.nursery"],
            cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)


class Cafe:
    """A customer of the demo 1C who orders the same thing again and again."""

    def __init__(self, customer: str, sku: str, conversation: UUID) -> None:
        self.customer, self.sku, self.conversation, self.inbox = customer, sku, conversation, 0

    async def order(self) -> str:
        """The key of a confirmed order."""
        await self._turn("set_line")
        return await self._turn("confirm")

    async def _turn(self, what: str) -> str:
        self.inbox += 1
        rights = frozenset({"order", "prices", "balance"})
        scope = Scope(self.conversation, self.inbox, "webchat", self.customer, None, rights)
        async with customer_session(self.customer) as session:
            turn = CustomerTurn(scope, session, settings().clock)
            if what == "set_line":
                await service.perform(turn, "set_line", sku=self.sku, quantity="1")
                return ""
            confirmation = await confirm(turn, None, False)
            assert confirmation.order is not None, confirmation
            order = await session.get_one(OrderRow, int(confirmation.order.id))
            return order.key


async def a_cafe() -> Cafe:
    """Somebody without debts and with one outlet, and something of which there is plenty."""
    async with staff_session() as session:
        await session.execute(text("UPDATE customers SET credit_limit = NULL, minimum_sum = 0"))
        query = (
            select(OutletRow)
            .join(CompanyCodeRow, CompanyCodeRow.customer_id == OutletRow.customer_id)
            .where(OutletRow.customer_id.in_(select(CustomerRow.id).where(CustomerRow.name.contains("Петр"))))
        )
        outlet = (await session.scalars(query.limit(1))).one()
        stock = (
            select(ProductRow.sku)
            .join(StockRow, StockRow.product_id == ProductRow.id)
            .where(StockRow.warehouse_id == outlet.warehouse_id, StockRow.quantity > 200, ProductRow.step == Decimal(1))
            .where(ProductRow.active, ProductRow.minimum <= 1)
            .order_by(ProductRow.sku)
        )
        sku = (await session.scalars(stock.limit(1))).one()
        conversation = uuid4()
        session.add(
            ConversationRow(id=conversation, channel="webchat", channel_user="x", customer_id=outlet.customer_id)
        )
    return Cafe(outlet.customer_id, sku, conversation)


async def told(key: str) -> list[str]:
    async with staff_session() as session:
        rows = await session.execute(
            text(
                "SELECT args->>'event' FROM procrastinate_jobs JOIN orders ON orders.id = (args->>'order_id')::bigint"
                " WHERE task_name = 'notifications.order_changed' AND key = :key ORDER BY procrastinate_jobs.id"
            ),
            {"key": key},
        )
        return [row[0] for row in rows]


@pytest.mark.parametrize(
    "stride", [pytest.param(1, marks=[pytest.mark.long, pytest.mark.timeout(900)]), pytest.param(4, id="some")]
)
@pytest.mark.timeout(240)
async def test_killed_at_every_step_it_makes_one_document(demo_process: str, nursery: Nursery, stride: int) -> None:
    snapshots.forget()
    cafe = await a_cafe()
    async with httpx.AsyncClient(base_url=demo_process, auth=(USER, PASSWORD), trust_env=False) as control:
        for step in range(1, MOST, stride):
            key = await cafe.order()
            fate = nursery.worker(step)
            if fate == "killed":
                nursery.worker(0)
            documents = (await control.get("/control/orders", params={"key": key})).json()["orders"]
            async with staff_session() as session:
                status = await session.scalar(select(OrderRow.status).where(OrderRow.key == key))
            assert (len(documents), status, await told(key)) == (1, "accepted", ["accepted"]), step
            if fate != "killed":
                assert int(fate) > 30
                return
    raise AssertionError("the way does not end")
