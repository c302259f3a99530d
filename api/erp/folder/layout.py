"""The folder as the distributor's people see it, laid out on the first use: subfolders, samples, a page to read."""

import os
from dataclasses import dataclass
from pathlib import Path

from api.erp.errors import ErpError
from api.erp.folder import samples

INBOX = "Входящие"
ORDERS = "Заказы"
WITHDRAWN = "Отменённые заказы"
ARCHIVE = "Архив"
REFUSED = "Отказы"
SAMPLES = "Образцы"
SERVICE = "Служебное"
"""Ours: files being read, orders being written. On the same share, because a rename is atomic only within it."""


def unavailable(evidence: str) -> ErpError:
    """The share is not mounted, full, or closed to us: it may pass."""
    return ErpError("Папка обмена недоступна.", permanent=False, evidence=evidence)


@dataclass(frozen=True)
class Layout:
    """`root` is the exchange folder, `state` a folder of ours on this machine. `make`: root may be created."""

    root: Path
    state: Path
    make: bool

    @property
    def inbox(self) -> Path:
        return self.root / INBOX

    @property
    def orders(self) -> Path:
        return self.root / ORDERS

    @property
    def withdrawn(self) -> Path:
        return self.root / WITHDRAWN

    @property
    def archive(self) -> Path:
        return self.root / ARCHIVE

    @property
    def refused(self) -> Path:
        return self.root / REFUSED

    @property
    def reading(self) -> Path:
        return self.root / SERVICE / "читаются"

    @property
    def writing(self) -> Path:
        return self.root / SERVICE / "пишутся"

    @property
    def _laid_out(self) -> Path:
        return self.state / "laid-out"

    def ready(self) -> None:
        """Lays the folder out the first time. Raises a transient ErpError when it is not there.

        A share that is not mounted looks like an empty folder. An order written there would never be seen, and one
        that lay there would seem to be taken: so what was laid out once must be found again, also at another address.
        """
        if self.make:
            self.root.mkdir(parents=True, exist_ok=True)
        if not self.root.is_dir():
            raise unavailable(f"no folder {self.root}")
        self.state.mkdir(parents=True, exist_ok=True)
        if not self._laid_out.exists():
            self._lay_out()
        for part in (self.inbox, self.orders, self.reading, self.writing):
            if not part.is_dir():
                raise unavailable(f"no folder {part}")
        for part in (self.archive, self.refused, self.withdrawn):
            part.mkdir(exist_ok=True)  # somebody tidied up

    def _lay_out(self) -> None:
        parts = (self.inbox, self.orders, self.withdrawn, self.archive, self.refused, self.reading, self.writing)
        for part in (*parts, self.root / SAMPLES):
            part.mkdir(parents=True, exist_ok=True)
        for name, content in samples.files().items():
            target = (self.root / SAMPLES if name.endswith(".csv") else self.root) / name
            if not target.exists():
                target.write_bytes(content)
        self._laid_out.touch()


def sync(path: Path) -> None:
    """Makes a file, or the names in a folder, outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # some shares know no fsync of folders
            raise
    finally:
        os.close(handle)
