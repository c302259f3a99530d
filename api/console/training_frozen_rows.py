"""What the page «Эталон» shows: the phrases by key, how many there are, what waits and what was decided."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import Query
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import FrozenChangeRow
from api.review.intents import INTENTS, title
from api.training import frozen, frozen_files, frozen_rules
from api.training.dataset.fold import folded
from api.training.frozen_files import MUST, Frozen, Phrase

PAGE = 30
PARTS = {
    "session": "Приветствия и помощь",
    "ordering": "Заказ",
    "editing": "Правка заказа",
    "catalog": "Товары и цены",
    "account": "Заказы, долг, документы",
    "delivery": "Доставка",
    "handoff": "Жалобы и люди",
    "fallback": "Не к нам",
    MUST: "Обязательные фразы",
}
"""In the order in which they are shown; another part stands after them under its own name."""
STATES = {"approved": "принято", "rejected": "отклонено", "withdrawn": "отозвано"}
_PLACES = {name: place for place, name in enumerate(PARTS)}
_INTENT_PLACES = {intent.name: place for place, intent in enumerate(INTENTS)}
_TESTS = Path(__file__).resolve().parents[2] / "tests"


@dataclass(frozen=True)
class Filter:
    """Which phrases are looked at; empty fields let everything through."""

    part: Annotated[str, Query(max_length=40)] = ""
    intent: Annotated[str, Query(max_length=40)] = ""
    q: Annotated[str, Query(max_length=200)] = ""

    def query(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}

    def lets(self, phrase: Phrase) -> bool:
        wanted = folded(self.q) if self.q.strip() else ""
        return (
            self.part in ("", phrase.part)
            and self.intent in ("", phrase.intent)
            and (not wanted or wanted in folded(phrase.text))
        )


@dataclass(frozen=True)
class Shown:
    """`waits`: a change of it waits for a decision."""

    phrase: Phrase
    waits: bool

    @property
    def must(self) -> bool:
        """It may never break."""
        return self.phrase.part == MUST

    @property
    def key(self) -> str:
        return f"{self.phrase.part}~{self.phrase.intent}~{self.phrase.text}"

    @property
    def meaning(self) -> str:
        return title(self.phrase.intent)


@dataclass(frozen=True)
class Change:
    """A proposed or decided change, in words. `trouble`: why it cannot be approved now; `done`: the files have it."""

    row: FrozenChangeRow
    by: str
    decided_by: str
    mine: bool = False
    trouble: str = ""
    done: bool = False

    @property
    def words(self) -> str:
        """«Жалоба или возврат → Где заказ, обязательная»"""
        row, meant = self.row, title(self.row.intent)
        must = ", обязательная" if row.part == MUST else ""
        match row.action:
            case "add":
                return f"новая: {meant}{must}"
            case "remove":
                return f"убрать: {meant}{must}"
            case _ if row.was != row.intent:
                return f"{title(row.was)} → {meant}{must}"
            case _:
                return f"{'в обязательные' if must else 'к фразам темы'}: {meant}"

    @property
    def state(self) -> str:
        return STATES.get(self.row.state, self.row.state)


@dataclass(frozen=True)
class PartCount:
    name: str
    title: str
    phrases: int
    intents: list[tuple[str, str, int]]
    """Name, title, how many."""


@dataclass(frozen=True)
class Desk:
    """All of the page. `after`: where the next page of phrases begins; empty: there is none."""

    wanted: Filter
    counts: list[PartCount]
    strangers: int
    shown: list[Shown]
    found: int
    after: str
    waiting: list[Change]
    decided: list[Change]


async def desk(session: AsyncSession, wanted: Filter, after: str, login: str, names: Mapping[str, str]) -> Desk:
    """Raises Conflict where the files cannot be read."""
    root = settings().training_root
    held = await asyncio.to_thread(frozen_files.read, root)
    open_ = await frozen.waiting(session)
    learnt: Collection[str] = await asyncio.to_thread(frozen_rules.trained, root) if open_ else ()
    shown, found, following = page_of(held, wanted, after, [frozen.wish_of(row) for row in open_])
    return Desk(
        wanted,
        counts(held),
        len(held.strangers),
        shown,
        found,
        following,
        [_waiting(row, held, learnt, login, names) for row in open_],
        (await decided(session, None, names))[:5],
    )


def page_of(
    held: Frozen, wanted: Filter, after: str, open_: Collection[frozen_rules.Wish]
) -> tuple[list[Shown], int, str]:
    """A page of what matches, how many match, and the key after which the next page begins."""
    waits = {folded(wish.text) for wish in open_}
    matching = [Shown(one, folded(one.text) in waits) for one in held.phrases if wanted.lets(one)]
    matching.sort(key=lambda one: _place(one.phrase))
    begins = _place(Phrase(*after.split("~", 2))) if after.count("~") >= 2 else None
    rest = [one for one in matching if begins is None or _place(one.phrase) > begins]
    return rest[:PAGE], len(matching), rest[PAGE - 1].key if len(rest) > PAGE else ""


def _place(phrase: Phrase) -> tuple[int, str, int, str, str, str]:
    return (
        _PLACES.get(phrase.part, len(PARTS)),
        phrase.part,
        _INTENT_PLACES.get(phrase.intent, len(INTENTS)),
        phrase.intent,
        folded(phrase.text),
        phrase.text,
    )


def counts(held: Frozen) -> list[PartCount]:
    """By part and intent."""
    of = Counter((one.part, one.intent) for one in held.phrases)
    parts = sorted({part for part, _ in of}, key=lambda part: (_PLACES.get(part, len(PARTS)), part))
    return [
        PartCount(
            part,
            PARTS.get(part, part),
            sum(count for (where, _), count in of.items() if where == part),
            sorted(
                ((intent, title(intent), count) for (where, intent), count in of.items() if where == part),
                key=lambda one: _INTENT_PLACES.get(one[0], len(INTENTS)),
            ),
        )
        for part in parts
    ]


async def decided(session: AsyncSession, before: int | None, names: Mapping[str, str]) -> list[Change]:
    """The newest first; a page and one more."""
    row = FrozenChangeRow
    query = select(row).where(row.state != "proposed")
    if before is not None:
        query = query.where(row.id < before)
    found = await session.scalars(query.order_by(row.id.desc()).limit(PAGE + 1))
    return [Change(one, names.get(one.by, one.by), names.get(one.decided_by, one.decided_by)) for one in found]


def _waiting(
    row: FrozenChangeRow, held: Frozen, learnt: Collection[str], login: str, names: Mapping[str, str]
) -> Change:
    wish = frozen.wish_of(row)
    return Change(
        row,
        names.get(row.by, row.by),
        "",
        mine=row.by.casefold() == login.casefold(),
        trouble=frozen.trouble(wish, held, learnt),
        done=frozen_rules.fulfilled(wish, held),
    )


@cache
def order_cases() -> int:
    """Messages of the order benchmark that are kept for the gate; how many is all that is told of them."""
    files = (_TESTS / "order_cases" / "frozen").rglob("cases*.jsonl")
    return sum(bool(line.strip()) for file in files for line in file.read_text(encoding="utf-8").splitlines())


@cache
def stories() -> int:
    """Rasa's test stories."""
    files = (_TESTS / "stories").glob("*.yml")
    return sum(file.read_text(encoding="utf-8").count("\n  - story:") for file in files)
