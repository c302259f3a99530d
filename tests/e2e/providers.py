"""The messengers' servers, as far as our adapters speak with them: each keeps what a chat shows now.

Our own fakes, for nobody's emulator speaks all three; the adapters' own suites check the payloads against outside
libraries and schemas.
"""

import json
import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

TELEGRAM_TOKEN = "12345:telegram-token-of-the-tests"
TELEGRAM_SECRET = "telegram-secret"
WHATSAPP_TOKEN = "whatsapp-token-of-the-tests"
WHATSAPP_PHONE_ID = "1001"
WHATSAPP_APP_SECRET = "whatsapp-app-secret"
WHATSAPP_VERIFY_TOKEN = "whatsapp-verify-token"
MAX_TOKEN = "max-token-of-the-tests"
MAX_SECRET = "max-secret"


@dataclass
class Shown:
    """A message as a chat shows it: the data behind each title; a request for the number has the data `contact`."""

    id: str
    text: str
    buttons: dict[str, str] = field(default_factory=dict)


class Providers:
    """One HTTP server for all three. `screens`: by channel and chat the messages in their order."""

    def __init__(self) -> None:
        self.screens: dict[tuple[str, str], dict[str, Shown]] = defaultdict(dict)
        self.calls: list[tuple[str, str]] = []
        self.files: dict[str, bytes] = {}
        """What can be fetched from Telegram, by the file's id."""
        self.left: set[str] = set()
        """People who stopped the bot in Telegram."""
        self._numbers = count(1)
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"providers": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def variables(self) -> dict[str, str]:
        """What the product's environment needs to speak with them."""
        return {
            "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_SECRET": TELEGRAM_SECRET,
            "TELEGRAM_API_URL": f"{self.url}/telegram",
            "TELEGRAM_MODE": "webhook",
            "WHATSAPP_TOKEN": WHATSAPP_TOKEN,
            "WHATSAPP_PHONE_ID": WHATSAPP_PHONE_ID,
            "WHATSAPP_APP_SECRET": WHATSAPP_APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": WHATSAPP_VERIFY_TOKEN,
            "WHATSAPP_API_URL": f"{self.url}/whatsapp",
            "MAX_TOKEN": MAX_TOKEN,
            "MAX_SECRET": MAX_SECRET,
            "MAX_API_URL": f"{self.url}/max",
            "MAX_MODE": "webhook",
            "PUBLIC_URL": "https://orders.example",
            "INVITE_TELEGRAM": "orders_bot",
        }

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def forget(self) -> None:
        """Empty screens."""
        with self._lock:
            self.screens.clear()
            self.calls.clear()
            self.left.clear()

    def shown(self, channel: str, chat: str) -> list[Shown]:
        with self._lock:
            return list(self.screens[channel, chat].values())

    # What the three answer. Each returns the JSON body.

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        _, channel, rest = path.split("/", 2)
        with self._lock:
            self.calls.append((channel, f"{method} {rest}"))
            return {"telegram": self._telegram, "whatsapp": self._whatsapp, "max": self._max}[channel](
                method, rest, query, body
            )

    def _put(self, channel: str, chat: str, message_id: str, text: str, buttons: dict[str, str]) -> None:
        self.screens[channel, chat][message_id] = Shown(message_id, text.replace("\u00a0", " "), buttons)

    def _telegram(self, method: str, rest: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        name = rest.removeprefix(f"bot{TELEGRAM_TOKEN}/")
        if str(body.get("chat_id")) in self.left:
            return {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
        if name in ("sendMessage", "editMessageText"):
            chat = str(body["chat_id"])
            message_id = str(body.get("message_id") or next(self._numbers))
            markup = _json(body.get("reply_markup"))
            rows = [*markup.get("inline_keyboard", []), *markup.get("keyboard", [])]
            buttons = {
                one["text"]: one.get("callback_data") or one.get("url") or "contact" for row in rows for one in row
            }
            self._put("telegram", chat, message_id, body["text"], buttons)
            message = {"message_id": int(message_id), "date": 1765785600, "chat": {"id": int(chat), "type": "private"}}
            return {"ok": True, "result": message | {"text": body["text"]}}
        if name == "deleteMessage":
            self.screens["telegram", str(body["chat_id"])].pop(str(body["message_id"]), None)
        if name == "getFile":
            file_id = str(body["file_id"])
            content = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(self.files[file_id])}
            return {"ok": True, "result": content | {"file_path": f"documents/{file_id}"}}
        results: dict[str, Any] = {
            "getMe": {"id": 12345, "is_bot": True, "first_name": "Заказы", "username": "orders_bot"},
            "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
            "getMyCommands": [],
        }
        return {"ok": True, "result": results.get(name, True)}

    def _whatsapp(self, method: str, rest: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if not rest.endswith("/messages") or "status" in body:
            return {"success": True, "id": WHATSAPP_PHONE_ID}
        message_id = f"wamid.{next(self._numbers)}"
        action = body.get("interactive", {}).get("action", {})
        replies = [one["reply"] for one in action.get("buttons", [])]
        rows = [row for section in action.get("sections", []) for row in section["rows"]]
        buttons = {one.get("description") or one["title"]: one["id"] for one in [*replies, *rows]}
        text = body["interactive"]["body"]["text"] if "interactive" in body else body["text"]["body"]
        self._put("whatsapp", str(body["to"]), message_id, text, buttons)
        return {"messaging_product": "whatsapp", "messages": [{"id": message_id}]}

    def _max(self, method: str, rest: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if rest == "subscriptions" and method == "GET":
            return {"subscriptions": []}
        if rest != "messages":
            return {"success": True}
        message_id = query.get("message_id") or f"mid.{next(self._numbers)}"
        rows = [row for one in body.get("attachments") or [] for row in one["payload"]["buttons"]]
        buttons = {one["text"]: one.get("payload") or one.get("url") or "contact" for row in rows for one in row}
        chat = query.get("user_id") or next(
            chat for (channel, chat), shown in self.screens.items() if channel == "max" and message_id in shown
        )
        self._put("max", chat, message_id, body["text"], buttons)
        if method == "PUT":
            return {"success": True}
        recipient = {"chat_id": int(chat), "chat_type": "dialog", "user_id": int(chat)}
        content = {"mid": message_id, "seq": 1, "text": body["text"], "attachments": []}
        return {"message": {"recipient": recipient, "timestamp": 1765785600000, "body": content}}


def _json(value: Any) -> dict[str, Any]:
    """aiogram sends nested values as JSON inside a form."""
    found = json.loads(value) if isinstance(value, str) else value
    return found or {}


class _Handler(BaseHTTPRequestHandler):
    providers: Providers
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        address = urlsplit(self.path)
        if address.path.startswith("/telegram/file/"):
            self._send(200, "application/octet-stream", self.providers.files[address.path.rsplit("/", 1)[1]])
            return
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        answer = self.providers.answer(self.command, address.path, query, self._body(raw))
        self._send(int(answer.get("error_code", 200)), "application/json", json.dumps(answer).encode())

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _body(self, raw: bytes) -> dict[str, Any]:
        kind = self.headers.get("Content-Type", "")
        if "json" in kind:
            body: dict[str, Any] = json.loads(raw or b"{}")
            return body
        if "multipart" in kind:
            parts = re.findall(rb'name="([^"]+)"[^\r]*?\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', raw, re.DOTALL)
            return {name.decode(): value.decode() for name, value in parts}
        return {key: values[0] for key, values in parse_qs(raw.decode()).items()}

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: a test's output is for its failures."""
