"""Managers hear where they are that a customer needs a person: at once, once more, and at last the admins.

What is due is read from the open hand-offs, in one job at a time (jobs.py); an alert has a `dedupe_key` for each
person, so a job that is repeated says nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.conversations import outbox
from api.conversations.people import WORKDAYS
from api.db.models import StaffUserRow
from api.deps.options import option
from api.domain.wording import plural
from api.notifications import alert_rows, alert_texts
from api.notifications.alert_rows import Waiting

MANY = 5
"""More than this at once (the first minutes of a working day) are told in one message."""
NAMED = 3
QUOTED = 150
LAST_CALL = 3
"""The admins are told after so many times the minutes of the reminder."""


@dataclass(frozen=True)
class Day:
    """A working day's hours in the distributor's time. `opens` not before `closes`: people answer at any time."""

    opens: int
    closes: int

    def working(self, now: datetime) -> bool:
        if self.opens >= self.closes:
            return True
        return now.isoweekday() in WORKDAYS and self.opens <= now.hour < self.closes

    def began(self, now: datetime) -> datetime:
        """From when a customer may expect an answer today; only while it is `working`."""
        hour = self.opens if self.opens < self.closes else 0
        return now.replace(hour=hour, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Stage:
    """`name` stands in the keys of its messages; `text` is of one customer, `crowd` of many at once."""

    name: str
    text: str
    crowd: str


FIRST = Stage("first", alert_texts.ASKED, alert_texts.MANY_ASK)
REMINDER = Stage("reminder", alert_texts.REMINDED, alert_texts.MANY_WAIT)
LAST = Stage("admins", alert_texts.ESCALATED, alert_texts.MANY_WAIT)

Due = list[tuple[Waiting, Sequence[StaffUserRow]]]
"""Who waits, and who is to be told of it."""


async def send(session: AsyncSession, now: datetime) -> None:
    """Everything that is due. `now` in the distributor's zone."""
    people = await alert_rows.reachable(session)
    waiting = await alert_rows.open_handoffs(session)
    day = Day(await option(session, "work_from"), await option(session, "work_to"))
    new = [one for one in waiting if one.handoff.alerted_at is None]
    if not day.working(now):
        # Whoever wants to hear of it at night does; the others do in the morning, unless it is answered by then.
        awake = [person for person in people if person.alert_hours == "always"]
        await _tell(session, now, FIRST, [(one, awake) for one in new if one.since])
        return
    await _tell(session, now, FIRST, [(one, people) for one in new if one.since], together=True)
    for one in new:
        one.handoff.alerted_at = now
    within = timedelta(minutes=await option(session, "answer_within_minutes"))
    if within:
        await _again(session, now, waiting, people, within, day.began(now))


async def _again(
    session: AsyncSession,
    now: datetime,
    waiting: Sequence[Waiting],
    people: Sequence[StaffUserRow],
    within: timedelta,
    opened: datetime,
) -> None:
    """Reminders, and after them the admins' ones, each once for the words that wait. Nights do not count."""
    reminders: Due = []
    last: Due = []
    for one in waiting:
        asked, since = one.handoff, one.since
        if since is None or asked.alerted_at is None:
            continue
        waited = now - max(since, asked.alerted_at, opened)
        if waited >= within and not _after(asked.reminded_at, since):
            asked.reminded_at = now
            reminders.append((one, _whose(one, people)))
        elif waited >= LAST_CALL * within and not _after(asked.escalated_at, since):
            asked.escalated_at = now
            last.append((one, [person for person in people if person.role == "admin"]))
    await _tell(session, now, REMINDER, reminders, together=True)
    await _tell(session, now, LAST, last, together=True)


async def _tell(session: AsyncSession, now: datetime, stage: Stage, due: Due, *, together: bool = False) -> None:
    """A message for each who waits, to each who was not told yet; `together`: one message, where there are many."""
    keys = [_key(stage, one, person) for one, people in due for person in people]
    told = await alert_rows.said(session, keys)
    texts: dict[int, str] = {}
    for person in {person.id: person for _, people in due for person in people}.values():
        theirs = [one for one, people in due if person in people and _key(stage, one, person) not in told]
        if together and len(theirs) > MANY:
            key = f"alert:{theirs[0].handoff.id}-{theirs[-1].handoff.id}:{stage.name}:{now.timestamp():.0f}@{person.id}"
            await _say(session, now, person, _crowd(stage, theirs), key)
            continue
        for one in theirs:
            if one.handoff.id not in texts:
                texts[one.handoff.id] = await _text(session, stage, one, now)
            await _say(session, now, person, texts[one.handoff.id], _key(stage, one, person))


def _key(stage: Stage, one: Waiting, person: StaffUserRow) -> str:
    words = f":{one.since.timestamp():.0f}" if one.since and stage is not FIRST else ""
    return f"alert:{one.handoff.id}:{stage.name}{words}@{person.id}"


def _after(told_at: datetime | None, since: datetime) -> bool:
    """Whether it was told of these words already, and not of earlier ones."""
    return told_at is not None and told_at >= since


def _whose(one: Waiting, people: Sequence[StaffUserRow]) -> Sequence[StaffUserRow]:
    """Who has taken the conversation; everybody, when nobody has or when they cannot be reached."""
    return [person for person in people if person.login == one.handoff.taken_by] or people


def _name(one: Waiting) -> str:
    person = one.conversation.name
    if one.customer:
        return f"{one.customer} ({person})" if person else one.customer
    return person or alert_texts.NOBODY


def _crowd(stage: Stage, waiting: Sequence[Waiting]) -> str:
    return stage.crowd.format(
        count=_counted(len(waiting), "клиент", "клиента", "клиентов"),
        customers=", ".join(_name(one) for one in waiting[:NAMED]),
        more=len(waiting) - NAMED,
        link=f"{settings().public_base_url}/console/conversations",
    )


async def _text(session: AsyncSession, stage: Stage, one: Waiting, now: datetime) -> str:
    words = " ".join((await alert_rows.last_words(session, one.conversation)).split())
    short = words if len(words) <= QUOTED else f"{words[:QUOTED].rstrip()}…"
    return stage.text.format(
        customer=_name(one),
        why=alert_texts.WHY.get(one.handoff.reason, alert_texts.SOMETHING),
        words=alert_texts.QUOTED.format(words=short) if short else "",
        waited=_span(now - (one.since or now)),
        link=f"{settings().public_base_url}/console/conversations/{one.conversation.id}",
    )


def _counted(count: int, one: str, few: str, many: str) -> str:
    return f"{count} {plural(count, one, few, many)}"


def _span(waited: timedelta) -> str:
    """«7 минут», «3 часа»: an honest time, nights included."""
    minutes = max(1, int(waited.total_seconds() // 60))
    if minutes < 120:
        return _counted(minutes, "минуту", "минуты", "минут")
    return _counted(minutes // 60, "час", "часа", "часов")


async def _say(session: AsyncSession, now: datetime, person: StaffUserRow, text: str, key: str | None) -> None:
    assert person.alert_conversation_id is not None
    await outbox.say(session, person.alert_conversation_id, now, text, dedupe_key=key)


async def try_out(session: AsyncSession, now: datetime, person: StaffUserRow) -> None:
    """A message that shows the person that alerts arrive."""
    await _say(session, now, person, alert_texts.TRIED, None)
