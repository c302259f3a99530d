"""Who speaks in a conversation: what the assistant asks and tells about signing in, and the steps of it."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.conversations import login_link, repository, service
from api.conversations.masking import mask_code
from api.conversations.people import manager_of
from api.conversations.schemas import (
    CompanyBody,
    CompanyOut,
    LinkOut,
    MeOut,
    OneTimeCodeBody,
    PhoneBody,
    SignInBody,
    SignInOut,
)
from api.customers import codes, identity, login_steps, steps, ways
from api.db.models import ContactRow, ConversationRow, CustomerRow, InboxRow
from api.db.session import customer_session, staff_session
from api.deps.token import Claims
from api.deps.turn import Speaker, Who, identify
from api.errors import ApiError, NotFound

router = APIRouter(prefix="/v1", tags=["session"])

Work = Callable[[AsyncSession, ConversationRow], Awaitable[None]]


async def _me(who: Speaker) -> MeOut:
    async with staff_session() as session:
        if who.customer_id is None:
            return await service.me(session, None, who, None)
        async with customer_session(who.customer_id) as own:
            return await service.me(session, own, who, who.customer_id)


async def _now(who: Speaker) -> Speaker:
    """The same speaker after the conversation changed hands."""
    return await identify(Claims(who.conversation_id, who.inbox_id, None))


async def _attempt(who: Speaker, work: Work) -> None:
    """Does the work on the locked conversation. What it notes is kept even when it refuses."""
    refusal: ApiError | None = None
    async with staff_session() as session:
        conversation = await repository.locked(session, who.conversation_id)
        if conversation is None:
            raise NotFound()
        try:
            await work(session, conversation)
        except ApiError as error:
            refusal = error
    if refusal is not None:
        raise refusal


async def _closed(session: AsyncSession, conversation: ConversationRow) -> str:
    """Why the conversation belongs to nobody any more: contact, phone, code, login, customer; empty: it never did."""
    contact = await session.get(ContactRow, conversation.contact_id) if conversation.contact_id else None
    if contact is not None and not contact.at_work:
        return "contact"
    customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
    return "customer" if customer is not None and not customer.active else identity.closed_reason(conversation)


async def _view(who: Speaker) -> SignInOut:
    me = await _me(who)
    async with staff_session() as session:
        conversation = await session.get_one(ConversationRow, who.conversation_id)
        inbox = await session.get(InboxRow, who.inbox_id)
        step = await steps.current(session, conversation, settings().clock.now())
        companies = await steps.companies(session, step)
        closed = "" if me.signed_in else await _closed(session, conversation)
        last = await session.get(CustomerRow, conversation.served_customer_id) if closed else None
    stands = step.step if step else ""
    foreign = inbox is not None and inbox.extra.get("contact") == "foreign"
    shown = {steps.CODE_SENT: "code_sent", steps.PAGE: "code_sent", steps.COMPANY: "company"}.get(stands)
    sent_by = {steps.CODE_SENT: step.data.get("ways", []), steps.PAGE: ["page"]}.get(stands, []) if step else []
    return SignInOut.model_validate(
        {
            "step": shown or ("signed_in" if me.signed_in else "ask"),
            "me": me if me.signed_in else None,
            "ways": ways.ways_of(conversation),
            "companies": [CompanyOut(id=person.customer_id, name=person.customer) for person in companies],
            "sent_by": sent_by,
            "problem": "foreign_contact" if foreign else stands if stands in (steps.UNKNOWN, steps.DOUBT) else "",
            "closed": closed,
            "left": conversation.signed_out_at is not None,
            "manager": manager_of(last),
        }
    )


@router.get("/me")
async def me(who: Who) -> MeOut:
    """Who speaks: company, rights, outlets, manager, last order."""
    return await _me(who)


@router.get("/session")
async def session_now(who: Who) -> SignInOut:
    """How far the visitor has come with signing in, and which ways there are."""
    return await _view(who)


@router.post("/session/sign-in")
async def sign_in(body: SignInBody, who: Who) -> MeOut:
    """Signs the conversation in by a company code or an invitation, also to another company than it is in.

    Attempts are counted, the failed ones too.
    """

    async def work(session: AsyncSession, conversation: ConversationRow) -> None:
        clock = settings().clock
        if who.customer_id is None or not await codes.is_of(session, body.code, conversation, clock.now()):
            await codes.sign_in(session, conversation, body.code, clock, inbox_id=who.inbox_id)
        await mask_code(session, who.inbox_id, body.code)

    await _attempt(who, work)
    return await _me(await _now(who))


@router.post("/session/phone")
async def typed_phone(body: PhoneBody, who: Who) -> SignInOut:
    """Sends a code to a typed number. The answer is the same whether the number is known or not."""

    async def work(session: AsyncSession, conversation: ConversationRow) -> None:
        if who.customer_id is None:
            await steps.typed_phone(session, conversation, body.phone, settings().clock)

    await _attempt(who, work)
    return await _view(await _now(who))


@router.post("/session/one-time-code")
async def one_time_code(body: OneTimeCodeBody, who: Who) -> SignInOut:
    """The code that was sent, or the number that the page for a password showed."""

    async def work(session: AsyncSession, conversation: ConversationRow) -> None:
        if who.customer_id is None:
            step = await steps.current(session, conversation, settings().clock.now())
            enter = login_steps.enter_number if step and step.step == steps.PAGE else steps.enter_code
            await enter(session, conversation, body.code, settings().clock, who.inbox_id)

    await _attempt(who, work)
    return await _view(await _now(who))


@router.post("/session/resend")
async def resend(who: Who) -> SignInOut:
    """Another code to the same person."""

    async def work(session: AsyncSession, conversation: ConversationRow) -> None:
        await steps.resend(session, conversation, settings().clock)

    await _attempt(who, work)
    return await _view(await _now(who))


@router.post("/session/company")
async def choose_company(body: CompanyBody, who: Who) -> SignInOut:
    """One of the person's companies that were offered."""

    async def work(session: AsyncSession, conversation: ConversationRow) -> None:
        if conversation.customer_id != body.company:
            await steps.choose_company(session, conversation, body.company, settings().clock, who.inbox_id)

    await _attempt(who, work)
    return await _view(await _now(who))


@router.post("/session/switch")
async def switch(who: Who) -> SignInOut:
    """Offers the person's companies to choose from."""

    async def work(session: AsyncSession, conversation: ConversationRow) -> None:
        await steps.switch(session, conversation, settings().clock)

    await _attempt(who, work)
    return await _view(await _now(who))


@router.post("/session/login-link")
async def make_login_link(who: Who) -> LinkOut:
    """A page on which a login and password may be typed: they have no place in a chat."""
    links: list[str] = []

    async def work(session: AsyncSession, conversation: ConversationRow) -> None:
        links.append(await login_link.issue(session, conversation, settings().clock.now()))

    await _attempt(who, work)
    return LinkOut(url=links[0])


@router.post("/session/sign-out")
async def sign_out(who: Who) -> SignInOut:
    """Forgets who it was."""

    async def work(session: AsyncSession, conversation: ConversationRow) -> None:
        await identity.sign_out(session, conversation, settings().clock, who.inbox_id)

    await _attempt(who, work)
    return await _view(await _now(who))
