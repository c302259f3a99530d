"""Telegram's API as far as the adapter calls it: strict, with a memory of what each chat sees."""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiogram.types import InlineKeyboardMarkup, ReplyKeyboardMarkup
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.api.channels.telegram.updates import BOT, DATE, TOKEN, Json


class Refused(Exception):
    """The API's answer other than 200."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class FakeTelegram:
    """`chats` holds what each sees, by message id. `failures`: the next calls end so; a Response is sent as it is."""

    server: HTTPServer
    chats: dict[str, dict[int, Json]] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    failures: deque[Refused | Response] = field(default_factory=deque)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By file id: its path and content."""
    hook: Json = field(default_factory=lambda: {"url": "", "has_custom_certificate": False, "pending_update_count": 0})
    commands: list[Json] = field(default_factory=list)
    updates: list[Json] = field(default_factory=list)
    """What getUpdates gives; those before the offset are forgotten."""

    def __post_init__(self) -> None:
        self.server.expect_request(re.compile(r"^/bot")).respond_with_handler(self._api)
        self.server.expect_request(re.compile(r"^/file/bot")).respond_with_handler(self._file)

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")

    def called(self, method: str) -> list[Json]:
        return [arguments for name, arguments in self.calls if name == method]

    def _api(self, request: Request) -> Response:
        _, bot, method = request.path.split("/")
        arguments = dict(request.form)
        for key in ("reply_markup", "allowed_updates", "link_preview_options", "commands", "scope"):
            if key in arguments:
                arguments[key] = json.loads(arguments[key])
        self.calls.append((method, arguments))
        try:
            if self.failures:
                failure = self.failures.popleft()
                if isinstance(failure, Response):
                    return failure
                raise failure
            if bot != f"bot{TOKEN}":
                raise Refused(401, "Unauthorized")
            result = getattr(self, f"_{_snake(method)}")(**arguments)
        except Refused as refused:
            body = {"ok": False, "error_code": refused.code, "description": refused.description}
            body |= {"parameters": refused.parameters} if refused.parameters else {}
            return _json(body, refused.code)
        return _json({"ok": True, "result": result}, 200)

    def _file(self, request: Request) -> Response:
        for path, content in self.files.values():
            if request.path == f"/file/bot{TOKEN}/{path}":
                return Response(content)
        return Response("not found", 404)

    def _send_message(self, chat_id: str, text: str, reply_markup: Json | None = None, **_: Any) -> Json:
        _checked(text, reply_markup)
        chat = self.chats.setdefault(chat_id, {})
        message_id = 100 + sum(map(len, self.chats.values()))
        chat[message_id] = {"text": text, "reply_markup": reply_markup}
        return self._message(chat_id, message_id)

    def _message(self, chat_id: str, message_id: int) -> Json:
        shown = self.chats[chat_id][message_id]
        message = {"message_id": message_id, "from": BOT, "chat": {"id": int(chat_id), "type": "private"}, "date": DATE}
        return message | {"text": shown["text"]}

    def _edit_message_text(
        self, chat_id: str, message_id: str, text: str, reply_markup: Json | None = None, **_: Any
    ) -> Json:
        _checked(text, reply_markup)
        shown = self.chats.get(chat_id, {}).get(int(message_id))
        if shown is None:
            raise Refused(400, "Bad Request: message to edit not found")
        new = {"text": text, "reply_markup": reply_markup}
        if shown == new:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly"
                " the same as a current content and reply markup of the message",
            )
        self.chats[chat_id][int(message_id)] = new
        return self._message(chat_id, int(message_id))

    def _delete_message(self, chat_id: str, message_id: str) -> bool:
        del self.chats[chat_id][int(message_id)]
        return True

    def _answer_callback_query(self, callback_query_id: str) -> bool:
        return True

    def _send_chat_action(self, chat_id: str, action: str) -> bool:
        return True

    def _get_file(self, file_id: str) -> Json:
        if file_id not in self.files:
            raise Refused(400, "Bad Request: invalid file_id")
        path, content = self.files[file_id]
        return {"file_id": file_id, "file_unique_id": "u", "file_path": path, "file_size": len(content)}

    def _get_webhook_info(self) -> Json:
        return self.hook

    def _set_webhook(self, url: str, **more: Any) -> bool:
        self.hook |= {"url": url, "allowed_updates": more["allowed_updates"]}
        self.hook["max_connections"] = int(more["max_connections"])
        return True

    def _delete_webhook(self, **_: Any) -> bool:
        self.hook = self.hook | {"url": ""}
        return True

    def _get_my_commands(self, scope: Json) -> list[Json]:
        return self.commands

    def _set_my_commands(self, commands: list[Json], scope: Json) -> bool:
        self.commands = commands
        return True

    def _get_updates(self, timeout: str, allowed_updates: list[str], offset: str = "0") -> list[Json]:
        if self.hook["url"]:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self.updates = [update for update in self.updates if update["update_id"] >= int(offset)]
        return self.updates[:100]


def _checked(text: str, markup: Json | None) -> None:
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if len(text) > 4096:
        raise Refused(400, "Bad Request: message is too long")
    if markup is None or "remove_keyboard" in markup:
        return
    if "keyboard" in markup:
        ReplyKeyboardMarkup.model_validate(markup)
        return
    for button in (one for row in InlineKeyboardMarkup.model_validate(markup).inline_keyboard for one in row):
        if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if not button.text or (button.callback_data is None) == (button.url is None):
            raise Refused(400, "Bad Request: can't parse inline keyboard button")


def _snake(method: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()


def _json(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
