"""Which thresholds are the best of those that were tried."""

from api.benchmark.fit import Point, best, frontier, grid, reachable
from api.understanding.thresholds import PRESENT, Thresholds


def point(exact: float, silent: float, coverage: float) -> Point:
    return Point(Thresholds(reading=exact), exact, silent, coverage)


CAREFUL, MIDDLE, BOLD, WORSE = (
    point(0.6, 0.01, 0.5),
    point(0.8, 0.02, 0.8),
    point(0.85, 0.1, 1.0),
    point(0.5, 0.05, 0.7),
)


def test_the_most_exact_within_the_bound() -> None:
    assert best([CAREFUL, MIDDLE, BOLD], 0.03) == MIDDLE
    assert best([CAREFUL, MIDDLE, BOLD], 1.0) == BOLD


def test_a_bound_out_of_reach_becomes_what_the_present_thresholds_give() -> None:
    assert reachable([BOLD, WORSE], 0.03) == BOLD.silent_wrong
    assert reachable([BOLD, CAREFUL], 0.03) == 0.03


def test_the_frontier_leaves_out_what_is_beaten_in_both() -> None:
    assert frontier([BOLD, WORSE, CAREFUL, MIDDLE]) == [CAREFUL, MIDDLE, BOLD]


def test_the_grid_begins_with_the_present_thresholds_and_has_each_once() -> None:
    known = grid()
    assert known[0] == PRESENT
    assert len(known) == len(set(known))
