"""One group of «Непонятое» close up: the utterance in colours, how it was read, what was said around it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.conversation_rows import REASONS
from api.console.review_rows import KINDS
from api.db.models import CustomerRow, InboxRow, OutboxRow, ReadingRow, ReviewDecisionRow, ReviewItemRow
from api.review import candidates, intents, repository
from api.review.schemas import Candidate
from api.understanding.aliases import key as alias_key
from order_text.normalize import clean

SHOWN = 20
"""Utterances of the group; the others are decided with them."""
BEFORE, AFTER = 6, 4
AMOUNT = re.compile(r"\d+(?:[ \u00a0]\d{3})*(?:,\d+)?[ \u00a0]?₽")

SPANS = intents.ENTITIES | {"other": "прочее"}
DOUBTS = {
    "ambiguous": "подходит несколько",
    "unknown": "не знаем такого",
    "quantity": "неясно, сколько",
    "unit": "неясно, в чём считать",
    "confirm": "переспросили",
}

Item = ReviewItemRow


@dataclass(frozen=True)
class Piece:
    """A part of the utterance of one kind; `doubted`: it lies in the phrase that is in doubt."""

    text: str
    kind: str = ""
    doubted: bool = False

    @property
    def sign(self) -> str:
        return SPANS.get(self.kind, "")


@dataclass(frozen=True)
class Utterance:
    item: ReviewItemRow
    customer: str

    @property
    def why(self) -> str:
        return KINDS.get(self.item.kind, self.item.kind)


@dataclass(frozen=True)
class Said:
    sender: str
    at: datetime
    text: str
    this: bool


@dataclass(frozen=True)
class Group:
    """`utterances` begins with the one that is looked at: the newest."""

    key: str
    count: int
    customers: list[str]
    utterances: list[Utterance]
    reading: ReadingRow | None
    found: list[Candidate]
    around: list[Said]
    earlier: list[tuple[ReviewDecisionRow, str]] = field(default_factory=list)

    @property
    def item(self) -> ReviewItemRow:
        return self.utterances[0].item

    @property
    def phrase(self) -> str:
        """The words to mend, as far as we can tell: the phrase in doubt, or all of it where that is short enough."""
        item = self.item
        return item.phrase or (item.text if len(item.text) <= 100 and alias_key(item.text) else "")

    @property
    def pieces(self) -> list[Piece]:
        return pieces(self.item.text, self.spans, self.item.phrase)

    @property
    def spans(self) -> list[dict[str, Any]]:
        """Of the reading, moved to where its text stands in the utterance."""
        shift = place(self.item.text, self.reading.text) if self.reading is not None else -1
        if self.reading is None or shift < 0:
            return []
        return [one | {"start": one["start"] + shift, "end": one["end"] + shift} for one in self.reading.spans]

    @property
    def entities(self) -> list[dict[str, Any]]:
        """The spans as a trainer may mark them."""
        return [
            {"start": one["start"], "end": one["end"], "entity": one["kind"]}
            for one in self.spans
            if one["kind"] in intents.ENTITIES
        ]

    @property
    def guesses(self) -> list[tuple[str, float | None]]:
        """What the message was taken for, with how sure that was; the other intents after it, where they are known."""
        guess = self.item.guess
        first = [guess] if guess.get("intent") else []
        shown = [*first, *guess.get("ranking", [])]
        return [(intents.title(one["intent"]), one.get("confidence")) for one in shown]

    @property
    def meant(self) -> str:
        """What the customer then did."""
        meant = self.item.meant
        if meant.get("name"):
            return f"клиент выбрал «{meant['name']}»"
        return f"человека позвали: {REASONS.get(meant['reason'], meant['reason'])}" if meant.get("reason") else ""


def place(text: str, read: str) -> int:
    """Where in the utterance that which was read stands, look-alike letters and dashes put right; -1: nowhere."""
    cleaned = clean(text)
    return max(text.find(read), cleaned.find(read) if len(cleaned) == len(text) else -1)


def pieces(text: str, spans: list[dict[str, Any]], phrase: str) -> list[Piece]:
    """The text cut at the borders of spans and of the phrase; put together it is the text again."""
    at = text.casefold().find(phrase.casefold()) if phrase and len(text.casefold()) == len(text) else -1
    doubt = (at, at + len(phrase)) if at >= 0 else (0, 0)
    borders = {0, len(text), *doubt}
    borders |= {min(max(one[edge], 0), len(text)) for one in spans for edge in ("start", "end")}
    edges = sorted(borders)
    cut = []
    for start, end in pairwise(edges):
        kind = next((one["kind"] for one in spans if one["start"] <= start and end <= one["end"]), "")
        cut.append(Piece(text[start:end], kind, doubt[0] <= start and end <= doubt[1]))
    return cut


async def group(session: AsyncSession, key: str, now: datetime) -> Group | None:
    """None where nothing of this key waits."""
    open_ = (Item.key == key, Item.decision_id.is_(None))
    query = (
        select(Item, CustomerRow.name)
        .join(CustomerRow, CustomerRow.id == Item.customer_id, isouter=True)
        .where(*open_)
        .order_by(Item.at.desc(), Item.id.desc())
        .limit(SHOWN)
    )
    shown = [Utterance(item, name or "не представился") for item, name in (await session.execute(query)).all()]
    if not shown:
        return None
    item = shown[0].item
    names = select(CustomerRow.name).distinct().join(Item, Item.customer_id == CustomerRow.id).where(*open_)
    reading = await repository.reading(session, item)
    return Group(
        key=key,
        count=await session.scalar(select(func.count()).where(*open_)) or 0,
        customers=list(await session.scalars(names.order_by(CustomerRow.name))),
        utterances=shown,
        reading=reading,
        found=await candidates.suggest(session, [one.item for one in shown], reading, now),
        around=await _around(session, item),
        earlier=await repository.earlier(session, key),
    )


async def _around(session: AsyncSession, item: ReviewItemRow) -> list[Said]:
    """A few messages before and after, by their numbers in the conversation; nobody here needs the prices."""
    asked = await session.get(InboxRow, item.inbox_id) if item.inbox_id is not None else None
    if asked is None:
        return []
    parts = []
    for row, sender in ((InboxRow, literal("customer")), (OutboxRow, OutboxRow.sender)):
        said = select(row.seq, sender.label("sender"), row.at, row.text)
        said = said.where(row.conversation_id == asked.conversation_id, row.text != "")
        parts.append(said.where(row.seq <= asked.seq).order_by(row.seq.desc()).limit(BEFORE + 1).subquery())
        parts.append(said.where(row.seq > asked.seq).order_by(row.seq).limit(AFTER).subquery())
    rows = (await session.execute(union_all(*(select(part) for part in parts)))).all()
    earlier = sorted(row for row in rows if row.seq <= asked.seq)[-BEFORE - 1 :]
    later = sorted(row for row in rows if row.seq > asked.seq)[:AFTER]
    return [Said(row.sender, row.at, AMOUNT.sub("… ₽", row.text), row.seq == asked.seq) for row in (*earlier, *later)]
