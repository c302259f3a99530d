"""A small distributor in the database: two customers with different prices for the same milk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text, update

from api.db.models import (
    CatalogVersionRow,
    CategoryRow,
    ConversationRow,
    CustomerRow,
    OrderRow,
    OutletRow,
    PriceListRow,
    PriceRow,
    ProductRow,
    StockRow,
    WarehouseRow,
)
from api.db.session import customer_session, staff_session
from api.deps.turn import CustomerTurn, Scope
from api.domain.clock import FixedClock
from api.domain.order import OrderLine
from api.orders import repository

NOW = datetime(2025, 12, 15, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))
"""A Monday morning, before the cut-off."""

PETRA, BEREZKA = "petra", "berezka"
MILK, CREAM, VANILLA, CARAMEL, FLOUR, GONE, BUNS = "20013", "20021", "20031", "20032", "20041", "20051", "20061"

PRODUCTS = [
    {"id": "p-milk", "sku": MILK, "name": "Молоко 3,2% 10 л", "category_id": "dairy"},
    {"id": "p-cream", "sku": CREAM, "name": "Сливки 20% 1 л", "category_id": "dairy",
     "packagings": [{"unit": "кор", "factor": "12"}]},
    {"id": "p-vanilla", "sku": VANILLA, "name": "Сироп ваниль 1 л", "category_id": "syrups"},
    {"id": "p-caramel", "sku": CARAMEL, "name": "Сироп карамель 1 л", "category_id": "syrups"},
    {"id": "p-flour", "sku": FLOUR, "name": "Мука миндальная 25 кг", "category_id": "grocery", "on_order_days": 5},
    {"id": "p-gone", "sku": GONE, "name": "Сыр плавленый 70 г", "category_id": "dairy", "active": False},
    {"id": "p-buns", "sku": BUNS, "name": "Булочки для бургеров", "category_id": "grocery", "step": Decimal(6)},
]  # fmt: skip
PRICES = {
    "p-milk": ("500", "450"), "p-cream": ("180", "170"), "p-vanilla": ("600", "590"), "p-caramel": ("650", "640"),
    "p-flour": ("3000", "2900"), "p-gone": ("50", "45"), "p-buns": ("30", "28"),
}  # fmt: skip
STOCK = {"p-milk": 100, "p-cream": 50, "p-vanilla": 40, "p-caramel": 30, "p-gone": 5, "p-buns": 600}


STREETS = ("Мира", "Лесная")


class World:
    """What tests ask of the small distributor."""

    def __init__(self) -> None:
        self.conversations = {PETRA: uuid4(), BEREZKA: uuid4()}
        self._inbox = count(1)

    @asynccontextmanager
    async def turn(
        self, customer: str = PETRA, *, now: datetime = NOW, rights: str = "order prices balance", inbox: int = 0,
        conversation: UUID | None = None,
    ) -> AsyncIterator[CustomerTurn]:  # fmt: skip
        """One request of the customer, as the api's dependency opens it."""

        scope = Scope(
            conversation_id=conversation or self.conversations[customer],
            inbox_id=inbox or next(self._inbox),
            channel="webchat",
            customer_id=customer,
            contact_id=None,
            rights=frozenset(rights.split()),
        )
        async with customer_session(customer) as session:
            yield CustomerTurn(scope, session, FixedClock(now))

    async def set_stock(self, product_id: str, quantity: int) -> None:

        async with staff_session() as session:
            await session.execute(update(StockRow).filter_by(product_id=product_id).values(quantity=quantity))

    async def change(self, row: type, where: dict[str, object], **values: object) -> None:
        """Sets columns of rows, as a sync would."""

        async with staff_session() as session:
            await session.execute(update(row).filter_by(**where).values(**values))

    async def add(self, *rows: object) -> None:

        async with staff_session() as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def past_order(
        self, customer: str, lines: dict[str, tuple[str, str]], *, days: int = 5, number: str = "ПЭ00-012801",
        status: str = "delivered",
    ) -> int:  # fmt: skip
        """An earlier order: product id → quantity and price."""

        positions = [OrderLine(p, Decimal(quantity), Decimal(price)) for p, (quantity, price) in lines.items()]
        row = OrderRow(
            key=f"erp:{number}", customer_id=customer, outlet_id=f"{customer}-1", status=status, number=number,
            erp_id=f"erp-{number}", created_at=NOW - timedelta(days=days), delivery_date=NOW.date(),
            total=sum((line.sum for line in positions), Decimal(0)),
        )  # fmt: skip
        async with staff_session() as session:
            return (await repository.add_order(session, row, positions)).id

    async def jobs(self) -> list[tuple[str, dict[str, object]]]:
        """The waiting jobs, in order."""

        async with staff_session() as session:
            rows = await session.execute(
                text("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
            )
            return [(row.task_name, row.args) for row in rows]


def _customer(customer: str, name: str, outlets: int) -> list[object]:

    rows: list[object] = [
        CustomerRow(id=customer, name=name, price_list_id=f"list-{customer}", manager_name="Анна", manager_phone="+7 1")
    ]
    rows += [
        OutletRow(
            id=f"{customer}-{number}", customer_id=customer, name=f"Точка {number}", address=f"ул. {street}, {number}",
            warehouse_id="w1", delivery_days=[1, 2, 3, 4, 5], window_start=time(9), window_end=time(12),
        )
        for number, street in enumerate(STREETS[:outlets], 1)
    ]  # fmt: skip
    return rows


@pytest.fixture
async def world(database: str) -> World:

    made = World()
    rows: list[object] = [CatalogVersionRow(id=1, version=1), WarehouseRow(id="w1", name="Главный")]
    rows += [CategoryRow(id=name, name=name) for name in ("dairy", "syrups", "grocery")]
    rows += [ProductRow(**({"base_unit": "шт", "packagings": []} | product)) for product in PRODUCTS]
    rows += [PriceListRow(id=f"list-{customer}", name=customer) for customer in (PETRA, BEREZKA)]
    for product_id, amounts in PRICES.items():
        for customer, amount in zip((PETRA, BEREZKA), amounts, strict=True):
            rows.append(PriceRow(product_id=product_id, amount=Decimal(amount), price_list_id=f"list-{customer}"))
    rows += [StockRow(product_id=key, warehouse_id="w1", quantity=Decimal(value)) for key, value in STOCK.items()]
    rows += _customer(PETRA, "ООО «Кофейня у Петра»", 1) + _customer(BEREZKA, "ООО «Берёзка»", 2)
    rows += [
        ConversationRow(id=conversation, channel="webchat", channel_user=customer, customer_id=customer)
        for customer, conversation in made.conversations.items()
    ]
    await made.add(*rows)
    return made
