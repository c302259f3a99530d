"""A small gateway that speaks the web-chat part of the contract and misbehaves on request.

It runs in a thread on a free port. Tests read its state and change `Faults` directly: both live in one process.
"""

import asyncio
import contextlib
import json
import socket
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI, Header, Request, WebSocket, WebSocketDisconnect
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import UploadFile

from api.channels.webchat import pages

STATIC = pages.STATIC
STRICT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; require-trusted-types-for 'script'"
)
FOOTER = "Доставка завтра, с 9:00 до 12:00\nВнимание: сиропа мало"
COMPANY = "ПродЭкспресс"
CAFE = "ООО «Кофейня у Петра»"
COMPANIES = dict.fromkeys(("KOFE-PETRA", "MAGAZIN-BEREZKA", "STOLOVAYA-7", "BISTRO-DOLG"), CAFE)
COMPANIES["BEREZKA-1"] = "Магазин «Берёзка»"
FILE_BYTES = 10_000_000
PRICES = {"20013": 500, "20014": 180, "20015": 600}


@dataclass
class Faults:
    """What the gateway does wrong at the moment."""

    refuse_sockets: bool = False
    duplicate_frames: bool = False
    swallow_frames: int = 0  # the next n message frames are never sent over the socket
    shuffle_frames: bool = False  # two messages of one turn arrive in the wrong order
    lose_answers: int = 0  # the next n POSTs are carried out, but their answer is a broken connection
    fail_posts: list[int] = field(default_factory=list)  # statuses of the next POSTs
    fail_files: list[int] = field(default_factory=list)  # statuses of the next files
    stall_files: float = 0.0  # seconds before a file is read
    reply_after_s: float = 0.0
    silent_bot: bool = False


@dataclass
class Conversation:
    """One visitor's messages and whoever listens to them."""

    visitor: str
    code: str | None
    company: str | None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    messages: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)  # request bodies that acted
    sockets: list[WebSocket] = field(default_factory=list)
    typing: bool = False
    hidden_until: int = 0
    cart: dict[str, int] = field(default_factory=lambda: {"20013": 5, "20014": 10, "20015": 2})


def rubles(amount: float) -> str:
    """«2 500 ₽» with no-break spaces, as the gateway writes money."""
    return f"{amount:,.0f}".replace(",", "\u00a0") + "\u00a0₽"


def card_line(sku: str, quantity: float) -> dict[str, Any]:
    """One LineView of the demo cart."""
    names = {
        "20013": ("Молоко пастеризованное 3,2% 10 л канистра «Заречье»", "Молоко 3,2%", "шт"),
        "20014": ("Сливки 20% 1 л", "Сливки 20%", "шт"),
        "20015": ("Сироп ваниль 1 л", "Сироп ваниль", "шт"),
    }
    name, short, unit = names[sku]
    line: dict[str, Any] = {
        "sku": sku, "name": name, "short_name": short, "unit": unit, "price_text": rubles(PRICES[sku]),
        "stock": "in", "stock_text": "в наличии",
        "quantity": f"{quantity:g}", "quantity_text": f"{quantity:g}\u00a0шт.", "step": "1",
        "sum_text": rubles(PRICES[sku] * quantity), "note": "", "previous_quantity_text": None,
        "price_was_text": None, "substitute": None, "issue": None, "issue_text": None,
    }  # fmt: skip
    if sku == "20013" and quantity != 5:
        line["previous_quantity_text"] = "5\u00a0шт."
    if sku == "20014":
        line["price_was_text"] = rubles(170)
    if sku == "20015":
        line |= {"stock": "low", "stock_text": "осталось 3 шт."}
    return line


def card_message(cart: dict[str, int], title: str = "Ваш заказ") -> dict[str, Any]:
    """Text, buttons and card of a cart, as the assistant sends them."""
    lines = [card_line(sku, quantity) for sku, quantity in cart.items()]
    total = rubles(sum(PRICES[sku] * quantity for sku, quantity in cart.items()))
    rows = [f"• {line['name']} — {line['quantity_text']} — {line['sum_text']}" for line in lines]
    return {
        "text": "\n".join([f"{title}:", *rows, f"Итого: {total}", FOOTER, "Всё верно?"]),
        "buttons": [{"title": "Оформить"}, {"title": "Изменить количество"}, {"title": "Добавить товары"}],
        "card": {
            "kind": "cart", "title": title, "lines": lines, "total_text": total, "editable": True, "version": 3,
            "footer": FOOTER,
        },
    }  # fmt: skip


def refuse(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error in the gateway's shape."""
    return JSONResponse({"error": {"code": "refused", "message": message}}, status, headers)


class FakeBackend:
    """The server, its conversations and its faults."""

    def __init__(self) -> None:
        self.reset()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.changed = asyncio.Condition()
        self.port = 0
        self.app = self._build()

    def reset(self) -> None:
        """Forgets everything and behaves well."""
        self.faults = Faults()
        self.visitors: dict[str, Conversation] = {}
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.requests: list[str] = []
        self.files: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str, html: str, headers: dict[str, str] | None = None) -> str:
        """Serves this HTML at `path` and gives its address."""
        self.pages[path] = (html, headers or {})
        return self.url + path

    def conversation(self, code: str | None = None) -> Conversation:
        """The latest conversation of a customer."""
        return [one for one in self.visitors.values() if one.code == code][-1]

    def say(self, text: str, code: str | None = None, **extra: Any) -> None:
        """The bot says something by itself."""
        self._run(self._add(self.conversation(code), {"text": text, **extra}))

    def set_typing(self, on: bool, code: str | None = None) -> None:
        """Starts or ends the typing indicator."""
        self._run(self._typing(self.conversation(code), on))

    def drop_sockets(self) -> None:
        """Cuts every open socket."""
        self._run(self._drop())

    def cut_off(self, code: str | None = None) -> int:
        """The conversation changes hands: what was said so far is not for who looks at it now."""
        conversation = self.conversation(code)
        conversation.hidden_until, conversation.company = len(conversation.messages), None
        frame = {"type": "reset", "from": conversation.hidden_until}
        self._run(self._broadcast(conversation, frame))
        self._run(self._wake())
        return conversation.hidden_until

    def history(self, count: int, code: str | None = None, visitor: str = "old-visitor") -> Conversation:
        """A conversation that already has `count` messages, half of them two days old."""
        conversation = Conversation(visitor, code, COMPANIES.get(code or ""))
        self.visitors[visitor] = conversation
        for number in range(1, count + 1):
            at = datetime.now(UTC) - (timedelta(days=2) if number <= count // 2 else timedelta(0))
            conversation.messages.append(
                self._message(conversation, {"text": f"сообщение {number}", "at": at.isoformat()})
            )
        return conversation

    # -- inside the server's loop --

    def _run(self, work: Any) -> None:
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    @staticmethod
    def _message(conversation: Conversation, parts: dict[str, Any]) -> dict[str, Any]:
        return {
            "seq": len(conversation.messages) + 1, "at": datetime.now(UTC).isoformat(), "from": "bot", "author": None,
            "client_id": None, "buttons": [], "card": None,
        } | parts  # fmt: skip

    async def _add(self, conversation: Conversation, *several: dict[str, Any]) -> list[dict[str, Any]]:
        added = []
        for parts in several:
            message = self._message(conversation, parts)
            conversation.messages.append(message)
            added.append(message)
        frames = list(reversed(added)) if self.faults.shuffle_frames else added
        for message in frames:
            if self.faults.swallow_frames > 0:
                self.faults.swallow_frames -= 1
                continue
            for _ in range(2 if self.faults.duplicate_frames else 1):
                await self._broadcast(conversation, {"type": "message", "message": message})
        await self._wake()
        return added

    async def _wake(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _typing(self, conversation: Conversation, on: bool) -> None:
        conversation.typing = on
        await self._broadcast(conversation, {"type": "typing", "on": on})

    @staticmethod
    async def _broadcast(conversation: Conversation, frame: dict[str, Any]) -> None:
        for listener in list(conversation.sockets):
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await listener.send_json(frame)

    async def _drop(self) -> None:
        for conversation in self.visitors.values():
            for listener in list(conversation.sockets):
                with contextlib.suppress(RuntimeError):
                    await listener.close(1011)

    async def _act(self, conversation: Conversation, body: dict[str, Any]) -> int:
        conversation.received.append(body)
        shown = self._shown(conversation, body)
        seq = (await self._add(conversation, {"from": "customer", "client_id": body["id"], "text": shown}))[0]["seq"]
        conversation.answers[body["id"]] = seq
        if not self.faults.silent_bot:
            asyncio.get_running_loop().create_task(self._reply(conversation, body, shown))
        return int(seq)

    @staticmethod
    def _shown(conversation: Conversation, body: dict[str, Any]) -> str:
        if "text" in body:
            return str(body["text"])
        if "button" in body:
            message = conversation.messages[body["button"]["message"] - 1]
            return str(message["buttons"][body["button"]["index"]]["title"])
        return f"{card_line(body['line']['sku'], 1)['short_name']}: {body['line']['quantity']}"

    async def _reply(self, conversation: Conversation, body: dict[str, Any], shown: str) -> None:
        if self.faults.reply_after_s:
            await self._typing(conversation, True)
            await asyncio.sleep(self.faults.reply_after_s)
        if "line" in body:
            quantity = int(float(body["line"]["quantity"]))
            conversation.cart[body["line"]["sku"]] = quantity
            conversation.cart = {sku: count for sku, count in conversation.cart.items() if count}
            card = card_message(conversation.cart)["card"] | {"kind": "update", "footer": ""}
            text = f"{shown.split(':')[0]} — теперь {quantity} шт. Новый итог: {card['total_text']}"
            await self._add(conversation, {"text": text, "card": card, "buttons": [{"title": "Оформить"}]})
        elif shown == "Повторить последний":
            await self._add(conversation, card_message(conversation.cart, "Последний заказ от 15 декабря"))
        elif shown == "корзина":
            await self._add(conversation, card_message(conversation.cart))
        elif shown == "два":
            await self._add(conversation, {"text": "раз"}, {"text": "два!"})
        else:
            await self._add(conversation, {"text": f"Принято: {shown}"})
        await self._typing(conversation, False)

    async def _greet(self, conversation: Conversation) -> None:
        titles = ["Новый заказ", "Повторить последний", "Статус заказа", "Баланс"]
        text = "Здравствуйте, ООО «Кофейня у Петра»! Что хотите сделать?"
        await self._add(conversation, {"text": text, "buttons": [{"title": title} for title in titles]})

    # -- HTTP --

    def _build(self) -> FastAPI:
        @contextlib.asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            self.loop = asyncio.get_running_loop()
            yield

        app = FastAPI(lifespan=lifespan)
        app.add_middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Retry-After"],
        )
        app.mount("/webchat/static", StaticFiles(directory=STATIC))
        self._pages(app)
        self._chat(app)
        return app

    def _pages(self, app: FastAPI) -> None:
        @app.get("/widget.js")
        def widget() -> FileResponse:
            return FileResponse(STATIC / "widget.js", media_type="text/javascript")

        @app.get("/")
        def demo() -> FileResponse:
            return FileResponse(STATIC / "demo.html")

        @app.get("/chat")
        def chat() -> HTMLResponse:
            return HTMLResponse(pages.chat_page(COMPANY), headers=pages.CHAT_HEADERS)

        @app.get("/chat/manifest.webmanifest")
        def manifest() -> JSONResponse:
            return JSONResponse(pages.manifest_of(COMPANY), media_type="application/manifest+json")

        @app.get("/chat/sw.js")
        def worker() -> Response:
            return Response(pages.worker_script(COMPANY), media_type="text/javascript", headers=pages.WORKER_HEADERS)

        @app.get("/pages/{name}")
        def page(name: str) -> HTMLResponse:
            html, headers = self.pages["/pages/" + name]
            return HTMLResponse(html, headers=headers)

        @app.get("/webchat/demo-customers")
        def customers() -> list[dict[str, str]]:
            return [
                {"code": "KOFE-PETRA", "name": "Кофейня у Петра", "about": "Одна точка, заказ каждую неделю"},
                {
                    "code": "MAGAZIN-BEREZKA",
                    "name": "Магазин «Берёзка»",
                    "about": "Договорные цены: то же молоко дешевле",
                },
                {"code": "STOLOVAYA-7", "name": "Столовая № 7", "about": "Две точки доставки"},
                {"code": "BISTRO-DOLG", "name": "Бистро «Угол»", "about": "Кредитный лимит исчерпан"},
            ]

        @app.get("/webchat/demo-links")
        def links() -> dict[str, str]:
            return {"demo_erp": "http://127.0.0.1:8100/demo/", "docs": "/docs"}

    def _chat(self, app: FastAPI) -> None:
        app.add_api_route("/webchat/session", self._session, methods=["POST"], response_model=None)
        app.add_api_route("/webhooks/webchat", self._receive, methods=["POST"], response_model=None)
        app.add_api_route("/webchat/files", self._receive_file, methods=["POST"], response_model=None)
        app.add_api_route("/webchat/messages", self._messages, response_model=None)
        app.add_api_websocket_route("/webchat/socket", self._socket)

    def _visitor_of(self, authorization: str) -> Conversation | None:
        return self.visitors.get(authorization.removeprefix("Bearer "))

    async def _session(self, request: Request) -> Any:
        body = await request.json()
        if body["code"] == "WRONG":
            return refuse(403, "Код не подошёл. Проверьте его у менеджера.")
        found = self.visitors.get(body["visitor"] or "")
        if found is None or (body["code"] and found.code != body["code"]):
            found = Conversation(uuid.uuid4().hex, body["code"], COMPANIES.get(body["code"] or ""))
            self.visitors[found.visitor] = found
            await self._greet(found)
        return {
            "visitor": found.visitor,
            "conversation": found.id,
            "customer": found.company,
            "seq": len(found.messages),
            "file_bytes": FILE_BYTES,
        }

    async def _receive(self, request: Request, authorization: str = Header("")) -> Any:
        conversation = self._visitor_of(authorization)
        if conversation is None:
            return refuse(401, "")
        if self.faults.fail_posts:
            return refuse(self.faults.fail_posts.pop(0), "Так не получится.")
        body = await request.json()
        if body["id"] not in conversation.answers:
            await self._act(conversation, body)
        if self.faults.lose_answers > 0:
            self.faults.lose_answers -= 1
            return Response(status_code=408)
        return {"seq": conversation.answers[body["id"]]}

    async def _receive_file(self, request: Request, authorization: str = Header("")) -> Any:
        """As the gateway: the kind by content (here: what does not start like a program is fine)."""
        conversation = self._visitor_of(authorization)
        if conversation is None:
            return refuse(401, "")
        if self.faults.fail_files:
            return refuse(self.faults.fail_files.pop(0), "Слишком часто.", {"Retry-After": "1"})
        if self.faults.stall_files:
            await asyncio.sleep(self.faults.stall_files)
        async with request.form() as form:
            file, message_id = form["file"], str(form["id"])
            assert isinstance(file, UploadFile)
            name, content = file.filename or "", await file.read()
        if content.startswith(b"MZ"):
            return refuse(415, "Такие файлы не принимаем.")
        if message_id not in conversation.answers:
            self.files[name] = content
            kind = "Фото" if name.endswith(".png") else "Файл"
            await self._act(conversation, {"id": message_id, "text": f"{kind} «{name}»"})
        if self.faults.lose_answers > 0:
            self.faults.lose_answers -= 1
            return Response(status_code=408)
        return {"seq": conversation.answers[message_id]}

    async def _messages(self, after: int, wait: float = 0, hidden: int = 0, authorization: str = Header("")) -> Any:
        conversation = self._visitor_of(authorization)
        if conversation is None:
            return refuse(401, "")
        self.requests.append(f"messages after={after} wait={wait:g}")
        until = time.monotonic() + wait

        def idle() -> bool:
            return len(conversation.messages) <= after and conversation.hidden_until <= hidden

        async with self.changed:
            while idle() and time.monotonic() < until:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait(), until - time.monotonic())
        return {
            "messages": conversation.messages[max(after, conversation.hidden_until) :],
            "typing": conversation.typing,
            "hidden_until": conversation.hidden_until,
        }

    async def _socket(self, websocket: WebSocket) -> None:
        self.requests.append("socket")
        if self.faults.refuse_sockets:
            await websocket.close(1008)  # before accept: HTTP 403
            return
        await websocket.accept()
        hello = json.loads(await websocket.receive_text())
        conversation = self.visitors.get(hello["visitor"])
        if conversation is None:
            await websocket.close(4401)
            return
        await websocket.send_json({"type": "reset", "from": conversation.hidden_until})
        for message in conversation.messages[max(hello["after"], conversation.hidden_until) :]:
            await websocket.send_json({"type": "message", "message": message})
        conversation.sockets.append(websocket)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await websocket.receive_text()
        conversation.sockets.remove(websocket)


@contextlib.contextmanager
def running() -> Iterator[FakeBackend]:
    """A fake gateway on a free port of 127.0.0.1."""
    backend = FakeBackend()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    backend.port = listener.getsockname()[1]
    config = uvicorn.Config(backend.app, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started, "the fake gateway did not start"
    try:
        yield backend
    finally:
        server.should_exit = True
        thread.join(10)
