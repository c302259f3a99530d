"""MAX's side over real sockets: strict about what it takes, told when to fail."""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.api.channels.max.updates import TOKEN, bot

Asked = tuple[str, str, dict[str, str], Any]
"""Method, path, query, body."""
WIDE = 3
NARROW_KINDS = ("link", "request_contact")


def answer(content: Any, status: int = 200, **headers: str) -> Response:
    return Response(json.dumps(content), status, headers, content_type="application/json; charset=utf-8")


def error(status: int, code: str, message: str, **headers: str) -> Response:
    return answer({"code": code, "message": message}, status, **headers)


@dataclass
class FakeMax:
    """`messages`: what each chat sees now, by id, oldest first; `failures`: answered one by one instead."""

    server: HTTPServer
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    failures: deque[Response] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.server.expect_request(re.compile(".*")).respond_with_handler(self.handle)

    @property
    def url(self) -> str:
        return str(self.server.url_for("")).rstrip("/")

    def calls(self, method: str, path: str) -> list[Asked]:
        return [one for one in self.asked if one[:2] == (method, path)]

    def handle(self, request: Request) -> Response:
        sent = json.loads(request.data) if request.data else None
        self.asked.append((request.method, request.path, dict(request.args), sent))
        if self.failures:
            return self.failures.popleft()
        if request.headers.get("Authorization") != TOKEN or "access_token" in request.args:
            return error(401, "verify.token", "Invalid access_token")
        return self._answer(request, sent)

    def _answer(self, request: Request, sent: Any) -> Response:
        match request.method, request.path:
            case "POST", "/messages":
                return self._send(request, sent)
            case "PUT", "/messages":
                return self._edit(request.args["message_id"], sent)
            case "POST", "/answers" if request.args.get("callback_id") and sent:
                return answer({"success": True})
            case "POST", path if path.startswith("/chats/") and sent == {"action": "typing_on"}:
                return answer({"success": True})
            case (("GET" | "POST" | "DELETE"), "/subscriptions"):
                return self._subscriptions(request, sent)
            case "GET", "/me":
                return answer({**bot(), "commands": self.commands})
            case "PATCH", "/me/commands":
                self.commands = sent["commands"]
                return answer({"commands": self.commands})
            case "GET", "/updates":
                return self._updates(request)
        return error(405, "not.allowed", f"{request.method} {request.path}")

    def _send(self, request: Request, sent: Any) -> Response:
        to = request.args.get("user_id") or request.args["chat_id"]
        if wrong := self._wrong(sent):
            return error(400, "proto.payload", wrong)
        mid = f"mid.sent{len(self.messages) + 1}"
        self.messages[mid] = {"to": int(to), **sent}
        where = {"chat_id": 1, "chat_type": "dialog", "user_id": int(to)}
        held = {"mid": mid, "seq": len(self.messages), "text": sent["text"], "attachments": []}
        return answer({"message": {"sender": bot(), "recipient": where, "timestamp": 1, "body": held}})

    def _edit(self, mid: str, sent: Any) -> Response:
        if mid not in self.messages:
            return error(404, "not.found", "Message not found")
        if wrong := self._wrong(sent):
            return error(400, "proto.payload", wrong)
        kept = {"attachments": self.messages[mid]["attachments"]} if sent.get("attachments") is None else {}
        self.messages[mid] |= sent | kept
        return answer({"success": True})

    def _subscriptions(self, request: Request, sent: Any) -> Response:
        if request.method == "GET":
            told = [{key: one[key] for key in ("url", "time", "update_types")} for one in self.subscriptions]
            return answer({"subscriptions": told})
        url = sent["url"] if sent else request.args["url"]
        self.subscriptions = [one for one in self.subscriptions if one["url"] != url]
        if sent:
            self.subscriptions.append({"time": 1, **sent})
        return answer({"success": True})

    def _updates(self, request: Request) -> Response:
        after = int(request.args.get("marker", 0))
        given = self.updates[after : after + int(request.args["limit"])]
        return answer({"updates": given, "marker": after + len(given)})

    def _wrong(self, sent: Any) -> str:
        """What the documentation forbids in a message; empty when nothing."""
        if not 0 < len(sent["text"]) <= 4000:
            return "text"
        for attachment in sent["attachments"] or ():
            rows = attachment["payload"]["buttons"]
            if attachment["type"] != "inline_keyboard" or not 0 < len(rows) <= 30:
                return "keyboard"
            for row in rows:
                most = WIDE if any(one["type"] in NARROW_KINDS for one in row) else 7
                if not 0 < len(row) <= most or any(not 0 < len(one["text"]) <= 128 for one in row):
                    return "row"
                if any(len(one.get("payload", "")) > 1024 or len(one.get("url", "")) > 2048 for one in row):
                    return "button"
        return ""
