"""Our own processes on the page «Система»: the database, the assistant, its actions, the workers."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api import health
from api.console.system_parts import BAD, GOOD, WARN, Part
from api.deps.seats import live_seat
from api.worker import DEFAULT, TRAINING, inspection

FRESH_SECONDS = 10.0
"""A worker tells every two seconds that it lives."""
CROWDED = 0.8
CONTAINERS = {"rasa-1": "rasa"}
"""Services of docker-compose.yml that are called otherwise than the process."""
RESTART = "Процесс поднимается сам за несколько секунд. Если нет: {log}; в Docker — `docker compose restart {name}`."
LOG = "последние слова в журнале `.run/logs/{name}.log`"

_DATABASE = text("""
SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),
    (SELECT count(*) FROM pg_stat_activity), current_setting('max_connections')::int
""")


async def parts(session: AsyncSession) -> list[Part]:
    """In the order of a message's way."""
    assistant, actions = await asyncio.gather(health.assistant(), health.actions())
    return [
        await _database(session),
        *await _workers(session),
        _answers(
            "Помощник (Rasa)",
            await live_seat(session),
            assistant,
            "Сообщения клиентов ждут и будут отвечены, когда он поднимется.",
        ),
        _answers("Действия помощника", "actions", actions, "Помощник понимает, но не может ответить: сообщения ждут."),
    ]


async def _database(session: AsyncSession) -> Part:
    version, size, used, most = (await session.execute(_DATABASE)).one()
    facts = [("Версия", f"PostgreSQL {version.split()[0]}"), ("Размер", size), ("Соединений", f"{used} из {most}")]
    if await health.database() == "catalog":
        return Part(
            "База данных",
            WARN,
            "Отвечает, но товаров в ней ещё нет.",
            "Прочитайте учётную систему.",
            ("/console/accounting", "Учётные системы"),
            facts,
        )
    if used > most * CROWDED:
        return Part(
            "База данных",
            WARN,
            "Отвечает, но соединений почти не осталось.",
            "Увеличьте max_connections или уменьшите число процессов.",
            None,
            facts,
        )
    return Part("База данных", GOOD, "Отвечает.", facts=facts)


async def _workers(session: AsyncSession) -> list[Part]:
    beats = await inspection.workers(session, FRESH_SECONDS)
    return [
        _worker(
            "Обработчик заданий",
            "worker",
            beats.get(DEFAULT),
            BAD,
            "ответы клиентам, заказы и чтение данных стоят и ждут его.",
        ),
        _worker("Обучение моделей", "trainer", beats.get(TRAINING), WARN, "новые обучения ждут его."),
    ]


def _worker(title: str, name: str, age: float | None, state: str, meaning: str) -> Part:
    """`age`: seconds since its last sign of life, None when there is none; `state`: of one that is dead."""
    if age is None:
        return Part(title, state, f"Не работает: {meaning}", _restart(name))
    return Part(title, GOOD, "Работает.", facts=[("Отозвался", f"{age:.0f} с назад")])


def _restart(name: str) -> str:
    return RESTART.format(log=LOG.format(name=name), name=CONTAINERS.get(name, name))


def _answers(title: str, name: str, missing: str | None, meaning: str) -> Part:
    if missing is None:
        return Part(title, GOOD, "Отвечает.")
    return Part(title, BAD, f"Не отвечает. {meaning}", _restart(name))
