"""What changed when: the register «бот_Изменения» of the extension, filled by subscriptions to writes."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from api.erp.demo.entities import (
    AGREEMENTS,
    CONTACTS,
    CONTRACTS,
    COUNTERPARTIES,
    DISCOUNTS,
    EMPTY_REF,
    ORDERS,
    OUTLETS,
    PARTNERS,
    PRICES,
    PRODUCTS,
    UNITS,
)
from api.erp.demo.store import DEBTS, STOCK, Row

OWNERS = {
    PARTNERS: "Ref_Key",
    COUNTERPARTIES: "Партнер_Key",
    CONTRACTS: "Партнер_Key",
    OUTLETS: "Owner_Key",
    CONTACTS: "Owner_Key",
}
"""Whose card a row belongs to."""


@dataclass(frozen=True)
class Entry:
    seq: int
    kind: str
    id: str
    at: datetime


class Journal:
    """The last change of each thing, in order. Kept in memory: before its start everything may have changed."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._entries: dict[tuple[str, str], Entry] = {}
        self._seq = 0
        self.started = now()

    def written(self, entity: str, old: Row | None, new: Row | None) -> None:
        """A watcher of the store."""
        things = {thing for row in (old, new) if row for thing in _things(entity, row)}
        at = self._now()
        with self._lock:
            for kind, ref in sorted(things):
                self._seq += 1
                self._entries.pop((kind, ref), None)
                self._entries[kind, ref] = Entry(self._seq, kind, ref, at)

    def changed(self, kind: str, since: datetime | None) -> set[str] | None:
        """Ids of this kind that changed then or later; None: all may have."""
        if since is None or since < self.started:
            return None
        with self._lock:
            found = {entry.id for entry in self._entries.values() if entry.kind == kind and entry.at >= since}
        return None if "" in found else found

    def after(self, seq: int) -> list[Entry]:
        """What changed after this place of the journal."""
        with self._lock:
            return [entry for entry in self._entries.values() if entry.seq > seq]

    def place(self, since: datetime | None) -> int:
        """The place before everything that changed at `since` or later; None: the end."""
        with self._lock:
            if since is None:
                return self._seq
            return min((entry.seq - 1 for entry in self._entries.values() if entry.at >= since), default=self._seq)


def _things(entity: str, row: Row) -> Iterator[tuple[str, str]]:
    """What a bot reads that a write of this row changes."""
    if entity == PRODUCTS:
        yield "goods", row["Ref_Key"]
    elif entity == UNITS and row["Owner_Key"] != EMPTY_REF:
        yield "goods", row["Owner_Key"]
    elif entity == PRICES:
        yield "prices", row["Номенклатура_Key"]
    elif entity in (AGREEMENTS, DISCOUNTS):
        yield from _terms(entity, row)
    elif entity == STOCK:
        yield "stock", row["Номенклатура_Key"]
    elif entity == DEBTS:
        yield "balances", row["Партнер_Key"]
    elif entity == ORDERS:
        yield "orders", row["Ref_Key"]
        yield "balances", row["Партнер_Key"]
        for line in row["Товары"]:
            yield "stock", line["Номенклатура_Key"]
    elif entity in OWNERS:
        yield "customers", row[OWNERS[entity]]


def _terms(entity: str, row: Row) -> Iterator[tuple[str, str]]:
    if entity == AGREEMENTS:
        yield "customers", row["Партнер_Key"]
    elif not row["Товары"]:
        yield "prices", ""  # a discount on everything
    for line in row["Товары"]:
        yield "prices", line["Номенклатура_Key"]
