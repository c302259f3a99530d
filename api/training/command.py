"""`./run model`: which models there are, putting one in, going back. Words to the screen are Russian."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import DeploymentRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.deps.commands import carried_out
from api.domain.wording import percent
from api.errors import Conflict, Forbidden
from api.training import publishing, registry, seat, slots
from api.training.schemas import Version
from api.worker import DEFAULT, inspection

BY = "./run model"
LOOK_SECONDS = 0.5
FRESH_SECONDS = 20.0
VERDICTS = {True: "прошла проверку", False: "не прошла проверку", None: "проверки не было"}
STATES = {
    "starting": "Загружаю модель рядом с той, что отвечает клиентам…",
    "switched": "Новые сообщения идут к ней. Жду, пока прежняя закончит свои…",
}


def main(words: Sequence[str] | None = None) -> int:
    """The command line; 0 when all is well."""
    given = _parser().parse_args(words)
    return carried_out(lambda: _run(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=BY, description="Модели понимания: какие есть, какая отвечает, возврат.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    commands.add_parser("list", help="какие есть, новые сверху")
    use = commands.add_parser("use", help="ввести модель; клиенты этого не заметят")
    use.add_argument("version", metavar="ВЕРСИЯ")
    use.add_argument("--reason", default="", metavar="ПРИЧИНА", help="нужна, если модель не прошла проверку")
    commands.add_parser("rollback", help="вернуть модель, которая отвечала до этой")
    return parser


async def _run(given: argparse.Namespace) -> int:
    if given.command == "list":
        return await _list()
    try:
        return await _change(given, settings().clock.now())
    except Forbidden as error:
        print(f"{error.message} Причина называется так: --reason «…».")
        return 1


async def _list() -> int:
    async with staff_session() as session:
        roles = {slot.version: slot.role for slot in await slots.all_slots(session)}
    current = registry.current()
    found = registry.versions()
    for one in found:
        facts = [VERDICTS[one.passed], slots.STANDINGS.get(roles.get(one.version, ""), "")]
        facts += ["с неё начинается запуск"] if one.version == current else []
        at = one.trained_at.astimezone(settings().zone)
        print(f"{one.version}  {at:%d.%m.%Y %H:%M}  {_accuracy(one)}  {', '.join(filter(None, facts))}")
    if not found:
        print("Обученных моделей нет. Обучить: ./run train")
    return 0


def _accuracy(one: Version) -> str:
    heldout = one.card.get("heldout")
    accuracy = heldout.get("accuracy") if isinstance(heldout, dict) else None
    return f"свои фразы {percent(accuracy)}" if isinstance(accuracy, float | int) else "свои фразы —"


async def _change(given: argparse.Namespace, now: datetime) -> int:
    async with staff_session() as session:
        if DEFAULT not in await inspection.workers(session, FRESH_SECONDS):
            if await seat.standing((await slots.live(session)).url) is not None:
                raise Conflict("Помощник отвечает, но обработчик заданий (worker) молчит. Повторите, когда он встанет.")
            return await _for_the_next_start(session, given)
        if given.command == "use":
            row = await publishing.publish(session, given.version, _by(), now, given.reason)
        else:
            row = await publishing.roll_back(session, _by(), now)
    return await _watch(row.id)


def _by() -> str:
    """Who is told in the audit log: nobody is logged in here, but the machine knows whose session it is."""
    return f"{BY} ({getpass.getuser()})"


async def _for_the_next_start(session: AsyncSession, given: argparse.Namespace) -> int:
    """Nothing runs: the next start begins with the model."""
    rollback = given.command == "rollback"
    name = await publishing.previous(session) if rollback else given.version
    if not name:
        raise Conflict("Возвращаться не к чему: другой модели ещё не было.")
    found, before = registry.version(name), registry.current()
    reason = ""
    if rollback:
        publishing.fit_for(found, before)
    else:
        reason = await publishing.overruling(session, found, before, given.reason)
    action = "model_roll_back" if rollback else "model_publish"
    await audit(session, _by(), action, name, previous=before, reason=reason)
    registry.make_current(name)
    print(f"Продукт не запущен. Он начнёт с модели {name} при следующем ./run up.")
    return 0


async def _watch(deployment_id: int) -> int:
    """Tells the steps until the end."""
    told = ""
    while True:
        async with staff_session() as session:
            row = await session.get_one(DeploymentRow, deployment_id)
        if row.ended_at is not None:
            break
        if row.state != told:
            print(STATES[row.state], flush=True)
            told = row.state
        await asyncio.sleep(LOOK_SECONDS)
    if row.state == "failed":
        print(f"Не получилось, клиентам отвечает прежняя модель. {row.error}")
        return 1
    print(f"Готово за {(row.ended_at - row.at).total_seconds():.0f} с: клиентам отвечает модель {row.version}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
