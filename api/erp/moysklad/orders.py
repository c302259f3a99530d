"""The document «Заказ покупателя»: how it is read as our order."""

import uuid
from collections.abc import AsyncIterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from api.domain.order import OrderLine, OrderStatus, PlacedOrder
from api.erp.errors import ErpError
from api.erp.moysklad.account import Account
from api.erp.moysklad.client import Client, one_of
from api.erp.moysklad.rows import Row, changed_since, id_of, moment, number, roubles, text
from api.erp.moysklad.statuses import States

ORDERS = "entity/customerorder"
OUR_ORDERS = uuid.UUID("0b0f3a52-5d0f-5c1e-8f57-3a6a1f5e9d27")
"""The namespace of the syncId made out of our keys."""
EVERY = ("isDeleted=true", "isDeleted=false")
"""Without it a list leaves out what lies in the bin."""


class Orders:
    """Reads orders."""

    def __init__(self, client: Client, account: Account, zone: ZoneInfo) -> None:
        self._client = client
        self._account = account
        self._zone = zone

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """Orders changed or thrown away since then, oldest first.

        Drafts that somebody keeps in МойСклад are no orders yet; those with our key are told, as failed.
        """
        states = await self._account.states()
        # Throwing away is no change of a document: it has a time of its own. These are few.
        thrown = [row async for row in self._listed(["isDeleted=true", changed_since("deleted", since)])]
        async for row in self._listed([changed_since("updated", since)]):
            while thrown and text(thrown[0], "created") < text(row, "created"):
                yield await self.read(thrown.pop(0), states)
            placed = await self.read(row, states)
            if placed.key or placed.status is not OrderStatus.FAILED:
                yield placed
        for row in thrown:
            yield await self.read(row, states)

    async def of_key(self, key: str) -> Row | None:
        """The document of this key; of several, which should not be: ours, then what is alive, then the oldest."""
        rows = [row async for row in self._listed([*EVERY, *one_of("externalCode", [key])])]
        rows = [row for row in rows if text(row, "externalCode") == key]

        def order(row: Row) -> tuple[bool, bool, str]:
            return key_of(row) != key, bool(row.get("deleted")), text(row, "created")

        return min(rows, key=order, default=None)

    async def positions(self, row: Row) -> list[Row]:
        """The lines, also where there are more than an expanded document shows."""
        return await self._client.nested(row, "positions", f"{ORDERS}/{text(row, 'id')}/positions")

    async def read(self, row: Row, states: States) -> PlacedOrder:
        """The document as our order."""
        created = moment(row, "created")
        if created is None:
            raise ErpError("В МоёмСкладе заказ без даты.", permanent=True, evidence=text(row, "name"))
        return PlacedOrder(
            erp_id=text(row, "id"),
            number=text(row, "name"),
            key=key_of(row),
            customer_id=id_of(row.get("agent")),
            created=created.astimezone(self._zone),
            status=states.status_of(row),
            lines=tuple(_line(line) for line in await self.positions(row)),
            outlet_id=_outlet(row),
            delivery_date=self._day(row),
        )

    def _listed(self, where: list[str]) -> AsyncIterator[Row]:
        return self._client.rows(ORDERS, where, expand="positions", order="created,asc")

    def _day(self, row: Row) -> date | None:
        when = moment(row, "deliveryPlannedMoment")
        return when.astimezone(self._zone).date() if when else None


def sync_id(key: str) -> str:
    """The syncId of a key: МойСклад answers a second creation with the document of the first."""
    return str(uuid.uuid5(OUR_ORDERS, key))


def key_of(row: Row) -> str:
    """Our key of a document that we made; externalCode alone may be anybody's."""
    key = text(row, "externalCode")
    return key if key and text(row, "syncId") == sync_id(key) else ""


def _outlet(row: Row) -> str | None:
    """The document has no field for it: we write the outlet into its code. Its id begins with the counterparty's."""
    code = text(row, "code")
    return code if code.startswith(f"{id_of(row.get('agent'))}/") else None


def _line(row: Row) -> OrderLine:
    """In base units; a packing named in the line only says how it was entered."""
    price = number(row.get("price")) * (100 - number(row.get("discount"))) / 100
    return OrderLine(id_of(row.get("assortment")), number(row.get("quantity")), roubles(price))
