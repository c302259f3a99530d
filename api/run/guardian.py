"""Stops what a killed supervisor leaves behind.

The supervisor runs this file with one end of a pipe as standard input and writes `+GROUP SIGNAL` when a process
group starts, `-GROUP` when it has ended. The pipe closes when the supervisor ends, however it ends; then every group
that is still there gets its signal, and SIGKILL after a grace. It stands in a session of its own, so that a signal
to the supervisor's group spares it. Only the standard library: it must start at once and stay small.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 8.0


def alive(group: int) -> bool:
    """Whether any process of the group is there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def signal_group(group: int, number: int) -> None:
    """Sends a signal to a group; one that has just ended is no error."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def watch() -> dict[int, int]:
    """Reads the supervisor's words until it is gone; returns the groups that were left, with their signals."""
    groups: dict[int, int] = {}
    for line in sys.stdin:
        words = line.split()
        if line.startswith("+") and len(words) == 2:
            groups[int(words[0][1:])] = int(words[1])
        elif line.startswith("-"):
            groups.pop(int(words[0][1:]), None)
    return groups


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups = watch()
    for group, last in groups.items():
        signal_group(group, last)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(map(alive, groups)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for group in filter(alive, groups):
        signal_group(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
