"""Orders as the accounting system tells them."""

from decimal import Decimal

from sqlalchemy import select

from api.db.models import OrderRow
from api.db.session import staff_session
from api.domain.order import OrderLine, OrderStatus, PlacedOrder
from api.orders import history
from tests.api.orders.conftest import NOW, PETRA, World


def _placed(erp_id: str, quantity: int) -> PlacedOrder:
    lines = (OrderLine("p-milk", Decimal(quantity), Decimal(500)),)
    return PlacedOrder(erp_id, f"N-{erp_id}", "AI-1", PETRA, NOW, OrderStatus.ACCEPTED, lines)


async def test_a_copy_of_our_document_is_another_order(world: World) -> None:
    order = OrderRow(
        key="AI-1", customer_id=PETRA, status="accepted", number="N-first", erp_id="first", created_at=NOW,
        total=Decimal(500),
    )  # fmt: skip
    await world.add(order)
    for _ in range(2):
        async with staff_session() as session:
            for placed in (_placed("copy", 7), _placed("first", 1)):
                await history._take(session, placed)
    async with staff_session() as session:
        rows = (await session.scalars(select(OrderRow).order_by(OrderRow.id))).all()
        assert [(row.erp_id, row.number, row.total) for row in rows] == [
            ("first", "N-first", 500), ("copy", "N-copy", 3500),
        ]  # fmt: skip
