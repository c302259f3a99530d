"""The emulator with the levers that the conformance suite pulls."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from api.domain.clock import Clock
from api.domain.customer import Customer
from api.domain.order import OrderStatus
from api.domain.product import Product
from api.erp.sap.backend import Sap
from tests.api.erp.sap.company import CLOCK
from tests.api.erp.sap.emulator import Emulator

STATES = {OrderStatus.PICKING: ("B", "B"), OrderStatus.SHIPPED: ("B", "C"), OrderStatus.DELIVERED: ("C", "C")}
"""Of the order and of its deliveries."""


@dataclass
class SapWorld:
    """The adapter over real HTTP to the emulator."""

    erp: Sap
    emulator: Emulator
    customer: Customer
    goods: tuple[Product, Product]
    clock: Clock = CLOCK
    lacks: frozenset[str] = field(default_factory=frozenset)

    async def settle(self) -> None:
        """Nothing waits."""

    async def readdress(self, outlet_id: str, address: str) -> None:
        raise NotImplementedError("the adapter writes no cards")

    async def down(self, on: bool) -> None:
        self.emulator.faults.down = on

    async def lose_answer(self) -> None:
        self.emulator.faults.lose_answer = 1

    async def truncate(self) -> None:
        self.emulator.sales.truncate = True

    async def refuse(self) -> None:
        """The next order is held by credit control; a clerk releases it when two looks have told so."""
        self.emulator.sales.block = 1
        self.emulator.sales.looked_at = {str(self.emulator.sales.next_number): 0}

    async def set_status(self, key: str, status: OrderStatus) -> None:
        (row,) = self.documents_of(key)
        row["OverallSDProcessStatus"], row["OverallDeliveryStatus"] = STATES[status]
        self.emulator.sales.touch(row["SalesOrder"])

    async def documents(self, key: str) -> int:
        return len(self.documents_of(key))

    def documents_of(self, key: str) -> list[dict[str, Any]]:
        orders = self.emulator.tables.rows["A_SalesOrder"]
        return [row for row in orders if row["PurchaseOrderByCustomer"] == key]

    def limit(self, customer: str, amount: str) -> None:
        self.emulator.sales.limits[customer] = Decimal(amount)
