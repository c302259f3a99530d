"""Whose a number is. Numbers are E.164; they come from the accounting system, and managers add and revoke them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import identity
from api.db.models import ContactPhoneRow, ContactRow, ConversationRow, CustomerRow
from api.domain.clock import Clock
from api.domain.customer import Contact

REGION = "RU"
SHOWN_DIGITS = 2
RUSSIAN_DIGITS = 11


@dataclass(frozen=True)
class Person:
    """A contact who may sign in: an active one of an active company."""

    contact_id: str
    name: str
    email: str
    rights: frozenset[str]
    customer_id: str
    customer: str

    @property
    def known_as(self) -> tuple[str, ...]:
        """The name as people mean it: «Пётр Савельев» and «САВЕЛЬЕВ ПЕТР» are one."""
        return tuple(sorted(self.name.casefold().replace("ё", "е").replace(".", " ").split()))


def numbers_in(text: str) -> list[str]:
    """The numbers in a text, E.164. «8 900…» is Russian; one field may hold several."""
    matches = phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.POSSIBLE)
    # Behind an extension sits one of many: the number of the switchboard is nobody's.
    numbers = [match.number for match in matches if not match.number.extension]
    found = [phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in numbers]
    return list(dict.fromkeys(found))


def number(text: str) -> str | None:
    """The one number that the text is, or None."""
    found = numbers_in(text)
    return found[0] if len(found) == 1 else None


def vouched(phone: str) -> str:
    """E.164 of a number as a messenger gives it: mostly with its country's code, not always with the plus."""
    digits = "".join(character for character in phone if character.isdigit())
    if not phone.strip().startswith("+") and len(digits) == RUSSIAN_DIGITS and digits.startswith("8"):
        digits = f"7{digits[1:]}"
    return f"+{digits}" if digits else ""


def masked(phone: str) -> str:
    """«…-67»: enough for its owner to know it."""
    return f"…{phone[-SHOWN_DIGITS:]}"


def same_person(people: Sequence[Person]) -> bool:
    """Whether the contacts are one person at several companies. Without a name nobody can tell."""
    return len({person.known_as for person in people}) == 1 and (len(people) == 1 or bool(people[0].known_as))


def _person(contact: ContactRow, customer: CustomerRow) -> Person:
    rights = frozenset(contact.rights)
    return Person(contact.id, contact.name, contact.email, rights, customer.id, customer.name)


_PEOPLE = (
    select(ContactRow, CustomerRow)
    .join(CustomerRow, CustomerRow.id == ContactRow.customer_id)
    .where(ContactRow.at_work, CustomerRow.active)
    .order_by(CustomerRow.name, ContactRow.id)
)


async def people_of(session: AsyncSession, phone: str) -> list[Person]:
    """The contacts with this number."""
    owned = select(ContactPhoneRow.contact_id).filter_by(phone=phone).where(ContactPhoneRow.revoked_at.is_(None))
    query = _PEOPLE.where(ContactRow.id.in_(owned))
    return [_person(contact, customer) for contact, customer in await session.execute(query)]


async def people(session: AsyncSession, contact_ids: Iterable[str]) -> list[Person]:
    """Those of the contacts who may sign in now."""
    query = _PEOPLE.where(ContactRow.id.in_(list(contact_ids)))
    return [_person(contact, customer) for contact, customer in await session.execute(query)]


async def first_of(session: AsyncSession, contact_id: str) -> str | None:
    """The person's number, the oldest of several."""
    query = select(ContactPhoneRow.phone).filter_by(contact_id=contact_id).where(ContactPhoneRow.revoked_at.is_(None))
    return await session.scalar(query.order_by(ContactPhoneRow.added_at, ContactPhoneRow.phone).limit(1))


async def owners(session: AsyncSession, phone: str) -> Sequence[ContactPhoneRow]:
    """Whose the number is, people who may not sign in included."""
    query = select(ContactPhoneRow).filter_by(phone=phone).where(ContactPhoneRow.revoked_at.is_(None))
    return (await session.scalars(query)).all()


async def add(session: AsyncSession, contact_id: str, phone: str, source: str, now: datetime) -> None:
    """Gives the person the number, a revoked one anew. Other owners keep it: a manager revokes it there."""
    values = {"contact_id": contact_id, "phone": phone, "source": source, "added_at": now, "revoked_at": None}
    statement = insert(ContactPhoneRow).values(values)
    keys = ["contact_id", "phone"]
    await session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_={"source": source, "revoked_at": None})
    )


async def revoke(session: AsyncSession, contact_id: str, phone: str, clock: Clock) -> int:
    """Takes the number from the person, whatever the accounting system says; ends the sign-ins made with it."""
    row = await session.get(ContactPhoneRow, (contact_id, phone), with_for_update=True)
    if row is None or row.revoked_at is not None:
        return 0
    row.revoked_at = clock.now()
    await session.flush()
    return await end_sign_ins(session, [(contact_id, phone)], clock)


async def trust(session: AsyncSession, contact_id: str, conversation_id: UUID) -> bool:
    """A manager knows whose chat it is: the person's number opens it again. False: it is not the chat's number."""
    conversation = await session.get(ConversationRow, conversation_id, with_for_update=True)
    owned = await session.get(ContactPhoneRow, (contact_id, conversation.phone)) if conversation else None
    if conversation is None or owned is None or owned.revoked_at is not None:
        return False
    conversation.number_doubted_at = None
    return True


async def end_sign_ins(session: AsyncSession, lost: Iterable[tuple[str, str]], clock: Clock) -> int:
    """Cuts off the conversations that these people signed in with these numbers."""
    ended = 0
    for contact_id, phone in lost:
        by_phone = ConversationRow.signed_in_by.in_([f"phone:{phone}", f"otp:{phone}"])
        ended += await identity.cut_off(session, by_phone & (ConversationRow.contact_id == contact_id), "phone", clock)
    return ended


async def store(session: AsyncSession, contacts: Sequence[Contact], told: ColumnElement[bool], clock: Clock) -> None:
    """The numbers of the accounting system as they are now; what managers added or revoked stays as it is.

    `told`: the contacts that the reading was about, whether it named them or not.
    """
    wanted = {(contact.id, phone) for contact in contacts for phone in numbers_in(contact.phone)}
    about = ContactPhoneRow.contact_id.in_(select(ContactRow.id).where(told))
    known: Mapping[tuple[str, str], Any] = {
        (row.contact_id, row.phone): row for row in await session.scalars(select(ContactPhoneRow).where(about))
    }
    common = {"source": "erp", "added_at": clock.now()}
    new = [{"contact_id": contact_id, "phone": phone, **common} for contact_id, phone in sorted(wanted - known.keys())]
    if new:
        await session.execute(insert(ContactPhoneRow).on_conflict_do_nothing(), new)
    lost = [key for key, row in known.items() if row.source == "erp" and row.revoked_at is None and key not in wanted]
    for contact_id, phone in lost:
        await session.execute(delete(ContactPhoneRow).filter_by(contact_id=contact_id, phone=phone))
    await end_sign_ins(session, lost, clock)
