"""The console on a year's data: `python -m api.speed.console` fills DATABASE_URL, which is migrated and empty, starts
the api on it and prints a JSON object with the time of every page.

Times are by the clock on the wall, through HTTP on this machine, one request at a time: the server's work and a
millisecond of the way. First paints are a browser's, with the style sheets in its cache as on any page but the first.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import numpy as np

from api.run.browser import find
from api.run.ports import free_ports
from api.speed.console_pages import ADDRESSES, DEEP, filters, named, next_page, parts
from api.speed.console_seed import LOGIN, PASSWORD, Volumes, seed

TIMES = 20
START_SECONDS = 180
"""The api starts in ten; on a machine that is busy with something else it may take long, and that is not measured."""
SERVED = 200
PAINTED = "performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)[0] ?? null"
PAINT_SECONDS = 10

Figures = dict[str, Any]
"""`{p50, p95, kb}`, with `paint` where a browser was there; or `{left_out}`: why there are none."""


@contextmanager
def served() -> Iterator[str]:
    """The api as `./run up` starts it, on a free port; its address."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "uvicorn", "api.main:app", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "--no-access-log", "--log-level", "warning"], stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"{address}/health/live"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the api did not start")
            time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # a page's stream of events is still open
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).is_success
    except httpx.TransportError:
        return False


@contextmanager
def logged_in(address: str) -> Iterator[httpx.Client]:
    """The admin's browser, as far as HTTP goes."""
    with httpx.Client(base_url=address, trust_env=False, timeout=60, follow_redirects=True) as client:
        answer = client.post("/console/login", data={"login": LOGIN, "password": PASSWORD})
        if "/login" in answer.url.path or not answer.is_success:
            raise RuntimeError(f"the console did not let {LOGIN} in: {answer.status_code} {answer.url.path}")
        yield client


def pages(client: httpx.Client, volumes: Volumes, times: int = TIMES) -> dict[str, Figures]:
    """Figures by address; the tabs, filters and deep pages that lists offer follow their list."""
    found: dict[str, Figures] = {}
    for template in ADDRESSES:
        address = template.format(**named(volumes))
        page = _measure(client, address, found, times)
        if page is None or "?" in address:
            continue
        for link in [*filters(address, page), *parts(page)]:
            _measure(client, link, found, times)
        if (deep := _deep(client, address, page)) is not None:
            _measure(client, deep, found, times)
    return found


def _measure(client: httpx.Client, address: str, found: dict[str, Figures], times: int) -> str | None:
    """Notes the figures of the page; returns it, or None where there is no such page."""
    answer = client.get(address)
    if answer.status_code != SERVED or not answer.headers["content-type"].startswith("text/html"):
        found[address] = {"left_out": f"answered {answer.status_code}"}
        return None
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        client.get(address)
        taken.append(1000 * (time.perf_counter() - started))
    p50, p95 = (round(float(np.percentile(taken, part)), 1) for part in (50, 95))
    found[address] = {"p50": p50, "p95": p95, "kb": round(len(answer.content) / 1024)}
    print(f"bench: {address}: {p50} / {p95} ms", file=sys.stderr, flush=True)
    return answer.text


def _deep(client: httpx.Client, address: str, page: str) -> str | None:
    """A page far down the list, where the list has so many; None where it is not cut into pages."""
    here = None
    for _ in range(DEEP):
        following = next_page(address, page)
        if following is None:
            break
        here, page = following, client.get(following).text
    return here


async def paint(address: str, client: httpx.Client, found: dict[str, Figures]) -> str:
    """Adds the first paint of each page, in milliseconds; says why when there is none."""
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        return "first paints are left out: playwright is not installed"
    path = find()
    if path is None:
        return "first paints are left out: there is no chromium on this machine"
    place = f"{address}/console/"
    cookies: Any = [{"name": name, "value": value, "url": place} for name, value in client.cookies.items()]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = await browser.new_context(locale="ru-RU")
        await context.add_cookies(cookies)
        tab = await context.new_page()
        await tab.goto(place)  # the style sheets are kept from here on
        for url, figures in found.items():
            if "p50" in figures:
                await tab.goto(address + url, wait_until="commit")
                figures["paint"] = await _painted(tab)
        await browser.close()
    return ""


async def _painted(tab: Any) -> float | None:
    deadline = time.monotonic() + PAINT_SECONDS
    while (moment := await tab.evaluate(PAINTED)) is None:
        if time.monotonic() > deadline:
            return None
        await asyncio.sleep(0.02)
    return round(float(moment), 1)


def measured(database: str, volumes: Volumes) -> dict[str, Any]:
    """Fills the database and measures."""
    seconds = seed(database, datetime.now(UTC), volumes)
    with served() as address, logged_in(address) as client:
        found = pages(client, volumes)
        left_out = asyncio.run(paint(address, client, found))
    return {"rows": _rows(volumes), "seeded_s": round(sum(seconds.values())), "pages": found, "left_out": left_out}


def _rows(volumes: Volumes) -> Mapping[str, int]:
    return {
        "conversations": volumes.conversations,
        "messages": volumes.conversations * volumes.messages,
        "customers": volumes.customers,
        "orders": volumes.orders,
        "events": volumes.events,
        "review items": volumes.review,
    }


if __name__ == "__main__":
    print(json.dumps(measured(os.environ["DATABASE_URL"], Volumes()), ensure_ascii=False))
