"""Everything the service lets read, page by page."""

from collections.abc import Callable
from typing import TypeVar

from api.erp.demo.entities import ORDERS, PARTNERS
from api.erp.demo.hs import goods, orders, partners, prices
from api.erp.demo.hs.desk import Desk
from api.erp.demo.hs.paging import Ask, page
from api.erp.demo.hs.problems import Json, Problem
from api.erp.demo.store import Row

T = TypeVar("T")

CAN = "goods prices stock customers balances orders changes draft place cancel card webhook".split()


def _ref(row: Row) -> str:
    return str(row["Ref_Key"])


def _wanted(desk: Desk, kind: str, ask: Ask) -> set[str] | None:
    """Ids that the request is about; None: all."""
    changed = desk.journal.changed(kind, ask.since)
    if ask.ids is None:
        return changed
    return set(ask.ids) if changed is None else set(ask.ids) & changed


def _among(rows: list[T], key: Callable[[T], str], wanted: set[str] | None) -> list[T]:
    return rows if wanted is None else [row for row in rows if key(row) in wanted]


def _ping(desk: Desk, ask: Ask) -> Json:
    """Who we are."""
    return {
        "contract": "1.0",
        "extension": "1.0.0",
        "configuration": "Демо 1С",
        "now": desk.base.clock.now().isoformat(),
        "can": CAN,
        "missing": [],
    }


def _categories(desk: Desk, ask: Ask) -> Json:
    return page(goods.categories(desk.base.store), ask, _ref, goods.category)


def _price_lists(desk: Desk, ask: Ask) -> Json:
    return page(goods.price_lists(desk.base.store), ask, _ref, goods.named)


def _warehouses(desk: Desk, ask: Ask) -> Json:
    return page(goods.warehouses(desk.base.store), ask, _ref, goods.named)


def _goods(desk: Desk, ask: Ask) -> Json:
    store = desk.base.store
    packs = goods.packings(store)
    rows = _among(goods.products(store), _ref, _wanted(desk, "goods", ask))
    return page(rows, ask, _ref, lambda row: goods.product(store, row, packs))


def _prices(desk: Desk, ask: Ask) -> Json:
    store, wanted = desk.base.store, _wanted(desk, "prices", ask)
    known = {row["Ref_Key"] for row in goods.products(store)}
    found = prices.all_prices(store, desk.base.now())
    rows = [(product, found.get(product, [])) for product in (found if wanted is None else wanted) if product in known]
    return page(rows, ask, lambda row: row[0], prices.shown, lambda row: len(row[1]) or 1)


def _stock(desk: Desk, ask: Ask) -> Json:
    store = desk.base.store
    changed = desk.journal.changed("stock", ask.since)
    if changed is None and ask.since is not None:
        # The journal does not reach so far back: anything may have run out since.
        changed = {_ref(row) for row in goods.products(store)}
    rows = list(goods.stock(store, changed))
    wanted = None if ask.ids is None else set(ask.ids)
    return page(_among(rows, lambda row: row[0], wanted), ask, lambda row: row[0], goods.stock_row)


def _customers(desk: Desk, ask: Ask) -> Json:
    store, today = desk.base.store, desk.base.now().date()
    rows = _among(store.rows(PARTNERS), _ref, _wanted(desk, "customers", ask))
    return page(rows, ask, _ref, lambda row: partners.customer(store, row, today))


def _balances(desk: Desk, ask: Ask) -> Json:
    store, wanted = desk.base.store, _wanted(desk, "balances", ask)
    known = None if wanted is None else [found for found in wanted if store.get(PARTNERS, found)]
    rows = partners.balances(store, known)
    return page(rows, ask, lambda row: str(row["customer_id"]), lambda row: row)


def _orders(desk: Desk, ask: Ask) -> Json:
    """Oldest first; those dated since then count too, also from before the journal began."""
    rows = [row for row in desk.base.store.rows(ORDERS) if orders.is_told(row)]
    changed = desk.journal.changed("orders", ask.since)
    if ask.since is not None:
        start = ask.since.astimezone(desk.base.clock.now().tzinfo).replace(tzinfo=None).isoformat()
        rows = [row for row in rows if row["Date"] >= start or (changed is not None and row["Ref_Key"] in changed)]
    return page(rows, ask, lambda row: f"{row['Date']}|{row['Ref_Key']}", lambda row: orders.order(desk, row))


def _changes(desk: Desk, ask: Ask) -> Json:
    if ask.cursor and not (ask.cursor.isascii() and ask.cursor.isdigit()):
        raise Problem("invalid", "cursor: не из прошлого ответа")
    place = int(ask.cursor[:18]) if ask.cursor else desk.journal.place(ask.since)
    entries = desk.journal.after(place)
    told = entries[: ask.limit]
    return {
        "items": [{"kind": entry.kind, "id": entry.id, "at": entry.at.isoformat()} for entry in told],
        "next": f"{told[-1].seq if told else place:015d}",
        "more": len(told) < len(entries),
    }


LISTS: dict[str, Callable[[Desk, Ask], Json]] = {
    "ping": _ping,
    "categories": _categories,
    "price-lists": _price_lists,
    "warehouses": _warehouses,
    "goods": _goods,
    "prices": _prices,
    "stock": _stock,
    "customers": _customers,
    "balances": _balances,
    "orders": _orders,
    "changes": _changes,
}
