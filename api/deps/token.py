"""The token a message carries through the assistant: for one conversation, one message and two minutes."""

from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from api.config import settings
from api.errors import Unauthorized

LIFETIME_SECONDS = 120


@dataclass(frozen=True)
class Claims:
    conversation_id: UUID
    inbox_id: int
    customer_id: str | None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="turn")


def issue(claims: Claims) -> str:
    """A signed token for one turn."""
    return _signer().dumps([str(claims.conversation_id), claims.inbox_id, claims.customer_id])


def read(token: str) -> Claims:
    """The token's claims; raises Unauthorized when it is forged or older than two minutes."""
    try:
        conversation, inbox_id, customer_id = _signer().loads(token, max_age=LIFETIME_SECONDS)
    except BadData as error:
        raise Unauthorized(code="bad_token") from error
    return Claims(UUID(conversation), inbox_id, customer_id)
