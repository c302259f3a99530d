"""Rows put aside come back whole and in groups."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from api.erp.onec import spool
from api.erp.onec.spool import Spool

ROWS = st.lists(st.tuples(st.sampled_from(["а", "б", "в"]), st.lists(st.text(), max_size=3)))


@given(ROWS)
def test_every_row_comes_back_in_one_group_of_its_key(rows: list[tuple[str, list[str]]]) -> None:
    wanted: dict[str, list[list[str]]] = defaultdict(list)
    with Spool() as found:
        for key, row in rows:
            found.add(key, *row)
            wanted[key].append(row)
        assert list(found.groups()) == sorted(wanted.items())


def test_more_rows_than_are_written_at_once() -> None:
    with Spool() as found:
        for number in range(spool.BATCH * 2 + 1):
            found.add(str(number % 2), str(number))
        (_, even), (_, odd) = found.groups()
    assert (len(even), len(odd)) == (spool.BATCH + 1, spool.BATCH)
