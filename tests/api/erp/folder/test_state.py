"""The exchange's state is made by whichever process comes first, and several may come at once."""

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from api.erp.folder.state import State

AT_ONCE = 6
ROUNDS = 20


def _first_work(folder: Path, together: Barrier) -> None:
    together.wait()
    State(folder).write("INSERT OR REPLACE INTO taken_over VALUES ('goods', 'now')")


@pytest.mark.parametrize("_", range(ROUNDS))
def test_processes_that_make_it_together_all_write(tmp_path: Path, _: int) -> None:
    context = multiprocessing.get_context("fork")
    together = context.Barrier(AT_ONCE)
    processes = [context.Process(target=_first_work, args=(tmp_path, together)) for _ in range(AT_ONCE)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * AT_ONCE
