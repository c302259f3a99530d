"""One course at a time over models/, from the terminal or from the console."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from api.training import disk

LOCK = ".course.lock"


class Busy(Exception):
    """Another course is under way; the message says whose."""

    def __init__(self, holder: str) -> None:
        self.message = f"Обучение уже идёт: {holder or 'его начал кто-то другой'}. Дождитесь конца или остановите его."
        super().__init__(self.message)


@contextmanager
def held(models: Path, holder: str) -> Iterator[None]:
    """The course's own lock. Raises Busy at once. `holder`: «boris, консоль, с 12:30»."""
    with ExitStack() as lock:
        try:
            lock.enter_context(disk.locked(models / LOCK, holder, seconds=0))
        except disk.Held as error:
            raise Busy(error.holder) from error
        yield
