"""One course at a time over models/, from the terminal or from the console."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = ".course.lock"


class Busy(Exception):
    """Another course is under way; the message says whose."""

    def __init__(self, holder: str) -> None:
        self.message = f"Обучение уже идёт: {holder or 'его начал кто-то другой'}. Дождитесь конца или остановите его."
        super().__init__(self.message)


@contextmanager
def held(models: Path, holder: str) -> Iterator[None]:
    """The course's own lock; the kernel lets it go with the process. Raises Busy.

    `holder`: for whoever comes meanwhile, «boris, консоль, с 12:30».
    """
    models.mkdir(parents=True, exist_ok=True)
    # Programs of the course do not inherit it: what a killed course leaves behind for a moment locks nobody out.
    with open(models / LOCK, "a+", encoding="utf-8", opener=_kept_open) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Busy(file.read().strip()) from error
        file.truncate(0)
        file.write(holder)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _kept_open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o644)
