"""What the page «Примеры» shows: the reviewed examples by key, and the decisions that wait to be written."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console.review_group import Piece, pieces
from api.review import service
from api.review.intents import INTENTS, title
from api.training.dataset import files
from api.training.dataset.collecting import reviewed_of
from api.training.dataset.fold import folded
from api.training.schemas import Reviewed

PAGE, WAITING = 30, 20
SOURCES = {"review": "разбор непонятого", "import": "файл", "label-studio": "Label Studio"}
"""What stands before the colon of a source."""
_PLACES = {intent.name: place for place, intent in enumerate(INTENTS)}


@dataclass(frozen=True)
class Filter:
    """Which examples are looked at; empty fields let everything through."""

    intent: Annotated[str, Query(max_length=40)] = ""
    source: Annotated[str, Query(max_length=40)] = ""
    by: Annotated[str, Query(max_length=100)] = ""
    q: Annotated[str, Query(max_length=200)] = ""

    def query(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}

    def lets(self, one: Reviewed) -> bool:
        return (
            self.intent in ("", one.intent)
            and self.source in ("", one.source.partition(":")[0])
            and self.by in ("", one.by)
            and (not self.q.strip() or folded(self.q) in folded(one.text))
        )


@dataclass(frozen=True)
class Shown:
    """An example as it is shown."""

    one: Reviewed
    who: str

    @property
    def meaning(self) -> str:
        return title(self.one.intent)

    @property
    def pieces(self) -> list[Piece]:
        return pieces(self.one.text, [mark | {"kind": mark["entity"]} for mark in self.one.entities or ()], "")

    @property
    def source(self) -> str:
        """«разбор непонятого, 17»"""
        kind, _, rest = self.one.source.partition(":")
        return ", ".join(part for part in (SOURCES.get(kind, kind), rest) if part)

    @property
    def decision(self) -> int | None:
        """The decision that it comes of."""
        kind, _, number = self.one.source.partition(":")
        return int(number) if kind == "review" and number.isdecimal() and len(number) < 19 else None


@dataclass(frozen=True)
class Desk:
    """All of the page. `after`: where the next page of examples begins; empty: there is none."""

    wanted: Filter
    total: int
    intents: list[tuple[str, str, int]]
    """Name, title, how many."""
    sources: list[tuple[str, str]]
    people: list[tuple[str, str]]
    shown: list[Shown]
    found: int
    after: str
    waiting: list[Shown]
    """Utterances whose decisions are not written yet: the newest, as the files will have them."""
    waiting_count: int


async def desk(session: AsyncSession, wanted: Filter, after: str, names: Mapping[str, str]) -> Desk:
    """Raises Unreadable where a file cannot be read."""
    examples = await asyncio.to_thread(files.read, settings().training_root)
    waiting = [one for one in await service.examples(session) if not one.written]
    page, found, following = page_of(examples, wanted, after)
    counted = Counter(one.intent for one in examples)
    kinds = sorted({one.source.partition(":")[0] for one in examples})
    return Desk(
        wanted,
        len(examples),
        [(name, title(name), counted[name]) for name in sorted(counted, key=_intent_place)],
        [(kind, SOURCES.get(kind, kind)) for kind in kinds],
        [(login, names.get(login, login)) for login in sorted({one.by for one in examples})],
        shown(page, names),
        found,
        following,
        await asyncio.to_thread(lambda: shown(map(reviewed_of, reversed(waiting[-WAITING:])), names)),
        len(waiting),
    )


def shown(examples: Iterable[Reviewed], names: Mapping[str, str]) -> list[Shown]:
    return [Shown(one, names.get(one.by, one.by)) for one in examples]


def page_of(examples: Sequence[Reviewed], wanted: Filter, after: str) -> tuple[list[Reviewed], int, str]:
    """A page of what matches, how many match, and the key after which the next page begins."""
    matching = sorted((one for one in examples if wanted.lets(one)), key=lambda one: _place(one.intent, one.text))
    intent, key, text = after.partition("~")
    rest = [one for one in matching if not key or _place(one.intent, one.text) > _place(intent, text)]
    following = f"{rest[PAGE - 1].intent}~{rest[PAGE - 1].text}" if len(rest) > PAGE else ""
    return rest[:PAGE], len(matching), following


def _place(intent: str, text: str) -> tuple[int, str, str, str]:
    return (*_intent_place(intent), folded(text), text)


def _intent_place(intent: str) -> tuple[int, str]:
    return _PLACES.get(intent, len(INTENTS)), intent
