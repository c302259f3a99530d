"""Rows of orders: how they are kept, found and taken apart."""

import json
import sqlite3
from datetime import date, time
from decimal import Decimal
from typing import Any

from api.domain.order import OrderDraft, OrderLine


def by_key(db: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    """The order with our key."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM document WHERE key = ?", (key,)).fetchone()
    return row


def packed(value: Any) -> str:
    """Plain values as JSON; amounts, days and times as text."""
    return json.dumps(value, ensure_ascii=False, default=str)


def lines_of(text: str) -> tuple[OrderLine, ...]:
    """The lines that were packed."""
    return tuple(
        OrderLine(row["product_id"], Decimal(row["quantity"]), Decimal(row["price"]), row["unit"])
        for row in json.loads(text)
    )


def draft_of(text: str) -> OrderDraft:
    """The draft that was packed."""
    kept = json.loads(text)
    return OrderDraft(
        **kept
        | {
            "delivery_date": date.fromisoformat(kept["delivery_date"]),
            "window_start": time.fromisoformat(kept["window_start"]),
            "window_end": time.fromisoformat(kept["window_end"]),
            "lines": lines_of(packed(kept["lines"])),
        }
    )
