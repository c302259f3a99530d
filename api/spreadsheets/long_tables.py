"""A long table row by row: read by a process that may die without harm, kept in a file without a name meanwhile.

For files of a distributor's own; what customers send goes through `reading`, whose limits are narrower.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from api.domain.sheet import Row
from api.spreadsheets import limits, wire
from api.spreadsheets.errors import Unreadable
from api.spreadsheets.reading import ENDS, environment

MORE = -1
"""Said instead of a row's place: there are further sheets, which are not read."""


def rows(path: Path) -> Iterator[tuple[int, Row]]:
    """(place from 1, cells) of the rows that hold anything, of the first such sheet. Blocks: call it in a thread.

    Raises Unreadable, also after some rows, and OSError when the file cannot be opened.
    """
    with tempfile.TemporaryFile() as spool:
        with path.open("rb") as content:
            code = _asked(content, spool)
        if code != 0:
            raise Unreadable(ENDS.get(code, "bomb" if code < 0 else "broken"), f"the reader ended with {code}")
        spool.seek(0)
        for line in spool:
            said = json.loads(line)
            if isinstance(said, list):
                yield said[0], wire.unpacked_row(said[1])
            elif "error" in said:
                raise Unreadable(said["error"], said["evidence"])
            else:
                yield MORE, ()


def _asked(content: IO[bytes], spool: IO[bytes]) -> int:
    command = [sys.executable, "-m", "api.spreadsheets.lines_child"]
    try:
        return subprocess.run(
            command,
            stdin=content,
            stdout=spool,
            stderr=subprocess.DEVNULL,
            env=environment(),
            timeout=limits.LONG_WALL_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        raise Unreadable("too_slow", f"no answer in {limits.LONG_WALL_SECONDS} s") from None
