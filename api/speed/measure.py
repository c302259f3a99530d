"""One measurement in a process of its own: `python -m api.speed.measure KIND SIZE` prints a JSON object.

Memory is what the process holds more than it did before it knew the catalogue.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from typing import Any

from rapidfuzz import fuzz, process, utils

from api.speed.invented import catalogue, lines
from api.speed.timing import megabytes, one_core, seconds, spread
from api.understanding.catalog import CatalogIndex, CatalogItem
from api.understanding.context import Context
from api.understanding.match import match
from api.understanding.read import read
from order_text import annotate

LINES, FEW_LINES, BATCH = 300, 60, 30
NOW = datetime(2025, 12, 15, 10, tzinfo=timezone.utc)
CHANGED = 100
"""Every hundredth product is renamed before the index is built again."""


def assistant(items: Sequence[CatalogItem], texts: Sequence[str]) -> dict[str, Any]:
    """Index, annotation of the language, reading of one line, ranking of a name."""
    annotate(texts[0])  # the dictionary is loaded once for all catalogues
    before = megabytes()
    built, index = seconds(lambda: CatalogIndex.build(items))
    held = megabytes() - before
    context = Context(index, (), {}, NOW)
    times = {
        "annotate": spread(annotate, texts[:LINES]),
        "read": spread(lambda text: read(text, context), texts[LINES : 2 * LINES]),
        "match": spread(lambda text: match(text, index), texts[2 * LINES :]),
    }
    peak = megabytes()
    renamed = [replace(item, name=f"{item.name} новый") if not at % CHANGED else item for at, item in enumerate(items)]
    again, _ = seconds(lambda: CatalogIndex.build(renamed, index))
    return {
        "build_s": round(built, 2),
        "rebuild_s": round(again, 2),
        "index_mb": round(held),
        "process_mb": round(peak),
        "times": times,
    }


def extract_one(items: Sequence[CatalogItem], texts: Sequence[str]) -> dict[str, Any]:
    """RapidFuzz's `extractOne` over all names, by the scorers that people take."""
    names, before, built = _names(items)
    scorers: dict[str, Callable[..., float]] = {"WRatio": fuzz.WRatio, "token_set_ratio": fuzz.token_set_ratio}
    times = {title: spread(partial(_first, names, scorer), texts[:FEW_LINES]) for title, scorer in scorers.items()}
    return {"build_s": round(built, 2), "index_mb": round(megabytes() - before), "times": times}


def _first(names: Sequence[str], scorer: Callable[..., float], text: str) -> object:
    return process.extractOne(utils.default_process(text), names, scorer=scorer)


def cdist(items: Sequence[CatalogItem], texts: Sequence[str]) -> dict[str, Any]:
    """RapidFuzz's `cdist`: a batch of lines against all names at once, one worker, the time shared among the lines."""
    names, before, built = _names(items)
    times, held = {}, 0.0
    for title, scorer in {"ratio": fuzz.ratio, "token_set_ratio": fuzz.token_set_ratio}.items():
        queries = [utils.default_process(text) for text in texts[:BATCH]]
        took, scores = seconds(partial(process.cdist, queries, names, scorer=scorer, workers=1))
        held = max(held, megabytes() - before)
        times[title] = {"p50": round(1000 * took / len(scores), 3)}
    return {"build_s": round(built, 2), "index_mb": round(held), "times": times}


def _names(items: Sequence[CatalogItem]) -> tuple[list[str], float, float]:
    """Names as RapidFuzz's default processing has them, the memory before, the seconds it took."""
    before = megabytes()
    built, names = seconds(lambda: [utils.default_process(item.name) for item in items])
    return names, before, built


KINDS = {"assistant": assistant, "extractOne": extract_one, "cdist": cdist}


def main(kind: str, size: int) -> None:
    """Prints the figures of one kind."""
    one_core()
    items = catalogue(size)
    print(json.dumps(KINDS[kind](items, lines(items, 3 * LINES))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
