"""Changes of the frozen set: one person proposes, another decides, and the decision stands in the files at once.

A set that one person can bend to a model measures nothing: that is why there are two.
"""

import asyncio
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import FrozenChangeRow
from api.deps.audit import audit
from api.errors import ApiError, Conflict, Forbidden, NotFound
from api.review.intents import title
from api.training import frozen_files, frozen_rules
from api.training.frozen_files import MUST, Frozen
from api.training.frozen_rules import Wish

WAITS = "Правка этой фразы уже ждёт решения. Сначала решите её."
OWN = "Свою правку решает другой человек. Если передумали, отзовите её."
NOT_OWN = "Отозвать правку может только тот, кто её предложил."
NONE = "Такой правки нет."
DONE = "В файле уже так: решение прервалось или файл поправили на сервере. Осталось согласиться."
LONGEST_NOTE = 500
DEEDS = {"add": "добавить", "remove": "убрать", "move": "перенести"}
_STATES = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}


async def propose(session: AsyncSession, wish: Wish, by: str, now: datetime, note: str = "") -> FrozenChangeRow:
    """A change that waits for another person. Raises ApiError with the reason where it cannot be made."""
    root = settings().training_root
    text = frozen_rules.tidy(wish.text) if wish.action == "add" else wish.text
    frozen = await asyncio.to_thread(frozen_files.read, root)
    part = MUST if wish.part == MUST else frozen_rules.home(frozen, wish.intent)
    wish = Wish(wish.action, part, text, wish.intent, wish.was)
    refused = frozen_rules.refusal(wish, frozen, await _trained(root, wish))
    if refused:
        raise ApiError(refused, code="refused", status=422)
    if any(wish_of(row).concerns(wish) for row in await waiting(session)):
        raise Conflict(WAITS, code="waits")
    row = FrozenChangeRow(
        at=now,
        by=by,
        action=wish.action,
        part=wish.part,
        text=wish.text,
        intent=wish.intent,
        was=wish.was,
        note=note.strip()[:LONGEST_NOTE],
    )
    session.add(row)
    await session.flush()
    await audit(session, by, "frozen_propose", str(row.id), **_facts(row))
    return row


async def decide(session: AsyncSession, change_id: int, approve: bool, by: str, now: datetime) -> FrozenChangeRow:
    """A second person's word; what is approved is written before this returns.

    The files are written before the transaction ends: should it not, the change still waits, and to approve it again
    finds it done and only notes so. The other way round a crash would lose what two people agreed upon.
    Raises Forbidden for the proposer, Conflict where it is decided, or cannot be any more.
    """
    row = await _held(session, change_id)
    if row.by.casefold() == by.casefold():
        raise Forbidden(OWN, code="own")
    root = settings().training_root
    if approve:
        wish = wish_of(row)
        await asyncio.to_thread(_write, root, wish, await _trained(root, wish))
    else:
        await _refuse_what_stands(root, row)
    return await _close(session, row, "approve" if approve else "reject", by, now)


async def withdraw(session: AsyncSession, change_id: int, by: str, now: datetime) -> FrozenChangeRow:
    """The proposer takes it back."""
    row = await _held(session, change_id)
    if row.by.casefold() != by.casefold():
        raise Forbidden(NOT_OWN, code="not_own")
    await _refuse_what_stands(settings().training_root, row)
    return await _close(session, row, "withdraw", by, now)


async def waiting(session: AsyncSession) -> list[FrozenChangeRow]:
    """What is to be decided, oldest first."""
    row = FrozenChangeRow
    return list(await session.scalars(select(row).where(row.state == "proposed").order_by(row.id)))


def wish_of(row: FrozenChangeRow) -> Wish:
    return Wish(row.action, row.part, row.text, row.intent, row.was)  # type: ignore[arg-type]  # of the table's words


def trouble(wish: Wish, frozen: Frozen, trained: Collection[str]) -> str:
    """What has come between since it was proposed, in words; empty where it can be approved."""
    return "" if frozen_rules.fulfilled(wish, frozen) else frozen_rules.refusal(wish, frozen, trained)


def _write(root: Path, wish: Wish, trained: Collection[str]) -> None:
    """Blocks. A phrase that moves is put in before it is taken out: cut short, it stands twice and is never lost."""
    with frozen_files.locked(root):
        frozen = frozen_files.read(root)
        if stale := trouble(wish, frozen, trained):
            raise Conflict(stale, code="stale")
        if wish.action == "remove":
            frozen_files.remove(root, wish.phrase)
        else:
            frozen_files.add(root, wish.phrase)
        if wish.action == "move":
            for one in frozen.exactly(wish.text):
                if one != wish.phrase:
                    frozen_files.remove(root, one)


async def _trained(root: Path, wish: Wish) -> Collection[str]:
    """Only a phrase that is new is looked for among the examples."""
    return await asyncio.to_thread(frozen_rules.trained, root) if wish.action == "add" else ()


async def _held(session: AsyncSession, change_id: int) -> FrozenChangeRow:
    """The open change, held until the transaction ends."""
    row = await session.get(FrozenChangeRow, change_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(NONE)
    if row.state != "proposed":
        raise Conflict(f"Уже решено до вас: {row.decided_by}.", code="decided")
    return row


async def _refuse_what_stands(root: Path, row: FrozenChangeRow) -> None:
    """No record may say «rejected» of what the files hold."""
    if frozen_rules.fulfilled(wish_of(row), await asyncio.to_thread(frozen_files.read, root)):
        raise Conflict(DONE, code="done")


async def _close(session: AsyncSession, row: FrozenChangeRow, deed: str, by: str, now: datetime) -> FrozenChangeRow:
    row.state, row.decided_by, row.decided_at = _STATES[deed], by, now
    await audit(session, by, f"frozen_{deed}", str(row.id), **_facts(row))
    return row


def _facts(row: FrozenChangeRow) -> dict[str, str]:
    return {
        "kind": DEEDS[row.action],
        "words": row.text,
        "intent": title(row.intent),
        "before": row.was and title(row.was),
    }
