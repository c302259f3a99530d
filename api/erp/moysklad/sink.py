"""Orders into МойСклад: look up, create, read back, compare; and withdraw.

Two guards against a second document: our key in externalCode, which is looked for first, and a syncId made out of it,
with which a second creation answers with the document that is there. МойСклад writes and posts in one request: what it
refuses leaves nothing behind.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from api.domain.order import OrderDraft, OrderStatus, PlacedOrder
from api.erp.errors import ErpError, Reason
from api.erp.moysklad.account import Account
from api.erp.moysklad.client import Client
from api.erp.moysklad.drafts import LINES, body_of, differences
from api.erp.moysklad.goods import Goods
from api.erp.moysklad.orders import ORDERS, Orders
from api.erp.moysklad.quotes import customer_card
from api.erp.moysklad.refusals import TOO_MUCH, UNIQUE, Refused
from api.erp.moysklad.rows import Row, number, text
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.moysklad.statuses import GONE

KEY_LENGTH = 255
NO_ORDER = "Такого заказа в МоёмСкладе нет."
NO_GOODS = "В заказе есть товар, которого в МоёмСкладе нет или который убран в архив."
BAD_KEY = "Ключ заказа не помещается в МойСклад."
LATE = "Заказ уже отгружен, отменить его нельзя."
NOT_CANCELLED = "МойСклад не отменил заказ."
NOT_FOUND_AGAIN = "МойСклад не находит только что записанный заказ."


class Sink:
    """Writes orders."""

    def __init__(
        self,
        client: Client,
        account: Account,
        goods: Goods,
        orders: Orders,
        settings: MoyskladSettings,
        zone: ZoneInfo,
    ) -> None:
        self._client = client
        self._account = account
        self._goods = goods
        self._orders = orders
        self._settings = settings
        self._zone = zone

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        row = await self._orders.of_key(key)
        return None if row is None else await self._read(row)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink."""
        if not draft.key or len(draft.key) > KEY_LENGTH:
            raise ErpError(BAD_KEY, permanent=True, evidence=draft.key)
        if len(draft.lines) > LINES:
            raise ErpError(TOO_MUCH, permanent=True, evidence=f"{len(draft.lines)} lines")
        row = await self._orders.of_key(draft.key)
        body = await self._body(draft, new=row is None)
        if row is None:
            row = await self._created(body, draft.key)
        elif (await self._read(row)).status is OrderStatus.FAILED:
            row = await self._change(row, {"applicable": True})
        positions = await self._orders.positions(row)
        return replace(await self._read(row), differences=differences(body, row, positions))

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink. The reserve is held by the posting: it is taken back, whatever the state is called."""
        row = await self._orders.of_key(key)
        if row is None:
            raise ErpError(NO_ORDER, permanent=True, evidence=key)
        found = await self._read(row)
        if found.status is OrderStatus.CANCELLED:
            return found
        if found.status in GONE or number(row.get("shippedSum")) > 0:
            raise ErpError(LATE, permanent=True, evidence=found.number, reason=Reason.LATE)
        change: dict[str, Any] = {"applicable": False}
        if state := (await self._account.states()).cancelled:
            change["state"] = self._state(state.id)
        after = await self._read(await self._change(row, change))
        if after.status is not OrderStatus.CANCELLED:
            raise ErpError(NOT_CANCELLED, permanent=True, evidence=f"{after.number}: {after.status}")
        return after

    async def _read(self, row: Row) -> PlacedOrder:
        return await self._orders.read(row, await self._account.states())

    async def _created(self, body: Mapping[str, Any], key: str) -> Row:
        try:
            made = await self._client.post(ORDERS, body)
        except Refused as error:
            # Another sender may have been faster by a moment.
            if error.code != UNIQUE or (row := await self._orders.of_key(key)) is None:
                raise
            return row
        return await self._stored(text(made, "id"))

    async def _change(self, row: Row, fields: Mapping[str, Any]) -> Row:
        await self._client.put(f"{ORDERS}/{text(row, 'id')}", fields)
        return await self._stored(text(row, "id"))

    async def _stored(self, ref: str) -> Row:
        row: Row = await self._client.get(f"{ORDERS}/{ref}", {"expand": "positions"})
        if text(row, "id") != ref:
            raise ErpError(NOT_FOUND_AGAIN, permanent=False, evidence=ref)
        return row

    async def _body(self, draft: OrderDraft, *, new: bool) -> dict[str, Any]:
        """The document as it is sent. What it refers to is looked up first, to refuse in clear words."""
        organization = await self._account.organization()
        cards = await self._goods.cards({line.product_id for line in draft.lines})
        if new:
            await customer_card(self._client, draft.customer_id)
            gone = [
                line.product_id
                for line in draft.lines
                if cards.get(line.product_id, {"archived": True}).get("archived")
            ]
            if gone:
                raise ErpError(NO_GOODS, permanent=True, evidence=", ".join(gone), reason=Reason.GOODS)
        body = body_of(self._client, draft, organization, cards, self._zone, self._settings.reserve)
        if state := await self._account.new_state():
            body["state"] = self._state(state.id)
        if channel := await self._account.sales_channel():
            body["salesChannel"] = self._client.link("saleschannel", channel)
        return body

    def _state(self, ref: str) -> dict[str, Any]:
        return self._client.meta(f"{ORDERS}/metadata/states/{ref}", "state")
