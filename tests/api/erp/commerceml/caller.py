"""Plays 1C: the client of the exchange, over real HTTP, and what it keeps of our orders."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from lxml import etree

from api.erp.port import Call, Data, Exchange
from tests.api.erp.commerceml.files import document, xml

USER, PASSWORD = "обмен", "очень-секретный"


@dataclass
class Server:
    """Our side: hands requests to the exchange, as the product's router does, and remembers what was said to be new."""

    exchange: Exchange
    url: str = ""
    changed: list[frozenset[Data]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, "", dict(request.query_params), headers, request.stream())
        reply = await self.exchange.answer(call)
        self.changed.append(reply.changed)
        return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)


@asynccontextmanager
async def serving(exchange: Exchange) -> AsyncIterator[Server]:
    """A server of its own on a free port."""
    app, ours = FastAPI(), Server(exchange)
    app.add_route("/1c_exchange", ours.answer, methods=["GET", "POST", "PUT"])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by this flag only
        await asyncio.sleep(0.01)
    ours.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/1c_exchange"
    try:
        yield ours
    finally:
        server.should_exit = True
        await running


@dataclass
class Order:
    """An order as this 1C keeps it. `Ид` of ours stays with it."""

    ref: str
    number: str
    text: etree._Element
    status: str = "На согласовании"
    cancelled: bool = False


class OneC:
    """One base of 1C with its exchange node."""

    def __init__(self, url: str, *, user: str = USER, password: str = PASSWORD, version: str = "") -> None:
        self.client = httpx.AsyncClient(trust_env=False, timeout=30)
        self._url = url
        self._auth = httpx.BasicAuth(user.encode(), password.encode())
        self._version = version
        self.cookie = ""
        self.sessid = ""
        self.limit = 0
        self.zip = False
        self.orders: dict[str, Order] = {}
        self.loaded: list[str] = []
        """`Номер` of each order that was loaded as a new one."""

    async def ask(self, kind: str, mode: str, *, method: str = "GET", body: bytes | None = None, **more: str) -> str:
        """One request; the answer's text in its own encoding."""
        return (await self.request(kind, mode, method=method, body=body, **more)).text

    async def request(
        self, kind: str, mode: str, *, method: str = "GET", body: bytes | None = None, **more: str
    ) -> httpx.Response:
        params = {"type": kind, "mode": mode} | ({"sessid": self.sessid} if self.sessid else {}) | more
        headers = {"Cookie": self.cookie} if self.cookie else {}
        return await self.client.request(
            method, self._url, params=params, headers=headers, content=body, auth=self._auth
        )

    async def sign_in(self, kind: str) -> None:
        self.cookie = self.sessid = ""
        lines = (await self.ask(kind, "checkauth")).split("\n")
        assert lines[0] == "success", lines
        self.cookie = f"{lines[1]}={lines[2]}"
        if self._version:
            self.sessid = lines[3].partition("=")[2]

    async def begin(self, kind: str) -> None:
        await self.sign_in(kind)
        more = {"version": self._version} if self._version else {}
        facts = dict(row.split("=") for row in (await self.ask(kind, "init", **more)).split("\n"))
        self.zip, self.limit = facts["zip"] == "yes", int(facts["file_limit"])

    async def upload(self, kind: str, name: str, content: bytes) -> str:
        """The pieces of a file; the last answer."""
        answer = ""
        for start in range(0, max(len(content), 1), self.limit):
            piece = content[start : start + self.limit]
            answer = await self.ask(kind, "file", method="POST", body=piece, filename=name)
        return answer

    async def imported(self, kind: str, name: str, *, most: int = 50) -> str:
        """Asks until it is done."""
        for _ in range(most):
            answer = await self.ask(kind, "import", filename=name)
            if not answer.startswith("progress"):
                return answer
        raise AssertionError("progress without an end")

    async def send(self, files: Mapping[str, bytes], *, packed: bool = False, complete: bool = False) -> list[str]:
        """A whole exchange of the catalogue; the answers of `import`, and of `complete`."""
        await self.begin("catalog")
        if packed:
            await self.upload("catalog", "import.zip", zipped(files))
        else:
            for name, content in files.items():
                assert await self.upload("catalog", name, content) == "success"
        answers = [await self.imported("catalog", name) for name in files]
        if complete:
            answers.append(await self.ask("catalog", "complete"))
        return answers

    async def exchange_orders(self, *, confirm: bool = True) -> int:
        """Fetches orders, says so, and sends back what it has. Returns how many were offered."""
        await self.begin("sale")
        offered = self.load(await self.query())
        if confirm:
            assert await self.ask("sale", "success") == "success"
            assert (await self.send_back()).startswith("success")
        return offered

    async def query(self) -> bytes:
        return (await self.request("sale", "query")).content

    def load(self, content: bytes) -> int:
        """What a base does with the file: an order with a known number is changed, another is made."""
        found = etree.fromstring(content).findall("Документ")
        for item in found:
            number = item.findtext("Номер") or ""
            if number not in self.orders:
                self.loaded.append(number)
                self.orders[number] = Order(item.findtext("Ид") or "", f"УТ-{len(self.orders) + 1:06d}", item)
            known = self.orders[number]
            if fact(item, "Отменен") == "true":
                known.cancelled = True
            else:
                known.text = item
        return len(found)

    async def send_back(self) -> str:
        """States of all orders, as the second half of the exchange."""
        rows = [
            document(
                order.ref,
                number,
                [
                    ("Номер по 1С", order.number),
                    ("Проведен", "true"),
                    ("ПометкаУдаления", "false"),
                    ("Отменен", str(order.cancelled).lower()),
                    ("Статус заказа", order.status),
                ],
                day=order.text.findtext("Дата") or "",
            )
            for number, order in self.orders.items()
        ]
        content = xml("".join(rows), encoding="windows-1251", namespace="")
        answer = await self.upload("sale", "orders.xml", content)
        return await self.imported("sale", "orders.xml") if self._version else answer


def fact(item: etree._Element, name: str) -> str:
    for pair in item.findall("ЗначенияРеквизитов/ЗначениеРеквизита"):
        if pair.findtext("Наименование") == name:
            return pair.findtext("Значение") or ""
    return ""


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
