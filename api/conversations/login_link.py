"""The link to the page for a login and password: for one conversation, a quarter of an hour, one right password."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.customers import login_steps, steps
from api.db.models import ConversationRow
from api.errors import Forbidden, NotFound

LIFETIME_SECONDS = int(steps.LIVES[steps.LOGIN].total_seconds())
DEAD = "Ссылка больше не действует. Вернитесь в чат и запросите новую."


@dataclass(frozen=True)
class Link:
    conversation_id: UUID
    mark: str


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="sign-in")


async def issue(session: AsyncSession, conversation: ConversationRow, now: datetime) -> str:
    """A link to sign this conversation in; raises Forbidden where the policy knows no logins, and to who is in."""
    if "login" not in settings().ways:
        raise Forbidden("Вход по паролю не используется.", code="no_way")
    if conversation.customer_id is not None:
        raise Forbidden("Вы уже вошли. Чтобы войти иначе, сначала напишите «выйти».", code="already_in")
    mark = secrets.token_urlsafe(9)
    await login_steps.wait_for_login(session, conversation, mark, now)
    return f"{settings().public_base_url}/sign-in/{_signer().dumps([str(conversation.id), mark])}"


def read(token: str) -> Link:
    """What the link names; raises NotFound when it is forged or too old."""
    try:
        conversation, mark = _signer().loads(token, max_age=LIFETIME_SECONDS)
        return Link(UUID(conversation), str(mark))
    except (BadData, ValueError, TypeError) as error:
        raise NotFound(DEAD, code="dead_link") from error
