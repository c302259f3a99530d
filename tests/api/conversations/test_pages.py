"""The pages as the api serves them, whatever the distributor is called and whether there is a demo."""

import httpx
import pytest

from api.config import settings


async def test_the_chat_is_there_without_the_demo(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "demo", False)
    first = await web.get("/")
    assert (first.status_code, first.headers["location"]) == (307, "chat")
    page = await web.get("/chat?code=KOFE-PETRA")
    assert page.status_code == 200
    assert "ПродЭкспресс" in page.text
    assert "KOFE" not in page.text
    assert page.headers["cache-control"] == "no-cache"
    for policy in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"):
        assert policy in page.headers["content-security-policy"]


async def test_a_company_s_name_is_only_a_name(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "company_name", '</title><script>alert(1)</script>"')
    page = (await web.get("/chat")).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;") == page.count("alert(1)") > 0
    manifest = await web.get("/chat/manifest.webmanifest")
    assert manifest.json()["short_name"] == settings().company_name
    assert manifest.headers["content-type"] == "application/manifest+json"


async def test_the_worker_changes_with_what_it_keeps(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    script = await web.get("/chat/sw.js")
    assert (script.headers["service-worker-allowed"], script.headers["cache-control"]) == ("../chat", "no-cache")
    assert "{{" not in script.text
    assert (await web.get("/chat/sw.js")).text == script.text
    monkeypatch.setattr(settings(), "company_name", "Другая компания")
    assert (await web.get("/chat/sw.js")).text != script.text


async def test_all_that_the_worker_keeps_is_served(web: httpx.AsyncClient) -> None:
    script = (await web.get("/chat/sw.js")).text
    shell = [name.strip('"') for name in script.split("SHELL = [")[1].split("]")[0].split(", ")]
    assert len(shell) == 7
    for path in shell:
        assert (await web.get(path.removeprefix(".."))).status_code == 200, path
