"""How the HTTP service misbehaves on demand, beside the faults that the whole base has."""

import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Code = Literal["other", "credit", "stock", "goods", "price", "customer", "period", "late", "rights", "invalid", "busy"]
Times = Field(default=0, ge=0, le=10_000)


class Refusal(BaseModel):
    """The next `times` writes of an order are refused with this code before anything is written."""

    model_config = ConfigDict(extra="forbid")

    code: Code = "other"
    times: int = Times


class HsFaults(BaseModel):
    """The switches; counters count down. Without any the service behaves."""

    model_config = ConfigDict(extra="forbid")

    refuse: Refusal = Refusal()
    half_body: int = Times
    """So many answers break off in the middle."""
    page_missing: int = Times
    """So many requests meet the web server's own 404: the publication is gone."""
    rate_limited: int = Times
    revoked: bool = False
    """The user was locked: 401."""
    slow_answer_seconds: float = Field(default=0, ge=0, le=120)
    """Between the work and the first byte: a time-out after the write."""
    stock_control: bool = False
    """More than is free is refused."""


class HsFaultBox:
    """The switches in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.current = HsFaults()

    def set(self, faults: HsFaults) -> None:
        """These from now on."""
        with self._lock:
            self.current = faults

    def take(self, name: Literal["half_body", "page_missing", "rate_limited"]) -> bool:
        """Count one down; True when the fault strikes this time."""
        with self._lock:
            left: int = getattr(self.current, name)
            if left > 0:
                self.current = self.current.model_copy(update={name: left - 1})
            return left > 0

    def take_refusal(self) -> Code | None:
        """What the next order is refused for."""
        with self._lock:
            plan = self.current.refuse
            if plan.times <= 0:
                return None
            rest = Refusal(code=plan.code, times=plan.times - 1)
            self.current = self.current.model_copy(update={"refuse": rest})
            return plan.code
