"""A conversation through telemelya, an emulator of Telegram's Bot API that somebody else wrote.

It has no getUpdates, contacts, documents and 429, and does not send the secret header: a relay adds that, so that our
check stays on. Its environment (tests/peers/telemelya, 230 MB) is made by the first run; without uv or a network the
test is skipped.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from werkzeug import Request, Response

from api.channels import registry
from api.channels.errors import DeliveryError
from api.channels.port import Outgoing
from api.channels.telegram.adapter import SECRET_HEADER, Telegram
from api.channels.telegram.settings import TelegramSettings
from api.db.models import InboxRow, OutboxRow
from api.db.session import staff_session
from api.run.paths import ROOT, STATE
from api.run.ports import free_ports
from tests.api.channels.telegram.conftest import SECRET
from tests.api.channels.telegram.test_flow import CARD
from tests.api.channels.telegram.updates import TOKEN
from tests.api.channels.working import work
from tests.api.conversations.conftest import Assistant

PEER = ROOT / "tests" / "peers" / "telemelya"
PEER_ENVIRONMENT = STATE / "peers" / "telemelya"
"""Not beside its lock: other people's packages bring tests of their own, which are none of a suite of ours."""
KEY = "key-of-the-tests"
CHAT = 700000001
INSTALL_SECONDS = 300


def uv() -> str | None:
    """As ./run finds it."""
    places = [os.environ.get("UV"), shutil.which("uv"), ROOT / ".run/uv/bin/uv", Path.home() / ".local/bin/uv"]
    return next((str(place) for place in places if place and Path(place).exists()), None)


@pytest.fixture(scope="session")
def peer_python() -> Path:
    """The interpreter of the peer's environment, made from its lock where it is missing."""
    command = uv()
    if command is None:
        pytest.skip("telemelya needs uv for its environment: run ./run test, or set UV")
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    environment["UV_PROJECT_ENVIRONMENT"] = str(PEER_ENVIRONMENT)
    sync = [command, "sync", "--frozen", "--quiet", "--project", str(PEER), "--python", "3.11"]
    try:
        done = subprocess.run(sync, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip("telemelya's environment was not installed in time")
    if done.returncode:
        pytest.skip(f"telemelya's environment could not be installed: {done.stderr.strip()[-300:]}")
    return PEER_ENVIRONMENT / "bin" / "python"


@pytest.fixture(scope="session")
def telemelya(peer_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running emulator."""
    (port,) = free_ports(1)
    url, log = f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("telemelya") / "log"
    command, environment = [peer_python, "serve.py", str(port), KEY], {"PATH": os.environ["PATH"]}
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=PEER, stdout=file, stderr=file, env=environment)
    try:
        deadline = time.monotonic() + 60
        while not _answers(url):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.1)
        yield url
    finally:
        process.kill()
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


class Person:
    """Anna with her phone, as the emulator sees her."""

    def __init__(self, url: str, adapter: Telegram) -> None:
        self.adapter = adapter
        # A session of her own: what other tests did is not seen.
        headers = {"Authorization": f"Bearer {KEY}", "X-Test-Session": str(uuid4())}
        base = f"{url}/api/v1/test"
        self.http = httpx.AsyncClient(base_url=base, headers=headers, timeout=20, trust_env=False)

    async def does(self, **update: Any) -> None:
        answer = await self.http.post("/send_update", params={"bot_token": TOKEN}, json={"chat_id": CHAT, **update})
        assert answer.json()["delivery"]["status_code"] == 200, answer.text

    async def seen(self, method: str) -> list[dict[str, Any]]:
        """What the bot has called, oldest first."""
        calls = (await self.http.get("/responses")).json()["responses"]
        return [call for call in calls if call["method"] == method]


@pytest.fixture
async def person(
    telemelya: str,
    web: httpx.AsyncClient,
    telegram_server: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Person]:
    """Updates come through the relay to our webhook; the answers go to the emulator."""
    adapter = Telegram(TelegramSettings(token=TOKEN, secret=SECRET, api_url=telemelya, mode="webhook"))
    opened = {"telegram": adapter}
    monkeypatch.setattr(registry, "channels", lambda: opened)
    monkeypatch.setattr("api.conversations.router.channels", lambda: opened)
    loop = asyncio.get_running_loop()

    def relay(request: Request) -> Response:
        assert SECRET_HEADER not in request.headers
        posted = web.post("/webhooks/telegram", content=request.data, headers={SECRET_HEADER: SECRET})
        answer = asyncio.run_coroutine_threadsafe(posted, loop).result(10)
        return Response(answer.content, answer.status_code)

    telegram_server.clear()
    telegram_server.expect_request("/relay").respond_with_handler(relay)
    anna = Person(telemelya, adapter)
    await anna.http.post(f"{telemelya}/bot{TOKEN}/setWebhook", json={"url": telegram_server.url_for("/relay")})
    yield anna
    await anna.http.aclose()
    await adapter.close()


async def test_an_order_by_words_and_buttons(person: Person, assistant: Assistant) -> None:
    buttons = [{"title": "Оформить", "payload": "/confirm_order"}, {"title": "Добавить", "payload": "/more"}]
    assistant.answers("Молоко — 5 шт.", buttons=buttons, custom={"card": CARD})
    await person.does(text="молоко 5")
    await work()
    (sent,) = await person.seen("sendMessage")
    assert (sent["chat_id"], sent["text"]) == (CHAT, "Молоко — 5 шт.")
    row = sent["reply_markup"]["inline_keyboard"][0]
    assert [button["text"] for button in row] == ["Оформить", "Добавить"]

    assistant.answers("Молоко — 6 шт.", buttons=buttons, custom={"card": CARD})
    await person.does(callback_data=row[1]["callback_data"], callback_message_id=sent["message_id"])
    await work()
    assert assistant.asked[-1]["text"] == "/more"
    assert len(await person.seen("answerCallbackQuery")) == 1
    (edited,) = await person.seen("editMessageText")
    assert (edited["message_id"], edited["text"]) == (sent["message_id"], "Молоко — 6 шт.")
    assert len(await person.seen("sendMessage")) == 1, "the cart is one living message"

    async with staff_session() as session:
        assert list(await session.scalars(select(InboxRow.text).order_by(InboxRow.id))) == ["молоко 5", "Добавить"]
        assert list(await session.scalars(select(OutboxRow.state))) == ["sent", "sent"]


async def test_a_start_by_a_link(person: Person, assistant: Assistant) -> None:
    await person.does(text="/start KOFE-PETRA")
    await work()
    assert assistant.asked[-1]["text"] == '/start{"code": "KOFE-PETRA"}'


async def test_an_edit_of_nothing_fails(person: Person) -> None:
    with pytest.raises(DeliveryError, match="message to edit not found"):
        await person.adapter.edit(str(CHAT), "999999", Outgoing("Молоко — 6 шт."))
