"""Orders and cards into 1C: one idempotent request each, and a comparison of what came back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from api.domain.clock import Clock
from api.domain.customer import CardChange
from api.domain.order import Difference, OrderDraft, OrderStatus, PlacedOrder
from api.domain.wording import window
from api.erp.errors import ErpError
from api.erp.onec_http import nouns, wire
from api.erp.onec_http.client import OTHERWISE, BotClient, part
from api.erp.onec_http.refusals import NOT_POSTED, Missing
from api.erp.port import Quote

KEY = re.compile(r"[A-Za-z0-9._:-]{1,30}", re.ASCII)
"""What fits into 1C's field and into an address."""


class Sink:
    """Writes."""

    def __init__(self, client: BotClient, clock: Clock, *, check_prices: bool) -> None:
        self._client = client
        self._clock = clock
        self._check_prices = check_prices

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink."""
        answer = await self._client.write("POST", "/price-draft", wire.Quote, self._body(draft))
        if [line.product_id for line in answer.lines] != [line.product_id for line in draft.lines]:
            raise ErpError(OTHERWISE, permanent=True, evidence="price-draft: other lines than were asked about")
        return nouns.quote(answer, self._clock.now().date())

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        try:
            return nouns.order(await self._client.read(_address(key), wire.Order))
        except Missing:
            return None

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink. 1C itself looks the key up, under a lock: after a lost answer the same is sent again."""
        sent = self._body(draft)
        stored = await self._client.write("PUT", _address(draft.key), wire.Order, sent)
        if stored.key != draft.key:
            raise ErpError(OTHERWISE, permanent=True, evidence=f"{draft.key}: answered with {stored.key!r}")
        placed = nouns.order(stored)
        if placed.status is OrderStatus.FAILED:
            raise ErpError(NOT_POSTED, permanent=True, evidence=f"№{placed.number}")
        return replace(placed, differences=tuple(_differences(sent, stored)))

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink."""
        placed = nouns.order(await self._client.write("POST", f"{_address(key)}/cancel", wire.Order))
        if placed.status is not OrderStatus.CANCELLED:
            raise ErpError("1С не отменила заказ.", permanent=True, evidence=f"{placed.number}: {placed.status}")
        return placed

    async def change_card(self, change: CardChange, force: bool) -> str:
        """See OrderSink."""
        body = {
            "field": change.field.value,
            "subject_id": change.subject_id,
            "before": change.before,
            "after": change.after,
            "phone": change.phone,
            "force": force,
        }
        path = f"/customers/{part(change.customer_id)}/card/{part(change.key)}"
        return (await self._client.write("PUT", path, wire.CardChanged, body)).subject_id

    def _body(self, draft: OrderDraft) -> dict[str, Any]:
        hours = f"Доставка {window(draft.window_start, draft.window_end)}."
        return {
            "customer_id": draft.customer_id,
            "outlet_id": draft.outlet_id,
            "warehouse_id": draft.warehouse_id,
            "delivery_date": draft.delivery_date.isoformat(),
            "window_start": f"{draft.window_start:%H:%M}",
            "window_end": f"{draft.window_end:%H:%M}",
            "address": draft.address,
            "comment": f"{draft.comment.strip()} {hours}".strip(),
            "check_prices": self._check_prices,
            "lines": [
                {
                    "product_id": line.product_id,
                    "quantity": _number(line.quantity, "0.001"),
                    "price": _number(line.price, "0.01"),
                }
                for line in draft.lines
            ],
        }


def _address(key: str) -> str:
    if KEY.fullmatch(key) is None:
        raise ErpError("Ключ заказа не помещается в 1С.", permanent=True, evidence=key)
    return f"/orders/{part(key)}"


def _number(value: Decimal, to: str) -> str:
    """A decimal string with the digits that 1C keeps."""
    return f"{value.quantize(Decimal(to), ROUND_HALF_UP):f}"


def _differences(sent: dict[str, Any], stored: wire.Order) -> Iterator[Difference]:
    """What 1C keeps otherwise than it was sent. A warehouse that was not named is 1C's own to choose."""
    fields = {
        "Клиент": (sent["customer_id"], stored.customer_id),
        "Торговая точка": (sent["outlet_id"] or "", stored.outlet_id or ""),
        "Склад": (sent["warehouse_id"] or "", (sent["warehouse_id"] and stored.warehouse_id) or ""),
        "Дата доставки": (sent["delivery_date"], stored.delivery_date.isoformat() if stored.delivery_date else ""),
        "Адрес": (sent["address"].strip(), stored.address.strip()),
        "Комментарий": (sent["comment"], stored.comment.strip()),
        "Строк": (str(len(sent["lines"])), str(len(stored.lines))),
    }
    for place, (ours, theirs) in enumerate(zip(sent["lines"], stored.lines, strict=False), start=1):
        fields[f"Строка {place}: товар"] = (ours["product_id"], theirs.product_id)
        fields[f"Строка {place}: количество"] = (ours["quantity"], _number(theirs.quantity, "0.001"))
        fields[f"Строка {place}: цена"] = (ours["price"], _number(theirs.price, "0.01"))
    return (Difference(name, ours, theirs) for name, (ours, theirs) in fields.items() if ours != theirs)
