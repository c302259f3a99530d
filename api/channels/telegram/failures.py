"""What Telegram's refusals mean for a message (https://core.telegram.org/bots/api#making-requests, descriptions as of
Bot API 10)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from aiogram import exceptions as telegram
from aiogram.exceptions import AiogramError, ClientDecodeError, TelegramAPIError
from aiohttp import ClientError, ClientResponseError

from api.channels.errors import DeliveryError

log = structlog.get_logger()

NOBODY_THERE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "have no rights to send",
    "not enough rights to send",
    "chat_write_forbidden",
)
"""A 400 that will be the same for every message to this chat."""
ALREADY_SO = ("message is not modified",)
TOO_LATE = ("query is too old", "query id is invalid", "query_id_invalid")
"""A press that was answered, or came minutes ago: its spinner is gone."""
EVIDENCE_LENGTH = 300
CREDENTIALS = re.compile(r"//[^/@\s]+@")
"""Of a proxy, in its address."""


def says(error: TelegramAPIError, phrases: tuple[str, ...]) -> bool:
    """Whether Telegram's words hold one of the phrases."""
    words = error.message.lower()
    return any(phrase in words for phrase in phrases)


@contextmanager
def told(token: str) -> Iterator[None]:
    """Turns whatever aiogram raises into a DeliveryError, whose evidence has neither the token nor a password."""
    try:
        yield
    except (AiogramError, ClientError, TimeoutError, OSError) as error:
        words = CREDENTIALS.sub("//…@", _words(error).replace(token, "<token>"))
        # The cause would carry the address, and with it the token, into a traceback.
        raise _failure(error, words[:EVIDENCE_LENGTH]) from None


def _words(error: Exception) -> str:
    match error:
        case telegram.TelegramRetryAfter():
            return f"429, retry after {error.retry_after} s"  # its own words name the chat
        case TelegramAPIError():
            return error.message
        case ClientDecodeError():
            return "the answer is no JSON of the Bot API"  # its own words hold the whole answer
        case ClientResponseError():
            return f"file: HTTP {error.status}"
        case _:
            return f"{type(error).__name__}: {error}"


def _failure(error: Exception, evidence: str) -> DeliveryError:
    match error:
        case telegram.TelegramRetryAfter():
            return DeliveryError(
                "Telegram просит подождать.",
                permanent=False,
                evidence=evidence,
                retry_after=error.retry_after,
                whole_channel=True,
            )
        case telegram.TelegramForbiddenError() | telegram.TelegramMigrateToChat():
            return DeliveryError("В этот чат больше не написать.", permanent=True, evidence=evidence, blocked=True)
        case telegram.TelegramBadRequest():
            gone = says(error, NOBODY_THERE)
            return DeliveryError("Telegram не принял сообщение.", permanent=True, evidence=evidence, blocked=gone)
        case telegram.TelegramEntityTooLarge():
            return DeliveryError("Слишком много для Telegram.", permanent=True, evidence=evidence)
        case telegram.TelegramUnauthorizedError() | telegram.TelegramNotFound():
            # Nothing is wrong with the message: it waits until the distributor gives a good token.
            log.error("telegram.token_refused", evidence=evidence, do="check TELEGRAM_TOKEN with @BotFather")
            return DeliveryError("Telegram не принимает токен бота.", permanent=False, evidence=evidence)
        case ClientResponseError():
            gone = error.status < 500 and error.status not in (401, 429)
            return DeliveryError("Telegram не отдал файл.", permanent=gone, evidence=evidence)
        case _:
            return DeliveryError("Telegram не отвечает.", permanent=False, evidence=evidence)
