"""The benchmark's sets above their floors (floors.csv); `pytest -s` prints figures, never a hidden message."""

from collections.abc import Iterator

import pytest

from api.benchmark import floors
from api.benchmark.gate import measured
from api.benchmark.names import finders, hits
from api.benchmark.scoring import figures
from api.benchmark.sets import HIDDEN, ORDER_CASES, PARTS, CaseSet, Catalogue, case_sets, catalogues
from api.benchmark.systems import Hear, assistant, verdicts_of
from api.classifier import Classifier
from api.parse import parse

SETS = {one.name: one for one in case_sets()}
NAMES = {one.name: one for one in catalogues() if one.queries}
FLOORS = floors.read()


@pytest.fixture(scope="module")
def hear() -> Iterator[Hear]:
    """The intent model in use."""
    with Classifier() as classifier:
        yield classifier


def test_there_are_sets_of_every_part_and_all_have_floors() -> None:
    assert {one.part for one in SETS.values()} == set(PARTS)
    assert {*SETS, *NAMES} == set(FLOORS)


@pytest.mark.parametrize("one", SETS.values(), ids=list(SETS))
def test_orders_are_understood(one: CaseSet, hear: Hear) -> None:
    verdicts = verdicts_of(assistant(hear), [one])[one.name]
    found, floor = figures(verdicts), FLOORS[one.name]
    print(f"{one.name}: silent_wrong {found.silent_wrong.value:.3f}, exact {found.exact.value:.3f} of {len(verdicts)}")
    failed = "hidden" if one.part in HIDDEN else [verdict.id for verdict in verdicts if not verdict.exact]
    assert found.silent_wrong.value <= floor.most_silent_wrong, failed
    assert found.exact.value >= floor.least_exact, failed


@pytest.mark.parametrize("known", NAMES.values(), ids=list(NAMES))
def test_names_are_matched(known: Catalogue) -> None:
    first, _ = hits(finders()["this assistant"](known), known.queries)
    print(f"{known.name}: first {sum(first)} of {len(first)}")
    assert sum(first) / len(first) >= FLOORS[known.name].least_names_first


def test_the_gate_measures_the_frozen_part(hear: Hear) -> None:
    messages = sum(len(one.cases) for one in SETS.values() if one.part == "frozen")
    found = measured(hear)
    assert found["cases"] == messages > 0
    assert found["tags"]["list"]["cases"] < messages
    assert 0 <= found["silent_wrong"] < found["exact"] <= 1


@pytest.mark.parametrize("start", [{}, {"g01": "24", "g09": "10", "g30": "360"}], ids=["empty", "full"])
def test_what_is_no_order_neither_changes_nor_asks(start: dict[str, str], hear: Hear) -> None:
    grocery = Catalogue(ORDER_CASES / "tuning" / "grocery")
    for text in (ORDER_CASES / "non_orders.txt").read_text(encoding="utf-8").splitlines():
        case = {"id": "n", "client": "M1", "text": text, "start": start}
        parsed = parse(case, grocery.index, grocery.histories, hear)
        assert (parsed["cart"], parsed["questions"]) == (start, []), text
