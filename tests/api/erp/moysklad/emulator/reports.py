"""Reports: free stock in one list, and what counterparties owe."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.api.erp.moysklad.emulator.store import MSK, MoyskladError, Row, Store, id_of


def stock_moved(store: Store, product: str) -> None:
    store.stock_changed[product] = datetime.now(MSK).replace(microsecond=0)


def free_stock(store: Store, query: Mapping[str, str]) -> list[Row]:
    """Only `freeStock` is played; unsorted, never paged."""
    if store.faults.no_stock_right:
        raise MoyskladError(403, 13004, "Отсутствует доступ к отчету Текущие остатки")
    if query.get("stockType") != "freeStock":
        raise MoyskladError(400, 1091, "Недопустимые значения параметра запроса stockType")
    wanted = _filter(query.get("filter", ""))
    since = _since(query.get("changedSince", ""))
    zeros = query.get("include") == "zeroLines" or since is not None
    found = []
    for (product, warehouse), quantity in _free(store).items():
        if "assortmentId" in wanted and product not in wanted["assortmentId"]:
            continue
        if "storeId" in wanted and warehouse not in wanted["storeId"]:
            continue
        if since is not None and not (product in store.stock_changed and store.stock_changed[product] >= since):
            continue
        row: Row = {"assortmentId": product, "storeId": warehouse, "freeStock": quantity}
        if store.faults.recounted.get(product, 0) > 0:
            if query.get("withRecalculate") != "true":
                continue
            row["freeStock"] = None
        elif not quantity and not zeros:
            continue
        found.append(row)
    store.faults.recounted = {ref: left - 1 for ref, left in store.faults.recounted.items()}
    return sorted(found, key=lambda row: row["assortmentId"][::-1])


def free_stock_of_all(store: Store, query: Mapping[str, str]) -> list[Row]:
    """The same without warehouses."""
    total: dict[str, float] = {}
    for row in free_stock(store, query):
        total[row["assortmentId"]] = total.get(row["assortmentId"], 0.0) + (row["freeStock"] or 0.0)
    return [{"assortmentId": product, "freeStock": quantity} for product, quantity in total.items()]


def counterparty_report(store: Store, row: Row) -> Row:
    if store.faults.no_crm:
        raise MoyskladError(403, 1043, "Ваш тарифный план не позволяет работать с CRM")
    ref = row["id"]
    return store.meta(f"report/counterparty/{ref}", "counterparty") | {
        "counterparty": store.link("counterparty", ref) | {"id": ref, "name": row["name"]},
        "balance": store.balances.get(ref, 0),
        "demandsCount": 0,
        "updated": row["updated"],
    }


def _free(store: Store) -> dict[tuple[str, str | None], float]:
    free: dict[tuple[str, str | None], float] = dict(store.stock)
    for order in store.rows["customerorder"].values():
        if order["applicable"] and not order.get("deleted"):
            for line in order["positions"]:
                place = (id_of(line["assortment"]), id_of(order.get("store")) or None)
                free[place] = free.get(place, 0.0) - line["reserve"]
    return free


def _filter(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for part in filter(None, text.split(";")):
        field, _, values = part.partition("=")
        if field not in ("assortmentId", "storeId"):
            raise MoyskladError(400, 1030, f"Неизвестное поле фильтрации '{field}'")
        found.setdefault(field, set()).update(values.split(","))
    return found


def _since(text: str) -> Any:
    if not text:
        return None
    since = datetime.fromisoformat(text).replace(tzinfo=MSK)
    if not datetime.now(MSK) - timedelta(hours=24) <= since <= datetime.now(MSK):
        raise MoyskladError(400, 1040, "Неверно заданы параметры запроса", "changedSince")
    return since
