"""The signs of a misunderstanding: where each is found, and what item it makes. What makes none is None."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Double, Select, and_, cast, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.db.models import EventRow, InboxRow, MisunderstoodRow, ReadingRow
from api.understanding.heard import FALLBACK

COSTS = {
    "corrected": Decimal(5),
    "handed_off": Decimal(4),
    "fallback": Decimal(3),
    "unknown_product": Decimal(2),
    "answered_otherwise": Decimal(2),
    "differs": Decimal(2),
    "low_confidence": Decimal(1),
    "chosen": Decimal(1),
}
"""A wrong line that the customer had to find, a person's time, a message in vain, a question, nothing yet."""
UNSURE = 0.6
"""A verdict below it was acted upon although it is no sure one: rasa_project/config.yml gives up at 0.3 only, and the
reading of orders does not call it sure either (api/understanding/verdicts.py). Of the held-out messages 2.5 % are."""
NOT_UNDERSTOOD = ("asked", "not_understood")
"""Reasons of a hand-off that a person may learn from; a complaint was understood, files and failed orders are none."""
BEFORE = timedelta(minutes=30)
"""How long before a hand-off its cause may have been said."""
TALK = ("call_human", "greet", "thanks", "affirm", "deny", "help")
"""Of these nobody asks for a person in despair."""
SAME_TURN = timedelta(minutes=10)
"""Between a message and what its turn records: the longest that the assistant is waited for."""
_NO_GOODS = ("repeat", "outlet")
"""Operations whose question asks for an order or a place."""

event, inbox = EventRow, InboxRow


@dataclass(frozen=True)
class Found:
    """An item before it is masked and stored."""

    at: datetime
    conversation_id: UUID
    customer_id: str | None
    inbox_id: int | None
    text: str
    phrase: str = ""
    guess: dict[str, Any] = field(default_factory=dict)
    meant: dict[str, Any] = field(default_factory=dict)


Item = Callable[[AsyncSession, Any], Awaitable[Found | None]]


@dataclass(frozen=True)
class Signal:
    """`rows`: a query of one table, `table`, joined with what the item needs; `source` names its rows."""

    kind: str
    source: str
    table: type[EventRow] | type[MisunderstoodRow]
    rows: Select[Any] | Select[EventRow, InboxRow]
    item: Item


def _number(key: str) -> ColumnElement[int]:
    return cast(event.data[key].astext, BigInteger)


def _events(kind: str, message: str = "inbox") -> Select[EventRow, InboxRow]:
    """Events with the message that `message` of them names."""
    return select(event, inbox).join(inbox, inbox.id == _number(message)).where(event.kind == kind)


def _said(row: Any, **more: Any) -> Found:
    """An item of an event and its message."""
    one, message = row
    return Found(one.at, message.conversation_id, one.customer_id, message.id, message.text, **more)


def _heard(message: InboxRow) -> dict[str, Any]:
    return {"intent": message.intent, "confidence": message.confidence} if message.intent else {}


async def _unknown_product(session: AsyncSession, row: Any) -> Found | None:
    data = row[0].data
    return _said(row, phrase=data["phrase"], guess=_heard(row[1]) | (data["guess"] or {}))


async def _answered_otherwise(session: AsyncSession, row: Any) -> Found | None:
    data = row[0].data
    return _said(row, phrase=data["phrase"], guess=data["guess"], meant=_product(data["meant"]))


async def _corrected(session: AsyncSession, row: Any) -> Found | None:
    data = row[0].data
    became = {"became": data["became"]} | ({"quantity": data["now"]} if data["now"] else {})
    guess = data["guess"] | {"quantity": data["quantity"]}
    return _said(row, phrase=data["phrase"], guess=guess, meant=_product(data["meant"]) | became)


def _product(named: dict[str, Any] | None) -> dict[str, Any]:
    return {"sku": named["sku"], "name": named["name"]} if named else {}


async def _low_confidence(session: AsyncSession, row: Any) -> Found | None:
    data = row[0].data
    return _said(row, guess=_likeliest(data))


def _likeliest(data: dict[str, Any]) -> dict[str, Any]:
    """What the classifier would have said had it not given up, and what else it thought of."""
    ranking = [(name, value) for name, value in data.get("ranking", ()) if name != FALLBACK]
    return guess_of(ranking or [(data["intent"], data["confidence"])])


def guess_of(ranking: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Intents with their confidence, the likeliest first, as `ReviewItemRow.guess` keeps them."""
    likely = [{"intent": name, "confidence": sure} for name, sure in ranking]
    return likely[0] | ({"ranking": likely[1:]} if likely[1:] else {}) if likely else {}


async def _fallback(session: AsyncSession, row: Any) -> Found | None:
    missed: MisunderstoodRow = row[0]
    query = select(event.data).where(
        event.kind == "turn",
        event.at.between(missed.at, missed.at + SAME_TURN),
        event.conversation_id == missed.conversation_id,
        _number("inbox") == missed.inbox_id,
    )
    turn = await session.scalar(query.limit(1)) or {"intent": missed.intent, "confidence": missed.confidence}
    return Found(
        missed.at, missed.conversation_id, missed.customer_id, missed.inbox_id, missed.text, guess=_likeliest(turn)
    )


async def _handed_off(session: AsyncSession, row: Any) -> Found | None:
    """The last words before a person was wanted, if there were any worth a look."""
    one: EventRow = row[0]
    # The chat may have been another company's a moment ago: its words must not become this one's.
    heard_for = inbox.extra["customer"].astext
    query = select(inbox).where(
        or_(heard_for.is_(None), heard_for == one.customer_id),
        inbox.conversation_id == one.conversation_id,
        inbox.at.between(one.at - BEFORE, one.at),
        inbox.payload == "",
        inbox.text != "",
        inbox.handled_at.is_not(None),
        inbox.intent.not_in(TALK),
    )
    last = await session.scalar(query.order_by(inbox.seq.desc()).limit(1))
    if last is None:
        return None
    reason = {"reason": one.data["reason"]}
    return Found(one.at, last.conversation_id, one.customer_id, last.id, last.text, guess=_heard(last), meant=reason)


def _acted_upon() -> ColumnElement[bool]:
    """The turn did something else than to say that it did not understand, or to take an answer to our question."""
    same = aliased(EventRow)
    missed = exists().where(MisunderstoodRow.inbox_id == inbox.id, MisunderstoodRow.at.between(*_turn_of(inbox)))
    answered = exists().where(
        same.kind == "answer",
        same.at.between(*_turn_of(inbox)),
        cast(same.data["inbox"].astext, BigInteger) == inbox.id,
        same.data["by"].astext == "message",
    )
    read = exists().where(ReadingRow.inbox_id == inbox.id)
    unsure = and_(event.data["intent"].astext != FALLBACK, cast(event.data["confidence"].astext, Double) < UNSURE)
    return and_(or_(unsure, and_(event.data["intent"].astext == FALLBACK, read)), ~missed, ~answered)


def _turn_of(message: type[InboxRow]) -> tuple[Any, Any]:
    return message.at, message.at + SAME_TURN


SIGNALS = (
    Signal("fallback", "misunderstood", MisunderstoodRow, select(MisunderstoodRow), _fallback),
    Signal(
        "low_confidence",
        "event",
        EventRow,
        _events("turn").where(inbox.payload == "", inbox.text.op("~")(r"[^\W\d_]"), _acted_upon()),
        _low_confidence,
    ),
    Signal(
        "unknown_product",
        "event",
        EventRow,
        _events("question").where(
            event.data["reason"].astext == "unknown", event.data["operation"].astext.not_in(_NO_GOODS)
        ),
        _unknown_product,
    ),
    Signal(
        "answered_otherwise",
        "event",
        EventRow,
        # A question to confirm is about one product: a «no» to it says nothing of another.
        _events("answer", "asked_in").where(
            event.data["reason"].astext == "ambiguous",
            event.data["meant"]["sku"].astext != event.data["guess"]["sku"].astext,
        ),
        _answered_otherwise,
    ),
    Signal("corrected", "event", EventRow, _events("line_corrected"), _corrected),
    Signal(
        "handed_off",
        "event",
        EventRow,
        select(event).where(event.kind == "handoff", event.data["reason"].astext.in_(NOT_UNDERSTOOD)),
        _handed_off,
    ),
)
