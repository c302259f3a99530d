"""Ranked SKUs for names: `python -m api.match --catalog C < queries.jsonl > matches.jsonl`."""

import sys
from collections.abc import Mapping
from typing import Any

from api.parse import command_line
from api.understanding.catalog import CatalogIndex
from api.understanding.context import PastOrder
from api.understanding.match import match


def match_query(
    query: Mapping[str, Any], index: CatalogIndex, histories: Mapping[str, tuple[PastOrder, ...]]
) -> dict[str, Any]:
    """The answer to one query of DESIGN §10."""
    history = histories.get(str(query.get("client") or ""), ())
    found = match(query["query"], index, history)
    return {"id": query["id"], "candidates": [{"sku": sku, "score": score} for sku, score in found]}


if __name__ == "__main__":
    sys.exit(command_line(__doc__, match_query))
