"""The messenger «Telegram»."""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommandScopeAllPrivateChats,
    InlineKeyboardMarkup,
    ReplyKeyboardRemove,
    WebhookInfo,
)

from api.channels.errors import ChannelError, DeliveryError
from api.channels.menu import MENU
from api.channels.port import Inbound, Outgoing, Reading, Webhook
from api.channels.telegram import drawing
from api.channels.telegram.calls import Edit, RawUpdates, Send
from api.channels.telegram.failures import ALREADY_SO, TOO_LATE, says, told
from api.channels.telegram.plain import KINDS
from api.channels.telegram.reading import Me, read_update
from api.channels.telegram.session import open_bot
from api.channels.telegram.settings import TelegramSettings

log = structlog.get_logger()

SECRET_HEADER = "x-telegram-bot-api-secret-token"
MAX_CONNECTIONS = 40
COURTESY_SECONDS = 5
"""A turn does not wait longer for «печатает…»."""
POLL_SECONDS = 25
FRESH_TROUBLE = timedelta(minutes=10)
GOT_NUMBER = "Номер получил, спасибо."


class Telegram:
    """A messenger and, on a machine that Telegram cannot reach, a poller."""

    kind = "telegram"
    title = "Telegram"
    capabilities = drawing.LIMITS

    def __init__(self, settings: TelegramSettings) -> None:
        self.settings = settings
        self.polls = settings.polls
        self._bot = open_bot(settings)
        self._me = Me(self._bot.id, settings.bot_name.removeprefix("@"))

    # What comes in

    def read(self, webhook: Webhook) -> Reading:
        given = webhook.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.settings.webhook_secret.encode()):
            raise ChannelError(401, "wrong_secret", "Секрет не сходится.")
        try:
            update = json.loads(webhook.body)
        except (ValueError, RecursionError) as error:
            raise ChannelError(422, "broken_update", "Обновление не получилось прочитать.") from error
        if not isinstance(update, dict):
            raise ChannelError(422, "broken_update", "Обновление не получилось прочитать.")
        return Reading(read_update(update, self._me))

    async def poll(self, cursor: str | None) -> tuple[tuple[Inbound, ...], str | None]:
        """Waits up to POLL_SECONDS. After silence it begins anew: a week later Telegram numbers updates at random."""
        call = RawUpdates(offset=int(cursor) if cursor else None, timeout=POLL_SECONDS, allowed_updates=KINDS)
        with told(self._bot.token):
            updates = await self._bot(call, request_timeout=POLL_SECONDS + COURTESY_SECONDS)
        events = [event for update in updates for event in read_update(update, self._me)]
        return tuple(events), str(max(update["update_id"] for update in updates) + 1) if updates else None

    # What goes out

    async def send(self, to: str, message: Outgoing, *, in_window: bool = True) -> str:
        call = Send(chat_id=to, text=message.text, reply_markup=drawing.keyboard(message))
        with told(self._bot.token):
            return str((await self._bot(call)).message_id)

    async def edit(self, to: str, message_id: str, message: Outgoing) -> None:
        markup = drawing.keyboard(message)
        call = Edit(
            chat_id=to,
            message_id=int(message_id),
            text=message.text,
            reply_markup=markup if isinstance(markup, InlineKeyboardMarkup) else None,
        )
        with told(self._bot.token):
            try:
                await self._bot(call)
            except TelegramBadRequest as error:
                if not says(error, ALREADY_SO):
                    raise

    async def acknowledge(self, to: str, raw: Mapping[str, Any]) -> None:
        pressed, message = raw.get("callback_query"), raw.get("message")
        with told(self._bot.token):
            if isinstance(pressed, dict) and "id" in pressed:
                await self._end_spinner(str(pressed["id"]))
            elif isinstance(message, dict) and "contact" in message:
                await self._take_keyboard_away(to)
            else:
                await self._bot.send_chat_action(to, "typing", request_timeout=COURTESY_SECONDS)

    async def _end_spinner(self, query_id: str) -> None:
        try:
            await self._bot.answer_callback_query(query_id, request_timeout=COURTESY_SECONDS)
        except TelegramBadRequest as error:
            if not says(error, TOO_LATE):
                raise

    async def _take_keyboard_away(self, to: str) -> None:
        """The request for the number goes only with a message, and not with one that has buttons: so with one that
        is taken back at once."""
        call = Send(chat_id=to, text=GOT_NUMBER, reply_markup=ReplyKeyboardRemove(), disable_notification=True)
        sent = await self._bot(call, request_timeout=COURTESY_SECONDS)
        await self._bot.delete_message(to, sent.message_id, request_timeout=COURTESY_SECONDS)

    async def fetch(self, file_ref: str) -> bytes:
        limit = self.capabilities.attachment_bytes
        too_large = DeliveryError("Файл слишком большой.", permanent=True, evidence=f"file over {limit} bytes")
        with told(self._bot.token):
            file = await self._bot.get_file(file_ref)
            if file.file_path is None or (file.file_size or 0) > limit:
                raise too_large
            url = self._bot.session.api.file_url(self._bot.token, file.file_path)
            content = bytearray()
            async for chunk in self._bot.session.stream_content(url):
                content += chunk
                if len(content) > limit:
                    raise too_large
        return bytes(content)

    # Making Telegram know us

    async def prepare(self) -> None:
        with told(self._bot.token):
            webhook = await self._bot.get_webhook_info()
            await (self._stop_webhook(webhook) if self.polls else self._set_webhook(webhook))
            scope = BotCommandScopeAllPrivateChats()
            known = {one.command: one.description for one in await self._bot.get_my_commands(scope)}
            if known != MENU:
                await self._bot.set_my_commands(drawing.menu(), scope)
        if not self.polls:
            self._complain(webhook)

    async def _stop_webhook(self, known: WebhookInfo) -> None:
        if known.url:
            await self._bot.delete_webhook(drop_pending_updates=False)
            log.info("telegram.webhook_removed")

    async def _set_webhook(self, known: WebhookInfo) -> None:
        url = self.settings.webhook_url
        if not url.startswith("https://"):
            evidence = "PUBLIC_URL is no https address"
            raise DeliveryError("Telegram приходит только на адрес https.", permanent=True, evidence=evidence)
        if known.url == url and _same(known.allowed_updates, KINDS) and known.max_connections == MAX_CONNECTIONS:
            return
        await self._bot.set_webhook(
            url,
            secret_token=self.settings.webhook_secret,
            allowed_updates=KINDS,
            max_connections=MAX_CONNECTIONS,
        )
        log.info("telegram.webhook_set", public_url=url)

    def _complain(self, webhook: WebhookInfo) -> None:
        """Telegram's own words on why it cannot reach us, while updates wait for it."""
        failed_at = webhook.last_error_date
        if webhook.pending_update_count and failed_at and datetime.now(UTC) - failed_at < FRESH_TROUBLE:
            words = webhook.last_error_message or "unknown"
            raise DeliveryError("Telegram не может достучаться до PUBLIC_URL.", permanent=False, evidence=words)

    async def close(self) -> None:
        await self._bot.session.close()


def _same(known: Iterable[str] | None, wanted: Iterable[str]) -> bool:
    return known is not None and set(known) == set(wanted)


def open_telegram() -> Telegram | None:
    """The channel of the environment's settings; None without a token."""
    settings = TelegramSettings()
    return Telegram(settings) if settings.token else None
