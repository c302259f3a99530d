"""The page for people at /demo/: documents, their statuses, the base up and down, faults. No login: local only."""

import secrets
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from api.erp.demo.base import Base
from api.erp.demo.documents import order_views, view
from api.erp.demo.entities import ORDERS, STATUSES
from api.erp.demo.faults import FailNext, FaultsPatch
from api.erp.demo.writing import set_status

PAGE_SIZE = 40
MAX_BODY = 100_000
"""Bytes of a form."""
SWITCHES = {
    "truncate_strings": "Длинные строки молча обрезаются",
    "drop_unknown_fields": "Неизвестные поля молча пропускаются",
    "ignore_wrong_types": "Значения неверного типа молча пропускаются",
    "stale_if_match_accepted": "Устаревший If-Match принимается",
    "line_number_rules": "LineNumber обязателен и идёт подряд",
    "dangling_references_stored": "Битые ссылки сохраняются",
    "debt_control": "Проведение проверяет сумму задолженности",
}
COUNTERS = {
    "lose_answer_after_create": "Потерять ответ после создания, раз",
    "refuse_posting": "Отказать в проведении, раз",
    "slow_first_write_seconds": "Первая запись после простоя, секунд",
}

templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
router = APIRouter(prefix="/demo", include_in_schema=False, max_body_size=MAX_BODY)


def _base(request: Request) -> Base:
    base: Base = request.app.state.base
    return base


def _same_site(request: Request) -> None:
    """A form of another site must not change our base."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise HTTPException(403, "Запрос с чужой страницы.")


Local = Annotated[Base, Depends(_base)]
Changing = Depends(_same_site)


@router.get("")
@router.get("/")
def orders_page(
    request: Request,
    base: Local,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    chat: bool = False,
) -> Response:
    """Documents, newest first; `chat`: only those with a key of ours."""
    rows = [row for row in order_views(base.store) if not chat or row["НомерПоДаннымКлиента"]]
    shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return _render(
        request,
        "orders.html",
        {
            "orders": [view(base.store, row) for row in shown],
            "page": page,
            "chat": chat,
            "total": len(rows),
            "pages": max(1, -(-len(rows) // PAGE_SIZE)),
        },
    )


@router.get("/orders/{ref}")
def order_page(request: Request, base: Local, ref: str) -> Response:
    """One document."""
    row = base.store.get(ORDERS, ref)
    if row is None:
        raise HTTPException(404, "Такого документа нет.")
    return _render(request, "order.html", {"order": view(base.store, row), "statuses": STATUSES})


@router.post("/orders/{ref}/status", dependencies=[Changing])
def change_status(base: Local, ref: str, status: Annotated[str, Form()]) -> Response:
    """Set a document's status; «Отменен» cancels it."""
    row = base.store.get(ORDERS, ref)
    if row is None or status not in {*STATUSES, "Отменен"}:
        raise HTTPException(404, "Нет такого документа или статуса.")
    cancelled = status == "Отменен"
    set_status(base, ref, row["Статус"] if cancelled else status, cancelled=cancelled)
    return RedirectResponse(f"/demo/orders/{ref}", 303)


@router.post("/base", dependencies=[Changing])
def change_base(base: Local, down: Annotated[bool, Form()]) -> Response:
    """Take 1C down or up."""
    base.faults.change(FaultsPatch(down=down))
    return RedirectResponse("/demo/", 303)


@router.get("/faults")
def faults_page(request: Request, base: Local) -> Response:
    """The switches."""
    return _render(request, "faults.html", {"switches": SWITCHES, "counters": COUNTERS})


@router.post("/faults", dependencies=[Changing])
async def change_faults(request: Request, base: Local) -> Response:
    """Set all switches from the form."""
    form = await request.form(max_fields=50, max_files=0)
    try:
        base.faults.change(
            FaultsPatch.model_validate(
                {
                    **{name: name in form for name in SWITCHES},
                    **{name: form.get(name) or 0 for name in COUNTERS},
                    "fail_next": FailNext.model_validate(
                        {"times": form.get("fail_times") or 0, "status": form.get("fail_status") or 500}
                    ),
                    "down_mode": form.get("down_mode") or "drop",
                }
            )
        )
    except ValidationError as error:
        raise HTTPException(422, "Проверьте числа в форме.") from error
    return RedirectResponse("/demo/faults", 303)


def _render(request: Request, name: str, values: dict[str, object]) -> Response:
    nonce = secrets.token_urlsafe(12)
    base: Base = request.app.state.base
    answer = templates.TemplateResponse(request, name, values | {"faults": base.faults.current(), "nonce": nonce})
    answer.headers["content-security-policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    answer.headers["cache-control"] = "no-store"
    return answer
