"""A backend with levers: what the conformance suite needs to make it fail and to look behind its back."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Protocol

import httpx

from api.domain.clock import Clock
from api.domain.customer import Balance, Contact, Customer, Invoice, Outlet
from api.domain.order import OrderDraft, OrderLine, OrderStatus
from api.domain.product import Category, Packaging, Price, PriceList, Product, Stock, Warehouse
from api.erp.memory import MemoryErp
from api.erp.port import Erp

_numbers = count(1)


class World(Protocol):
    """A backend under test. `customer` has an outlet; `goods` are in stock there, the second one goes by weight."""

    erp: Erp
    clock: Clock
    customer: Customer
    goods: tuple[Product, Product]
    lacks: frozenset[str]
    """Levers that make no sense here: «down», «lose_answer», «truncate», «refuse», «unknown».

    «recall»: an order that the other side has fetched is out of our hands and cannot be cancelled by us.
    """

    async def settle(self) -> None:
        """Lets the other side fetch what waits for it, where it is the other side that calls."""

    async def down(self, on: bool) -> None: ...
    async def lose_answer(self) -> None: ...
    async def truncate(self) -> None: ...
    async def refuse(self) -> None: ...
    async def set_status(self, key: str, status: OrderStatus) -> None: ...
    async def documents(self, key: str) -> int:
        """How many documents with this key there are."""

    async def readdress(self, outlet_id: str, address: str) -> None:
        """A person in the accounting system changes the address of an outlet."""


def draft(world: World, **changes: Any) -> OrderDraft:
    """An order of two lines that nothing speaks against, under a key of its own."""
    today = world.clock.now().date()
    outlet = world.customer.outlets[0]
    first, second = world.goods
    plain = OrderDraft(
        key=f"AI-test-{world.clock.now():%H%M%S}-{next(_numbers)}",
        customer_id=world.customer.id,
        outlet_id=outlet.id,
        warehouse_id=outlet.warehouse_id,
        delivery_date=today + timedelta(days=1),
        window_start=time(9),
        window_end=time(12),
        lines=(OrderLine(first.id, Decimal(5), Decimal(500)), OrderLine(second.id, Decimal("1.5"), Decimal("99.90"))),
        address=outlet.address,
        comment="Позвонить за час",
    )
    return replace(plain, **changes)


@dataclass
class MemoryWorld:
    """The in-memory twin with a small company."""

    clock: Clock
    erp: MemoryErp = field(init=False)
    lacks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.erp = MemoryErp(self.clock)
        self.goods = (
            Product("p1", "10001", "Молоко 3,2% 10л", "шт", "c2", "Луговое", (Packaging("кор", Decimal(12)),)),
            Product("p2", "10002", "Сыр весовой", "кг", "c1", step=Decimal("0.1")),
        )
        outlet = Outlet("o1", "k1", "На Садовой", "ул. Садовая, 12", "w1")
        self.customer = Customer("k1", "ООО «Ромашка»", "l1", outlets=(outlet,), code="ROMASHKA")
        other = Customer("k2", "ИП Луговой", "l1", contacts=(Contact("h1", "k2", "Иван", "+79000000099"),))
        today = self.clock.now().date()
        self._fill(other, today)

    def _fill(self, other: Customer, today: date) -> None:
        self.erp.category_rows += [Category("c1", "Молочное"), Category("c2", "Молоко", "c1")]
        self.erp.product_rows += self.goods
        self.erp.price_list_rows.append(PriceList("l1", "Оптовая"))
        self.erp.price_rows += [Price("p1", Decimal(500), "l1"), Price("p2", Decimal("99.90"), customer_id="k1")]
        self.erp.warehouse_rows.append(Warehouse("w1", "Основной"))
        self.erp.stock_rows += [Stock("p1", "w1", Decimal(100)), Stock("p2", "w1", Decimal(100))]
        self.erp.customer_rows += [self.customer, other]
        invoice = Invoice("7", today - timedelta(days=20), today - timedelta(days=6), Decimal(900), Decimal(400))
        self.erp.balance_rows.append(Balance("k2", Decimal(400), Decimal(400), (invoice,)))

    async def down(self, on: bool) -> None:
        self.erp.down = on

    async def lose_answer(self) -> None:
        self.erp.lose_answer_after_create = 1

    async def truncate(self) -> None:
        self.erp.truncate = True

    async def refuse(self) -> None:
        self.erp.refuse = 1

    async def set_status(self, key: str, status: OrderStatus) -> None:
        self.erp.set_status(key, status)

    async def settle(self) -> None:
        """Nothing waits."""

    async def documents(self, key: str) -> int:
        return int(key in self.erp.documents)

    async def readdress(self, outlet_id: str, address: str) -> None:
        (at,) = (at for at, row in enumerate(self.erp.customer_rows) if any(o.id == outlet_id for o in row.outlets))
        row = self.erp.customer_rows[at]
        outlets = tuple(replace(o, address=address) if o.id == outlet_id else o for o in row.outlets)
        self.erp.customer_rows[at] = replace(row, outlets=outlets)


STATUS_WORDS = {OrderStatus.PICKING: "КОбеспечению", OrderStatus.SHIPPED: "КОтгрузке", OrderStatus.DELIVERED: "Закрыт"}


@dataclass
class OnecWorld:
    """The 1C adapter over real HTTP to the demo 1C, whose control API moves the levers."""

    clock: Clock
    erp: Erp
    control: httpx.AsyncClient
    customer: Customer
    goods: tuple[Product, Product]
    lacks: frozenset[str] = frozenset()

    async def settle(self) -> None:
        """Nothing waits."""

    async def readdress(self, outlet_id: str, address: str) -> None:
        path = f"/demo/odata/standard.odata/Catalog_ТорговыеТочки(guid'{outlet_id}')"
        (await self.control.patch(path, json={"Адрес": address})).raise_for_status()

    async def forget_people(self, name: str) -> None:
        """Removes the persons of this name: the base is one for all tests."""
        people = "/demo/odata/standard.odata/Catalog_КонтактныеЛицаПартнеров"
        answer = await self.control.get(f"{people}?$format=json&$filter=Description eq '{name}'")
        for person in answer.raise_for_status().json()["value"]:
            (await self.control.delete(f"{people}(guid'{person['Ref_Key']}')")).raise_for_status()

    async def down(self, on: bool) -> None:
        await self._faults(down=on)

    async def lose_answer(self) -> None:
        await self._faults(lose_answer_after_create=1)

    async def truncate(self) -> None:
        await self._faults(truncate_strings=True)

    async def refuse(self) -> None:
        await self._faults(refuse_posting=1)

    async def set_status(self, key: str, status: OrderStatus) -> None:
        ref = (await self._orders(key))[0]["Ref_Key"]
        answer = await self.control.put(f"/control/orders/{ref}/status", json={"status": STATUS_WORDS[status]})
        answer.raise_for_status()

    async def documents(self, key: str) -> int:
        return len(await self._orders(key))

    async def _orders(self, key: str) -> list[dict[str, Any]]:
        answer = await self.control.get("/control/orders", params={"key": key})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["orders"]
        return found

    async def _faults(self, **switches: object) -> None:
        (await self.control.put("/control/faults", json=switches)).raise_for_status()
