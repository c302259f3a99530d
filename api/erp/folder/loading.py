"""Records of a file into a table: goods, prices, stock. A row that says the same thing twice is wrong."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from api.domain.product import Packaging
from api.erp.folder import words
from api.erp.folder.reading import Record
from api.erp.folder.report import Report
from api.erp.folder.snapshots import SHAPES, Snapshots, merge
from api.erp.port import Data

MAIN_LIST = "Основной"
"""The price type of a price and of a customer without one."""
MAIN_WAREHOUSE = "Основной"
CRATE = "кор"
KOPECK = Decimal("0.01")


@dataclass(frozen=True)
class Load:
    """A file being loaded: the table to fill, the tables that came before, what is found on the way."""

    db: sqlite3.Connection
    known: Snapshots
    report: Report

    def add(self, data: Data, line: int, row: Sequence[object], called: str) -> None:
        """One row; a second one with the same key is wrong unless it is wholly equal."""
        marks = ", ".join("?" * (len(row) + 1))
        try:
            self.db.execute(f"INSERT INTO incoming VALUES ({marks})", (*row, line))
        except sqlite3.IntegrityError:
            names = [column.split()[0] for column in SHAPES[data].columns.split(", ")]
            key = SHAPES[data].key.split(", ")
            where = " AND ".join(f"{name} = ?" for name in key)
            found = self.db.execute(f"SELECT * FROM incoming WHERE {where}", [row[names.index(name)] for name in key])
            *before, first = found.fetchone()
            if before == list(row):
                self.report.note("Одинаковые строки прочитаны один раз.")
            else:
                self.report.bad(line, "вся строка", called, f"одна строка вместо двух: то же самое в строке {first}")

    def units(self) -> dict[str, str]:
        """The base unit of each product that is known."""
        with closing(self.known.reader(Data.GOODS)) as db:
            return dict(db.execute("SELECT sku, unit FROM goods.rows"))

    def may_be_meant(self, customers: dict[str, str | None], record: Record) -> bool:
        """Whether the row names one customer, or one that may still come."""
        called = record.get("customer", "")
        if customers.get(words.fold(called), "") is None:
            self.report.bad(record.line, "Код клиента", called, "код: так называются несколько клиентов")
            return False
        if called and words.fold(called) not in customers:
            self.waits("Клиенты", called)
        return True

    def waits(self, table: str, called: str) -> None:
        """A row of something that is not there yet."""
        self.report.note(f"В файле «{table}» нет «{called[:60]}»: строка подождёт, пока появится.")


def goods(load: Load, records: Iterable[Record]) -> None:
    """Products; an article is the product's id."""
    for record in records:
        packs = _packs(record)
        if len({pack.unit for pack in packs}) < len(packs):
            load.report.bad(record.line, "В коробке", "", "одно число: коробка уже названа в столбце «Упаковка»")
            continue
        row = (
            record.get("sku"),
            record.get("name"),
            record.get("unit"),
            _path(record.get("category", "")),
            record.get("brand", ""),
            json.dumps([[pack.unit, str(pack.factor)] for pack in packs], ensure_ascii=False),
            str(record.get("step", 1)),
            str(record.get("minimum", 0)),
            record.get("days"),
            int(record.get("active", True)),
        )
        load.add(Data.GOODS, record.line, row, record.get("sku"))
    load.report.judge()
    merge(load.db, Data.GOODS)
    load.db.execute("DELETE FROM categories")
    for (path,) in load.db.execute("SELECT DISTINCT category FROM rows WHERE category <> ''").fetchall():
        parts = path.split(" / ")
        for depth in range(1, len(parts) + 1):
            own, parent = " / ".join(parts[:depth]), " / ".join(parts[: depth - 1])
            load.db.execute("INSERT OR IGNORE INTO categories VALUES (?, ?, ?)", (own, parts[depth - 1], parent))


def _packs(record: Record) -> list[Packaging]:
    packs: list[Packaging] = [*record.get("packs", ())]
    if (size := record.get("in_pack")) is not None:
        packs.append(Packaging(CRATE, size))
    return packs


def _path(category: str) -> str:
    parts = [part.strip() for part in category.replace(" > ", " / ").replace("\\", " / ").split(" / ")]
    return " / ".join(part for part in parts if part)


def prices(load: Load, records: Iterable[Record]) -> None:
    """Prices of a base unit. A cell without a price, or with a zero, says that there is none."""
    units, customers = load.units(), load.known.customers()
    for record in records:
        if not _is_base_unit(load, record, units):
            continue
        customer, promo = words.fold(record.get("customer", "")), record.get("promo", "")
        if not load.may_be_meant(customers, record):
            continue
        named = record.get("list", "")
        plain = "" if customer or (promo and not named) else named or MAIN_LIST
        if not record.spread or record.get("amount") is not None:
            _price(load, record, plain, customer, record.get("amount"))
        for name, amount in record.spread.items():
            _price(load, record, name, customer, amount)
    load.report.judge()
    merge(load.db, Data.PRICES)
    load.db.execute("DELETE FROM lists")
    load.db.execute("INSERT INTO lists SELECT DISTINCT list FROM rows WHERE list <> ''")


def _price(load: Load, record: Record, name: str, customer: str, amount: Decimal | None) -> None:
    rounded = None if not amount else amount.quantize(KOPECK, ROUND_HALF_UP)
    if amount and rounded != amount:
        load.report.note("Цена округлена до копеек.")
    if not rounded:
        load.report.note("Строка без цены: товар по ней не продаётся.")
    row = (
        record.get("sku"),
        str(rounded) if rounded else None,
        "" if customer else name,
        customer,
        str(record.get("minimum", 0)),
        int(record.get("prepay", False)),
        record.get("promo", ""),
        _iso(record.get("start")),
        _iso(record.get("end")),
        words.fold(record.get("unit", "")),
    )
    load.add(Data.PRICES, record.line, row, record.get("sku"))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _is_base_unit(load: Load, record: Record, units: dict[str, str]) -> bool:
    """Whether the row speaks of base units: a box's price taken for a piece's would be a wrong order.

    Rows of goods that are not there yet, or that change, are looked at again when they are read.
    """
    base, unit = units.get(record.get("sku")), record.get("unit")
    if base is None:
        load.waits("Товары", record.get("sku"))
    if base is None or unit is None or words.fold(unit) == words.fold(base):
        return True
    load.report.bad(record.line, "Ед.", unit, f"та же единица, что в файле «Товары»: «{base}»", base)
    return False


def stock(load: Load, records: Iterable[Record]) -> None:
    """Free stock of base units; what is below zero is none."""
    units = load.units()
    for record in records:
        if not _is_base_unit(load, record, units):
            continue
        quantity: Decimal = record.get("quantity", Decimal(0))
        if quantity < 0:
            load.report.note("Остаток меньше нуля принят за ноль.")
        place = (record.get("sku"), record.get("warehouse", MAIN_WAREHOUSE))
        row = (*place, str(max(Decimal(0), quantity)), words.fold(record.get("unit", "")))
        load.add(Data.STOCK, record.line, row, record.get("sku"))
    load.report.judge()
    merge(load.db, Data.STOCK)
    load.db.execute("DELETE FROM warehouses")
    load.db.execute("INSERT INTO warehouses SELECT DISTINCT warehouse FROM rows")
