"""The steps of a deployment. Each looks first at what is done: a worker that dies leaves the rest to the next one.

starting: the model is loaded in the seat that is not live, and asked; one commit turns the customers' turns to it.
switched: the other seat ends its turns. drained: done, the model before stays loaded for a while. failed: nothing
changed for the customers.
"""

import asyncio
import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import DeploymentRow, ShadowRunRow
from api.db.session import staff_session
from api.deps import seats
from api.errors import Conflict
from api.training import frozen_files, publishing, registry, seat, shadow, slots

log = structlog.get_logger()

LOOK_SECONDS = 0.5
UP_SECONDS = 240
"""A model has to be loaded by then; a slow machine takes a minute."""
QUIET_SECONDS = 3.0
DRAIN_SECONDS = 60
"""Longer than a turn may take."""
WARM = timedelta(minutes=10)
"""So long the model before stays loaded: who finds the new one bad finds it soon, and is back at once."""
PROBED = 40
MOSTLY = 0.5
"""The gate has judged the model. The probe only tells one that serves from one that answers nonsense."""


class Failed(Exception):
    """The deployment is given up, for this reason, in Russian; the live model goes on."""


async def deploy(deployment_id: int) -> None:
    """Takes the deployment from where it stands to its end; does nothing when it has ended."""
    async with staff_session() as session:
        row = await session.get(DeploymentRow, deployment_id)
    if row is None or row.ended_at is not None:
        return
    try:
        if row.state == "starting":
            name, since = await _load(deployment_id)
            await _until_up(name, row.version, since)
            await _probe(name, row.version)
            await _switch(deployment_id, name)
        await _drain(deployment_id)
    except Failed as error:
        log.warning("model.deployment_failed", deployment=deployment_id, version=row.version, why=str(error))
        await _give_up(deployment_id, str(error))


async def _load(deployment_id: int) -> tuple[str, datetime]:
    """Chooses the seat and has the model loaded there; returns its name and when that began."""
    now = settings().clock.now()
    async with staff_session() as session:
        row = await session.get_one(DeploymentRow, deployment_id)
        found = await slots.rows(session, now)
        chosen = found.get(row.slot)
        if chosen is None or (chosen.role, chosen.version) != ("starting", row.version):
            await _end_shadow(session, row.version, now)
            for left in found.values():
                if left.role in ("starting", "draining"):
                    left.role = "idle"  # of a deployment that has ended: one at a time is open
            row.slot = (await slots.occupy(session, row.version, "starting", now)).name
            chosen = found[row.slot]
        since = chosen.since
    await slots.tell_seats()
    return chosen.name, since


async def _end_shadow(session: AsyncSession, version: str, now: datetime) -> None:
    """A candidate that reads beside makes room, or is the one that is put in."""
    why = case((ShadowRunRow.version == version, shadow.PUBLISHED), else_=shadow.TAKEN)
    reading = update(ShadowRunRow).where(ShadowRunRow.ended_at.is_(None))
    await session.execute(reading.values(ended_at=now, ended_why=why))


async def _until_up(name: str, version: str, since: datetime) -> None:
    url = seats.url_of(name)
    while True:
        there = await seat.standing(url)
        if there is not None and there.model == version:
            return
        if why := slots.failure(slots.root(), name, version):
            raise Failed(f"Модель не загрузилась: {why}")
        if settings().clock.now() - since > timedelta(seconds=UP_SECONDS):
            raise Failed(f"Модель не загрузилась за {UP_SECONDS // 60} минуты: подробности в журнале {name}.")
        await asyncio.sleep(LOOK_SECONDS)


def must_phrases() -> list[tuple[str, str]]:
    """(utterance, intent) of the frozen set's phrases that no model may break; none where the set is not there."""
    try:
        return [(one.text, one.intent) for one in frozen_files.read_part(slots.root(), frozen_files.MUST)]
    except Conflict as error:
        raise Failed(error.message) from error


async def _probe(name: str, version: str) -> None:
    """Asks the loaded model before any customer does."""
    phrases = must_phrases()
    chosen = phrases[:: len(phrases) // PROBED + 1] or [("здравствуйте", "")]
    try:
        answered, heard = await seat.parse(seats.url_of(name), [text for text, _ in chosen])
    except seat.SeatError as error:
        raise Failed(f"Модель загрузилась, но не отвечает: {error}") from error
    if answered != version or len(heard) != len(chosen):
        raise Failed("На обязательные фразы ответила другая модель.")
    right = sum(one.intent == intent or not intent for one, (_, intent) in zip(heard, chosen, strict=True))
    if right < len(chosen) * MOSTLY:
        raise Failed(f"Модель загрузилась, но понимает плохо: верно {right} из {len(chosen)} обязательных фраз.")


async def _switch(deployment_id: int, name: str) -> None:
    """Turns the customers' turns to the new seat, in one transaction."""
    now = settings().clock.now()
    async with staff_session() as session:
        row = await session.get_one(DeploymentRow, deployment_id, with_for_update=True)
        if row.state != "starting":
            return
        found = await slots.rows(session, now)
        if (found[name].role, found[name].version) != ("starting", row.version):
            raise Failed("Место для модели заняли, пока она загружалась. Введите её ещё раз.")
        for old in found.values():
            if old.role == "live":
                old.role, old.since, row.previous = "draining", now, old.version
        await session.flush()  # at no moment are two live
        found[name].role, found[name].since = "live", now
        row.state, row.switched_at = "switched", now
    log.info("model.switched", deployment=deployment_id, version=row.version, previous=row.previous, seat=name)


async def _drain(deployment_id: int) -> None:
    """Waits until the seat before has ended its turns; then it stays loaded for a while, out of the way."""
    async with staff_session() as session:
        row = await session.get_one(DeploymentRow, deployment_id)
        draining = [slot for slot in await slots.all_slots(session) if slot.role == "draining"]
    registry.make_current(row.version)
    for slot in draining:
        await _until_quiet(slot.url)
    now = settings().clock.now()
    async with staff_session() as session:
        for old in (await slots.rows(session, now)).values():
            if old.role == "draining":
                old.role, old.since = "ready", now
        row = await session.get_one(DeploymentRow, deployment_id)
        row.state, row.ended_at = "drained", now
        await session.flush()
        kept = await publishing.in_use(session)
    await slots.tell_seats()
    registry.prune(kept)


async def _until_quiet(url: str) -> None:
    ends = time.monotonic() + DRAIN_SECONDS
    quiet = time.monotonic()
    while time.monotonic() < ends:
        there = await seat.standing(url)
        if there is None:
            return
        if there.turns:
            quiet = time.monotonic()
        elif time.monotonic() - quiet >= QUIET_SECONDS:
            return
        await asyncio.sleep(LOOK_SECONDS)
    log.warning("model.not_drained", url=url)


async def _give_up(deployment_id: int, why: str) -> None:
    now = settings().clock.now()
    async with staff_session() as session:
        row = await session.get_one(DeploymentRow, deployment_id, with_for_update=True)
        if row.state != "starting":
            return  # another worker has brought it further meanwhile
        row.state, row.error, row.ended_at = "failed", why, now
        if row.slot:
            await slots.vacate(session, row.slot, now)
    await slots.tell_seats()


async def keep() -> None:
    """Sees to it that seats serve a purpose, that the file says what the table says, and that nothing got stuck."""
    now = settings().clock.now()
    async with staff_session() as session:
        if not (await slots.live(session)).version:
            return
        found = await slots.rows(session, now)  # held: what the seats are for must not change under our eyes
        going = await publishing.under_way(session)
        if going is not None:
            await publishing.drive(session, going.id)
        reads = select(ShadowRunRow.version).where(ShadowRunRow.ended_at.is_(None))
        purposes = {
            "live": True,
            "starting": going is not None,
            "draining": going is not None,
            "shadow": await session.scalar(reads) is not None,
        }
        for row in found.values():
            if row.version and not purposes.get(row.role, row.role == "ready" and now - row.since < WARM):
                row.version, row.role, row.since = "", "idle", now
    await slots.tell_seats()
