"""What a person sees in the terminal: a coloured name before each line."""

import sys
import threading
import time
from typing import TextIO

COLOURS = {
    "postgres": 34,
    "demo-1c": 33,
    "actions": 35,
    "rasa": 36,
    "api": 32,
    "worker": 94,
}
WIDTH = 9


class Console:
    """Writes lines from several threads, one at a time."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._colour = stream.isatty()
        self._lock = threading.Lock()

    def process(self, name: str, line: str) -> None:
        """A line of one of the processes."""
        self._write(f"{time.strftime('%H:%M:%S')} {self._paint(name.ljust(WIDTH), COLOURS.get(name, 37))}| {line}")

    def progress(self, line: str) -> None:
        """A step of ours."""
        self._write(self._paint(line, 1))

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text

    def _write(self, line: str) -> None:
        with self._lock:
            print(line, file=self._stream, flush=True)
