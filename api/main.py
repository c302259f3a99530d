"""The gateway's web application."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator

import structlog
from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api import health
from api.accounting.router import router as accounting_router
from api.catalog.router import router as catalog_router
from api.catalog.snapshot import snapshots
from api.channels.registry import channels, close_channels
from api.channels.webchat import origins, pages
from api.config import settings
from api.console import live
from api.console.access import NotLoggedIn, to_login
from api.console.accounting import router as console_accounting_router
from api.console.alerts import router as alerts_router
from api.console.audit_log import router as audit_router
from api.console.conversations import router as console_conversations_router
from api.console.customer_cards import router as customer_cards_router
from api.console.customer_codes import router as customer_codes_router
from api.console.customer_desk import router as customer_desk_router
from api.console.customers import router as console_customers_router
from api.console.error_page import error_page, wants_page
from api.console.figures import router as figures_router
from api.console.files import router as files_router
from api.console.login import router as login_router
from api.console.me import router as me_router
from api.console.orders import router as console_orders_router
from api.console.payback import router as payback_router
from api.console.people_page import router as people_router
from api.console.quick_answers import router as quick_answers_router
from api.console.replies import router as replies_router
from api.console.review import router as review_router
from api.console.review_reports import router as review_reports_router
from api.console.static_files import router as static_router
from api.console.system import router as system_router
from api.console.system_settings import router as system_settings_router
from api.console.training import router as training_router
from api.console.training_compare import router as training_compare_router
from api.console.training_examples import router as training_examples_router
from api.console.training_frozen import router as training_frozen_router
from api.console.training_import import router as training_import_router
from api.console.training_models import router as training_models_router
from api.console.training_next import router as training_next_router
from api.console.training_shadow import router as training_shadow_router
from api.console.words import router as words_router
from api.conversations import sockets, uploads, webchat
from api.conversations.hub import hub
from api.conversations.login_page import router as login_page_router
from api.conversations.router import router as conversations_router
from api.conversations.sessions import router as sessions_router
from api.customers.router import router as customers_router
from api.customers.ways import check_policy
from api.db.session import dispose_engines
from api.deps.erp import close_erp
from api.deps.notices import listen
from api.errors import ApiError
from api.logs import configure_logs
from api.orders.router import router as orders_router

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    configure_logs()
    channels()  # a setting that cannot be right is told now, not with the first message
    check_policy()
    # The first thing that the snapshots do is to read the goods: no customer should wait for that.
    running = [asyncio.create_task(listen([hub, snapshots, live.pulse])), asyncio.create_task(live.pulse.run())]
    with live.ended_by_signals():
        yield
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await close_channels()
    await close_erp()
    await dispose_engines()


app = FastAPI(
    title="Заказы из чата: шлюз",
    description="Catalogue, prices, carts and orders for the assistant; webhooks of the channels; the web chat.",
    version="0.1.0",
    lifespan=lifespan,
)
origins.read(settings().webchat_origins)  # a mistake in the list is told at the start, not by silence later
app.add_middleware(origins.OriginGate)
app.add_middleware(
    origins.Cors,
    allow_methods=["GET", "POST"],
    allow_headers=["Authorization", "Content-Type"],
    expose_headers=["Retry-After"],
)

for part in (
    health.router,
    pages.router,
    webchat.router,
    uploads.router,
    sockets.router,
    conversations_router,
    sessions_router,
    login_page_router,
    customers_router,
    catalog_router,
    orders_router,
    accounting_router,
    login_router,
    me_router,
    people_router,
    audit_router,
    static_router,
    files_router,
    alerts_router,
    console_conversations_router,
    replies_router,
    quick_answers_router,
    live.router,
    console_customers_router,
    customer_cards_router,
    console_orders_router,
    customer_codes_router,
    review_router,
    review_reports_router,
    training_router,
    training_models_router,
    training_compare_router,
    training_shadow_router,
    training_next_router,
    training_examples_router,
    training_import_router,
    training_frozen_router,
    customer_desk_router,
    words_router,
    figures_router,
    payback_router,
    console_accounting_router,
    system_router,
    system_settings_router,
):
    app.include_router(part)


def _problem(status: int, code: str, message: str, retry_after: float | None = None) -> JSONResponse:
    headers = None if retry_after is None else {"Retry-After": str(math.ceil(retry_after))}
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


app.add_exception_handler(NotLoggedIn, to_login)


@app.exception_handler(ApiError)
async def api_error(request: Request, error: ApiError) -> Response:
    if wants_page(request):
        return error_page(request, error.status, error.message)
    return _problem(error.status, error.code, error.message, error.retry_after)


@app.exception_handler(HTTPException)
async def http_error(request: Request, error: HTTPException) -> Response:
    if wants_page(request):
        return error_page(request, error.status_code)
    return await http_exception_handler(request, error)


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, error: RequestValidationError) -> Response:
    if wants_page(request):
        return error_page(request, 422)
    return await request_validation_exception_handler(request, error)


@app.exception_handler(Exception)
async def unexpected(request: Request, error: Exception) -> Response:
    log.error("request.failed", path=request.url.path, exc_info=error)
    message = "Что-то пошло не так. Мы уже разбираемся."
    return error_page(request, 500, message) if wants_page(request) else _problem(500, "internal", message)


app.mount("/webchat/static", StaticFiles(directory=pages.STATIC), name="webchat-static")
