"""Readings that would take away or reprice too much: they stop before anything is written, and a manager decides.

1C answers 200 with an empty or cut list when a right, a publication or a filter was changed: taken at its word, that
would withdraw the catalogue or sign every customer out.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import SyncHoldRow
from api.db.session import sync_session
from api.deps.events import record
from api.deps.sync import Reading
from api.erp.errors import ErpError
from api.erp.port import Data

MANY = 20
"""Of fewer rows any share may go on an ordinary day, but not the last one."""
EXAMPLES = 10
APPROVED_FOR = timedelta(hours=24)
ALIKE_PERCENT = 10
"""A loss that differs by less than this, or by less than MANY rows, is the one that was decided about."""

FEW = "Учётная система отдала подозрительно мало строк. Решение за менеджером: консоль, «Учётные системы»."
DEAR = "В учётной системе подозрительно много цен изменилось сразу. Решение за менеджером: консоль, «Учётные системы»."

losses_accepted: ContextVar[bool] = ContextVar("losses_accepted", default=False)
"""A person asked for this reading (`python -m api.seed --again`) and answers for what it takes away."""


rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)
"""The reading is only to tell what it would take away (`./run erp sync --dry-run`)."""


class Rehearsed(Exception):
    """Nothing was written: this is what would have gone."""

    def __init__(self, losses: "Sequence[Loss]") -> None:
        super().__init__("a rehearsal")
        self.losses = losses


class Held(ErpError):
    """Nothing was written. `refused`: a manager has decided so; else it waits for a decision."""

    def __init__(self, message: str, evidence: str, *, refused: bool) -> None:
        super().__init__(message, permanent=False, evidence=evidence)
        self.refused = refused


@dataclass(frozen=True)
class Loss:
    """What a reading would take away. `what`: products, prices, …: a word of the console's page."""

    what: str
    known: int
    gone: int
    repriced: int = 0
    may_be_empty: bool = False
    """None at all is nothing odd, as long as there were few."""

    @property
    def shrinks(self) -> bool:
        """Whether so much goes that a person has to say so."""
        if self.known < MANY:
            return bool(self.known) and self.gone >= self.known and not self.may_be_empty
        return self.gone * 100 > settings().sync_max_gone_percent * self.known or self.gone >= self.known

    @property
    def reprices(self) -> bool:
        """Whether so many prices change at once that a person has to say so."""
        return self.known >= MANY and self.repriced * 100 > settings().sync_max_repriced_percent * self.known


@dataclass(frozen=True)
class Example:
    """One row of many, as a manager knows it. Empty `after`: it would go."""

    name: str
    before: str = ""
    after: str = ""


Examples = Callable[[], Awaitable[Sequence[Example]]]


async def let_through(reading: Reading, data: Data, losses: Sequence[Loss], examples: Examples) -> None:
    """Returns when the reading may be written; raises Held, having asked a manager, when it may not yet."""
    if rehearsing.get():
        raise Rehearsed(losses)
    wrong = [loss for loss in losses if loss.shrinks or loss.reprices]
    if not wrong or losses_accepted.get():
        return
    async with sync_session() as session:
        last = await _last(session, reading.backend, data)
        if last is not None and last.state == "approved" and _still_approved(last, wrong):
            return
        refused = last is not None and last.state == "refused" and _alike(last, wrong)
        if last is not None and (refused or last.state == "open"):
            last.found_at = settings().clock.now()
        if not refused:
            await _ask(session, reading, data, last, wrong, await examples())
    message = FEW if any(loss.shrinks for loss in wrong) else DEAR
    evidence = "; ".join(f"{loss.what}: {loss.gone} gone, {loss.repriced} repriced of {loss.known}" for loss in wrong)
    raise Held(message, f"{reading.backend}: {evidence}", refused=refused)


async def _last(session: AsyncSession, backend: str, data: Data) -> SyncHoldRow | None:
    """What was last asked about this."""
    query = select(SyncHoldRow).filter_by(backend=backend, data=data.value).order_by(SyncHoldRow.id.desc()).limit(1)
    return (await session.scalars(query.with_for_update())).first()


def _sizes(hold: SyncHoldRow) -> dict[str, tuple[int, int]]:
    return {loss["what"]: (loss["gone"], loss["repriced"]) for loss in hold.summary["losses"]}


def _room(size: int) -> int:
    return max(MANY, size * ALIKE_PERCENT // 100)


def _still_approved(hold: SyncHoldRow, wrong: Sequence[Loss]) -> bool:
    """A decision holds for a day, and for about what was shown."""
    if hold.decided_at is None or settings().clock.now() - hold.decided_at > APPROVED_FOR:
        return False
    shown = _sizes(hold)
    return all(
        now <= size + _room(size)
        for loss in wrong
        for now, size in zip((loss.gone, loss.repriced), shown.get(loss.what, (-MANY, -MANY)), strict=True)
    )


def _alike(hold: SyncHoldRow, wrong: Sequence[Loss]) -> bool:
    shown = _sizes(hold)
    return set(shown) == {loss.what for loss in wrong} and all(
        abs(now - size) <= _room(size)
        for loss in wrong
        for now, size in zip((loss.gone, loss.repriced), shown[loss.what], strict=True)
    )


async def _ask(
    session: AsyncSession,
    reading: Reading,
    data: Data,
    last: SyncHoldRow | None,
    wrong: Sequence[Loss],
    examples: Sequence[Example],
) -> None:
    """One question at a time for each kind of data of a backend: an open one is brought up to date."""
    clock = settings().clock
    summary: dict[str, Any] = {
        "losses": [asdict(loss) for loss in wrong],
        "examples": [asdict(example) for example in examples[:EXAMPLES]],
    }
    if last is not None and last.state == "open":
        last.summary = summary
        return
    values = {"backend": reading.backend, "data": data.value, "found_at": clock.now(), "summary": summary}
    await session.execute(insert(SyncHoldRow).values(values))
    figures = {loss.what: loss.gone + loss.repriced for loss in wrong}
    await record(session, clock, "sync_held", backend=reading.backend, data=data.value, rows=figures)
