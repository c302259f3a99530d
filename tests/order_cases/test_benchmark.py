"""The order benchmark: the sample exactly, our own sets above a floor; the figures are printed (`pytest -s`)."""

import json
import sys
from pathlib import Path

import pytest

from api.match import match_query
from api.parse import load_catalog, load_history, parse

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import score_orders  # noqa: E402

SETS = {
    # set: (cases, catalogue folder, least exact, most silent_wrong)
    "sample": ("sample/cases.jsonl", "sample", 1.0, 0.0),
    "horeca": ("horeca/cases.jsonl", "horeca", 0.95, 0.02),
    "grocery": ("grocery/cases.jsonl", "grocery", 0.95, 0.02),
    "fresh-horeca": ("fresh/horeca.jsonl", "horeca", 0.85, 0.05),
    "fresh-grocery": ("fresh/grocery.jsonl", "grocery", 0.85, 0.05),
    "second-fresh-horeca": ("fresh2/horeca.jsonl", "horeca", 0.85, 0.05),
    "dairy": ("dairy/cases.jsonl", "dairy", 0.85, 0.05),
    "second-fresh-grocery": ("fresh2/grocery.jsonl", "grocery", 0.85, 0.05),
}


def _figures(cases: list[dict], parsed: dict[str, dict]) -> tuple[float, float, list[str]]:  # type: ignore[type-arg]
    exact, silent, expected, failed = 0, 0, 0, []
    for case in cases:
        good, wrong, points = score_orders.judge(case, parsed[case["id"]])
        exact, silent, expected = exact + good, silent + wrong, expected + points
        if not good:
            failed.append(f"{case['id']} {case['text']!r}")
    return exact / len(cases), silent / expected, failed


@pytest.mark.parametrize("name", SETS)
def test_orders_are_understood(name: str) -> None:
    path, folder, least, most = SETS[name]
    index, histories = (
        load_catalog(str(HERE / folder / "catalog.csv")),
        load_history(str(HERE / folder / "history.csv")),
    )
    cases = score_orders.load(HERE / path)
    parsed = {case["id"]: json.loads(json.dumps(parse(case, index, histories))) for case in cases}
    exact, silent, failed = _figures(cases, parsed)
    print(f"{name}: silent_wrong {silent:.3f}, exact {exact:.3f} of {len(cases)}")
    assert silent <= most, failed
    assert exact >= least, failed


@pytest.mark.parametrize("start", [{}, {"g01": "24", "g09": "10", "g30": "360"}], ids=["empty", "full"])
def test_what_is_no_order_neither_changes_nor_asks(start: dict[str, str]) -> None:
    index, histories = (
        load_catalog(str(HERE / "grocery" / "catalog.csv")),
        load_history(str(HERE / "grocery" / "history.csv")),
    )
    for text in (HERE / "non_orders.txt").read_text(encoding="utf-8").splitlines():
        parsed = parse({"id": "n", "client": "M1", "text": text, "start": start}, index, histories)
        assert (parsed["cart"], parsed["questions"]) == (start, []), text


def test_names_of_the_sample_are_matched() -> None:
    index = load_catalog(str(HERE / "sample" / "catalog.csv"))
    queries = score_orders.load(HERE / "sample" / "match.jsonl")
    best = [match_query(query, index, {})["candidates"][:1] for query in queries]
    right = sum(bool(found) and found[0]["sku"] == query["expect"] for found, query in zip(best, queries, strict=True))
    print(f"match top-1: {right} of {len(queries)}")
    assert right >= len(queries) - 1
