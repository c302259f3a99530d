"""The list of conversations: who waits for a person, mine, all; by key, never by offset."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, Text, case, cast, exists, extract, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from api.console.channel_words import channel_words
from api.db.models import ConversationRow, CustomerRow, HandoffRow, InboxRow, StaffUserRow
from api.errors import ApiError

PAGE = 50
MOST_UNREAD = 99

TABS = (("", "Нужен человек"), ("mine", "Мои"), ("all", "Все"))
REASONS = {
    "asked": "просит человека",
    "attachment": "прислан файл или фото",
    "complaint": "жалоба",
    "not_understood": "бот не понял",
    "assistant_down": "бот не ответил",
    "order_failed": "заказ не ушёл в 1С",
    "order_review": "заказ записан с отличиями",
    "order_unfetched": "заказ никто не забирает",
    "taken_over": "взят менеджером",
    "documents": "нужны документы",
    "profile": "меняются данные",
    "notifications": "уведомления",
    "pilot": "не участвует в пилоте",
}

chat = ConversationRow
asked = (
    select(HandoffRow.reason, HandoffRow.note, HandoffRow.taken_by)
    .where(HandoffRow.conversation_id == chat.id, HandoffRow.closed_at.is_(None))
    .order_by(HandoffRow.id.desc())
    .limit(1)
    .lateral("asked")
)
LATE = 10**17
"""More microseconds than any moment has: what nobody waits for comes after what somebody does."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """What of the list is asked for. `before`: the key of the last row that was shown."""

    tab: str = ""
    channel: str = ""
    name: str = ""
    before: str = ""


@dataclass(frozen=True)
class Listed:
    """A conversation on the list; `unread` counts the customer's messages that no manager has seen."""

    id: UUID
    customer: str
    channel: str
    mode: str
    reason: str
    holder: str
    unanswered_since: datetime | None
    unread: int
    last_text: str
    last_sender: str
    last_at: datetime | None


def reason_words(reason: str | None) -> str:
    return REASONS.get(reason or "", reason or "")


def _unread() -> ColumnElement[int]:
    """Only where a person is wanted: what the assistant answers need not be read."""
    some = select(InboxRow.id).where(InboxRow.conversation_id == chat.id, InboxRow.seq > chat.staff_seen_seq)
    counted = select(func.count()).select_from(some.limit(MOST_UNREAD).correlate(chat).subquery("unread"))
    return case((chat.mode != "bot", counted.scalar_subquery()), else_=0)


def _microseconds(moment: Any) -> ColumnElement[int]:
    return cast(extract("epoch", moment) * 1_000_000, BigInteger)


def _key(tab: str) -> tuple[Any, ColumnElement[str]]:
    """What the tab is ordered by, and the same as words for the address of the next page."""
    if tab == "all":
        return chat.last_at, cast(_microseconds(chat.last_at), Text)
    rank = func.coalesce(_microseconds(chat.unanswered_since), LATE - _microseconds(chat.last_at), LATE)
    return rank, cast(rank, Text)


def _after(tab: str, before: str) -> ColumnElement[bool]:
    """The rows behind the one of this key; raises ApiError for a key that nobody of us made."""
    value, _, id_ = before.partition("~")
    try:
        number, last = int(value), UUID(id_)
        moment = EPOCH + timedelta(microseconds=number if tab == "all" else 0)
    except (ValueError, OverflowError) as error:
        raise ApiError("Такой страницы списка нет.", code="no_page", status=404) from error
    if tab == "all":
        return tuple_(chat.last_at, chat.id) < tuple_(literal(moment), literal(last))
    order, _ = _key(tab)
    return tuple_(order, chat.id) > tuple_(literal(number, BigInteger), literal(last))


def _chosen(wanted: Wanted, login: str) -> Select[Any]:
    order, words = _key(wanted.tab)
    query = (
        select(chat, CustomerRow.name, asked.c.reason, asked.c.taken_by, StaffUserRow.name, _unread(), words)
        .join(CustomerRow, CustomerRow.id == chat.customer_id, isouter=True)
        .join(asked, true(), isouter=True)
        .join(StaffUserRow, StaffUserRow.login == asked.c.taken_by, isouter=True)
        .limit(PAGE + 1)
    )
    if wanted.tab == "all":
        staff = exists().where(StaffUserRow.alert_conversation_id == chat.id).correlate(chat)
        query = query.where(chat.last_at.is_not(None), ~staff).order_by(chat.last_at.desc(), chat.id.desc())
    else:
        query = query.where(chat.mode != "bot").order_by(order, chat.id)
    if wanted.tab == "":
        query = query.where(chat.unanswered_since.is_not(None))
    if wanted.tab == "mine":
        query = query.where(chat.mode == "manager", asked.c.taken_by == login)
    return query


def _filtered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.channel:
        query = query.where(chat.channel == wanted.channel)
    if wanted.name:
        named = select(CustomerRow.id).where(CustomerRow.name.icontains(wanted.name, autoescape=True))
        theirs = chat.customer_id.in_(named) | chat.name.icontains(wanted.name, autoescape=True)
        query = query.where(theirs)
    return query if not wanted.before else query.where(_after(wanted.tab, wanted.before))


async def conversations(session: AsyncSession, wanted: Wanted, login: str) -> tuple[list[Listed], str]:
    """A page of the list, and the key of the next one; empty: there is none."""
    found = (await session.execute(_filtered(_chosen(wanted, login), wanted))).all()
    rows = [
        Listed(
            id=row.id,
            customer=name or row.name or "Посетитель не представился",
            channel=channel_words(row.channel),
            mode=row.mode,
            reason=reason_words(reason),
            holder=holder or taken_by or "",
            unanswered_since=row.unanswered_since,
            unread=unread,
            last_text=row.last_text,
            last_sender=row.last_sender,
            last_at=row.last_at,
        )
        for row, name, reason, taken_by, holder, unread, _ in found[:PAGE]
    ]
    more = f"{found[PAGE - 1][-1]}~{rows[-1].id}" if len(found) > PAGE else ""
    return rows, more


@dataclass(frozen=True)
class Waits:
    """A customer whom no person has answered yet. `by`: the login of who has the chat, if anybody."""

    id: UUID
    customer: str
    since: datetime
    by: str


async def who_waits(session: AsyncSession) -> list[Waits]:
    """The longest waiting first; the tab «Нужен человек» in short."""
    query = (
        select(chat.id, CustomerRow.name, chat.name, chat.unanswered_since, asked.c.taken_by)
        .join(CustomerRow, CustomerRow.id == chat.customer_id, isouter=True)
        .join(asked, true(), isouter=True)
        .where(chat.mode != "bot", chat.unanswered_since.is_not(None))
        .order_by(chat.unanswered_since, chat.id)
        .limit(MOST_UNREAD)
    )
    rows = await session.execute(query)
    return [Waits(id_, name or own or "Посетитель", since, by or "") for id_, name, own, since, by in rows]
