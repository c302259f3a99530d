"""A trainer's label becomes a decision of the review like any other: undone, audited and written to files as they are.

The utterances become items of the queue and are decided in one transaction; after an undo they wait in «Непонятое».
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import InboxRow, ReviewDecisionRow, ReviewItemRow
from api.domain.privacy import masked
from api.errors import Conflict
from api.review import service
from api.review.schemas import Group
from api.review.signals import COSTS

Kind = Literal["chosen", "differs"]
DISMISSALS = ("not_order", "skipped")
Guesses = Mapping[int, dict[str, Any]]
"""By the message's number what was thought of it: `ReviewItemRow.guess`."""


def heard_text(message: InboxRow) -> str:
    """Its words as people may read them. Before somebody signed in whatever may be a code or a login is dotted over."""
    return masked(message.text, stranger=message.extra.get("customer") is None)


async def label(
    session: AsyncSession, kind: Kind, key: str, guesses: Guesses, deed: str, by: str, now: datetime
) -> ReviewDecisionRow:
    """`deed`: an intent, or one of DISMISSALS. The first of the messages stands for the group.

    Raises Conflict where another decided it meanwhile, ApiError for what is no intent.
    """
    items = await _items(session, kind, key, guesses)
    waiting = [row for row in items if row.decision_id is None]
    if not waiting:
        raise Conflict("Эти сообщения уже разметили до вас.", code="decided")
    group = Group(key, example=waiting[0].id)
    if deed in DISMISSALS:
        return await service.dismiss(session, group, deed, by, now)
    return await service.teach(session, group, deed, None, by, now)


async def _items(session: AsyncSession, kind: Kind, key: str, guesses: Guesses) -> Sequence[ReviewItemRow]:
    """The messages' items in the order given, made where there are none yet."""
    messages = (await session.scalars(select(InboxRow).where(InboxRow.id.in_(guesses)))).all()
    sources = [f"{kind}:{number}" for number in guesses]
    if messages:
        values = [_values(kind, key, message, guesses[message.id]) for message in messages]
        await session.execute(insert(ReviewItemRow).values(values).on_conflict_do_nothing(index_elements=["source"]))
    found = (await session.scalars(select(ReviewItemRow).where(ReviewItemRow.source.in_(sources)))).all()
    return sorted(found, key=lambda row: sources.index(row.source))


def _values(kind: Kind, key: str, message: InboxRow, guess: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": message.at,
        "source": f"{kind}:{message.id}",
        "kind": kind,
        "conversation_id": message.conversation_id,
        "customer_id": message.extra.get("customer"),
        "inbox_id": message.id,
        "text": heard_text(message),
        "key": key,
        "guess": guess,
        "cost": COSTS[kind],
    }
