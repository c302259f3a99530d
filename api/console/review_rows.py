"""What the pages of «Непонятое» show: the queue, a group, decisions, what is asked for and not carried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import CustomerRow, ReviewDecisionRow, ReviewItemRow, StaffUserRow

PAGE = 25
PERIODS = {"1": "за сутки", "7": "за неделю", "30": "за месяц"}
KINDS = {
    "unknown_product": "не узнали товар",
    "corrected": "исправили сразу после",
    "handed_off": "позвали человека",
    "fallback": "бот не понял",
    "low_confidence": "не уверены",
    "answered_otherwise": "ответили иначе",
    "differs": "модели расходятся",
    "chosen": "выбрано для разметки",
}
DECISIONS = {
    "alias": "слово",
    "example": "пример для обучения",
    "not_order": "не заказ",
    "not_carried": "такого не возим",
    "skipped": "пропущено",
}
MOST_ID = 2**63 - 1

Item = ReviewItemRow


@dataclass(frozen=True)
class Filter:
    """Which items are looked at; empty fields let everything through."""

    kind: Annotated[str, Query(max_length=40)] = ""
    customer: Annotated[str, Query(max_length=200)] = ""
    days: Annotated[str, Query(max_length=4)] = ""

    def query(self) -> dict[str, str]:
        """For addresses that keep looking for the same."""
        return {name: value for name, value in vars(self).items() if value}

    def lets(self, now: datetime) -> list[ColumnElement[bool]]:
        """Of the undecided items."""
        conditions: list[ColumnElement[bool]] = [Item.decision_id.is_(None)]
        if self.kind in KINDS:
            conditions.append(Item.kind == self.kind)
        if self.days in PERIODS:
            conditions.append(Item.at >= now - timedelta(days=int(self.days)))
        if self.customer:
            named = CustomerRow.name.icontains(self.customer.strip(), autoescape=True)
            conditions.append(Item.customer_id.in_(select(CustomerRow.id).where(named)))
        return conditions


@dataclass(frozen=True)
class Rank:
    """A group's place in the queue: the dearer the higher, then the newer; `key` settles the rest."""

    cost: Decimal
    last: datetime
    key: str

    def __str__(self) -> str:
        return f"{self.cost}~{self.last.isoformat()}~{self.key}"

    @classmethod
    def read(cls, text: str) -> "Rank | None":
        """None for what is no rank."""
        cost, _, rest = text.partition("~")
        last, _, key = rest.partition("~")
        try:
            rank = cls(Decimal(cost), datetime.fromisoformat(last), key)
        except (InvalidOperation, ValueError):
            return None
        return rank if rank.cost.is_finite() and rank.last.tzinfo is not None else None

    def after(self, other: "Rank") -> bool:
        return (self.cost, self.last, self.key) < (other.cost, other.last, other.key)


@dataclass(frozen=True)
class Grouped:
    """A group on the list."""

    rank: Rank
    count: int
    customers: int
    kinds: list[str]
    said: str
    text: str

    @property
    def key(self) -> str:
        return self.rank.key

    @property
    def why(self) -> str:
        return ", ".join(KINDS.get(kind, kind) for kind in self.kinds)


async def groups(session: AsyncSession, wanted: Filter, now: datetime, before: Rank | None) -> list[Grouped]:
    """A page of the queue and one more where there are more; only its groups are looked at closely."""
    cost, last = func.sum(Item.cost), func.max(Item.at)
    query = select(Item.key, func.count(), cost, last).where(*wanted.lets(now)).group_by(Item.key)
    if before is not None:
        place = tuple_(literal(before.cost), literal(before.last), literal(before.key))
        query = query.having(tuple_(cost, last, Item.key) < place)
    query = query.order_by(cost.desc(), last.desc(), Item.key.desc()).limit(PAGE + 1)
    ranked = (await session.execute(query)).all()
    close = await _close(session, wanted, now, [key for key, *_ in ranked])
    return [Grouped(Rank(cost, last, key), count, *close[key]) for key, count, cost, last in ranked if key in close]


async def _close(
    session: AsyncSession, wanted: Filter, now: datetime, keys: Sequence[str]
) -> dict[str, tuple[int, list[str], str, str]]:
    """By key: how many customers, which kinds, the newest words in doubt and the whole they stand in."""
    of_keys = (Item.key.in_(keys), *wanted.lets(now))
    customers = func.count(Item.customer_id.distinct())
    about = select(Item.key, customers, func.array_agg(Item.kind.distinct())).where(*of_keys).group_by(Item.key)
    newest = (
        select(Item.key, Item.phrase, Item.text).where(*of_keys).ext(distinct_on(Item.key))
        .order_by(Item.key, Item.at.desc(), Item.id.desc())
    )  # fmt: skip
    words = {key: (phrase or text, text) for key, phrase, text in await session.execute(newest)}
    return {key: (count, list(kinds), *words[key]) for key, count, kinds in await session.execute(about)}


async def totals(session: AsyncSession, wanted: Filter, now: datetime) -> tuple[int, int]:
    """How many groups wait, and how many utterances in them."""
    by_key = select(func.count().label("times")).where(*wanted.lets(now)).group_by(Item.key).subquery()
    counted = select(func.count(), func.coalesce(func.sum(by_key.c.times), 0)).select_from(by_key)
    groups_, items = (await session.execute(counted)).one()
    return int(groups_), int(items)


@dataclass(frozen=True)
class Decided:
    """A decision on the list."""

    id: int
    at: datetime
    kind: str
    by: str
    words: str
    items: int
    undone_at: datetime | None
    undone_by: str


async def decisions(session: AsyncSession, kind: str, before: int | None) -> list[Decided]:
    """The newest first; a page and one more."""
    row = ReviewDecisionRow
    query = select(row, StaffUserRow.name).join(StaffUserRow, StaffUserRow.login == row.by, isouter=True)
    if kind in DECISIONS:
        query = query.where(row.kind == kind)
    if before is not None:
        query = query.where(row.id < before)
    found = (await session.execute(query.order_by(row.id.desc()).limit(PAGE + 1))).all()
    return [
        Decided(one.id, one.at, one.kind, name or one.by, told(one), one.items, one.undone_at, one.undone_by)
        for one, name in found
    ]


def told(decision: ReviewDecisionRow) -> str:
    """«„сгуха“ — Сливки 20% 1 л, для всех»"""
    said = f"«{_short(decision.text)}»"
    data: dict[str, Any] = decision.data
    if decision.kind == "alias":
        whom = "для всех" if data.get("for_all") else "для клиента" if data.get("customer_id") else "для этих клиентов"
        return f"{said} — {data.get('name', '')}, {whom}"
    return f"{said} — {DECISIONS.get(decision.kind, decision.kind)}"


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


@dataclass(frozen=True)
class NotCarried:
    """What customers ask for and the distributor does not sell."""

    said: str
    times: int
    customers: int
    last: datetime


async def not_carried(session: AsyncSession, limit: int | None = 500) -> list[NotCarried]:
    """The most asked for first. What was asked again since it was decided counts too."""
    decision = ReviewDecisionRow
    named = (
        select(Item.key, func.max(decision.id).label("decision_id"))
        .join(decision, decision.id == Item.decision_id)
        .where(decision.kind == "not_carried", decision.undone_at.is_(None))
        .group_by(Item.key)
        .subquery()
    )
    times, last = func.count(Item.id), func.max(Item.at)
    query = (
        select(decision.text, times, func.count(Item.customer_id.distinct()), last)
        .join(named, named.c.decision_id == decision.id)
        .join(Item, Item.key == named.c.key)
        .where((Item.decision_id.is_(None)) | Item.decision_id.in_(_standing_not_carried()))
        .group_by(decision.id, decision.text)
        .order_by(times.desc(), last.desc())
    )
    return [NotCarried(*row) for row in await session.execute(query.limit(limit) if limit else query)]


def _standing_not_carried() -> Any:
    row = ReviewDecisionRow
    return select(row.id).where(row.kind == "not_carried", row.undone_at.is_(None))
