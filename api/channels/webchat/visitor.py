"""The signed token by which a browser is known; it names a conversation and nothing else."""

from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from api.channels.errors import ChannelError
from api.config import settings

LIFETIME_SECONDS = 90 * 24 * 3600


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="visitor")


def issue(conversation_id: UUID) -> str:
    """A token for the browser that holds this conversation."""
    return _signer().dumps(str(conversation_id))


def read(token: str) -> UUID:
    """The conversation of the token; raises ChannelError 401 when it is forged or too old."""
    try:
        return UUID(_signer().loads(token, max_age=LIFETIME_SECONDS))
    except (BadData, ValueError, TypeError) as error:
        raise ChannelError(401, "bad_visitor", "Сессия закончилась. Обновите страницу.") from error
