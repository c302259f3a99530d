"""A demo 1C on a real socket, and small clients for it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import uvicorn

from api.erp.demo.main import create_app
from api.erp.demo.settings import DemoSettings

AUTH = ("bot", "demo")
SAFE = "$,'()/:;_!=*"


class Demo:
    """A running demo: its address, and requests as 1C's clients make them."""

    def __init__(self, url: str, server: uvicorn.Server, thread: threading.Thread) -> None:
        self._server = server
        self._thread = thread
        self.url = url
        self.root = f"{url}/demo/odata/standard.odata"
        self.http = httpx.Client(auth=AUTH, timeout=10)

    def stop(self) -> None:
        self.http.close()
        self._server.should_exit = True
        self._thread.join(10)

    def get(self, path: str, **options: object) -> httpx.Response:
        """GET with $-options; spaces go as %20."""
        query = "&".join(f"${name}={quote(str(value), safe=SAFE)}" for name, value in options.items())
        return self.http.get(f"{self.root}/{path}?{query}" if query else f"{self.root}/{path}")

    def rows(self, path: str, **options: object) -> list[dict[str, Any]]:
        answer = self.get(path, format="json", **options)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    def one(self, path: str, condition: str) -> dict[str, Any]:
        found = self.rows(path, filter=condition)
        assert len(found) == 1
        return found[0]

    def post(self, path: str, body: object | None = None, **headers: str) -> httpx.Response:
        return self.http.post(f"{self.root}/{path}", json=body, headers=headers)

    def patch(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.http.patch(f"{self.root}/{path}", json=body, headers=headers)

    def faults(self, **switches: object) -> None:
        answer = self.http.put(f"{self.url}/control/faults", json=switches)
        assert answer.status_code == 200, answer.text

    def product(self, sku: str) -> dict[str, Any]:
        return self.one("Catalog_Номенклатура", f"Артикул eq '{sku}'")

    def partner(self, code: str) -> dict[str, Any]:
        return self.one("Catalog_Партнеры", f"КодДляБота eq '{code}'")

    def draft(
        self,
        code: str = "KOFE-PETRA",
        sku: str = "10001",
        quantity: object = 8,
        **more: object,
    ) -> dict[str, Any]:
        """The body of an order with one line."""
        agreement = self.one("Catalog_СоглашенияСКлиентами", f"Партнер/КодДляБота eq '{code}'")
        line = {
            "LineNumber": 1,
            "Номенклатура_Key": self.product(sku)["Ref_Key"],
            "КоличествоУпаковок": quantity,
            "Количество": quantity,
            "Цена": 500,
            "СтавкаНДС": "НДС10",
        }
        return {
            "Date": "2026-11-23T12:00:00",
            "Партнер_Key": agreement["Партнер_Key"],
            "Соглашение_Key": agreement["Ref_Key"],
            "Договор_Key": agreement["Договор_Key"],
            "Склад_Key": agreement["Склад_Key"],
            "Товары": [line],
            **more,
        }

    def free(self, sku: str) -> dict[str, float]:
        """Free stock by warehouse key."""
        product = self.product(sku)["Ref_Key"]
        table = f"AccumulationRegister_СвободныеОстатки/Balance(Condition='Номенклатура_Key eq guid''{product}''')"
        return {row["Склад_Key"]: row["ВНаличииBalance"] - row["ВРезервеСоСкладаBalance"] for row in self.rows(table)}


def serve(app: Any) -> tuple[uvicorn.Server, threading.Thread, str]:
    """Run an application on a free port; wait until it listens."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the demo did not start"
        assert time.monotonic() < deadline, "the demo starts too slowly"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    return server, thread, f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def start_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Demo]]:
    """Start a demo over a data file of one's own; all are stopped at the end."""
    running = []

    def start(data: Path | None = None, **settings: Any) -> Demo:
        data = data or tmp_path_factory.mktemp("demo") / "demo.sqlite3"
        server, thread, url = serve(create_app(DemoSettings(demo_erp_data=str(data), **settings)))
        demo = Demo(url, server, thread)
        running.append(demo)
        return demo

    yield start
    for demo in running:
        demo.stop()


@pytest.fixture(scope="session")
def shared_demo(start_demo: Callable[..., Demo]) -> Demo:
    return start_demo()


@pytest.fixture
def demo(shared_demo: Demo) -> Iterator[Demo]:
    """The shared demo, well behaved at the start of every test."""
    shared_demo.http.delete(f"{shared_demo.url}/control/faults").raise_for_status()
    yield shared_demo
    shared_demo.http.delete(f"{shared_demo.url}/control/faults").raise_for_status()
