"""Invitations: a link to each channel with a code of this person in it, as a text, as QR, by SMS or e-mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import segno
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.couriers.port import CourierError, Letter, Way
from api.couriers.registry import couriers
from api.customers import codes, phones
from api.db.models import CompanyCodeRow, ContactRow, CustomerRow
from api.db.session import staff_session
from api.errors import NotFound

USES = 5
"""A person has a telephone, a tablet, the computer in the office."""
SUBJECT = "Заказы теперь и в чате"
TEXT = (
    "Теперь заказы можно оформлять и через {channels} — удобно, быстро, круглосуточно. {here}\n"
    "По телефону заказать можно, как и раньше. Если что — менеджер всегда на связи: {manager}."
)
ONE, SEVERAL = "Вот ссылка на бота: {links}", "Вот ссылки на бота:\n{links}"
PERSONAL = "Ссылка личная, не передавайте её другим."


@dataclass(frozen=True)
class Link:
    """The way into one channel. `channel`: as it stands after «через»."""

    channel: str
    url: str

    @property
    def qr(self) -> str:
        """The link as SVG, to stand inside a page."""
        return segno.make(self.url, error="m").svg_inline(scale=4, border=2, omitsize=False)


@dataclass(frozen=True)
class Invitation:
    """What the person gets. Its code is known now and never again."""

    code: CompanyCodeRow
    links: list[Link]
    text: str


def messenger_links(start: str, typed: str) -> list[Link]:
    """The messengers that the distributor invites to. `start`: what the bot gets when it is started by the link;
    `typed`: the words that stand ready where a link can only prepare a message."""
    config = settings()
    offered = {
        "Telegram": f"https://t.me/{config.invite_telegram}?start={start}" if config.invite_telegram else "",
        "MAX": f"https://max.ru/{config.invite_max}?start={start}" if config.invite_max else "",
        "WhatsApp": f"https://wa.me/{config.invite_whatsapp}?text={quote(typed)}" if config.invite_whatsapp else "",
    }
    return [Link(channel, url) for channel, url in offered.items() if url]


def links(code: str) -> list[Link]:
    """The channels that the distributor invites to, each with the code."""
    web = settings().invite_web or f"{settings().public_base_url}/chat"
    chat = Link("чат на сайте", f"{web}{'&' if '?' in web else '?'}{urlencode({'code': code})}")
    return [*messenger_links(code, f"Код {code}"), chat]


def text(ways: list[Link], customer: CustomerRow) -> str:
    """The words of the invitation: a new way beside the telephone, not instead of it."""
    names = [link.channel for link in ways]
    channels = " или ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    manager = ", ".join(
        (customer.manager_name, customer.manager_phone or settings().manager_phone)
        if customer.manager_name
        else (settings().manager_name, settings().manager_phone)
    )
    listed = "\n".join(f"{link.channel[0].upper()}{link.channel[1:]}: {link.url}" for link in ways)
    here = ONE.format(links=ways[0].url) if len(ways) == 1 else SEVERAL.format(links=listed)
    return f"{TEXT.format(channels=channels, here=here, manager=manager)}\n{PERSONAL}"


async def invite(session: AsyncSession, contact: ContactRow, by: str, now: datetime) -> Invitation:
    """An invitation of the person; earlier ones stay good."""
    customer = await session.get_one(CustomerRow, contact.customer_id)
    expires_at = now + timedelta(days=settings().invitation_days)
    row, code = await codes.issue(session, customer.id, by, contact_id=contact.id, expires_at=expires_at, uses=USES)
    ways = links(code)
    return Invitation(row, ways, text(ways, customer))


def reachable(contact: ContactRow, phone: str | None) -> list[Way]:
    """How an invitation can be sent to the person."""
    found: list[Way] = []
    if phone and "sms" in couriers():
        found.append("sms")
    if contact.email and "email" in couriers():
        found.append("email")
    return found


async def send(contact_id: str, way: Way, by: str) -> None:
    """Invites by SMS or e-mail. The code is made here, so that it stands in no queue. Raises CourierError."""
    async with staff_session() as session:
        contact = await session.get(ContactRow, contact_id)
        if contact is None:
            raise NotFound()
        to = contact.email if way == "email" else await phones.first_of(session, contact_id)
        if not to:
            raise NotFound()
        invitation = await invite(session, contact, by, settings().clock.now())
    try:
        await couriers()[way].send(Letter(to, invitation.text, SUBJECT if way == "email" else ""))
    except CourierError:
        async with staff_session() as session:
            row = await session.get_one(CompanyCodeRow, invitation.code.digest)
            row.revoked_at = settings().clock.now()
        raise
