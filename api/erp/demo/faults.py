"""How the demo base misbehaves. The first group is what a live УТ 11 does always; the rest is switched on by a test."""

import threading
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

IDLE_SECONDS = 600.0
"""After so long without a write the next one is «first» again."""


class FailNext(BaseModel):
    """The next `times` OData requests answer `status`."""

    model_config = ConfigDict(extra="forbid")

    status: int = Field(default=500, ge=400, le=599)
    times: int = Field(default=0, ge=0, le=10_000)


class FaultsPatch(BaseModel):
    """What PUT /control/faults takes: the switches to change; the others stay."""

    model_config = ConfigDict(extra="forbid")

    truncate_strings: bool | None = None
    drop_unknown_fields: bool | None = None
    ignore_wrong_types: bool | None = None
    stale_if_match_accepted: bool | None = None
    line_number_rules: bool | None = None
    dangling_references_stored: bool | None = None
    slow_first_write_seconds: float | None = Field(default=None, ge=0, le=120)
    lose_answer_after_create: int | None = Field(default=None, ge=0, le=10_000)
    refuse_posting: int | None = Field(default=None, ge=0, le=10_000)
    debt_control: bool | None = None
    fail_next: FailNext | None = None
    down: bool | None = None
    down_mode: str | None = Field(default=None, pattern="^(drop|503)$")
    refusal: Literal["credit", "stock", "period"] | None = None
    lose_answer_after_write: int | None = Field(default=None, ge=0, le=10_000)
    half_body: int | None = Field(default=None, ge=0, le=10_000)
    slow_first_byte_seconds: float | None = Field(default=None, ge=0, le=120)
    later_pages_status: int | None = Field(default=None, ge=0, le=599)
    password_revoked: bool | None = None
    unpublished: str | None = Field(default=None, max_length=200)
    forbidden: str | None = Field(default=None, max_length=200)
    restricted: str | None = Field(default=None, max_length=200)


@dataclass(frozen=True)
class Faults:
    """The switches; see facts/onec-odata.md for where each comes from."""

    truncate_strings: bool = False
    """Strings longer than the attribute are cut silently (a comment at 100); off: refused with an error."""
    drop_unknown_fields: bool = True
    ignore_wrong_types: bool = True
    stale_if_match_accepted: bool = True
    line_number_rules: bool = True
    dangling_references_stored: bool = True
    slow_first_write_seconds: float = 0
    lose_answer_after_create: int = 0
    """The next n creates are committed, then the connection is cut."""
    refuse_posting: int = 0
    debt_control: bool = False
    """Posting refuses an order that takes the customer over the credit limit."""
    fail_next: dict[str, int] = field(default_factory=lambda: {"status": 500, "times": 0})
    down: bool = False
    down_mode: str = "drop"
    """«drop»: the connection is cut; «503»: the web server answers for the dead base."""
    refusal: str = "credit"
    """What `refuse_posting` says."""
    lose_answer_after_write: int = 0
    """The next n writes of any kind are committed, then the connection is cut."""
    half_body: int = 0
    """The next n reads break off in the middle of the answer."""
    slow_first_byte_seconds: float = 0
    """Every read waits so long before its answer begins."""
    later_pages_status: int = 0
    """All pages but the first answer this, as a web server does, without 1C's words; 0: they are there."""
    password_revoked: bool = False
    unpublished: str = ""
    """This object was not ticked in the composition of the interface."""
    forbidden: str = ""
    """The user has no right to this object."""
    restricted: str = ""
    """A record of this object is hidden from the user: without allowedOnly=true the whole reading is refused."""


class FaultBox:
    """The switches in force, with the counters counted down safely from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults = Faults()
        self._last_write = 0.0

    def current(self) -> Faults:
        with self._lock:
            return self._faults

    def as_dict(self) -> dict[str, object]:
        return asdict(self.current())

    def change(self, patch: FaultsPatch) -> Faults:
        """Set what the patch names."""
        with self._lock:
            self._faults = replace(self._faults, **_given(patch))
            if patch.slow_first_write_seconds is not None:
                self._last_write = 0.0
            return self._faults

    def restore(self) -> Faults:
        """Back to what a usual base does."""
        with self._lock:
            self._faults = Faults()
            return self._faults

    def take(self, name: str) -> bool:
        """Count one down; True when the fault strikes this time."""
        with self._lock:
            left = int(getattr(self._faults, name))
            if left > 0:
                self._faults = replace(self._faults, **_one(name, left - 1))
            return left > 0

    def take_failure(self) -> int | None:
        """The status the next request must fail with, or None."""
        with self._lock:
            plan = self._faults.fail_next
            if plan["times"] <= 0:
                return None
            self._faults = replace(self._faults, fail_next={**plan, "times": plan["times"] - 1})
            return plan["status"]

    def delay_of_write(self) -> float:
        """Seconds this write must wait: the first one after idleness is slow."""
        with self._lock:
            now = time.monotonic()
            idle = self._last_write == 0.0 or now - self._last_write > IDLE_SECONDS
            self._last_write = now
            return self._faults.slow_first_write_seconds if idle else 0.0


def _given(patch: FaultsPatch) -> dict[str, Any]:
    return patch.model_dump(exclude_none=True)


def _one(name: str, value: int) -> dict[str, Any]:
    return {name: value}
