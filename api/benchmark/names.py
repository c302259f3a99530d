"""How well names written by others are matched: the assistant's `match` and the peers, first and among five."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.benchmark.peers.ranking import RANKERS
from api.benchmark.scoring import Share, wilson
from api.benchmark.sets import Catalogue
from api.match import match_query

FEW = 5
Find = Callable[[Mapping[str, Any]], list[str]]
"""The SKUs found for a query, best first."""


def finders() -> dict[str, Callable[[Catalogue], Find]]:
    """All ways to match, by title."""
    return {"this assistant": _assistant} | {title: _ranking(title) for title in RANKERS}


def _assistant(known: Catalogue) -> Find:
    return lambda query: [found["sku"] for found in match_query(query, known.index, {})["candidates"]]


def _ranking(title: str) -> Callable[[Catalogue], Find]:
    def prepare(known: Catalogue) -> Find:
        rank = RANKERS[title]([entry.item.name for entry in known.index.entries])
        return lambda query: [known.index.entries[place].sku for place, _ in rank(query["query"], FEW)]

    return prepare


def hits(find: Find, queries: Sequence[Mapping[str, Any]]) -> tuple[list[bool], list[bool]]:
    """Whether the expected SKU came first, and whether it was among five."""
    found = [(find(query), query["expect"]) for query in queries]
    return [skus[:1] == [expected] for skus, expected in found], [expected in skus[:FEW] for skus, expected in found]


def names(known: Sequence[Catalogue]) -> dict[str, dict[str, dict[str, Share]]]:
    """title → part, and set → first | few."""
    result: dict[str, dict[str, dict[str, Share]]] = {}
    for title, prepare in finders().items():
        first: dict[str, list[bool]] = {}
        few: dict[str, list[bool]] = {}
        for catalogue in known:
            if not catalogue.queries:
                continue
            best, among = hits(prepare(catalogue), catalogue.queries)
            for place in (catalogue.part, catalogue.name):
                first.setdefault(place, []).extend(best)
                few.setdefault(place, []).extend(among)
        result[title] = {place: {"first": wilson(first[place]), "few": wilson(few[place])} for place in first}
    return result
