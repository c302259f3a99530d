"""Files into the state. What a file does not speak of stays: goods without offers keep their prices and stock."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.erp.commerceml import goods, units
from api.erp.commerceml.goods import PriceRow, is_withdrawn
from api.erp.commerceml.node import Node
from api.erp.commerceml.partners import company
from api.erp.commerceml.reading import Card, cards
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.port import Data


@dataclass
class Merged:
    """What a file brought: data of catalogues, of which of them it says that it is everything, how many cards."""

    data: set[Data] = field(default_factory=set)
    named: set[tuple[Data, str]] = field(default_factory=set)
    whole: set[tuple[Data, str]] = field(default_factory=set)
    count: dict[str, int] = field(default_factory=dict)


class Merge:
    """Merges one file; `seen` is its number, which grows from file to file, `now` its stamp."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        settings: CommercemlSettings,
        seen: int,
        now: float,
        document: Callable[[Node], None],
    ) -> None:
        self._run = connection.execute
        self._settings = settings
        self._seen = seen
        self._now = now
        self._document = document
        self._units: dict[str, str] = dict(self._run("SELECT code, word FROM unit").fetchall())
        self._names: dict[str, set[str]] = {"price_type": set(), "warehouse": set()}
        self.merged = Merged()

    def file(self, path: Path) -> Merged:
        """All cards of a file. Raises BadFile, and the caller takes everything back."""
        takers: dict[str, Callable[[Card], None]] = {
            "Группа": self._group,
            "ЕдиницаИзмерения": self._unit,
            "ТипЦены": self._price_type,
            "Склад": self._warehouse,
            "Товар": self._good,
            "Предложение": self._offer,
            "Контрагент": self._company,
            "Документ": self._order,
        }
        for card in cards(path):
            self.merged.count[card.kind] = self.merged.count.get(card.kind, 0) + 1
            takers[card.kind](card)
        return self.merged

    def _group(self, card: Card) -> None:
        self._run(
            "INSERT INTO category VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " name = excluded.name, parent = excluded.parent, withdrawn = excluded.withdrawn",
            (card.node.text("Ид"), card.node.text("Наименование"), card.parent, is_withdrawn(card.node)),
        )
        self.merged.data.add(Data.GOODS)

    def _unit(self, card: Card) -> None:
        node = card.node
        word = node.text("НаименованиеКраткое", "НаименованиеПолное")
        for code in {node.text("Ид"), node.text("Код")} - {""}:
            self._units[code] = units.word(word, {})
            self._run("INSERT OR REPLACE INTO unit VALUES (?, ?)", (code, self._units[code]))

    def _price_type(self, card: Card) -> None:
        node, currency = card.node, card.node.text("Валюта")
        ref, name = node.text("Ид"), node.text("Наименование")
        done = self._run(
            "INSERT INTO price_type VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET name = ?2, currency = ?3,"
            " roubles = ?4 WHERE (name, currency, roubles) <> (?2, ?3, ?4)",
            (ref, name or ref, currency, goods.in_roubles(currency) and not is_withdrawn(node)),
        )
        if done.rowcount:
            # Customers name their price types by words.
            self.merged.data.add(Data.CUSTOMERS)
        self._names["price_type"].add(ref)
        self.merged.data.add(Data.PRICES)

    def _warehouse(self, card: Card) -> None:
        ref, name = card.node.text("Ид"), card.node.text("Наименование")
        self._run("INSERT OR REPLACE INTO warehouse VALUES (?, ?)", (ref, name or ref))
        self._names["warehouse"].add(ref)
        self.merged.data.add(Data.GOODS)

    def _good(self, card: Card) -> None:
        node, catalog = card.node, card.package.catalog
        self._note(card, {Data.GOODS})
        ref = node.text("Ид")
        if ref and is_withdrawn(node) and not node.text("Наименование"):
            self._run("UPDATE good SET withdrawn = 1, changed = ? WHERE id = ? AND NOT withdrawn", (self._now, ref))
            return
        body = goods.good(node, self._units, self._settings.step_field, self._settings.minimum_field)
        if not ref or body is None:
            return
        self._run(
            "INSERT INTO good VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET catalog = ?2,"
            " article = ?3, seen = ?6, changed = CASE WHEN body = ?4 AND withdrawn = ?5 THEN changed ELSE ?7 END,"
            " body = ?4, withdrawn = ?5",
            (ref, catalog, body["article"], _json(body), is_withdrawn(node), self._seen, self._now),
        )

    def _offer(self, card: Card) -> None:
        node, ref = card.node, goods.offer_id(card.node)
        if not ref:
            return
        prices, stock = goods.prices(node), goods.stock(node)
        told = {Data.PRICES: prices, Data.STOCK: stock}
        brought = {data for data, rows in told.items() if rows is not None}
        self._note(card, brought)
        self._keep_offer(ref, card)
        if prices is not None:
            self._prices(ref, prices)
        if stock is not None:
            self._stock(ref, {place: str(quantity) for place, quantity in stock.items()})

    def _note(self, card: Card, brought: set[Data]) -> None:
        here = {(data, card.package.catalog) for data in brought}
        self.merged.data |= brought
        self.merged.named |= here
        if card.package.whole:
            self.merged.whole |= here

    def _keep_offer(self, ref: str, card: Card) -> None:
        node = card.node
        good, body = ref.partition("#")[0], goods.offer(node, self._units)
        known = self._run("SELECT body, withdrawn FROM offer WHERE id = ?", (ref,)).fetchone()
        if known is not None and not body["name"]:
            # A file of prices or of stock names the offer and nothing more of it.
            kept = json.loads(known["body"])
            body = kept | {"packs": kept["packs"] | body["packs"]}
        text, withdrawn = _json(body), is_withdrawn(node)
        changed = known is None or (known["body"], bool(known["withdrawn"])) != (text, withdrawn)
        if changed:
            self.merged.data.add(Data.GOODS)
        self._run(
            "INSERT INTO offer (id, good, catalog, article, body, withdrawn, changed, seen)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET catalog = ?3, article = ?4,"
            " body = ?5, withdrawn = ?6, seen = ?8, changed = CASE WHEN ?9 THEN ?7 ELSE changed END",
            (ref, good, card.package.catalog, body["article"], text, withdrawn, self._now, self._seen, changed),
        )
        if known is None and good != ref:
            # The good itself is now a head of its characteristics, and no longer sold.
            self._run("UPDATE good SET changed = ? WHERE id = ?", (self._now, good))

    def _prices(self, ref: str, rows: list[PriceRow]) -> None:
        new = {(row.type_id, str(row.min_quantity.normalize())): str(row.amount) for row in rows}
        known = self._run("SELECT type, least, amount FROM price WHERE offer = ?", (ref,))
        old = {(row["type"], row["least"]): row["amount"] for row in known}
        for kind, _ in new:
            self._name("price_type", kind, "INSERT OR IGNORE INTO price_type VALUES (?1, ?1, '', 1)")
        self._run("UPDATE offer SET priced = ? WHERE id = ?", (self._seen, ref))
        if new == old:
            return
        self._run("DELETE FROM price WHERE offer = ?", (ref,))
        for (kind, least), amount in new.items():
            self._run("INSERT INTO price VALUES (?, ?, ?, ?)", (ref, kind, least, amount))
        # Without its last price it is no longer sold; prices alone could not tell that.
        if bool(old) != bool(new):
            self.merged.data.add(Data.GOODS)
            self._run("UPDATE offer SET unpriced = ?, changed = ? WHERE id = ?", (not new, self._now, ref))
        self._run("UPDATE offer SET priced_at = ? WHERE id = ?", (self._now, ref))

    def _stock(self, ref: str, new: dict[str, str]) -> None:
        known = self._run("SELECT warehouse, quantity FROM stock WHERE offer = ?", (ref,))
        old = {row["warehouse"]: row["quantity"] for row in known}
        wanted = dict.fromkeys(old, "0") | new
        for place in new:
            name = "Склад" if place == goods.ALL_STOCK else place
            self._name("warehouse", place, "INSERT OR IGNORE INTO warehouse VALUES (?1, ?2)", name)
        if wanted != old:
            for place, quantity in wanted.items():
                self._run("INSERT OR REPLACE INTO stock VALUES (?, ?, ?)", (ref, place, quantity))
            self._run("UPDATE offer SET stocked_at = ? WHERE id = ?", (self._now, ref))
        self._run("UPDATE offer SET stocked = ? WHERE id = ?", (self._seen, ref))

    def _name(self, table: str, ref: str, query: str, *more: str) -> None:
        """Some files name price types and warehouses by their ids only."""
        if ref not in self._names[table]:
            self._run(query, (ref, *more))
            self._names[table].add(ref)

    def _company(self, card: Card) -> None:
        body = company(card.node)
        if body is not None:
            self._keep_company(body, from_order=False)

    def _order(self, card: Card) -> None:
        for node in card.node.items("Контрагенты", "Контрагент"):
            body = company(node)
            if body is not None:
                self._keep_company(body, from_order=True)
        self._document(card.node)
        self.merged.data.add(Data.ORDERS)

    def _keep_company(self, body: dict[str, Any], *, from_order: bool) -> None:
        """A card of a company says more than what stands in an order: it is not overwritten by that."""
        done = self._run(
            "INSERT INTO company VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET"
            " body = ?2, withdrawn = ?3, from_order = ?4"
            " WHERE (NOT ?4 OR from_order) AND (body <> ?2 OR from_order > ?4)",
            (body["id"], _json(body), body["withdrawn"], from_order),
        )
        if done.rowcount:
            self.merged.data.add(Data.CUSTOMERS)


def sweep(connection: sqlite3.Connection, data: Data, catalog: str, first: int, now: float) -> bool:
    """Takes away what a whole package did not name: what was last seen in a file before number `first`."""
    gone = [connection.execute(query, (now, first, catalog)).rowcount for query in _sweeps(data)]
    return any(count > 0 for count in gone)


def _sweeps(data: Data) -> Iterator[str]:
    if data is Data.GOODS:
        yield "UPDATE good SET withdrawn = 1, changed = ?1 WHERE seen < ?2 AND catalog = ?3 AND NOT withdrawn"
    elif data is Data.PRICES:
        gone = "priced BETWEEN 1 AND ?2 - 1 AND catalog = ?3"
        had = f"SELECT id FROM offer WHERE {gone} AND EXISTS (SELECT 1 FROM price WHERE offer = offer.id)"
        yield f"UPDATE offer SET unpriced = 1, changed = ?1, priced_at = ?1 WHERE id IN ({had})"
        yield f"DELETE FROM price WHERE offer IN (SELECT id FROM offer WHERE {gone})"
    elif data is Data.STOCK:
        gone = "SELECT id FROM offer WHERE stocked BETWEEN 1 AND ?2 - 1 AND catalog = ?3"
        yield f"UPDATE stock SET quantity = '0' WHERE offer IN ({gone})"
        yield f"UPDATE offer SET stocked_at = ?1, stocked = 0 WHERE id IN ({gone})"


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
