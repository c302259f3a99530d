"""«Журнал»: every action has words, the list goes by key, filters and the file for Excel."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.console.audit_rows import PAGE
from api.console.audit_words import ACTIONS, action_words, actor_words, address_of
from api.db.models import AuditRow
from api.db.session import staff_session
from api.run.paths import ROOT
from tests.api.console.conftest import log_in

ADDRESS = "/console/system/audit"
NEWEST = datetime(2025, 12, 15, 9, 0, tzinfo=UTC)


def audited(path: Path) -> Iterator[str]:
    """The actions that this module notes, as regular expressions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "audit" and len(node.args) > 2):
            continue
        action = node.args[2]
        if isinstance(action, ast.Constant):
            yield re.escape(str(action.value))
        elif isinstance(action, ast.JoinedStr):
            yield "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in action.values)


def test_every_action_has_words() -> None:
    parts = "console conversations customers notifications orders accounting aliases review training"
    files = [file for folder in parts.split() for file in sorted((ROOT / "api" / folder).rglob("*.py"))]
    noted = {(pattern, file.name) for file in files for pattern in audited(file)}
    assert len(noted) > 30
    assert [one for one in noted if not any(re.fullmatch(one[0], action) for action in ACTIONS)] == []


def test_what_has_no_words_is_shown_as_it_is() -> None:
    assert action_words("moon_landing") == "moon_landing"
    assert address_of("moon_landing", "1", {}) == "" == address_of("card_change", "1", {})
    assert address_of("code_issue", "1", {"customer": "main/00-1?x"}) == "/console/customers/main/00-1%3Fx"
    assert actor_words("contact:17", {}) == "клиент" and actor_words("olga", {"olga": "Ольга"}) == "Ольга"


@pytest.fixture
async def log(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody logged in, and 120 rows before that: three people, two at a time at the same moment."""
    await log_in(browser)
    async with staff_session() as session:
        for number in range(120):
            action = "reply" if number % 2 else "=cmd|' /C calc'!A0"
            at = NEWEST - timedelta(hours=number // 2)
            actor, subject = f"person-{number % 3}", f"<i>{number:03}"
            session.add(AuditRow(at=at, actor=actor, action=action, subject=subject, data={"before": "@x;\n"}))
    return browser


def subjects(page: str) -> list[str]:
    return re.findall(r"&lt;i&gt;(\d{3})", page)


async def test_the_list_goes_by_key_and_misses_nothing(log: httpx.AsyncClient) -> None:
    seen: list[str] = []
    address: str | None = ADDRESS
    while address:
        page = (await log.get(address)).text
        assert len(subjects(page)) <= PAGE * 2
        seen += dict.fromkeys(subjects(page))
        found = re.search(r'href="([^"]+before=\d+)"', page)
        address = found[1].replace("&amp;", "&") if found else None
    assert len(seen) == 120 and set(seen) == {f"{number:03}" for number in range(120)}


async def test_it_is_filtered_by_person_action_and_day(log: httpx.AsyncClient) -> None:
    page = (await log.get(ADDRESS, params={"actor": "person-1", "action": "reply", "day": "2025-12-15"})).text
    # 15 December begins in Moscow at 21:00 UTC of the day before: hours 0 to 12 before the newest.
    wanted = [f"{n:03}" for n in range(120) if n % 3 == 1 and n % 2 and n // 2 <= 12]
    assert sorted(set(subjects(page))) == wanted
    assert "Ничего не нашлось" in (await log.get(ADDRESS, params={"day": "2031-01-01"})).text
    for nonsense in ("day=yesterday", "before=0", f"before={2**70}", "before=x"):
        assert (await log.get(f"{ADDRESS}?{nonsense}")).status_code == 422
    assert (await log.get(f"{ADDRESS}?before=999999&actor=%00")).status_code in (200, 422)


async def test_the_file_has_all_of_it_and_no_formulas(log: httpx.AsyncClient) -> None:
    answer = await log.get(f"{ADDRESS}.csv", params={"actor": "person-0"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8" and answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 41 and {len(row) for row in rows} == {7}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert rows[1][0] == "2025-12-15 12:00:00"
    assert "журнал скачан" in (await log.get(ADDRESS)).text
