"""A card as the web chat draws it, of lines that a view of orders holds."""

from collections.abc import Sequence
from typing import Any

from api.orders.schemas import LineView


def card(
    kind: str, title: str, lines: Sequence[LineView], total_text: str, *, version: int = 0, editable: bool = False
) -> dict[str, Any]:
    """`kind`: order, or update, which renews the card that is shown already. `version`: of an editable cart."""
    return {
        "kind": kind,
        "title": title,
        "lines": [line.model_dump(mode="json") for line in lines],
        "total_text": total_text,
        "editable": editable,
        "version": version,
        "footer": "",
    }
