"""Orders: creating with syncId, changing, pricing a draft."""

import uuid
from typing import Any

from tests.api.erp.moysklad.emulator.store import MoyskladError, Row, Store, id_of, now

GOODS = ("product", "variant")
MOST = 1000
READ_ONLY = ("sum", "payedSum", "shippedSum", "reservedSum", "invoicedSum", "created", "updated", "deleted")
FIELDS = set(
    "syncId externalCode code organization agent description deliveryPlannedMoment shipmentAddress applicable moment"
    " vatEnabled vatIncluded positions store state salesChannel name meta attributes".split()
)
LENGTHS = {"description": 4096, "shipmentAddress": 255, "externalCode": 255, "code": 255}
CUT = 100


def create_order(store: Store, body: Row) -> Row:
    """A new order, or the one that has this syncId."""
    _check(store, body, {"organization": ("organization",), "agent": ("counterparty",)})
    for name in ("organization", "agent"):
        if not body.get(name):
            raise MoyskladError(412, 3000, f"Ошибка сохранения объекта: поле '{name}' не может быть пустым", name)
    if sync := body.get("syncId"):
        uuid.UUID(sync)
        for row in store.rows["customerorder"].values():
            if row.get("syncId") == sync:
                return row
    if store.faults.refuse_create:
        raise MoyskladError(*store.faults.refuse_create.pop(0))
    positions = _positions(store, body.get("positions") or [])
    number = f"{len(store.rows['customerorder']) + 1:05d}"
    states = store.metadata["customerorder"]["states"]
    made: Row = {"name": number, "moment": f"{now()[:16]}:00.000", "applicable": True, "vatEnabled": False}
    if states:
        made["state"] = {"meta": dict(states[0]["meta"])}
    made |= {name: value for name, value in body.items() if name not in (*READ_ONLY, "meta", "positions")}
    _tidy(store, made)
    made |= {"created": now(), "positions": positions, "shippedSum": 0, "payedSum": 0, "printed": False}
    row = store.add("customerorder", **made)
    row["sum"] = sum(line["price"] * line["quantity"] * (100 - line["discount"]) / 100 for line in positions)
    touch_stock(store, row)
    return row


def change_order(store: Store, row: Row, body: Row) -> Row:
    if "syncId" in body and body["syncId"] != row.get("syncId"):
        raise MoyskladError(400, 1047, "Вы не можете обновить поле syncId в запросе на обновление сущности")
    _check(store, body, {})
    changes = {name: value for name, value in body.items() if name not in (*READ_ONLY, "meta", "positions")}
    _tidy(store, changes)
    row |= changes
    if "positions" in body:
        row["positions"] = _positions(store, body["positions"])
    store.touch(row)
    touch_stock(store, row)
    return row


def touch_stock(store: Store, row: Row) -> None:
    from tests.api.erp.moysklad.emulator.reports import stock_moved

    for line in row["positions"]:
        stock_moved(store, id_of(line["assortment"]))


def evaluated(store: Store, body: Row, actions: list[str]) -> Row:
    """«Автозаполнение»: what is not told is filled in."""
    agent = store.linked(body.get("agent"), "counterparty")
    kind = id_of(agent.get("priceType")) or store.price_types[0]["id"]
    for line in body.get("positions", ()):
        card = store.linked(line["assortment"], *GOODS)
        if "evaluate_discount" in actions and "discount" not in line:
            line["discount"] = float(store.discounts.get((agent["id"], card["id"]), 0.0))
        if "evaluate_price" in actions and "price" not in line:
            prices = {id_of(price["priceType"]): price["value"] for price in card.get("salePrices", ())}
            line["price"] = float(prices.get(kind, 0.0))
            line["discountedPrice"] = line["price"] * (100 - line.get("discount", 0)) / 100
            line["sum"] = line["discountedPrice"] * line["quantity"]
    return body


def _positions(store: Store, lines: list[Row]) -> list[Row]:
    if len(lines) > MOST:
        raise MoyskladError(413, 1044, "Превышен максимальный размер запроса")
    found = []
    for line in lines:
        store.linked(line.get("assortment"), *GOODS)
        if line.get("quantity", 0) <= 0:
            raise MoyskladError(400, 3003, "Ошибка сохранения объекта: поле 'quantity' должно быть больше нуля")
        if line.get("reserve", 0) > line["quantity"]:
            raise MoyskladError(400, 17003, "количество зарезервированных товаров не может превышать общее количество")
        kept: Row = {"price": 0.0, "discount": 0.0, "vat": 0, "vatEnabled": False, "reserve": 0.0} | line
        kept["price"] = round(kept["price"] / 100) * 100.0 if store.faults.rounds_prices else float(kept["price"])
        found.append(kept | {"id": str(uuid.uuid4()), "quantity": float(line["quantity"])})
    return found


def _tidy(store: Store, row: Row) -> None:
    for name, length in LENGTHS.items():
        if len(str(row.get(name) or "")) > length:
            raise MoyskladError(400, 3007, f"Ошибка валидации сохраняемого объекта: '{name}'")
    if store.faults.truncate and row.get("description"):
        row["description"] = row["description"][:CUT]
    if moment := row.get("deliveryPlannedMoment"):
        row["deliveryPlannedMoment"] = f"{moment[:16]}:00.000"


def _check(store: Store, body: Row, links: dict[str, tuple[str, ...]]) -> None:
    for name in body:
        if name not in FIELDS and name not in READ_ONLY:
            raise MoyskladError(400, 1007, f"Неизвестное поле: {name}")
    wanted: dict[str, Any] = links | {"store": ("store",), "salesChannel": ("saleschannel",)}
    for name, kinds in wanted.items():
        if body.get(name):
            store.linked(body[name], *kinds)
    if body.get("state"):
        states = {state["id"] for state in store.metadata["customerorder"]["states"]}
        if id_of(body["state"]) not in states:
            raise MoyskladError(400, 11002, "Ошибка инициализации статуса: не принадлежит данному типу документа")
