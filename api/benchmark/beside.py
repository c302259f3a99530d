"""What a message says beside the cart, where a case expects it: delivery date, outlet, notes of lines."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.benchmark.scoring import Share, wilson


def beside(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> dict[str, Share]:
    """The share right of each kind, over (case, parsed) pairs."""
    hits: dict[str, list[bool]] = {"delivery_date": [], "outlet": [], "notes": []}
    for case, parsed in pairs:
        expected = case["expect"]
        for field in ("delivery_date", "outlet"):
            if expected.get(field):
                hits[field].append(parsed[field] == expected[field])
        for sku, words in (expected.get("notes") or {}).items():
            hits["notes"].append(words.lower() in parsed["notes"].get(sku, "").lower())
    return {kind: wilson(found) for kind, found in hits.items()}
