"""Ranked SKUs for names: `python -m api.match --catalog C < queries.jsonl > matches.jsonl`."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from api.parse import load_catalog, load_history
from api.understanding.catalog import CatalogIndex
from api.understanding.context import PastOrder
from api.understanding.match import match


def match_query(
    query: dict[str, Any], index: CatalogIndex, histories: dict[str, tuple[PastOrder, ...]]
) -> dict[str, Any]:
    """The answer to one query of DESIGN §10."""
    history = histories.get(str(query.get("client") or ""), ())
    found = match(query["query"], index, history)
    return {"id": query["id"], "candidates": [{"sku": sku, "score": score} for sku, score in found]}


def run(
    lines: Iterable[str], index: CatalogIndex, histories: dict[str, tuple[PastOrder, ...]], errors: TextIO
) -> Iterator[str | None]:
    """Answers as JSON lines; None for a bad query, after a message with its line number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield json.dumps(match_query(json.loads(line), index, histories), ensure_ascii=False)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"line {number}: {type(error).__name__}: {error}", file=errors)
            yield None


def main() -> int:
    """The command line; 2 when some line failed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--catalog", required=True)
    arguments.add_argument("--history")
    options = arguments.parse_args()
    index, histories = load_catalog(options.catalog), load_history(options.history)
    failed = False
    for answered in run(sys.stdin, index, histories, sys.stderr):
        failed = failed or answered is None
        if answered is not None:
            print(answered)
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
