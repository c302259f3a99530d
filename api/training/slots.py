"""Which seat (Rasa process) runs which model, and what for: the table `model_slots`, and models/slots.json after it."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import ModelSlotRow
from api.db.session import staff_session
from api.deps import seats
from api.errors import Conflict
from api.training.disk import read_json, write_json
from api.training.schemas import Slot

NAMES = seats.NAMES
FILE = "slots.json"
LOCK = 7_154_022
"""Advisory lock of whoever writes the file: an older reading of the table never lands over a newer one."""

STANDINGS = {
    "live": "в работе",
    "starting": "вводится",
    "shadow": "в тени",
    "draining": "заканчивает ответы",
    "ready": "наготове",
}
"""How the model of a seat stands, by the seat's role."""
TAKEABLE = ("idle", "ready", "shadow")
"""Roles of a seat that another model may be loaded into."""


def _slot(row: ModelSlotRow) -> Slot:
    return Slot(row.name, seats.url_of(row.name), row.version, row.role)


async def rows(session: AsyncSession, now: datetime) -> dict[str, ModelSlotRow]:
    """All seats by name, locked until the transaction ends; those that were never written of are made."""
    missing = insert(ModelSlotRow).values([{"name": name, "since": now} for name in NAMES])
    await session.execute(missing.on_conflict_do_nothing())
    query = select(ModelSlotRow).where(ModelSlotRow.name.in_(NAMES)).order_by(ModelSlotRow.name)
    found = await session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.name: row for row in found}


async def all_slots(session: AsyncSession) -> list[Slot]:
    """Both seats; one that was never written of is idle."""
    query = select(ModelSlotRow).where(ModelSlotRow.name.in_(NAMES))
    found = {row.name: _slot(row) for row in await session.scalars(query)}
    return [found.get(name) or Slot(name, seats.url_of(name), "", "idle") for name in NAMES]


async def live(session: AsyncSession) -> Slot:
    """The seat that customers' turns go to; `version` is empty before the first start has told it."""
    found = await session.scalar(select(ModelSlotRow).where(ModelSlotRow.role == "live"))
    return _slot(found) if found else Slot(NAMES[0], seats.url_of(NAMES[0]), "", "live")


async def occupy(session: AsyncSession, version: str, role: str, now: datetime) -> Slot:
    """Gives the seat that is not live to this model; one that has it already keeps it loaded.

    Raises Conflict while a deployment uses it, or before anything is live. The file is written by `project`, after the
    transaction.
    """
    found = await rows(session, now)
    if not any(row.role == "live" for row in found.values()):
        raise Conflict("Помощник ещё не запущен.")
    row = next(row for row in found.values() if row.role != "live")
    if row.role not in TAKEABLE:
        raise Conflict("Сейчас вводится другая модель. Дождитесь, пока она встанет.")
    row.version, row.role, row.since = version, role, now
    await session.flush()
    return _slot(row)


async def vacate(session: AsyncSession, name: str, now: datetime) -> None:
    """The seat rests from now on; the live one is left alone."""
    row = (await rows(session, now))[name]
    if row.role != "live":
        row.version, row.role, row.since = "", "idle", now
    await session.flush()


async def project(session: AsyncSession, root: Path) -> bool:
    """Writes models/slots.json when it says otherwise than the table; tells whether it did.

    In a transaction of its own, after the one that changed the table. Nothing is written before a seat is live.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    found = await all_slots(session)
    wanted = {slot.name: slot.version for slot in found}
    if not any(slot.role == "live" for slot in found) or told(root) == wanted:
        return False
    write_json(root / "models" / FILE, wanted)
    return True


async def tell_seats() -> None:
    """Has the seats do what the table says, at once; without it they would within seconds."""
    async with staff_session() as session:
        await project(session, root())


def told(root: Path) -> dict[str, str]:
    """What models/slots.json says now; empty where there is none."""
    return {name: str(version) for name, version in read_json(root / "models" / FILE).items()}


def failure(root: Path, name: str, version: str) -> str:
    """Why the seat does not get this model up, in the words of its program; empty: nothing of that is known."""
    state = read_json(root / "models" / "slots" / f"{name}.json")
    failed = state.get("version") == version and state.get("state") == "failed"
    return str(state.get("error") or "модель не загрузилась") if failed else ""


def root() -> Path:
    """Where models/ and data/ lie."""
    return settings().training_root
