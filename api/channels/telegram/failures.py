"""What Telegram's refusals mean for a message (https://core.telegram.org/bots/api#making-requests, descriptions as of
Bot API 10)."""

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


def says(error: TelegramAPIError, phrases: tuple[str, ...]) -> bool:
    """Whether Telegram's words hold one of the phrases."""
    words = error.message.lower()
    return any(phrase in words for phrase in phrases)


@contextmanager
def told(token: str) -> Iterator[None]:
    """Turns whatever aiogram raises into a DeliveryError. The token stands in addresses: it is kept out of the log."""
    try:
        yield
    except (AiogramError, ClientError, TimeoutError, OSError) as error:
        failure = _failure(error)
        failure.evidence = failure.evidence.replace(token, "<token>")[:EVIDENCE_LENGTH]
        # The cause would carry the address, and with it the token, into a traceback.
        raise failure from None


def _failure(error: Exception) -> DeliveryError:
    if isinstance(error, TelegramAPIError):
        return _refusal(error)
    if isinstance(error, ClientDecodeError):
        return _transient("Telegram ответил непонятно.", "the answer is no JSON of the Bot API")
    if isinstance(error, ClientResponseError):
        gone = error.status < 500 and error.status not in (401, 429)
        return DeliveryError("Telegram не отдал файл.", permanent=gone, evidence=f"file: HTTP {error.status}")
    return _transient("Telegram не отвечает.", f"{type(error).__name__}: {error}")


def _refusal(error: TelegramAPIError) -> DeliveryError:
    words = error.message
    match error:
        case telegram.TelegramRetryAfter():
            evidence = f"429, retry after {error.retry_after} s"
            return _transient("Telegram просит подождать.", evidence, retry_after=error.retry_after)
        case telegram.TelegramForbiddenError() | telegram.TelegramMigrateToChat():
            return DeliveryError("В этот чат больше не написать.", permanent=True, evidence=words, blocked=True)
        case telegram.TelegramBadRequest():
            gone = says(error, NOBODY_THERE)
            return DeliveryError("Telegram не принял сообщение.", permanent=True, evidence=words, blocked=gone)
        case telegram.TelegramEntityTooLarge():
            return DeliveryError("Слишком много для Telegram.", permanent=True, evidence=words)
        case telegram.TelegramUnauthorizedError() | telegram.TelegramNotFound():
            # Nothing is wrong with the message: it waits until the distributor gives a good token.
            log.error("telegram.token_refused", evidence=words, do="check TELEGRAM_TOKEN with @BotFather")
            return _transient("Telegram не принимает токен бота.", words)
        case _:
            return _transient("Telegram не отвечает.", words)


def _transient(message: str, evidence: str, retry_after: float | None = None) -> DeliveryError:
    return DeliveryError(
        message,
        permanent=False,
        evidence=evidence,
        retry_after=retry_after,
        whole_channel=retry_after is not None,
    )
