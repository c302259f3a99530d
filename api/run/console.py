"""What a person sees in the terminal: our own steps, and what goes wrong in a process, with its coloured name.

The rest a process says is in its log file: Rasa and its libraries alone write hundreds of lines at each start.
"""

import re
import sys
import threading
import time
from typing import TextIO

COLOURS = {
    "postgres": 34,
    "demo-1c": 33,
    "actions": 35,
    "rasa-1": 36,
    "rasa-2": 96,
    "api": 32,
    "worker": 94,
    "trainer": 95,
}
WIDTH = 9
TROUBLE = re.compile(
    r"\b(ERROR|CRITICAL|FATAL|PANIC|Traceback|level=(warning|error))\b|^\w+(\.\w+)*(Error|Exception)\b"
)


class Console:
    """Writes lines from several threads, one at a time."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._colour = stream.isatty()
        self._lock = threading.Lock()

    def process(self, name: str, line: str) -> None:
        """A line of one of the processes, when it tells of trouble."""
        if TROUBLE.search(line):
            self._write(f"{time.strftime('%H:%M:%S')} {self._paint(name.ljust(WIDTH), COLOURS.get(name, 37))}| {line}")

    def progress(self, line: str) -> None:
        """A step of ours."""
        self._write(self._paint(line, 1))

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text

    def _write(self, line: str) -> None:
        with self._lock:
            print(line, file=self._stream, flush=True)
