"""Invitations and codes issued here open a door several times: once used, they stand in no stored message."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import codes
from api.db.models import CompanyCodeRow, ConversationRow, InboxRow

MASKED = "Код ••••"
START = "/start"


async def mask_code(session: AsyncSession, inbox_id: int, code: str) -> None:
    """Takes the code out of the message whose turn used it. If the turn is repeated, it greets who is signed in.

    Codes of the accounting system stay: they may be as short as «12», and are found in ids.
    """
    issued = await session.get(CompanyCodeRow, codes.digest(code))
    inbox = await session.get(InboxRow, inbox_id, with_for_update=True)
    if issued is None or issued.source != "own" or inbox is None:
        return
    bare = codes.normalized(code)
    if bare in codes.normalized(inbox.text):
        inbox.text = MASKED
    # The sign-in holds the conversation already.
    conversation = await session.get_one(ConversationRow, inbox.conversation_id)
    if bare in codes.normalized(conversation.last_text):
        conversation.last_text = MASKED
    inbox.payload = START
    inbox.raw = _without(bare, inbox.raw)


def _without(bare: str, value: Any) -> Any:
    """The same JSON, with every text that contains the code masked."""
    match value:
        case str():
            return MASKED if bare in codes.normalized(value) else value
        case dict():
            return {key: _without(bare, one) for key, one in value.items()}
        case list():
            return [_without(bare, one) for one in value]
    return value
