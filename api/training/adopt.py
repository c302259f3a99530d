"""At a start: which seat is live, in agreement with models/current.json: `python -m api.training.adopt`.

Not from jobs: what runs at a start is decided before anybody asks.
"""

import asyncio
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import DeploymentRow
from api.db.session import dispose_engines, staff_session
from api.training import publishing, registry, slots

BY = "start"


async def adopt(session: AsyncSession, root: Path, now: datetime) -> str:
    """Makes the table agree with the current model; returns the version that serves, empty where there is none.

    The table wins when it was turned to a new model and the product ended before the file was written. Otherwise the
    file does: an update may have trained another model, or a person may have named one while nothing ran.
    """
    current = registry.current()
    found = await slots.rows(session, now)
    live = next((row for row in found.values() if row.role == "live"), None)
    going = await publishing.under_way(session)
    if live is not None and going is not None and going.state == "switched" and current == going.previous:
        registry.make_current(live.version)
        return live.version
    if not current or (live is not None and live.version == current):
        return current
    before = live.version if live else ""
    seated = [name for name, version in slots.told(root).items() if version == current and name in found]
    chosen = (seated or [slots.NAMES[0]])[0]
    for row in found.values():
        row.version, row.role, row.since = "", "idle", now
    await session.flush()  # at no moment are two live
    found[chosen].version, found[chosen].role = current, "live"
    if going is not None:
        going.state, going.ended_at, going.error = "failed", now, f"Продукт запущен с моделью {current}."
    await session.flush()
    session.add(
        DeploymentRow(
            at=now, by=BY, kind="start", version=current, previous=before, slot=chosen, state="drained",
            switched_at=now, ended_at=now,
        )
    )  # fmt: skip
    return current


async def main() -> None:
    now, root = settings().clock.now(), settings().training_root
    async with staff_session() as session:
        version = await adopt(session, root, now)
    await slots.tell_seats()
    await dispose_engines()
    print(f"модель помощника: {version or 'ещё нет'}")


if __name__ == "__main__":
    asyncio.run(main())
