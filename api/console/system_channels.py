"""The channels on the page «Система»: set up or not, what came and went last, what could not be delivered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.registry import OPENERS, channels
from api.config import settings
from api.console.channel_words import channel_words
from api.console.system_parts import BAD, GOOD, OFF, WARN, Part, lasting, moment
from api.conversations.watch import last_outcomes
from api.db.models import ConversationRow, InboxRow, OutboxRow

NEWEST = 2000
"""Among so many newest messages the last of each channel is looked for: a million are not read for it."""
LATE = timedelta(minutes=5)
DAY = timedelta(hours=24)
RARE = "среди последних сообщений нет"


@dataclass(frozen=True)
class _Traffic:
    received: dict[str, datetime]
    sent: dict[str, datetime]
    failed: dict[str, int]
    oldest: dict[str, datetime]


async def parts(session: AsyncSession) -> list[Part]:
    """Every kind there is, those that are set up first."""
    outcomes, traffic = await last_outcomes(session), await _traffic(session)
    kinds = sorted(OPENERS, key=lambda kind: kind not in channels())
    return [_part(kind, outcomes.get(kind, ""), traffic) for kind in kinds]


async def _traffic(session: AsyncSession) -> _Traffic:
    chat = ConversationRow
    came = select(InboxRow.channel, InboxRow.at).where(InboxRow.text != "").order_by(InboxRow.id.desc()).limit(NEWEST)
    newest_in = came.subquery()
    went = select(OutboxRow.conversation_id, func.coalesce(OutboxRow.sent_at, OutboxRow.at).label("at"))
    newest_out = (
        went.where(OutboxRow.state.is_distinct_from("queued")).order_by(OutboxRow.id.desc()).limit(NEWEST).subquery()
    )
    undelivered = OutboxRow.state.in_(("queued", "failed"))
    by_channel = select(chat.channel, func.count(), func.min(OutboxRow.at)).group_by(chat.channel)
    of_chat = chat.id == OutboxRow.conversation_id
    since = settings().clock.now() - DAY
    failed = by_channel.where(of_chat, undelivered, OutboxRow.state == "failed", OutboxRow.at > since)
    queued = by_channel.where(of_chat, undelivered, OutboxRow.state == "queued")
    received = select(newest_in.c.channel, func.max(newest_in.c.at)).group_by(newest_in.c.channel)
    sent = select(chat.channel, func.max(newest_out.c.at)).join(newest_out, newest_out.c.conversation_id == chat.id)
    return _Traffic(
        received=dict((await session.execute(received)).all()),
        sent=dict((await session.execute(sent.group_by(chat.channel))).all()),
        failed={channel: count for channel, count, _ in await session.execute(failed)},
        oldest={channel: at for channel, _, at in await session.execute(queued)},
    )


def _part(kind: str, outcome: str, traffic: _Traffic) -> Part:
    title, failed, oldest = channel_words(kind), traffic.failed.get(kind, 0), traffic.oldest.get(kind)
    facts = [
        ("Последнее сообщение клиента", moment(traffic.received.get(kind), RARE)),
        ("Последнее наше", moment(traffic.sent.get(kind), RARE)),
        ("Не доставлено за сутки", str(failed)),
    ]
    waits = settings().clock.now() - oldest if oldest else timedelta(0)
    if oldest:
        facts.append(("Старейшее неотправленное", moment(oldest)))
    if kind not in channels():
        state = WARN if oldest else OFF
        said = "Не подключён" + (", а сообщения для него ждут." if oldest else ".")
        return Part(
            title, state, said, f"Как подключить: docs/connect-{_page(kind)}.md.", None, facts if oldest else []
        )
    if outcome not in ("", "ok"):
        advice = f"Проверьте токен и адрес: docs/connect-{_page(kind)}.md. Подготовка повторяется каждые пять минут."
        return Part(title, BAD, outcome, advice, None, facts)
    if waits > LATE:
        return Part(
            title,
            BAD,
            f"Сообщения не уходят уже {lasting(waits.total_seconds())}.",
            "Проверьте доступ сервера в интернет, токен и прокси; подробности в журнале worker.",
            None,
            facts,
        )
    if failed:
        return Part(
            title,
            WARN,
            f"Работает, но за сутки не доставлено: {failed}.",
            "Чаще всего клиент остановил бота: у таких в разделе «Клиенты» стоит отметка.",
            ("/console/customers", "Клиенты"),
            facts,
        )
    return Part(title, GOOD, "Работает.", facts=facts)


def _page(kind: str) -> str:
    return "web" if kind == "webchat" else kind
