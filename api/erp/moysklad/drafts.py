"""An order as МойСклад is sent it, and how what it keeps is compared with that."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from api.domain.order import Difference, OrderDraft, OrderLine
from api.domain.wording import window
from api.erp.moysklad.account import Organization
from api.erp.moysklad.client import Client
from api.erp.moysklad.orders import sync_id
from api.erp.moysklad.rows import Row, id_of, moscow, number, text

ADDRESS_LENGTH = 255
LINES = 1000
"""The most positions that one request may carry."""


def comment_of(draft: OrderDraft) -> str:
    """The customer's words, the delivery window, and an address that is too long for its own field."""
    parts = [draft.comment.strip(), f"Доставка {window(draft.window_start, draft.window_end)}."]
    if len(draft.address) > ADDRESS_LENGTH:
        parts.append(f"Адрес полностью: {draft.address.strip()}")
    return " ".join(part for part in parts if part)


def body_of(
    client: Client, draft: OrderDraft, organization: Organization, cards: dict[str, Row], zone: ZoneInfo, reserve: bool
) -> dict[str, Any]:
    """The new document. Prices are those that the customer confirmed, VAT in them, so there is no discount besides."""
    body: dict[str, Any] = {
        "syncId": sync_id(draft.key),
        "externalCode": draft.key,
        "code": draft.outlet_id or "",
        "organization": client.link("organization", organization.id),
        "agent": client.link("counterparty", draft.customer_id),
        "description": comment_of(draft),
        "deliveryPlannedMoment": moscow(datetime.combine(draft.delivery_date, draft.window_start, zone)),
        "shipmentAddress": draft.address[:ADDRESS_LENGTH],
        "applicable": True,
        "vatEnabled": organization.vat,
        "vatIncluded": True,
        "positions": [position(client, line, cards.get(line.product_id, {})) for line in draft.lines],
    }
    for line, row in zip(draft.lines, body["positions"], strict=True):
        row |= {"price": line.price * 100, "discount": 0} | ({"reserve": line.quantity} if reserve else {})
        if organization.vat:
            row |= _vat(cards.get(line.product_id, {}))
    if draft.warehouse_id:
        body["store"] = client.link("store", draft.warehouse_id)
    return body


def position(client: Client, line: OrderLine, card: Row) -> dict[str, Any]:
    """A line without a price, as the wizard wants it, too."""
    kind = text(card.get("meta") or {}, "type") or "product"
    return {"assortment": client.link(kind, line.product_id), "quantity": line.quantity}


def differences(sent: dict[str, Any], stored: Row, positions: Sequence[Row]) -> tuple[Difference, ...]:
    """What МойСклад keeps otherwise than it was sent, in the words of its own screens."""
    found = [
        Difference(title, ours, theirs)
        for title, ours, theirs in (
            ("Контрагент", id_of(sent["agent"]), id_of(stored.get("agent"))),
            ("Организация", id_of(sent["organization"]), id_of(stored.get("organization"))),
            ("Склад", id_of(sent.get("store")), id_of(stored.get("store"))),
            ("Код (торговая точка)", sent["code"], text(stored, "code")),
            ("Внешний код", sent["externalCode"], text(stored, "externalCode")),
            ("План. дата отгрузки", sent["deliveryPlannedMoment"][:16], text(stored, "deliveryPlannedMoment")[:16]),
            ("Адрес доставки", sent["shipmentAddress"].strip(), text(stored, "shipmentAddress")),
            ("Комментарий", sent["description"], text(stored, "description")),
        )
        if ours != theirs
    ]
    return (*found, *_line_differences(sent["positions"], positions))


def _line_differences(sent: Sequence[Row], stored: Sequence[Row]) -> list[Difference]:
    """By product, in their order: nothing promises that МойСклад keeps the order of different ones."""
    found, kept = [], defaultdict[str, list[Row]](list)
    for row in stored:
        kept[id_of(row.get("assortment"))].append(row)
    for place, line in enumerate(sent, start=1):
        rows = kept[id_of(line["assortment"])]
        if not rows:
            found.append(Difference(f"Строка {place}", id_of(line["assortment"]), ""))
            continue
        row = rows.pop(0)
        for field, title in (("quantity", "количество"), ("price", "цена"), ("discount", "скидка")):
            ours, theirs = number(line[field]), number(row.get(field))
            if ours != theirs:
                found.append(Difference(f"Строка {place}: {title}", _plain(ours), _plain(theirs)))
    extra = [ref for ref, rows in kept.items() for _ in rows]
    return found + [Difference("Лишняя строка", "", ref) for ref in extra]


def _vat(card: Row) -> dict[str, Any]:
    """The rate of the card; «без НДС» is a rate of 0 that is switched off. A variant has its product's."""
    owner = card.get("product") or card
    return {"vat": int(number(owner.get("effectiveVat"))), "vatEnabled": owner.get("effectiveVatEnabled") is True}


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
