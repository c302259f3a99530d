"""Clocks and memory of the present process."""

import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

Value = TypeVar("Value")


def one_core() -> None:
    """Keeps this process on one core, so that a figure is one core's."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def megabytes() -> float:
    """Resident memory now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def seconds(work: Callable[[], Value], clock: Callable[[], float] = time.process_time) -> tuple[float, Value]:
    """How long the work took, and what it gave.

    By default in processor time: on an idle machine what the clock says, on a busy one still one core's.
    """
    started = clock()
    done = work()
    return clock() - started, done


def spread(
    work: Callable[[str], object], texts: Iterable[str], clock: Callable[[], float] = time.process_time
) -> dict[str, float]:
    """Milliseconds for one text: median and 95th percentile, every text once, so that no cache flatters."""
    times = [1000 * seconds(partial(work, text), clock)[0] for text in texts]
    return {"p50": round(float(np.percentile(times, 50)), 3), "p95": round(float(np.percentile(times, 95)), 3)}
