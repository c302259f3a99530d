"""How this account is set up: organization, warehouses, states, price types, currency. Read once in a while."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from api.erp.errors import ErpError, Reason
from api.erp.moysklad.client import Client
from api.erp.moysklad.rows import Row, named_in, text
from api.erp.moysklad.settings import MoyskladSettings, listed
from api.erp.moysklad.statuses import State, States, read_states

T = TypeVar("T")

KEPT_SECONDS = 600.0
"""How long what was read is good: a renamed state is noticed without a restart."""
ROUBLE = ("643", "RUB")


@dataclass(frozen=True)
class Organization:
    id: str
    name: str
    vat: bool
    """Whether it pays VAT: then the lines of an order carry the rates of the goods."""


class Account:
    """What the other parts need to know of the account. A wrong name in the settings is a permanent ErpError."""

    def __init__(self, client: Client, settings: MoyskladSettings) -> None:
        self._client = client
        self._settings = settings
        self._kept: dict[str, tuple[float, Any]] = {}

    async def organization(self) -> Organization:
        """Whose the orders are."""
        return await self._once("organization", self._read_organization)

    async def warehouses(self) -> tuple[Row, ...]:
        """From which is sold, the first of the settings first."""
        return await self._once("warehouses", self._read_warehouses)

    async def states(self) -> States:
        """What an order may be in."""
        return await self._once("states", self._read_states)

    async def new_state(self) -> State | None:
        """In which state an order is written; None: as МойСклад does."""
        wanted = self._settings.new_state
        if not wanted:
            return None
        states = (await self.states()).all
        named = [{"id": state.id, "name": state.name} for state in states]
        ref = text(chosen(named, wanted, "статуса заказа"), "id")
        return next(state for state in states if state.id == ref)

    async def sales_channel(self) -> str | None:
        """The id of the sales channel of our orders, if one is named."""
        return await self._once("channel", self._read_channel)

    async def price_types(self) -> tuple[Row, ...]:
        """Price types; the first one is that of a counterparty who has none."""
        return await self._once("prices", self._read_price_types)

    async def roubles(self) -> frozenset[str]:
        """The ids of the currency that is the rouble: usually one."""
        return await self._once("roubles", self._read_roubles)

    async def _once(self, name: str, read: Callable[[], Awaitable[T]]) -> T:
        kept = self._kept.get(name)
        if kept is None or kept[0] < time.monotonic():
            kept = (time.monotonic() + KEPT_SECONDS, await read())
            self._kept[name] = kept
        return cast(T, kept[1])

    async def _read_organization(self) -> Organization:
        rows = [row async for row in self._client.rows("entity/organization")]
        wanted = self._settings.organization
        if not wanted and len(rows) != 1:
            message = "В МоёмСкладе несколько юрлиц: назовите одно в настройке ERP_ORGANIZATION."
            raise ErpError(message, permanent=True, evidence=_names(rows))
        row = chosen(rows, wanted, "юрлица") if wanted else rows[0]
        return Organization(text(row, "id"), text(row, "name"), row.get("payerVat") is True)

    async def _read_warehouses(self) -> tuple[Row, ...]:
        rows = [row async for row in self._client.rows("entity/store")]
        wanted = listed(self._settings.warehouses)
        return tuple(chosen(rows, name, "склада") for name in wanted) if wanted else tuple(rows)

    async def _read_states(self) -> States:
        metadata = await self._client.get("entity/customerorder/metadata")
        wanted = self._settings
        return read_states(metadata.get("states") or (), wanted.states, wanted.cancel_state)

    async def _read_channel(self) -> str | None:
        wanted = self._settings.sales_channel
        if not wanted:
            return None
        rows = [row async for row in self._client.rows("entity/saleschannel")]
        return text(chosen(rows, wanted, "канала продаж"), "id")

    async def _read_price_types(self) -> tuple[Row, ...]:
        return tuple(await self._client.get("context/companysettings/pricetype"))

    async def _read_roubles(self) -> frozenset[str]:
        rows = [row async for row in self._client.rows("entity/currency")]
        found = (row for row in rows if text(row, "code") in ROUBLE or text(row, "isoCode") in ROUBLE)
        return frozenset(text(row, "id") for row in found)


def chosen(rows: Sequence[Row], wanted: str, what: str) -> Row:
    """The row with this name or id; `what`, in the genitive, is for the error when there is none."""
    if (row := named_in(rows, wanted)) is not None:
        return row
    message = f"В МоёмСкладе нет {what} «{wanted}»: проверьте настройки."
    raise ErpError(message, permanent=True, evidence=_names(rows), reason=Reason.RIGHTS)


def _names(rows: Sequence[Row]) -> str:
    return ", ".join(text(row, "name") for row in rows) or "ни одного"
