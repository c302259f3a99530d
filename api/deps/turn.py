"""FastAPI dependencies of a turn: who speaks, and one transaction that sees this customer's rows only."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import ContactRow, ConversationRow, CustomerRow, StoredResultRow
from api.db.session import customer_session, staff_session
from api.deps.events import record
from api.deps.token import Claims, read
from api.domain.clock import Clock
from api.errors import Forbidden, Unauthorized

M = TypeVar("M", bound=BaseModel)

FULL_RIGHTS = frozenset({"order", "prices", "balance"})
"""Of a visitor who signed in with the company's code, as nobody in particular."""

bearer = HTTPBearer(auto_error=False, description="The token of the message's metadata")


@dataclass(frozen=True)
class Speaker:
    """Who sent the message of this turn; `customer_id` is None until the visitor signs in."""

    conversation_id: UUID
    inbox_id: int
    channel: str
    customer_id: str | None
    contact_id: str | None
    rights: frozenset[str]


@dataclass(frozen=True)
class Scope:
    """The same, of a signed-in customer."""

    conversation_id: UUID
    inbox_id: int
    channel: str
    customer_id: str
    contact_id: str | None
    rights: frozenset[str]

    @property
    def person(self) -> str:
        """Tells the people of a company apart: the contact; of who came with the company's code the conversation."""
        return self.contact_id or str(self.conversation_id)


async def speaker(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Speaker:
    """Reads the token and asks the database whose conversation it is now: a dismissed person is out at once."""
    if credentials is None:
        raise Unauthorized(code="no_token")
    return await identify(read(credentials.credentials))


async def identify(claims: Claims) -> Speaker:
    """The speaker behind the claims; raises Unauthorized when the conversation changed hands since.

    Whoever was dismissed, and whose company was closed, is a stranger: the session's view says why.
    """
    query = (
        select(ConversationRow, ContactRow, CustomerRow)
        .join(ContactRow, ContactRow.id == ConversationRow.contact_id, isouter=True)
        .join(CustomerRow, CustomerRow.id == ConversationRow.customer_id, isouter=True)
        .where(ConversationRow.id == claims.conversation_id)
    )
    async with staff_session() as session:
        found = (await session.execute(query)).one_or_none()
    if found is None or (claims.customer_id is not None and claims.customer_id != found.ConversationRow.customer_id):
        raise Unauthorized(code="conversation_changed")
    conversation = found.ConversationRow
    rights = rights_of(conversation, found.ContactRow, found.CustomerRow)
    if rights is None:
        return Speaker(claims.conversation_id, claims.inbox_id, conversation.channel, None, None, frozenset())
    customer_id, contact_id = conversation.customer_id, conversation.contact_id
    return Speaker(claims.conversation_id, claims.inbox_id, conversation.channel, customer_id, contact_id, rights)


def rights_of(
    conversation: ConversationRow, contact: ContactRow | None, customer: CustomerRow | None
) -> frozenset[str] | None:
    """What may be done in the conversation now; None: nobody is signed in there, or not any more."""
    if customer is None or not customer.active:
        return None
    if conversation.contact_id is None:
        return FULL_RIGHTS
    if contact is None or not contact.at_work or contact.customer_id != customer.id:
        return None
    return frozenset(contact.rights)


class CustomerTurn:
    """One request of a signed-in customer, in one transaction under its own role."""

    def __init__(self, scope: Scope, session: AsyncSession, clock: Clock) -> None:
        self.scope = scope
        self.session = session
        self.clock = clock

    def require(self, right: str) -> None:
        """Raises Forbidden when this person may not."""
        if right not in self.scope.rights:
            raise Forbidden("На это у вас нет прав. Их даёт ваш менеджер.", code="no_right")

    async def record(self, kind: str, **data: object) -> None:
        """Adds an event of this customer and conversation."""
        scope = self.scope
        await record(
            self.session,
            self.clock,
            kind,
            customer_id=scope.customer_id,
            conversation_id=scope.conversation_id,
            **data,
        )

    async def once(self, request: str, work: Callable[[], Awaitable[M]], model: type[M]) -> M:
        """Does the work once for this message: a repeat of the same request gets the stored answer."""
        # Two deliveries of one message may run at the same moment: the second waits for the first.
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": self.scope.inbox_id})
        stored = await self.session.get(StoredResultRow, (self.scope.inbox_id, request))
        if stored is not None:
            return model.model_validate(stored.body)
        answer = await work()
        self.session.add(
            StoredResultRow(
                inbox_id=self.scope.inbox_id,
                request=request,
                customer_id=self.scope.customer_id,
                body=answer.model_dump(mode="json"),
            )
        )
        await self.session.flush()
        return answer


async def customer_turn(who: Annotated[Speaker, Depends(speaker)]) -> AsyncIterator[CustomerTurn]:
    """Opens the customer's transaction; it commits before the answer leaves."""
    if who.customer_id is None:
        raise Forbidden("Сначала нужно войти.", code="no_customer")
    scope = Scope(who.conversation_id, who.inbox_id, who.channel, who.customer_id, who.contact_id, who.rights)
    async with customer_session(scope.customer_id) as session:
        yield CustomerTurn(scope, session, settings().clock)


Turn = Annotated[CustomerTurn, Depends(customer_turn, scope="function")]
Who = Annotated[Speaker, Depends(speaker)]
