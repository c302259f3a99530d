"""Putting a model in and going back: what people ask for. The steps themselves are in deploying.py."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import DeploymentRow, ShadowRunRow
from api.deps.audit import audit
from api.errors import Conflict, Forbidden
from api.training import registry, slots
from api.training.cards import frozen_hash
from api.training.schemas import Version
from api.worker import defer

JOB = "model.deploy"
BEFORE_TURNS = 10
"""Priority in the queue: going back is most urgent when customers' messages pile up."""
FEWEST_LETTERS = 10
REFUSED = "Эта модель не прошла проверку."
UNSEEN = "Эта модель не проходила проверку: обучение остановилось раньше. Обучите ещё раз, это займёт несколько минут."
OLD_PROGRAM = "Эта модель обучена для другой версии программы, с нынешней она работать не может. Обучите новую."
OLD_FROZEN = "С тех пор, как её проверяли, изменился эталон. Обучите ещё раз: проверка займёт пару минут."
OTHER = "Проверяли её против другой модели, не той, что сейчас работает. Обучите ещё раз: сравнение займёт пару минут."
OVERRULE = "Ввести её вопреки этому может администратор, с причиной хотя бы в 10 букв."
BUSY = "Сейчас уже вводится модель. Дождитесь, пока она встанет."


async def under_way(session: AsyncSession) -> DeploymentRow | None:
    """The deployment that has not ended yet."""
    return await session.scalar(select(DeploymentRow).where(DeploymentRow.ended_at.is_(None)))


async def publish(session: AsyncSession, version: str, by: str, now: datetime, reason: str = "") -> DeploymentRow:
    """Begins to put the model in. Raises NotFound, Conflict, or Forbidden where `objection` finds something and no
    reason is given; whether this person may overrule it is the caller's to know.
    """
    found, live = registry.version(version), await _serving(session)
    overruled = await overruling(session, found, live, reason)
    return await _begin(session, "publish", version, by, now, overruled)


async def overruling(session: AsyncSession, found: Version, live: str, reason: str) -> str:
    """The reason, where one is needed; empty where nothing speaks against the model. Raises Forbidden, or Conflict
    for a model that cannot serve.
    """
    fit_for(found, live)
    against = objection(found, live, await ever_live(session), frozen_hash(slots.root()))
    words = " ".join(reason.split())
    if against and len(words) < FEWEST_LETTERS:
        raise Forbidden(f"{against} {OVERRULE}")
    return words if against else ""


def fit_for(found: Version, live: str) -> None:
    """Raises Conflict where the model's dialogue (domain, rules, pipeline) is another program's than the live one's."""
    ours, theirs = registry.cards().card(live).get("program"), found.card.get("program")
    if ours and theirs and ours != theirs:
        raise Conflict(OLD_PROGRAM)


def objection(found: Version, live: str, lived: Collection[str], frozen: str) -> str:
    """What speaks against putting the model in, in Russian; empty: nothing.

    The gate let it pass on the present frozen set against the very model that serves, or it has served before.
    """
    if found.passed is False:
        return REFUSED
    if found.version in lived:
        return ""
    if found.passed is None:
        return UNSEEN
    if found.card.get("frozen") != frozen:
        return OLD_FROZEN
    compared = found.card.get("compared_with")
    return "" if isinstance(compared, dict) and compared.get("version") == live else OTHER


async def ever_live(session: AsyncSession) -> set[str]:
    """The versions that have served."""
    return set(await session.scalars(select(DeploymentRow.version).where(DeploymentRow.switched_at.is_not(None))))


async def roll_back(session: AsyncSession, by: str, now: datetime) -> DeploymentRow:
    """Begins to put the model before the live one in again; raises Conflict when there is none."""
    before = await previous(session)
    if not before:
        raise Conflict("Возвращаться не к чему: другой модели ещё не было.")
    fit_for(registry.version(before), await _serving(session))
    return await _begin(session, "roll_back", before, by, now)


async def previous(session: AsyncSession) -> str:
    """The version that a roll back would put in; empty: none."""
    done = select(DeploymentRow.kind, DeploymentRow.version).where(DeploymentRow.switched_at.is_not(None))
    return before_the_last([(row.kind, row.version) for row in await session.execute(done.order_by(DeploymentRow.id))])


def before_the_last(deployments: Iterable[tuple[str, str]]) -> str:
    """Of (kind, version), oldest first: what was live before what is. Going back twice goes back two steps."""
    lived: list[str] = []
    for kind, version in deployments:
        if kind == "roll_back" and version in lived:
            while lived[-1] != version:
                lived.pop()
        elif not lived or lived[-1] != version:
            lived.append(version)
    return lived[-2] if len(lived) > 1 else ""


async def in_use(session: AsyncSession) -> set[str]:
    """Versions that must not be deleted."""
    found = {slot.version for slot in await slots.all_slots(session)}
    found |= {await previous(session), registry.current()}
    if (going := await under_way(session)) is not None:
        found |= {going.version, going.previous}
    shadows = select(ShadowRunRow.version).where(ShadowRunRow.ended_at.is_(None))
    return (found | set(await session.scalars(shadows))) - {""}


async def _begin(
    session: AsyncSession, kind: str, version: str, by: str, now: datetime, reason: str = ""
) -> DeploymentRow:
    if await under_way(session) is not None:
        raise Conflict(BUSY)
    live = await _serving(session)
    if live == version:
        raise Conflict("Эта модель и так отвечает клиентам.")
    row = DeploymentRow(at=now, by=by, kind=kind, version=version, previous=live, reason=reason)
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # somebody else's, begun at the same moment
        raise Conflict(BUSY) from error
    await audit(session, by, f"model_{kind}", version, previous=live, reason=reason)
    await drive(session, row.id)
    return row


async def _serving(session: AsyncSession) -> str:
    """The version that answers customers; raises Conflict before the first start."""
    live = await slots.live(session)
    if not live.version:
        raise Conflict("Помощник ещё не запущен.")
    return live.version


async def drive(session: AsyncSession, deployment_id: int) -> None:
    """Has a worker take the steps; one that waits already is enough."""
    await defer(session, JOB, lock=JOB, queueing_lock=JOB, priority=BEFORE_TURNS, deployment_id=deployment_id)
