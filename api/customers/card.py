"""The customer's card in the chat: what policy lets the person change at once, and what a manager decides.

A person who may manage people adds an employee or a second number of their own; everything else is a request.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import contacts, invitations, phones, written_cards
from api.customers.card_words import Kind, kind_of, name_in
from api.customers.schemas import ProfileOut
from api.customers.service import attended_by
from api.db.models import ContactPhoneRow, ContactRow, CustomerRow, ProfileRequestRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.deps.turn import Scope
from api.domain.clock import Clock
from api.domain.customer import CardField


@dataclass(frozen=True)
class Wish:
    """What the words ask for. `phone` is E.164; `asked`: they answer our question for what was missing."""

    kind: Kind
    text: str
    name: str | None
    phone: str | None
    asked: bool = False

    @property
    def lacks(self) -> bool:
        """Whether the new number, or the new person's name and number, are still to be told."""
        return self.kind in ("employee", "phone") and (
            self.phone is None or (self.kind == "employee" and self.name is None)
        )


def read(text: str, kind: Kind | None = None) -> Wish:
    """`kind`: of the question that the words answer; without it they tell it themselves."""
    return Wish(kind or kind_of(text), text, name_in(text), phones.number(text), asked=kind is not None)


async def ask(scope: Scope, wish: Wish, clock: Clock) -> ProfileOut:
    """Does what the person may, else keeps the request for a manager."""
    async with staff_session() as session:
        contact = await session.get(ContactRow, scope.contact_id) if scope.contact_id else None
        if wish.kind == "view":
            return await _shown(session, scope, contact)
        if wish.lacks and not wish.asked:
            return ProfileOut(state="incomplete", kind=wish.kind)
        if contact is not None and "people" in scope.rights and wish.kind in ("employee", "phone"):
            done = await _change(session, scope, contact, wish, clock)
            if done is not None:
                return done
        return await _requested(session, scope, wish, clock)


async def _shown(session: AsyncSession, scope: Scope, contact: ContactRow | None) -> ProfileOut:
    customer = await session.get_one(CustomerRow, scope.customer_id)
    lines = [f"Компания: {customer.name}"]
    if contact is not None:
        query = select(ContactPhoneRow.phone).filter_by(contact_id=contact.id, revoked_at=None)
        known = [phones.masked(phone) for phone in await session.scalars(query)]
        lines.append(f"Вы: {contact.name}")
        lines += [f"Номера: {', '.join(known)}"] if known else []
    lines.append(f"Права: {', '.join(contacts.RIGHTS[right] for right in contacts.known_rights(scope.rights))}")
    return ProfileOut(state="shown", kind="view", text="\n".join(lines))


async def _change(
    session: AsyncSession, scope: Scope, contact: ContactRow, wish: Wish, clock: Clock
) -> ProfileOut | None:
    """The change that the person may make; None: a manager has to."""
    if wish.lacks or wish.phone is None:
        return None
    for owner in await phones.owners(session, wish.phone):
        theirs = await session.get_one(ContactRow, owner.contact_id)
        if theirs.id != contact.id and not (theirs.source == "own" and theirs.id == _id(scope)):
            # The number of somebody else: nobody is told whose, and nobody loses it.
            return None
    if wish.kind == "phone":
        await phones.add(session, contact.id, wish.phone, "contact", clock.now())
        await audit(session, f"contact:{contact.id}", "phone_add", contact.id)
        return ProfileOut(state="done", kind="phone", text=phones.masked(wish.phone))
    return await _employee(session, scope, contact, wish, clock)


def _id(scope: Scope) -> str:
    """One message adds one person, however often it is brought."""
    return f"own-{scope.inbox_id}"


async def _employee(session: AsyncSession, scope: Scope, by: ContactRow, wish: Wish, clock: Clock) -> ProfileOut:
    """A colleague with what this person may, but for managing people."""
    added = await session.get(ContactRow, _id(scope))
    if added is None:
        rights = scope.rights - {"people"}
        added = await contacts.add(
            session,
            scope.customer_id,
            wish.name or "",
            rights,
            clock,
            phone=wish.phone,
            source="contact",
            contact_id=_id(scope),
        )
        await audit(session, f"contact:{by.id}", "contact_add", added.id, customer=scope.customer_id)
        customer = await session.get_one(CustomerRow, scope.customer_id)
        await written_cards.propose(session, customer, CardField.CONTACT, added, added.name, by=f"contact:{by.id}")
    invitation = await invitations.invite(session, added, f"contact:{by.id}", clock.now())
    return ProfileOut(state="done", kind="employee", name=added.name, text=invitation.text)


async def _requested(session: AsyncSession, scope: Scope, wish: Wish, clock: Clock) -> ProfileOut:
    known = select(ProfileRequestRow.id).where(
        ProfileRequestRow.conversation_id == scope.conversation_id,
        ProfileRequestRow.data["inbox"].as_integer() == scope.inbox_id,
    )
    if await session.scalar(known) is None:
        session.add(
            ProfileRequestRow(
                at=clock.now(),
                customer_id=scope.customer_id,
                contact_id=scope.contact_id,
                conversation_id=scope.conversation_id,
                kind=wish.kind,
                data={"text": wish.text[:1000], "inbox": scope.inbox_id},
            )
        )
    name, phone = attended_by(await session.get_one(CustomerRow, scope.customer_id))
    return ProfileOut(state="requested", kind=wish.kind, text=f"{name}, {phone}")
