"""Runs a heavy program of the course: `python keeper.py INPUT COMMAND…`, niced, and ended with whoever started it.

Its standard input is the other end of a pipe that the course holds: it closes when the course ends, however it ends,
and then the program goes, with all that it started. The program reads the file INPUT instead. Only the standard
library: it is run by its path.
"""

import os
import signal
import subprocess
import sys
import threading

NICE = 10
"""Serving goes before training."""


def watch() -> None:
    """Until the course is gone; then the whole group, this program too."""
    while os.read(0, 4096):
        continue
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main(given: str, command: list[str]) -> int:
    os.nice(NICE)
    # The program is told to stop too, as one of the group, and may tidy up; this one waits for it. A function, because
    # the program would inherit that the signal is ignored.
    signal.signal(signal.SIGTERM, lambda *_: None)
    threading.Thread(target=watch, daemon=True).start()
    with open(given, "rb") as source:
        program = subprocess.Popen(command, stdin=source)
    code = program.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
