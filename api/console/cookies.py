"""What the console keeps in a browser: the session, that this person was here before, where they wanted to go."""

from datetime import timedelta
from urllib.parse import unquote, urlsplit

from fastapi import Request
from starlette.responses import Response

from api.config import settings
from api.console.access import COOKIE, LOGIN, WANTED
from api.console.attempts import KNOWN, Visit, mark
from api.deps.addresses import address_of, network_of

KNOWN_COOKIE = "console_known"
PATH = "/console"
HOME = "/console/"
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def visit_of(request: Request) -> Visit:
    """Where the request comes from, as attempts and sessions are told."""
    return Visit(
        network=network_of(request),
        counted=address_of(request),
        browser=request.headers.get("User-Agent", ""),
        known=request.cookies.get(KNOWN_COOKIE, ""),
    )


def _secure(request: Request) -> bool:
    """Whether the browser may send it over https only.

    uvicorn knows the proxy's scheme when the proxy tells it (X-Forwarded-Proto). For one that does not, PUBLIC_URL
    counts, but not on this machine itself, where the console answers without TLS too.
    """
    if request.url.scheme == "https":
        return True
    return settings().public_base_url.startswith("https:") and request.url.hostname not in _THIS_MACHINE


def _set(response: Response, request: Request, name: str, value: str, lasts: timedelta | None = None) -> None:
    """Never for scripts, never sent along by another site's form; without `lasts` until the browser is closed."""
    seconds = None if lasts is None else int(lasts.total_seconds())
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=_secure(request), path=PATH)


def keep(response: Response, request: Request, session: str) -> None:
    """The session's cookie."""
    _set(response, request, COOKIE, session)


def keep_known(response: Response, request: Request, login: str) -> None:
    """That this person has logged in here: a stranger's wrong passwords do not lock this browser out."""
    _set(response, request, KNOWN_COOKIE, mark(login), KNOWN)


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path=PATH)


def wanted(request: Request) -> str:
    """The page of ours that was asked for before the login; else the first page."""
    address = unquote(request.cookies.get(WANTED, ""))
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith(HOME) and address.isprintable()
    strange = "\\" in address or "//" in parts.path or "/.." in parts.path or parts.path.startswith(LOGIN)
    return address if ours and not strange else HOME


def forget_wanted(response: Response) -> None:
    response.delete_cookie(WANTED, path=PATH)
