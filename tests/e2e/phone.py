"""A customer with a messenger, as `Chat` is one with the web chat: types, presses, waits, reads the screen."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import psycopg

from api.run.system import System
from api.worker import DEFAULT, OUT
from tests.e2e import providers
from tests.e2e.providers import Providers, Shown

PATIENCE_SECONDS = 40.0
PROVIDER = httpx.Client(trust_env=False)
LOOK_SECONDS = 0.1
UNDER_WAY = (
    "SELECT EXISTS (SELECT FROM outbox WHERE state = 'queued') OR EXISTS (SELECT FROM procrastinate_jobs"
    " WHERE queue_name = ANY(%s) AND status IN ('todo', 'doing') AND coalesce(scheduled_at, now()) <= now() + '5 s')"
)
"""Whether the product still thinks of an answer or sends one: at a messenger's pace a change of the living message may
be put off for a second or two."""

_numbers = count(int(time.time() * 1000))


@dataclass
class Phone:
    """One person's private chat with the bot in one messenger."""

    channel: str
    system: System
    server: Providers
    user: str
    phone: str
    name: str = "Вера"

    @property
    def screen(self) -> list[Shown]:
        return self.server.shown(self.channel, self.user)

    def post(self, update: dict[str, Any]) -> None:
        """Brings an update to the product as the provider does."""
        raw = json.dumps(update, ensure_ascii=False).encode()
        answer = httpx.post(
            f"{self.system.url}/webhooks/{self.channel}",
            content=raw,
            headers=signed(self.channel, raw),
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text

    def say(self, text: str) -> list[Shown]:
        return self._answered(lambda: self.post(_UPDATES[self.channel](self, text=text)))

    def share_number(self) -> list[Shown]:
        """Presses the button that shares the own number."""
        return self._answered(lambda: self.post(_UPDATES[self.channel](self, contact=self.phone)))

    def forward_contact(self, number: str) -> list[Shown]:
        """Passes on somebody else's card in Telegram."""
        update = _telegram(self, contact=number)
        update["message"]["contact"]["user_id"] = int(self.user) + 1
        return self._answered(lambda: self.post(update))

    def send_file(self, name: str, content: bytes, caption: str) -> list[Shown]:
        """Sends a document in Telegram."""
        file_id = f"file{next(_numbers)}"
        self.server.files[file_id] = content
        update = _telegram(self, text="")
        del update["message"]["text"]
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": len(content)}
        update["message"] |= {"document": document, "caption": caption}
        return self._answered(lambda: self.post(update))

    def say_in_group(self, text: str, group: str) -> None:
        """Writes in a Telegram group that the bot is in; returns when the group was answered."""
        update = _telegram(self, text=text)
        update["message"]["chat"] = {"id": int(group), "type": "supergroup", "title": "Закупки"}
        update["message"]["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        self.post(update)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.server.shown(self.channel, group):
            assert time.monotonic() < deadline, "the group was not answered"
            time.sleep(LOOK_SECONDS)

    def press(self, title: str) -> list[Shown]:
        """Presses the newest button whose title starts so."""
        for message in reversed(self.screen):
            for shown, data in message.buttons.items():
                if shown.startswith(title):
                    return self._answered(
                        lambda data=data, message=message: self.post(  # type: ignore[misc]
                            _UPDATES[self.channel](self, data=data, message=message)
                        )
                    )
        raise AssertionError(f"there is no button «{title}»; so far:\n{self.transcript()}")

    def wait_for(self, words: str, patience: float = PATIENCE_SECONDS) -> Shown:
        """Waits until a message on the screen holds these words."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            found = [message for message in self.screen if words in message.text]
            if found:
                return found[-1]
            time.sleep(LOOK_SECONDS)
        raise AssertionError(f"«{words}» was not said; so far:\n{self.transcript()}")

    def _answered(self, act: Callable[[], None]) -> list[Shown]:
        """Does it, and waits until the screen has changed and nothing more is to come; returns what is new."""
        before = self._state()
        act()
        deadline, last = time.monotonic() + PATIENCE_SECONDS, before
        while time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            quiet = not self._under_way()
            now = self._state()
            if quiet and now == last != before:
                return [message for message in self.screen if (message.id, message.text) not in before]
            last = now
        raise AssertionError(f"no answer within {PATIENCE_SECONDS} s; so far:\n{self.transcript()}")

    def _under_way(self) -> bool:
        with psycopg.connect(self.system.database_url) as connection:
            connection.execute("SET ROLE orders_staff")
            return connection.execute(UNDER_WAY, [[DEFAULT, OUT]]).fetchone() != (False,)

    def _state(self) -> list[tuple[str, str]]:
        return [(message.id, message.text) for message in self.screen]

    def transcript(self) -> str:
        lines = []
        for message in self.screen:
            buttons = " ".join(f"[{title}]" for title in message.buttons)
            lines.append(f"{message.id}: {message.text} {buttons}")
        return "\n".join(lines)


def signed(channel: str, raw: bytes) -> dict[str, str]:
    """The headers by which the provider's request is known; none for the web chat, whose visitors have tokens."""
    signature = hmac.new(providers.WHATSAPP_APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
    return {
        "telegram": {"X-Telegram-Bot-Api-Secret-Token": providers.TELEGRAM_SECRET},
        "whatsapp": {"X-Hub-Signature-256": f"sha256={signature}"},
        "max": {"X-Max-Bot-Api-Secret": providers.MAX_SECRET},
    }.get(channel, {}) | {"Content-Type": "application/json"}


def _telegram(
    phone: Phone, *, text: str = "", contact: str = "", data: str = "", message: Shown | None = None
) -> dict[str, Any]:
    person = {"id": int(phone.user), "is_bot": False, "first_name": phone.name}
    chat = {"id": int(phone.user), "type": "private", "first_name": phone.name}
    number = next(_numbers)
    now = {"date": int(time.time()), "chat": chat}
    if message is not None:
        shown = {"message_id": int(message.id), "text": message.text} | now
        return {
            "update_id": number,
            "callback_query": {
                "id": str(number), "from": person, "chat_instance": "1", "data": data, "message": shown,
            },
        }  # fmt: skip
    content: dict[str, Any] = {"text": text}
    if contact:
        content = {"contact": {"phone_number": contact, "first_name": phone.name, "user_id": int(phone.user)}}
    return {"update_id": number, "message": {"message_id": number % 10**9, "from": person} | now | content}


def _whatsapp(
    phone: Phone, *, text: str = "", contact: str = "", data: str = "", message: Shown | None = None
) -> dict[str, Any]:
    content: dict[str, Any] = {"type": "text", "text": {"body": text}}
    if message is not None:
        reply = {"type": "button_reply", "button_reply": {"id": data, "title": "x"}}
        content = {"type": "interactive", "interactive": reply}
    said = {"from": phone.user, "id": f"wamid.in{next(_numbers)}", "timestamp": str(int(time.time()))} | content
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "70000000000", "phone_number_id": providers.WHATSAPP_PHONE_ID},
        "contacts": [{"profile": {"name": phone.name}, "wa_id": phone.user}],
        "messages": [said],
    }
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def _max(
    phone: Phone, *, text: str = "", contact: str = "", data: str = "", message: Shown | None = None
) -> dict[str, Any]:
    person = {"user_id": int(phone.user), "first_name": phone.name, "is_bot": False}
    recipient = {"chat_id": int(phone.user), "chat_type": "dialog", "user_id": 1}
    number, now = next(_numbers), int(time.time() * 1000)
    if message is not None:
        shown = {"recipient": recipient, "timestamp": now, "body": {"mid": message.id, "seq": 1, "text": message.text}}
        callback = {"timestamp": now, "callback_id": f"cb{number}", "payload": data, "user": person}
        return {"update_type": "message_callback", "timestamp": now, "callback": callback, "message": shown}
    attachments = []
    if contact:
        card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:{contact}\r\nFN:{phone.name}\r\nEND:VCARD\r\n"
        proof = hmac.new(providers.MAX_TOKEN.encode(), card.encode(), hashlib.sha256).hexdigest()
        attachments = [{"type": "contact", "payload": {"vcf_info": card, "max_info": person, "hash": proof}}]
    body = {"mid": f"mid.in{number}", "seq": 1, "text": text, "attachments": attachments}
    said = {"sender": person, "recipient": recipient, "timestamp": now, "body": body}
    return {"update_type": "message_created", "timestamp": now, "message": said}


_UPDATES = {"telegram": _telegram, "whatsapp": _whatsapp, "max": _max}
