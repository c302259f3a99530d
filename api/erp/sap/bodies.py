"""A draft as SAP is sent it: the sales order, and the same for simulation."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from api.domain.order import OrderDraft
from api.domain.wording import window
from api.erp.errors import ErpError, Reason
from api.erp.sap.literals import day_out, decimal_out
from api.erp.sap.settings import SapSettings

KEY_LENGTH = 35
"""Of PurchaseOrderByCustomer."""
ITEM_STEP = 10

Body = dict[str, Any]


def order_body(draft: OrderDraft, settings: SapSettings, units: Mapping[str, str], now: datetime) -> Body:
    """A_SalesOrder. SAP finds the prices itself; the plant of a line is `ProductionPlant` here.

    `units`: the code of each product's base unit, in which quantities are sent. `now` in the distributor's zone.
    """
    moment = now + timedelta(seconds=30)  # to the nearest minute
    body = _header(draft, settings, units, "ProductionPlant") | {
        "SalesOrderDate": day_out(moment.date()),
        "to_Text": {
            "results": [
                {"Language": settings.language, "LongTextID": settings.text_id, "LongText": comment_of(draft)},
            ]
        },
    }
    if settings.clock_field:
        body[settings.clock_field] = f"{moment:%H%M}"
    return body


def simulation_body(draft: OrderDraft, settings: SapSettings, units: Mapping[str, str]) -> Body:
    """A_SalesOrderSimulation: what is asked for is named by empty navigations."""
    body = _header(draft, settings, units, "Plant") | {"to_Pricing": {}, "to_PricingElement": [], "to_Credit": {}}
    for item in body["to_Item"]["results"]:
        item["to_ScheduleLine"] = []
    return body


def ship_to(draft: OrderDraft) -> str:
    """The ship-to party out of the outlet's id. Raises ErpError for an outlet of another customer."""
    if draft.outlet_id is None:
        return draft.customer_id
    owner, _, place = draft.outlet_id.partition("/")
    if owner != draft.customer_id or not place:
        raise ErpError(
            "Точка доставки не принадлежит клиенту заказа.",
            permanent=True,
            evidence=f"{draft.customer_id}: {draft.outlet_id}",
            reason=Reason.CUSTOMER,
        )
    return place


def comment_of(draft: OrderDraft) -> str:
    """The customer's words, the delivery window, and the address where no ship-to party tells it."""
    parts = [draft.comment.strip(), f"Доставка {window(draft.window_start, draft.window_end)}."]
    if draft.outlet_id is None and draft.address:
        parts.append(f"Адрес: {draft.address}.")
    return " ".join(part for part in parts if part)


def _header(draft: OrderDraft, settings: SapSettings, units: Mapping[str, str], plant: str) -> Body:
    if not draft.key or len(draft.key) > KEY_LENGTH:
        raise ErpError("Ключ заказа не помещается в SAP.", permanent=True, evidence=draft.key)
    body: Body = {
        "SalesOrderType": settings.order_type,
        "SalesOrganization": settings.sales_organization,
        "DistributionChannel": settings.distribution_channel,
        "OrganizationDivision": settings.division,
        "SoldToParty": draft.customer_id,
        "PurchaseOrderByCustomer": draft.key,
        "RequestedDeliveryDate": day_out(draft.delivery_date),
        "to_Item": {"results": [_item(draft, place, units, plant) for place in range(len(draft.lines))]},
    }
    if (place := ship_to(draft)) != draft.customer_id:
        body["to_Partner"] = {"results": [{"PartnerFunction": settings.ship_to_function, "Customer": place}]}
    return body


def _item(draft: OrderDraft, place: int, units: Mapping[str, str], plant: str) -> Body:
    line = draft.lines[place]
    item: Body = {
        "SalesOrderItem": str((place + 1) * ITEM_STEP),
        "Material": line.product_id,
        "RequestedQuantity": decimal_out(line.quantity),
        "RequestedQuantityUnit": units[line.product_id],
    }
    if draft.warehouse_id:
        item[plant] = draft.warehouse_id
    return item
