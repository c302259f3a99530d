"""A conversation with the action server over a fake gateway on a real socket."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from rasa_sdk.executor import ActionExecutor
from werkzeug import Request, Response

from tests.actions import views

TOKEN = "token-of-this-message"


@dataclass
class Reply:
    """What the customer gets from one turn."""

    messages: list[dict[str, Any]]
    slots: dict[str, Any]

    @property
    def text(self) -> str:
        return "\n\n".join(message["text"] for message in self.messages)

    @property
    def buttons(self) -> list[str]:
        """Titles of the last message, the only ones that can still be pressed."""
        return [button["title"] for button in self.messages[-1]["buttons"]]

    def payload(self, title: str) -> str:
        return next(button["payload"] for button in self.messages[-1]["buttons"] if button["title"] == title)

    @property
    def card(self) -> dict[str, Any]:
        return next(message["custom"]["card"] for message in reversed(self.messages) if message["custom"])

    @property
    def expecting(self) -> str | None:
        return self.slots["expecting"]


@dataclass
class Talk:
    """Runs actions as Rasa would, keeping the slots between the turns."""

    executor: ActionExecutor
    server: HTTPServer
    slots: dict[str, Any] = field(default_factory=lambda: {"expecting": None, "fallbacks": 0.0})
    customer: str | None = "ООО «Кофейня у Петра»"

    def answers(self, method: str, path: str, body: Any, status: int = 200) -> None:
        """The next call of this path gets this answer; checks the token."""
        expected = self.server.expect_oneshot_request(
            f"/v1/{path}", method=method, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        expected.respond_with_json(body, status=status)

    def refuses(self, method: str, path: str, status: int, code: str, message: str = "") -> None:
        self.answers(method, path, {"error": {"code": code, "message": message}}, status)

    def always(self, method: str, path: str, body: Any) -> None:
        self.server.expect_request(f"/v1/{path}", method=method).respond_with_json(body)

    def orders_nothing(self) -> None:
        """The words hold an amount, but the reading finds no order in them."""
        self.always("POST", "cart/messages", views.outcome("not_order", views.empty_cart()))

    async def run(self, action: str, text: str = "", intent: str = "", **entities: str) -> Reply:
        """One turn: typed words, or a button when there are only entities."""
        if not text:
            intent = intent or action.removeprefix("action_")
            text = f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {"token": TOKEN, "conversation": "c-1", "message": "m-1", "customer": self.customer},
        }
        tracker = {"sender_id": "c-1", "slots": dict(self.slots), "latest_message": message, "events": []}
        call = {"next_action": action, "tracker": tracker, "domain": {}}
        result = await self.executor.run(call)
        assert result is not None
        for event in result.events:
            self.slots[event["name"]] = event["value"]
        self.server.check_assertions()
        return Reply(result.responses, dict(self.slots))

    def sent(self, method: str, path: str) -> list[Any]:
        """The JSON bodies that reached this path, in order."""
        return [
            json.loads(request.get_data() or b"null")
            for request, _ in self.server.log
            if request.method == method and request.path == f"/v1/{path}"
        ]

    def queries(self, path: str) -> list[dict[str, str]]:
        return [request.args.to_dict() for request, _ in self.server.log if request.path == f"/v1/{path}"]


@pytest.fixture(scope="session")
def executor() -> ActionExecutor:
    """The actions as `python -m rasa_sdk --actions actions` finds them."""
    executor = ActionExecutor()
    executor.update_and_return_domain = lambda payload, name: payload["domain"]  # type: ignore[method-assign]
    executor.register_package("actions")
    return executor


@pytest.fixture
def talk(executor: ActionExecutor, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    monkeypatch.setenv("API_URL", httpserver.url_for(""))
    httpserver.no_handler_status_code = 501
    yield Talk(executor, httpserver)


@pytest.fixture
def stranger(talk: Talk) -> Talk:
    """The same before signing in."""
    talk.customer = None
    return talk


def slow(_: Request) -> Response:
    """An answer that comes too late."""
    import time

    time.sleep(1.0)
    return Response("{}", content_type="application/json")
