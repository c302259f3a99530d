"""What the page of accounting systems shows: of each what it is and can, of each kind of data how it was last read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounting import service
from api.accounting.words import TITLES
from api.config import MAIN_ERP, settings
from api.db.models import ErpHealthRow, SyncHoldRow, SyncRunRow
from api.deps.erp import erp, kind_of
from api.deps.sync import lane_of, lanes_at_work
from api.domain.customer import CardField
from api.domain.wording import listed, number, plural, upper_first
from api.erp.port import Capabilities, Data

ABILITIES = {
    "live_stock": "остатки перед отправкой заказа",
    "live_prices": "цены перед отправкой заказа",
    "live_balance": "долг перед отправкой заказа",
    "quotes": "расчёт заказа по её правилам",
    "cancel": "отмена заказа",
}
CARD = {CardField.ADDRESS: "адреса точек", CardField.PHONE: "номера людей", CardField.CONTACT: "новые люди"}
LOST = {
    "products": ("товар", "товара", "товаров"),
    "prices": ("цена", "цены", "цен"),
    "stock": ("остаток", "остатка", "остатков"),
    "customers": ("клиент", "клиента", "клиентов"),
    "outlets": ("торговая точка", "торговые точки", "торговых точек"),
    "contacts": ("сотрудник клиента", "сотрудника клиентов", "сотрудников клиентов"),
    "codes": ("код клиента", "кода клиентов", "кодов клиентов"),
    "balances": ("долг", "долга", "долгов"),
}
"""By the words of api/deps/holds.py: Loss.what."""


@dataclass(frozen=True)
class Kind:
    """A kind of data of a backend. `state`: running, broken, failed, good or none."""

    name: str
    title: str
    state: str
    read_at: datetime | None
    age: str
    rows: str
    so_far: str
    error: str


@dataclass(frozen=True)
class Backend:
    """An accounting system. `down_since`: None while it answers, or when it was not asked yet."""

    name: str
    title: str
    kind: str
    asked: bool
    down_since: datetime | None
    abilities: str
    unread: str
    kinds: list[Kind]


@dataclass(frozen=True)
class Question:
    """A reading that waits for a manager."""

    id: int
    title: str
    found_at: datetime
    losses: list[str]
    examples: list[dict[str, str]]


async def open_questions(session: AsyncSession) -> int:
    """How many readings wait for a manager."""
    query = select(func.count()).select_from(SyncHoldRow).where(SyncHoldRow.state == "open")
    return (await session.execute(query)).scalar_one()


def title_of(backend: str) -> str:
    """How people tell the accounting systems apart."""
    return "Основная" if backend == MAIN_ERP else backend


async def questions(session: AsyncSession) -> list[Question]:
    """What waits for a manager, the oldest first."""
    return [_question(hold) for hold in await service.open_holds(session)]


def _question(hold: SyncHoldRow) -> Question:
    losses = [words for loss in hold.summary["losses"] for words in _losses(loss)]
    title = TITLES[Data(hold.data)]
    if len(settings().erp_names) > 1:
        title = f"{title}, {title_of(hold.backend).lower()}"
    return Question(hold.id, title, hold.found_at, losses, hold.summary["examples"])


def _losses(loss: dict[str, int | str]) -> list[str]:
    """«Пропали бы 7 товаров из 32», «изменились бы 13 цен из 40»."""
    forms, known = LOST[str(loss["what"])], number_of(int(loss["known"]))
    counts = (("Пропадёт", int(loss["gone"])), ("Изменится", int(loss["repriced"])))
    return [f"{verb}: {number_of(count)} {plural(count, *forms)} из {known}" for verb, count in counts if count]


def number_of(count: int) -> str:
    """«12 000»."""
    return number(Decimal(count))


async def backends(session: AsyncSession) -> list[Backend]:
    """All of them, in the order of the settings."""
    names = settings().erp_names
    health = {row.backend: row for row in await session.scalars(select(ErpHealthRow))}
    runs = {(row.backend, row.name): row for row in await session.scalars(select(SyncRunRow))}
    at_work = await lanes_at_work(session, names)
    return [_backend(name, health.get(name), runs, at_work) for name in names]


def _backend(
    name: str,
    health: ErpHealthRow | None,
    runs: dict[tuple[str, str], SyncRunRow],
    at_work: set[tuple[str, str]],
) -> Backend:
    can = erp(name).capabilities
    return Backend(
        name=name,
        title=title_of(name),
        kind=kind_of(name),
        asked=health is not None,
        down_since=health.changed_at if health is not None and not health.up else None,
        abilities=_abilities(can),
        unread=listed([title for data, title in TITLES.items() if data not in can.reads]),
        kinds=[
            _kind(data, runs.get((name, data.value)), (name, lane_of(data)) in at_work) for data in service.reads(name)
        ],
    )


def _abilities(can: Capabilities) -> str:
    words = [title for name, title in ABILITIES.items() if getattr(can, name)]
    changes = [title for data, title in TITLES.items() if data in can.since]
    if changes:
        words.append(f"только изменения ({', '.join(changes)})")
    if can.card:
        words.append(f"запись карточки клиента ({', '.join(CARD[field] for field in CARD if field in can.card)})")
    return "; ".join(words)


def _kind(data: Data, run: SyncRunRow | None, lane_works: bool) -> Kind:
    now = settings().clock.now()
    if run is None or run.started_at is None:
        return Kind(data.value, upper_first(TITLES[data]), "none", None, "", "", "", "")
    unfinished = run.finished_at is None or run.finished_at < run.started_at
    state = "failed" if run.error else "good"
    if unfinished:
        state = "running" if lane_works else "broken"
    age = ago(now - run.succeeded_at) if run.succeeded_at else ""
    return Kind(
        data.value,
        upper_first(TITLES[data]),
        state,
        run.succeeded_at,
        age,
        number_of(run.rows),
        number_of(run.so_far),
        "" if state == "running" else run.error,
    )


def ago(past: timedelta) -> str:
    """«12 минут назад»."""
    minutes = max(int(past.total_seconds()) // 60, 0)
    if minutes < 1:
        return "только что"
    for size, forms in ((24 * 60, ("день", "дня", "дней")), (60, ("час", "часа", "часов"))):
        if minutes >= size:
            count = minutes // size
            return f"{count} {plural(count, *forms)} назад"
    return f"{minutes} {plural(minutes, 'минуту', 'минуты', 'минут')} назад"
