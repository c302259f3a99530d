"""The channel MAX: reads its updates, calls its API."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

import structlog
from pydantic import TypeAdapter

from api.channels.errors import ChannelError, DeliveryError
from api.channels.max import drawing, files
from api.channels.max.answers import Sent, Updates
from api.channels.max.client import MaxClient
from api.channels.max.reading import GROUP_PREFIX, KINDS, Reader, chat_of
from api.channels.max.settings import MaxSettings
from api.channels.max.subscription import Watch
from api.channels.port import Capabilities, Inbound, Outgoing, Reading, Webhook

log = structlog.get_logger()

UPDATE: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
SECRET_HEADER = "x-max-bot-api-secret"
ONE_MOMENT = "Секунду…"
POLL_SECONDS = 25
POLL_LIMIT = 100
"""Since May 2026 MAX gives at most 100 updates and waits at most 30 s."""

CAPABILITIES = Capabilities(
    text=3900,  # of 4000, which MAX may count in UTF-16 as it does marks: an emoji is two
    buttons=30,  # A keyboard takes 210, but in 30 rows, and each of ours may need a row of its own.
    button_title=128,
    payload_bytes=1024,
    row_buttons=2,
    row_chars=20,
    contact_button=True,
    link_button=True,
    edits=True,
    per_second=25.0,
    per_chat_seconds=0.5,
)
"""The limits of dev.max.ru; of the 30 requests a second some are left to presses and «печатает»."""


class MaxMessenger:
    """A `Messenger`, and a `Poller` for a machine without a public address."""

    kind = "max"
    title = "MAX"
    capabilities = CAPABILITIES

    def __init__(self, settings: MaxSettings) -> None:
        self.polls = settings.polls
        self._secret = settings.webhook_secret.encode()
        self._hosts = settings.hosts
        self._reader = Reader(settings.token)
        self._client = MaxClient(settings)
        self._watch = Watch(self._client, settings)

    def read(self, webhook: Webhook) -> Reading:
        """Checks the secret and reads the update; raises ChannelError. MAX delivers a refused one again for hours."""
        given = webhook.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, self._secret):
            raise ChannelError(401, "wrong_secret", "Секрет не сходится.")
        try:
            return Reading(self._reader.events(UPDATE.validate_python(json.loads(webhook.body))))
        except (ValueError, RecursionError) as error:
            raise ChannelError(422, "broken_update", "Обновление не получилось прочитать.") from error

    async def poll(self, cursor: str | None) -> tuple[tuple[Inbound, ...], str | None]:
        """Waits for updates after the marker. One that cannot be read is named in the log and left behind."""
        query: dict[str, str | int] = {"limit": POLL_LIMIT, "timeout": POLL_SECONDS, "types": ",".join(KINDS)}
        if cursor is not None:
            query["marker"] = cursor
        answer = await self._client.call("GET", "/updates", Updates, query=query, wait=POLL_SECONDS)
        events: list[Inbound] = []
        for update in answer.updates:
            try:
                events += self._reader.events(update)
            except ValueError:
                log.exception("max.broken_update", kind=str(update.get("update_type")))
        return tuple(events), cursor if answer.marker is None else str(answer.marker)

    async def send(self, to: str, message: Outgoing, *, in_window: bool = True) -> str:
        """MAX has no window: whoever did not stop the bot may be written to."""
        sent = await self._client.call("POST", "/messages", Sent, query=_address(to), body=drawing.body(message))
        return sent.message.body.mid

    async def edit(self, to: str, message_id: str, message: Outgoing) -> None:
        """A message with a keyboard may be edited for ever, another one for seven days."""
        await self._client.change("PUT", "/messages", query={"message_id": message_id}, body=drawing.body(message))

    async def acknowledge(self, to: str, raw: Mapping[str, Any]) -> None:
        """Ends a press's waiting; shows «печатает» to words."""
        callback = raw.get("callback")
        if isinstance(callback, Mapping) and callback.get("callback_id"):
            query = {"callback_id": str(callback["callback_id"])}
            await self._client.change("POST", "/answers", query=query, body={"notification": ONE_MOMENT})
        elif (chat := chat_of(raw)) is not None:
            await self._client.change("POST", f"/chats/{chat}/actions", body={"action": "typing_on"})

    async def fetch(self, file_ref: str) -> bytes:
        """`file_ref` is the address that came with the attachment."""
        return await files.fetch(self._client.http, file_ref, self._hosts, self.capabilities.attachment_bytes)

    async def prepare(self) -> None:
        await self._watch.keep()

    async def close(self) -> None:
        await self._client.close()


def _address(to: str) -> dict[str, str | int]:
    """A group is written to by its chat, a person by their user id."""
    key, number = ("chat_id", to.removeprefix(GROUP_PREFIX)) if to.startswith(GROUP_PREFIX) else ("user_id", to)
    try:
        return {key: int(number)}
    except ValueError as error:
        raise DeliveryError("Такого адреса в MAX нет.", permanent=True, evidence="not a number") from error


def open_max() -> MaxMessenger | None:
    """The channel with its settings; None where the distributor has no bot there."""
    settings = MaxSettings()
    return MaxMessenger(settings) if settings.token else None
