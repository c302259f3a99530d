"""The twin of a messenger passes what the real ones pass."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from api.channels.errors import DeliveryError
from api.channels.memory import SECRET_HEADER, MemoryMessenger
from api.channels.port import Webhook
from tests.api.channels.conformance import RETRY_AFTER, Bench, Conformance, Drawn, Failure

FAILURES: dict[Failure, DeliveryError] = {
    "transient": DeliveryError("Не ответил.", permanent=False, evidence="503"),
    "limited": DeliveryError("Часто.", permanent=False, evidence="429", retry_after=RETRY_AFTER, whole_channel=True),
    "permanent": DeliveryError("Не принял.", permanent=True, evidence="400"),
    "blocked": DeliveryError("Ушёл.", permanent=True, evidence="403", blocked=True),
}


class MemoryBench(Bench):
    user = "anna"

    def __init__(self) -> None:
        self.messenger = self.memory = MemoryMessenger()

    def _update(self, update: int, **content: Any) -> Webhook:
        return self.signed(json.dumps({"id": update, "user": self.user, **content}).encode())

    def signed(self, body: bytes) -> Webhook:
        return Webhook("POST", {SECRET_HEADER: self.memory.secret}, body=body)

    def text(self, update: int, text: str) -> Webhook:
        return self._update(update, text=text)

    def press(self, update: int, data: str) -> Webhook:
        return self._update(update, press=data)

    def contact(self, update: int, phone: str, *, own: bool) -> Webhook:
        return self._update(update, contact={"phone": phone, "own": own})

    def group(self, update: int, text: str) -> Webhook:
        return self._update(update, text=text, group=True)

    def receipt(self, message_id: str, state: str) -> Webhook:
        return self.signed(json.dumps({"id": message_id, "receipt": state}).encode())

    def forgeries(self, webhook: Webhook) -> Sequence[Webhook]:
        return [Webhook("POST", headers, body=webhook.body) for headers in ({}, {SECRET_HEADER: "guessed"})]

    def fail(self, how: Failure) -> None:
        self.memory.failures.append(FAILURES[how])

    def shown(self) -> Sequence[Drawn]:
        return [
            Drawn(message.text, tuple((button.title, button.data) for button in message.buttons))
            for message in self.memory.sent[self.user].values()
        ]


class TestMemory(Conformance):
    @pytest.fixture
    def bench(self) -> Bench:
        return MemoryBench()
