"""WhatsApp as a messenger: reads what the provider brings, sends what we say."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from api.channels.errors import ChannelError, DeliveryError
from api.channels.port import Capabilities, Outgoing, Reading, Webhook
from api.channels.whatsapp import drawing
from api.channels.whatsapp.line import Line, too_large
from api.channels.whatsapp.providers import PROVIDERS, Provider, same
from api.channels.whatsapp.reading import read_update
from api.channels.whatsapp.settings import WhatsAppSettings

log = structlog.get_logger()

COURTESY_SECONDS = 3.0
"""Marking as read may not hold up the answer."""


class WhatsApp:
    kind = "whatsapp"
    title = "WhatsApp"
    capabilities = Capabilities(
        text=4_096,
        buttons=3,
        button_title=drawing.BUTTON_TITLE,
        payload_bytes=200,
        list_rows=10,
        list_title=drawing.ROW_TITLE,
        interactive_text=drawing.BODY,
        # Five minutes less than Meta gives: its clock and the way there.
        window=timedelta(hours=23, minutes=55),
        # The whole template may be 1,024 long.
        window_text=700,
        # 80 a second, incoming ones included; 20 for a number that the WhatsApp Business app uses too.
        per_second=15.0,
        # One in six seconds to one person in the long run; up to 45 at once, which are borrowed from the time after.
        per_chat_seconds=6.0,
        chat_burst=20,
    )

    def __init__(self, settings: WhatsAppSettings, provider: Provider) -> None:
        self._settings = settings
        self._provider = provider
        self._line = Line(provider.headers, settings.proxy)

    def read(self, webhook: Webhook) -> Reading:
        """Answers the handshake, or verifies and reads an update; raises ChannelError."""
        if webhook.method == "GET":
            return self._handshake(webhook.query)
        if not self._provider.authentic(webhook):
            raise ChannelError(401, "bad_signature", "Подпись не сходится.")
        return Reading(read_update(webhook.body, self._settings.phone_id))

    def _handshake(self, query: Mapping[str, str]) -> Reading:
        if not self._provider.handshakes:
            raise ChannelError(405, "no_handshake", "Этот провайдер не проверяет адрес запросом GET.")
        told = query.get("hub.verify_token", "")
        if query.get("hub.mode") != "subscribe" or not same(told, self._settings.verify_token):
            raise ChannelError(403, "wrong_verify_token", "Маркер подтверждения не сходится.")
        return Reading(answer=query.get("hub.challenge", ""))

    async def send(self, to: str, message: Outgoing, *, in_window: bool = True) -> str:
        body = drawing.draw(to, message) if in_window else self._outside(to, message)
        answer = await self._line.call("POST", self._provider.messages, body)
        match answer.get("messages"):
            case [{"id": str() as message_id}, *_]:
                return message_id
        raise DeliveryError("Непонятный ответ WhatsApp.", permanent=True, evidence="no id in the answer")

    def _outside(self, to: str, message: Outgoing) -> dict[str, Any]:
        name = self._settings.template
        if not name:
            evidence = "window closed, WHATSAPP_TEMPLATE empty"
            raise DeliveryError("Прошло больше 24 часов, а шаблона нет.", permanent=True, evidence=evidence)
        return drawing.draw_template(to, message.text, name=name, language=self._settings.template_language)

    async def edit(self, to: str, message_id: str, message: Outgoing) -> None:
        """Not for businesses."""
        raise DeliveryError("WhatsApp не меняет отправленное.", permanent=True, evidence="no edits")

    async def acknowledge(self, to: str, raw: Mapping[str, Any]) -> None:
        """Two blue ticks and «печатает» (for 25 seconds, or until we answer)."""
        if message_id := raw.get("id"):
            body = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
            body["typing_indicator"] = {"type": "text"}
            await self._line.call("POST", self._provider.messages, body, seconds=COURTESY_SECONDS)

    async def fetch(self, file_ref: str) -> bytes:
        if not re.fullmatch(r"[0-9]{1,64}", file_ref):
            raise DeliveryError("Такого файла нет.", permanent=True, evidence="no media id")
        told = await self._line.call("GET", self._provider.media(file_ref))
        most = self.capabilities.attachment_bytes
        if isinstance(size := told.get("file_size"), int) and size > most:
            raise too_large()
        # The address comes from outside: our key goes to the provider's own hosts only.
        url = self._provider.download(str(told.get("url", "")))
        if url is None:
            raise DeliveryError("Файл лежит не у WhatsApp.", permanent=True, evidence="media at a foreign host")
        return await self._line.download(url, most)

    async def prepare(self) -> None:
        await self._provider.prepare(self._line)

    async def close(self) -> None:
        await self._line.close()


def open_whatsapp() -> WhatsApp | None:
    """The channel with its settings from the environment; None where it is not set up, or not wholly (then logged)."""
    settings = WhatsAppSettings()
    if not settings.token:
        return None
    provider = PROVIDERS[settings.provider](settings)
    missing = [f"WHATSAPP_{name.upper()}" for name in provider.needs if not getattr(settings, name)]
    if missing:
        log.error("whatsapp.not_set_up", provider=settings.provider, missing=missing)
        return None
    return WhatsApp(settings, provider)
