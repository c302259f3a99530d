"""The console's bench at a small size: the invented year is whole, each page that there is answers, and is reported."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest

from api.speed import console_report
from api.speed.console import logged_in, pages, served
from api.speed.console_pages import conversation, filters, next_page, parts
from api.speed.console_rows import STATEMENTS
from api.speed.console_seed import Volumes, seed

NOW = datetime(2025, 12, 15, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))
SMALL = Volumes(
    customers=40, products=30, conversations=200, long=60, open=20, handoffs=50, orders=300, events=100, readings=60,
    review=100, decisions=10, aliases=40, audit=40, staff=3, ratings=30, blocks=40,
)  # fmt: skip


async def test_a_small_year_and_its_pages(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = seed(database, NOW, SMALL)
    assert set(seconds) == {title for title, _ in STATEMENTS} | {"analyze"}
    with psycopg.connect(database) as connection:
        counted = "SELECT last_seq, (SELECT count(*) FROM {0} WHERE conversation_id = c.id) FROM conversations c"
        for table in ("inbox", "outbox"):
            sizes = connection.execute(counted.format(table)).fetchall()
            assert all(count == size // 2 for size, count in sizes), "a number of a message is missing"
        newest = connection.execute("SELECT id FROM conversations ORDER BY last_at DESC LIMIT 1").fetchone()
        waiting = connection.execute(
            "SELECT count(*) FROM conversations c JOIN handoffs h ON h.conversation_id = c.id AND h.closed_at IS NULL "
            "WHERE (c.mode = 'waiting') = (h.taken_at IS NULL)"
        ).fetchone()
    assert newest == (conversation(1),) and waiting == (SMALL.open,)

    with served() as address, logged_in(address) as client:
        found = pages(client, SMALL, times=1)
    known = [page for page, figures in found.items() if "p50" in figures]
    assert {"/console/conversations", "/console/customers/k2", f"/console/conversations/{conversation(1)}"} <= set(
        known
    )
    assert not [figures for figures in found.values() if "50" in str(figures.get("left_out", ""))]

    figures = {"made_at": "2025-12-15", "rows": {"conversations": 200}, "seeded_s": 1, "pages": found, "left_out": ""}
    figures["pages"]["/console/slow"] = {"p50": 280.0, "p95": 290.0, "kb": 3, "paint": 301.0}
    figures["pages"]["/console/none"] = {"left_out": "answered 404"}
    console_report.keep(tmp_path, figures, "here")
    page = (tmp_path / "console.md").read_text(encoding="utf-8")
    assert "| `/console/slow` | 280 / 290 ms | 3 KB | 301 ms | **over** |" in page
    assert "`/console/none` (answered 404)" in page and page.count("**over**") >= 1


def test_tabs_and_next_pages_are_found_on_the_page() -> None:
    page = (
        '<a href="/console/a?tab=all&amp;x=1">Все</a><a href="?tab=mine">Мои</a><a href="/console/b?tab=all">Другое</a>'
        '<button hx-get="/console/a?tab=all&amp;before=k1~2">Ещё</button><a href="/console/a/7?q=1">Строка</a>'
    )
    assert filters("/console/a", page) == ["/console/a?tab=all&x=1", "/console/a?tab=mine"]
    assert next_page("/console/a", page) == "/console/a?tab=all&before=k1~2"
    assert next_page("/console/a", "<p></p>") is None
    part = '<div hx-get="/console/a/parts/x?from=1&amp;to=2" hx-trigger="load delay:1ms"></div><div hx-get="/y"></div>'
    assert parts(part) == ["/console/a/parts/x?from=1&to=2"]


def test_a_console_that_lets_nobody_in_is_told_of() -> None:
    with pytest.raises(httpx.ConnectError), logged_in("http://127.0.0.1:9"):
        pass
