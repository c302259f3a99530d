"""The service as its handlers see it."""

import threading
from dataclasses import dataclass, field

from api.erp.demo.base import Base
from api.erp.demo.hs.faults import HsFaultBox
from api.erp.demo.hs.journal import Journal


@dataclass
class Desk:
    """`one_by_one`: the managed lock of the extension; here one for all keys. `sent`: how far webhooks have told."""

    base: Base
    journal: Journal
    faults: HsFaultBox = field(default_factory=HsFaultBox)
    one_by_one: threading.RLock = field(default_factory=threading.RLock)
    sent: int = 0


def open_desk(base: Base) -> Desk:
    """The service over this base; from now on it notes what changes."""
    journal = Journal(base.clock.now)
    base.store.watch(journal.written)
    return Desk(base, journal)
