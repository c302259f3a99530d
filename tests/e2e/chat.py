"""A customer in the web chat, as the widget speaks: types, presses, waits, reads."""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

PATIENCE_SECONDS = 40.0


@dataclass(frozen=True)
class Message:
    """One line of the conversation."""

    seq: int
    sender: str
    text: str
    buttons: tuple[str, ...]
    card: dict[str, Any] | None


@dataclass
class Chat:
    """One visitor's conversation. Every method that speaks returns what the bot said to it."""

    url: str
    code: str | None = None
    visitor: str = ""
    customer: str | None = None
    messages: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        answer = self.http.post("/webchat/session", json={"visitor": self.visitor or None, "code": self.code})
        answer.raise_for_status()
        self.visitor, self.customer = answer.json()["visitor"], answer.json()["customer"]
        if not self.messages:
            self.wait_for_answer(after=0)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.visitor}"}

    @property
    def seen(self) -> int:
        return self.messages[-1].seq if self.messages else 0

    def fetch(self, wait: float = 0) -> bool:
        """Reads what is new; returns whether the bot still types."""
        query: dict[str, float] = {"after": self.seen, "wait": wait}
        answer = self.http.get("/webchat/messages", params=query, headers=self.headers)
        answer.raise_for_status()
        # Amounts are written with no-break spaces; here a space is a space.
        for row in json.loads(answer.text.replace("\u00a0", " "))["messages"]:
            assert row["seq"] == self.seen + 1, "a number is missing or came twice"
            buttons = tuple(button["title"] for button in row["buttons"])
            self.messages.append(Message(row["seq"], row["from"], row["text"], buttons, row["card"]))
        return bool(answer.json()["typing"])

    def wait_for_answer(self, after: int) -> list[Message]:
        """Waits until the bot has said something after this number and types no more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            typing = self.fetch(wait=1)
            said = [m for m in self.messages if m.seq > after and m.sender != "customer"]
            if said and not typing:
                return said
        raise AssertionError(f"no answer within {PATIENCE_SECONDS} s; so far:\n{self.transcript()}")

    def wait_for(self, words: str, patience: float = PATIENCE_SECONDS) -> Message:
        """Waits for a message that holds these words, whoever says it."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            self.fetch(wait=1)
            found = [m for m in self.messages if words in m.text and m.sender != "customer"]
            if found:
                return found[-1]
        raise AssertionError(f"«{words}» was not said within {patience} s; so far:\n{self.transcript()}")

    def post(self, body: dict[str, Any]) -> httpx.Response:
        """Sends a message as it is."""
        return self.http.post("/webhooks/webchat", json=body, headers=self.headers)

    def send(self, **content: Any) -> int:
        """Sends without waiting; returns the message's number."""
        answer = self.post({"id": str(uuid4()), **content})
        assert answer.status_code == 200, answer.text
        return int(answer.json()["seq"])

    def say(self, text: str) -> list[Message]:
        return self.wait_for_answer(self.send(text=text))

    def send_file(self, name: str, content: bytes) -> list[Message]:
        """Sends a file as the widget does."""
        form = {"id": str(uuid4())}
        answer = self.http.post("/webchat/files", data=form, files={"file": (name, content)}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return self.wait_for_answer(int(answer.json()["seq"]))

    def press(self, title: str) -> list[Message]:
        """Presses the newest button whose title starts so."""
        for message in reversed(self.messages):
            for index, button in enumerate(message.buttons):
                if button.startswith(title):
                    return self.wait_for_answer(self.send(button={"message": message.seq, "index": index}))
        raise AssertionError(f"there is no button «{title}»; so far:\n{self.transcript()}")

    def change_line(self, sku: str, quantity: str) -> list[Message]:
        """Changes a quantity in place on the newest card."""
        message = next(m for m in reversed(self.messages) if m.card)
        return self.wait_for_answer(self.send(line={"message": message.seq, "sku": sku, "quantity": quantity}))

    def card(self) -> dict[str, Any]:
        """The newest card."""
        return next(m.card for m in reversed(self.messages) if m.card)

    def last(self) -> str:
        """What the bot said since the customer's last message, in one text."""
        said: list[str] = []
        for message in reversed(self.messages):
            if message.sender == "customer":
                break
            said.insert(0, message.text)
        return "\n".join(said)

    def transcript(self) -> str:
        """The whole conversation, for a failure's report."""
        lines = []
        for message in self.messages:
            buttons = " ".join(f"[{title}]" for title in message.buttons)
            lines.append(f"{message.seq:3} {message.sender}: {message.text} {buttons}")
        return "\n".join(lines)
