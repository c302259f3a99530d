"""Files that several processes read and write: whole or not at all, and one writer of a folder at a time."""

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.errors import Conflict

WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.05


class Held(Conflict):
    """Another one writes there; `holder` is what it said of itself, or empty."""

    def __init__(self, holder: str) -> None:
        super().__init__("Эти файлы сейчас пишет кто-то другой. Повторите через минуту.", code="busy")
        self.holder = holder


@contextmanager
def locked(path: Path, holder: str = "", seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """The lock of this file, among all processes of the machine; the kernel lets it go with the process.

    `holder`: for whoever comes meanwhile. Raises Held after so many seconds. Blocks: not for the event loop, and
    nothing may be awaited inside.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + seconds
    with path.open("a+", encoding="utf-8") as file:
        while not _taken(file.fileno()):
            if time.monotonic() >= ends:
                file.seek(0)
                raise Held(file.read().strip())
            time.sleep(LOOK_SECONDS)
        file.truncate(0)
        file.write(holder)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _taken(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write(path: Path, content: bytes) -> None:
    """In one step: a reader sees the old or the new one. Untouched where it says the same already."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_json(path: Path, content: object) -> None:
    """Likewise."""
    write(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object of a file; empty where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
