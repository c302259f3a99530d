"""Weights of `match` learn what sets the expected name apart, and stay near the present ones where nothing does."""

import numpy as np

from api.benchmark import fit_names
from api.benchmark.fit_names import NAMES, Ranked, first_right, fitted, left_out, present


def query(better: str, worse: str) -> Ranked:
    """Two names: the expected one has `better` in full, the other has `worse`."""
    rows = np.zeros((2, len(NAMES)))
    rows[0, NAMES.index(better)] = rows[1, NAMES.index(worse)] = 1.0
    return Ranked(rows, 0)


def test_what_tells_the_names_apart_gains_weight() -> None:
    queries = [query("unit", "said")] * 5
    assert first_right(present(), queries) == 0.0
    weights = fitted(queries)
    assert first_right(weights, queries) == 1.0
    assert weights[NAMES.index("unit")] > present()[NAMES.index("unit")]
    assert round(weights[weights > 0].sum(), 6) == round(present()[present() > 0].sum(), 6)


def test_a_catalogue_left_out_is_tried_with_what_the_others_teach() -> None:
    said, unit = [query("said", "unit")] * 3, [query("unit", "said")]
    now, then = left_out([said, said, unit])
    assert now == 6 / 7
    assert then == 6 / 7
    assert fit_names.left_out([]) == (0.0, 0.0)
