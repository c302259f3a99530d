"""The web chat's files: the widget, the full page that installs on a phone, the demo page."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from api.config import settings

STATIC = Path(__file__).parent / "static"
THEME, BACKGROUND = "#1d6b52", "#ffffff"

router = APIRouter(include_in_schema=False)

DEMO_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; connect-src 'self' ws: wss:; "
    "frame-ancestors 'self'",
}
CHAT_HEADERS = {
    "Cache-Control": "no-cache",
    # Only our own files, nothing inline, no other host, no frame around it. blob: is a picture just chosen.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types order-chat",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# It lies below the page, so the page has to be named as what it may serve; relative to the script.
WORKER_HEADERS = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "../chat"}

SHELL = ("widget.js", "chat.js", "chat.css", "icon.svg", "icons/icon-192.png")
"""What the page needs of our static files to stand without a network."""


def _address(name: str) -> str:
    return "/widget.js" if name == "widget.js" else f"/webchat/static/{name}"


@lru_cache
def chat_page(company: str) -> str:
    return (STATIC / "chat.html").read_text(encoding="utf-8").replace("{{company}}", escape(company))


@lru_cache
def worker_script(company: str) -> str:
    """The worker's script. Its version is a digest of the shell, so a changed shell is a changed worker, which the
    browser then installs by itself."""
    content = hashlib.sha256(chat_page(company).encode())
    for name in SHELL:
        content.update((STATIC / name).read_bytes())
    shell = [".." + path for path in ("/chat", "/chat/manifest.webmanifest", *map(_address, SHELL))]
    script = (STATIC / "sw.js").read_text(encoding="utf-8")
    return script.replace('"{{version}}"', json.dumps(content.hexdigest()[:16])).replace(
        '"{{shell}}"', json.dumps(shell)
    )


def manifest_of(company: str) -> Mapping[str, Any]:
    """https://www.w3.org/TR/appmanifest/; addresses are relative to the manifest's own."""
    sizes = {"icon-192.png": "192x192", "icon-512.png": "512x512"}
    folder = "../webchat/static"
    icons = [{"src": f"{folder}/icon.svg", "sizes": "any", "type": "image/svg+xml"}]
    icons += [{"src": f"{folder}/icons/{name}", "sizes": size, "type": "image/png"} for name, size in sizes.items()]
    cut = {"src": f"{folder}/icons/maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"}
    return {
        "name": f"{company}: заказ продуктов",
        "short_name": company,
        "description": "Заказ продуктов в чате: ваши цены, остатки и прошлые заказы.",
        "lang": "ru",
        "start_url": "../chat",
        "scope": "../chat",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": BACKGROUND,
        "icons": [*icons, cut],
    }


@router.get("/widget.js")
async def widget() -> FileResponse:
    return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/")
async def first_page() -> Response:
    """The demo's choice of customers; without the demo, the chat."""
    if not settings().demo:
        return RedirectResponse("chat", status_code=307)
    return FileResponse(STATIC / "demo.html", headers=DEMO_HEADERS)


@router.get("/chat")
async def chat() -> HTMLResponse:
    """The full-page chat. `?code=…` is read by the page itself, which takes it out of the address at once."""
    return HTMLResponse(chat_page(settings().company_name), headers=CHAT_HEADERS)


@router.get("/chat/manifest.webmanifest")
async def manifest() -> JSONResponse:
    headers = {"Cache-Control": "no-cache"}
    return JSONResponse(manifest_of(settings().company_name), headers=headers, media_type="application/manifest+json")


@router.get("/chat/sw.js")
async def service_worker() -> Response:
    """The script that keeps the page's shell."""
    return Response(worker_script(settings().company_name), media_type="text/javascript", headers=WORKER_HEADERS)
