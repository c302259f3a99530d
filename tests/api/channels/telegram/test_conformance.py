"""Telegram passes what every messenger passes."""

from collections.abc import Sequence
from typing import Any

import pytest
from werkzeug import Response

from api.channels.port import Webhook
from api.channels.telegram.adapter import SECRET_HEADER, Telegram
from tests.api.channels.conformance import RETRY_AFTER, Bench, Conformance, Drawn, Failure
from tests.api.channels.telegram import updates
from tests.api.channels.telegram.conftest import SECRET
from tests.api.channels.telegram.fake import FakeTelegram, Refused


class TelegramBench(Bench):
    user = str(updates.CHAT["id"])

    def __init__(self, telegram: Telegram, fake: FakeTelegram) -> None:
        self.messenger, self.fake = telegram, fake

    def signed(self, body: bytes) -> Webhook:
        return Webhook("POST", {SECRET_HEADER: SECRET}, body=body)

    def _hook(self, update: Any) -> Webhook:
        return updates.webhook(update, SECRET)

    def text(self, update: int, text: str) -> Webhook:
        return self._hook(updates.wrote(update, text=text))

    def press(self, update: int, data: str) -> Webhook:
        return self._hook(updates.pressed(update, data))

    def contact(self, update: int, phone: str, *, own: bool) -> Webhook:
        return self._hook(updates.shared(update, phone, updates.ANNA["id"] if own else 700000002))

    def group(self, update: int, text: str) -> Webhook:
        return self._hook(updates.in_group(update, f"@Orders_Test_Bot {text}"))

    def forgeries(self, webhook: Webhook) -> Sequence[Webhook]:
        wrong = ("", "guessed", SECRET + " ", SECRET[:-1], SECRET.upper(), "секрет", "\x00")
        headers = [{}, *({SECRET_HEADER: value} for value in wrong), {"authorization": SECRET}]
        return [Webhook("POST", one, body=webhook.body) for one in headers]

    def fail(self, how: Failure) -> None:
        failure = {
            "transient": Response("<html>502 Bad Gateway</html>", 502),
            "limited": Refused(429, f"Too Many Requests: retry after {RETRY_AFTER}", retry_after=RETRY_AFTER),
            "permanent": Refused(400, "Bad Request: message is too long"),
            "blocked": Refused(403, "Forbidden: bot was blocked by the user"),
        }[how]
        self.fake.failures.append(failure)

    def shown(self) -> Sequence[Drawn]:
        return [
            Drawn(
                message["text"],
                tuple(
                    (button["text"], button["callback_data"])
                    for row in (message["reply_markup"] or {}).get("inline_keyboard", ())
                    for button in row
                ),
            )
            for message in self.fake.chats[self.user].values()
        ]


class TestTelegram(Conformance):
    @pytest.fixture
    def bench(self, telegram: Telegram, fake: FakeTelegram) -> Bench:
        return TelegramBench(telegram, fake)
