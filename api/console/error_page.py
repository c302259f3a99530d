"""What a person sees in the console when a request is refused: the sentence and a way back, not JSON."""

from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.console.cookies import HOME
from api.console.pages import page

WORDS = {
    404: "Такой страницы нет.",
    405: "Такой страницы нет.",
    422: "Страница или форма заполнена не так. Вернитесь и попробуйте ещё раз.",
}


def wants_page(request: Request) -> bool:
    """Whether a browser shows the answer: htmx and scripts take parts, programs take JSON."""
    return request.url.path.startswith(HOME) and "text/html" in request.headers.get("Accept", "")


def error_page(request: Request, status: int, message: str = "") -> HTMLResponse:
    """Asks the database nothing: it may be what is broken."""
    words = message or WORDS.get(status, "Запрос не получилось выполнить.")
    staff = getattr(request.state, "staff", None)
    return page(request, "error.html", status, staff=staff, message=words, back=_back(request))


def _back(request: Request) -> str:
    """The page of ours from which the person came; else the first page."""
    came = urlsplit(request.headers.get("Referer", ""))
    ours = came.netloc == request.url.netloc and came.path.startswith(HOME) and came.path != request.url.path
    return f"{came.path}?{came.query}" if ours and came.query else came.path if ours else HOME
