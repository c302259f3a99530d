"""From which web pages the chat may be talked to.

CORS only keeps a strange page from reading our answers; its requests and its sockets arrive all the same. So the
server looks at `Origin` itself. A request without one does not come from a page of another site (browsers name it for
every socket, every POST and every foreign GET) and is let through: programs can write there what they like anyway,
and what protects a conversation is its visitor's token.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.config import settings

log = structlog.get_logger()

GUARDED = ("/webchat/session", "/webchat/messages", "/webchat/files", "/webchat/socket", "/webhooks/webchat")
POLICY_VIOLATION = 1008
DEFAULT_PORTS = {"http": 80, "https": 443}
REFUSED = {"error": {"code": "origin", "message": "С этого сайта писать в чат нельзя."}}


def normal(text: str) -> str:
    """An origin as browsers write it: `https://Пример.рф:443/` becomes `https://xn--e1afmkfd.xn--p1ai`.

    Raises ValueError for what is none.
    """
    parts = urlsplit(text.strip())
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError(f"«{text}» is not an origin such as https://shop.example")
    host = parts.hostname.encode("idna").decode() if ":" not in parts.hostname else f"[{parts.hostname}]"
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


@dataclass(frozen=True)
class Origins:
    """The sites that may embed the chat; `anyone`: all of them."""

    anyone: bool
    listed: frozenset[str]

    def allow(self, origin: str, own: str = "null") -> bool:
        """Whether a page of `origin` may talk to us, who are reached as `own`. Every character counts: a browser
        writes an origin in one way only, and another port, scheme or dot at the end is another site."""
        return self.anyone or origin in self.listed or (origin == own and origin != "null")


@lru_cache
def read(text: str) -> Origins:
    """Reads the setting: origins separated by commas, `*` for any; raises ValueError."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    return Origins("*" in names, frozenset(normal(name) for name in names if name != "*"))


def own_origin(scope: Scope, headers: Headers) -> str:
    """Our own address as the browser that sends this request sees it."""
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    return f"{scheme}://{headers.get('host', '').lower()}"


class Cors(CORSMiddleware):
    """CORS headers for the same origins, so that there is one rule."""

    def is_allowed_origin(self, origin: str) -> bool:
        return read(settings().webchat_origins).allow(origin)


class OriginGate:
    """Refuses requests and sockets of pages that are not on the list, before anything reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope["path"] in GUARDED:
            headers = Headers(scope=scope)
            origins = headers.getlist("origin")
            known = read(settings().webchat_origins)
            if not all(known.allow(origin, own_origin(scope, headers)) for origin in origins):
                log.warning("webchat.origin_refused", origin=", ".join(origins)[:200], path=scope["path"])
                await self._refuse(scope, receive, send)
                return
        await self.app(scope, receive, send)

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await JSONResponse(REFUSED, status_code=403)(scope, receive, send)
