"""WhatsApp through either provider is what every messenger is."""

from collections.abc import Sequence

import pytest

from api.channels.port import Webhook
from api.channels.whatsapp.adapter import WhatsApp
from tests.api.channels.conformance import RETRY_AFTER, Bench, Conformance, Drawn, Failure
from tests.api.channels.whatsapp import payloads
from tests.api.channels.whatsapp.fake import FakeProvider, failure


class WhatsAppBench(Bench):
    user = payloads.ANNA

    def __init__(self, provider: FakeProvider, channel: WhatsApp) -> None:
        self.provider = provider
        self.messenger = channel

    def _update(self, *messages: payloads.Json) -> Webhook:
        return self.provider.signed(payloads.update(payloads.value(messages=list(messages))))

    def text(self, update: int, text: str) -> Webhook:
        return self._update(payloads.text(update, text))

    def press(self, update: int, data: str) -> Webhook:
        return self._update(payloads.reply(update, data))

    def contact(self, update: int, phone: str, *, own: bool) -> Webhook | None:
        """Nothing proves that a card is one's own: there is no such thing as an own contact."""
        card = {"name": {"formatted_name": "Кто-то"}, "phones": [{"phone": phone, "wa_id": phone.removeprefix("+")}]}
        return None if own else self._update(payloads.message(update, "contacts", [card]))

    def group(self, update: int, text: str) -> Webhook:
        return self._update(payloads.text(update, text, group_id="Y2FwaV9ncm91cDox"))

    def receipt(self, message_id: str, state: str) -> Webhook:
        error = payloads.error(131026) if state == "failed" else None
        return self.signed(
            payloads.raw(payloads.update(payloads.value(statuses=[payloads.status(message_id, state, error)])))
        )

    def signed(self, body: bytes) -> Webhook:
        return self.provider.signed(body)

    def forgeries(self, webhook: Webhook) -> Sequence[Webhook]:
        others = self.provider.proof(b"{}")
        name, proof = next(iter(webhook.headers.items()))
        guesses = [{}, {name: ""}, {name: proof[:-1]}, {name: proof + "0"}, {name: proof.upper()}, {name: "я"}]
        if others != webhook.headers:  # 360dialog's proof is the same for all bodies
            guesses.append(others)
        return [Webhook("POST", headers, body=webhook.body) for headers in guesses]

    def fail(self, how: Failure) -> None:
        failures = {
            "transient": failure(131016, 500),
            "limited": failure(130429, 429, **{"Retry-After": str(RETRY_AFTER)}),
            "permanent": failure(131009),
            "blocked": failure(131026),
        }
        self.provider.next.append(failures[how])

    def shown(self) -> Sequence[Drawn]:
        return [_drawn(body) for body in self.provider.sent]


def _drawn(body: payloads.Json) -> Drawn:
    if body["type"] == "text":
        return Drawn(body["text"]["body"])
    interactive = body["interactive"]
    rows = [row for section in interactive["action"].get("sections", []) for row in section["rows"]]
    replies = [button["reply"] for button in interactive["action"].get("buttons", [])]
    return Drawn(interactive["body"]["text"], tuple((one["title"], one["id"]) for one in rows + replies))


class TestWhatsApp(Conformance):
    @pytest.fixture
    def bench(self, provider: FakeProvider, channel: WhatsApp) -> Bench:
        return WhatsAppBench(provider, channel)
