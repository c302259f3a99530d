"""The twin of a messenger: a provider that keeps what it is sent, and fails when it is told to."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.channels import press
from api.channels.errors import ChannelError, DeliveryError
from api.channels.port import (
    Attachment,
    Capabilities,
    InboundMessage,
    Outgoing,
    Presence,
    Reading,
    Receipt,
    SharedContact,
    Webhook,
)

SECRET_HEADER = "x-memory-secret"


@dataclass
class MemoryMessenger:
    """`sent` holds what each chat sees now, by message id; `failures` are raised one by one before anything is sent."""

    kind: str = "memory"
    title: str = "Memory"
    secret: str = "memory-secret"
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            text=400, buttons=8, button_title=40, payload_bytes=64, row_buttons=2, contact_button=True, edits=True
        )
    )
    sent: dict[str, dict[str, Outgoing]] = field(default_factory=dict)
    failures: deque[DeliveryError] = field(default_factory=deque)
    acknowledged: list[Mapping[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    prepared: int = 0
    count: int = 0

    def read(self, webhook: Webhook) -> Reading:
        """`{"id", "user", "text" | "press" | "contact" | "file" | "receipt" | "reachable"}`, one update a request."""
        if webhook.headers.get(SECRET_HEADER) != self.secret:
            raise ChannelError(401, "wrong_secret", "Подпись не сходится.")
        try:
            return Reading((self._event(dict(json.loads(webhook.body))),))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ChannelError(422, "broken_update", "Обновление не получилось прочитать.") from error

    def _event(self, update: dict[str, Any]) -> InboundMessage | Receipt | Presence:
        if "receipt" in update:
            return Receipt(str(update["id"]), update["receipt"], update.get("error", ""))
        if "reachable" in update:
            return Presence(str(update["user"]), bool(update["reachable"]))
        contact = update.get("contact")
        return InboundMessage(
            provider_id=str(update["id"]),
            channel_user=str(update["user"]),
            raw=update,
            text=str(update.get("text", "")),
            button=press.read(str(update.get("press", ""))),
            contact=SharedContact(contact["phone"], contact["own"]) if contact else None,
            attachments=(Attachment("document", update["file"], update["file"]),) if "file" in update else (),
            sent_at=datetime.fromisoformat(update["at"]) if "at" in update else None,
            group=bool(update.get("group", False)),
        )

    async def send(self, to: str, message: Outgoing, *, in_window: bool = True) -> str:
        self._fail()
        if not in_window:
            raise DeliveryError("Окно переписки закрыто.", permanent=True, evidence="window closed")
        self.count += 1
        message_id = f"m{self.count}"
        self.sent.setdefault(to, {})[message_id] = message
        return message_id

    async def edit(self, to: str, message_id: str, message: Outgoing) -> None:
        self._fail()
        if message_id not in self.sent.get(to, {}):
            raise DeliveryError("Такого сообщения нет.", permanent=True, evidence="message not found")
        self.sent[to][message_id] = message

    async def acknowledge(self, to: str, raw: Mapping[str, Any]) -> None:
        self.acknowledged.append(raw)

    async def fetch(self, file_ref: str) -> bytes:
        self._fail()
        if file_ref not in self.files:
            raise DeliveryError("Такого файла нет.", permanent=True, evidence="file not found")
        return self.files[file_ref]

    async def prepare(self) -> None:
        self._fail()
        self.prepared += 1

    async def close(self) -> None:
        """Nothing is held."""

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.popleft()
