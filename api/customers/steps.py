"""Signing in step by step: what is known of a visitor, and what to ask next. The assistant only words it.

number known ──► one person ──► signed in          several companies ──► company ──► signed in
             └─► a doubt, or policy ──► code_sent ──► the same two
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.customers import attempts, identity, otp, phones
from api.customers.attempts import Source
from api.customers.phones import Person
from api.db.models import ContactRow, ConversationRow, SignInStepRow
from api.domain.clock import Clock
from api.errors import Forbidden, TooMany

CODE_SENT, COMPANY, UNKNOWN, DOUBT = "code_sent", "company", "unknown_phone", "doubt"
LOGIN, PAGE = "login", "page"
LIVES = {CODE_SENT: otp.LIFETIME, COMPANY: otp.LIFETIME, PAGE: otp.LIFETIME, LOGIN: timedelta(minutes=15)}
"""Steps that wait for the visitor, and how long."""
VOUCHED_FOR = timedelta(days=2)
"""So long a shared number signs in without being shared again: meanwhile a manager may add it."""
MOST_SENT_TO = 5
"""People of one shared number who get a code each."""


def by_number() -> bool:
    """Whether the policy knows people by their numbers."""
    return bool({"phone", "otp"} & set(settings().ways))


def _vouched(conversation: ConversationRow, now: datetime) -> bool:
    """Whether the channel vouches for the number now, and not only for whom it belonged to once."""
    at = conversation.phone_vouched_at
    return bool(conversation.phone) and at is not None and now - at <= VOUCHED_FOR


async def current(session: AsyncSession, conversation: ConversationRow, now: datetime) -> SignInStepRow | None:
    """The step that the visitor stands at.

    One that waited longer than it lives is over, and so is what was learnt from a number shared long ago.
    """
    step = await session.get(SignInStepRow, conversation.id)
    if step is None:
        return None
    good = now - step.at <= LIVES[step.step] if step.step in LIVES else _vouched(conversation, now)
    return step if good else None


async def stand_at(session: AsyncSession, conversation: ConversationRow, step: str, now: datetime, **data: Any) -> None:
    """The visitor's step from now on; how often codes were sent is not forgotten."""
    data = {"sends": await _sends(session, conversation)} | data
    values = {"conversation_id": conversation.id, "step": step, "data": data, "at": now}
    statement = insert(SignInStepRow).values(values)
    await session.execute(statement.on_conflict_do_update(index_elements=["conversation_id"], set_=values))
    # The row was written behind the session's back.
    if known := await session.get(SignInStepRow, conversation.id):
        await session.refresh(known)


def _ids(people: Sequence[Person]) -> list[str]:
    return [person.contact_id for person in people]


async def _still(session: AsyncSession, phone: str, contact_ids: Sequence[str]) -> list[Person]:
    """Those of the contacts whose number it is now: while the step waited, it may have been taken from them."""
    return [person for person in await phones.people_of(session, phone) if person.contact_id in contact_ids]


async def recognise(
    session: AsyncSession, conversation: ConversationRow, clock: Clock, *, asked: bool, inbox_id: int | None = None
) -> None:
    """Goes as far as the number that the channel vouches for allows. `asked`: the person pressed the button for it.

    Without that nobody who left is signed in again, and nobody who waits for a code loses it. A vouched number
    cannot be guessed, so no lock-out stops it; one that is not known counts as a failed attempt when asked for.
    """
    step = await current(session, conversation, clock.now())
    if not _vouched(conversation, clock.now()) or not by_number():
        return
    if not asked and (conversation.signed_out_at is not None or (step and step.step in LIVES)):
        return
    people = await phones.people_of(session, conversation.phone)
    if not people:
        await stand_at(session, conversation, UNKNOWN, clock.now())
        if asked:
            await attempts.note(session, attempts.source_of(conversation), "phone", clock.now(), succeeded=False)
        return
    # Whoever was cut off may still hold the number: it alone does not open the door again.
    doubtful = not phones.same_person(people) or conversation.number_doubted_at is not None
    if not doubtful and ("otp" not in settings().ways or settings().otp_when == "doubt"):
        await _let_in(session, conversation, people, "phone", conversation.phone, clock, inbox_id)
    elif asked or step is None or step.step == UNKNOWN:
        await _prove(session, conversation, people, conversation.phone, clock)


async def _prove(
    session: AsyncSession, conversation: ConversationRow, people: Sequence[Person], phone: str, clock: Clock
) -> None:
    """Asks for a code where the policy has one and it reaches somebody; else other ways are left."""
    sure = phones.same_person(people)
    reachable = [person for person in people if otp.way_to(person, sure)][:MOST_SENT_TO]
    if "otp" not in settings().ways or not reachable:
        await stand_at(session, conversation, DOUBT, clock.now())
        return
    try:
        await send_code(session, conversation, reachable, phone, clock, vouched=True)
    except TooMany:
        await stand_at(session, conversation, DOUBT, clock.now())


async def send_code(
    session: AsyncSession,
    conversation: ConversationRow,
    people: Sequence[Person],
    phone: str,
    clock: Clock,
    *,
    vouched: bool,
) -> None:
    """Sends a code to the people of a number, to nobody where there are none. Raises TooMany."""
    now = clock.now()
    sends = [datetime.fromisoformat(at) for at in await _sends(session, conversation)]
    recent = [at for at in sends if now - at < otp.SENDS_WINDOW]
    if recent and now - recent[-1] < otp.RESEND_AFTER:
        raise TooMany("Код уже отправлен. Новый можно запросить через минуту.", code="code_just_sent")
    if len(recent) >= otp.SENDS:
        raise TooMany("Кодов отправлено слишком много. Попробуйте через час или позовите человека.", code="code_limit")
    sure = bool(people) and phones.same_person(people)
    data: dict[str, Any] = {"phone": phone, "contacts": _ids(people), "sure": sure, "vouched": vouched}
    data |= {"tries": otp.TRIES, "sends": [at.isoformat() for at in (*recent, now)]}
    # The step stands before the job that reads the number from it.
    await stand_at(session, conversation, CODE_SENT, now, **data)
    ways = await otp.issue(session, conversation.id, people, sure=sure, now=now)
    shown = sorted(set(ways)) if vouched else []
    await stand_at(session, conversation, CODE_SENT, now, **data, ways=shown)


async def _sends(session: AsyncSession, conversation: ConversationRow) -> list[str]:
    step = await session.get(SignInStepRow, conversation.id)
    return list(step.data.get("sends", [])) if step else []


async def typed_phone(session: AsyncSession, conversation: ConversationRow, text: str, clock: Clock) -> None:
    """A number that nobody vouches for: a code is sent to it, if it is a known one, and nothing tells whether it is.

    Raises Forbidden when it is no number, or no way here; TooMany.
    """
    phone = phones.number(text)
    if "otp" not in settings().ways or phone is None:
        raise Forbidden("Не разобрал номер. Напишите его, пожалуйста, целиком: +7 900 000-00-00.", code="wrong_phone")
    source = attempts.source_of(conversation)
    await attempts.guard(session, source, clock.now())
    step = await current(session, conversation, clock.now())
    if step is not None and step.step == CODE_SENT and step.data.get("phone") == phone:
        await resend(session, conversation, clock)
        return
    people = await phones.people_of(session, phone)
    sure = bool(people) and phones.same_person(people)
    reachable = [person for person in people if otp.way_to(person, sure)][:MOST_SENT_TO]
    await send_code(session, conversation, reachable, phone, clock, vouched=False)
    # Numbers cannot be tried out one by one through ever new chats.
    there = Source(conversation.channel, None, conversation.address)
    await attempts.note(session, there, "otp", clock.now(), succeeded=False)


async def resend(session: AsyncSession, conversation: ConversationRow, clock: Clock) -> None:
    """Another code to the same people. Raises TooMany, and Forbidden when none was asked for."""
    step = await current(session, conversation, clock.now())
    if step is None or step.step != CODE_SENT:
        raise Forbidden("Сначала отправьте номер телефона.", code="no_code_sent")
    people = await _still(session, step.data["phone"], step.data["contacts"])
    await send_code(session, conversation, people, step.data["phone"], clock, vouched=bool(step.data.get("vouched")))


WRONG = "Код не подошёл. Проверьте, пожалуйста, и напишите ещё раз."
OVER = "Этот код больше не действует. Запросите новый."


async def enter_code(
    session: AsyncSession, conversation: ConversationRow, code: str, clock: Clock, inbox_id: int | None = None
) -> None:
    """The code that was sent. Raises TooMany or Forbidden; the caller commits even then."""
    now = clock.now()
    step = await current(session, conversation, now)
    if step is None or step.step != CODE_SENT or step.data["tries"] <= 0:
        raise Forbidden(OVER, code="code_expired")
    contacts = step.data["contacts"]
    whose = contacts[0] if contacts else attempts.nobody(step.data["phone"])
    source = attempts.source_of(conversation, contact_id=whose)
    await attempts.guard(session, source, now)
    step.data = step.data | {"tries": step.data["tries"] - 1}
    contact_id = await otp.verified(session, conversation.id, code, now)
    await attempts.note(session, source, "otp", now, succeeded=contact_id is not None)
    if contact_id is None:
        raise Forbidden(WRONG, code="wrong_one_time_code")
    people = await _still(session, step.data["phone"], contacts if step.data["sure"] else [contact_id])
    if not people:
        raise Forbidden(OVER, code="code_expired")
    if step.data["phone"] == conversation.phone:
        conversation.number_doubted_at = None
    await _let_in(session, conversation, people, "otp", step.data["phone"], clock, inbox_id)


async def _let_in(
    session: AsyncSession,
    conversation: ConversationRow,
    people: Sequence[Person],
    way: str,
    phone: str,
    clock: Clock,
    inbox_id: int | None,
) -> None:
    """Signs the person in, or asks for which company."""
    if len({person.customer_id for person in people}) > 1:
        await stand_at(session, conversation, COMPANY, clock.now(), contacts=_ids(people), by=f"{way}:{phone}")
        return
    await _sign_in(session, conversation, people, f"{way}:{phone}", clock, inbox_id)


async def _sign_in(
    session: AsyncSession,
    conversation: ConversationRow,
    people: Sequence[Person],
    by: str,
    clock: Clock,
    inbox_id: int | None,
) -> None:
    # Two cards of one person at one company: the one that may less.
    person = min(people, key=lambda one: (len(one.rights), one.contact_id))
    await identity.sign_in(session, conversation, person.customer_id, person.contact_id, by, clock, inbox_id)
    source = attempts.source_of(conversation, contact_id=person.contact_id)
    way = by.partition(":")[0]
    await attempts.note(session, source, way, clock.now(), succeeded=True, customer_id=person.customer_id)


async def companies(session: AsyncSession, step: SignInStepRow | None) -> list[Person]:
    """What there is to choose from, one card a company."""
    if step is None or step.step != COMPANY:
        return []
    found: dict[str, Person] = {}
    phone = str(step.data["by"]).partition(":")[2]
    for person in await _still(session, phone, step.data["contacts"]):
        known = found.setdefault(person.customer_id, person)
        if len(person.rights) < len(known.rights):
            found[person.customer_id] = person
    return list(found.values())


async def choose_company(
    session: AsyncSession, conversation: ConversationRow, customer_id: str, clock: Clock, inbox_id: int | None = None
) -> None:
    """One of the companies that were offered. Raises Forbidden for any other."""
    step = await current(session, conversation, clock.now())
    chosen = [person for person in await companies(session, step) if person.customer_id == customer_id]
    if step is None or not chosen:
        raise Forbidden("Выберите, пожалуйста, компанию заново.", code="no_company")
    await _sign_in(session, conversation, chosen, step.data["by"], clock, inbox_id)


async def others(session: AsyncSession, conversation: ConversationRow) -> list[Person]:
    """The cards of this very person at all companies, when the number that signed them in has several."""
    way, _, phone = conversation.signed_in_by.partition(":")
    if way not in ("phone", "otp") or conversation.contact_id is None:
        return []
    here = await session.get(ContactRow, conversation.contact_id)
    people = await phones.people_of(session, phone)
    me = next((person for person in people if here is not None and person.contact_id == here.id), None)
    mine = [person for person in people if me is not None and me.known_as and person.known_as == me.known_as]
    return mine if len({person.customer_id for person in mine}) > 1 else []


async def switch(session: AsyncSession, conversation: ConversationRow, clock: Clock) -> None:
    """Offers the person's companies; until one is chosen the present one stays. Raises Forbidden without others."""
    mine = await others(session, conversation)
    if not mine:
        raise Forbidden("Ваш вход — только для одной компании.", code="one_company")
    by = conversation.signed_in_by
    await stand_at(session, conversation, COMPANY, clock.now(), contacts=_ids(mine), by=by)
