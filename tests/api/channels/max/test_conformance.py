"""MAX passes what every messenger passes."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from api.channels.max.adapter import SECRET_HEADER, MaxMessenger
from api.channels.port import Webhook
from tests.api.channels.conformance import RETRY_AFTER, Bench, Conformance, Drawn, Failure
from tests.api.channels.max import updates
from tests.api.channels.max.conftest import SECRET
from tests.api.channels.max.fake import FakeMax, error
from tests.api.channels.max.updates import USER


class MaxBench(Bench):
    user = str(USER)

    def __init__(self, messenger: MaxMessenger, server: FakeMax) -> None:
        self.messenger = messenger
        self.server = server

    def signed(self, body: bytes) -> Webhook:
        return Webhook("POST", {SECRET_HEADER: SECRET}, body=body)

    def _update(self, update: dict[str, Any]) -> Webhook:
        return self.signed(json.dumps(update, ensure_ascii=False).encode())

    def text(self, update: int, text: str) -> Webhook:
        return self._update(updates.created(update, text))

    def press(self, update: int, data: str) -> Webhook:
        return self._update(updates.pressed(update, data))

    def contact(self, update: int, phone: str, *, own: bool) -> Webhook:
        card = updates.card(phone)
        signed = updates.own_contact(phone) if own else updates.contact(card, None, user=USER + 1)
        return self._update(updates.created(update, None, signed))

    def group(self, update: int, text: str) -> Webhook:
        name = "@id7700000000_bot"
        return self._update(updates.in_group(update, f"{name} {text}", markup=updates.mention(name)))

    def forgeries(self, webhook: Webhook) -> Sequence[Webhook]:
        wrong = ["", "guessed", SECRET[:-1], f"{SECRET}x", SECRET.upper(), f" {SECRET}", "секрет"]
        headers: list[dict[str, str]] = [{SECRET_HEADER: one} for one in wrong]
        headers += [{}, {"x-telegram-bot-api-secret-token": SECRET}, {"authorization": updates.TOKEN}]
        return [Webhook("POST", one, {"secret": SECRET}, webhook.body) for one in headers]

    def fail(self, how: Failure) -> None:
        answers = {
            "transient": lambda: error(503, "service.unavailable", "Service Unavailable"),
            "limited": lambda: error(429, "too.many.requests", "slow down", **{"Retry-After": str(RETRY_AFTER)}),
            "permanent": lambda: error(400, "proto.payload", "Invalid message body"),
            "blocked": lambda: error(403, "chat.denied", f"Key: error.dialog.suspended, args: [{USER},]."),
        }
        self.server.failures.append(answers[how]())

    def shown(self) -> Sequence[Drawn]:
        chat = [message for message in self.server.messages.values() if message["to"] == USER]
        return [Drawn(message["text"], _buttons(message["attachments"])) for message in chat]


def _buttons(attachments: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    rows = [row for one in attachments for row in one["payload"]["buttons"]]
    return tuple((button["text"], button["payload"]) for row in rows for button in row)


class TestMax(Conformance):
    @pytest.fixture
    def bench(self, channel: MaxMessenger, max_server: FakeMax) -> Bench:
        return MaxBench(channel, max_server)
