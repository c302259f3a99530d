"""Where accounting systems come to us: webhooks, and the exchange of files in which 1C is the client."""

import structlog
from fastapi import APIRouter, Request, Response
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.accounting.service import ask
from api.config import MAIN_ERP, settings
from api.db.session import staff_session
from api.deps.addresses import network_of
from api.deps.erp import exchange
from api.erp.port import Call, Reply
from api.errors import NotFound

router = APIRouter(tags=["accounting systems"])
log = structlog.get_logger()

REFUSALS = parse("30/10minutes")
"""Refused requests of one address: whoever guesses a password is slowed down, whoever knows it never notices."""
_refused = MovingWindowRateLimiter(MemoryStorage())


@router.api_route("/1c_exchange", methods=["GET", "POST"], response_model=None)
async def exchange_with_site(request: Request) -> Response:
    """The address that «Обмен с сайтом» of 1C is given, for the main accounting system."""
    return await _answered(MAIN_ERP, "", request)


@router.api_route("/erp/{backend}", methods=["GET", "POST"], response_model=None)
@router.api_route("/erp/{backend}/{path:path}", methods=["GET", "POST"], response_model=None)
async def called(backend: str, request: Request, path: str = "") -> Response:
    """A request of an accounting system; its adapter checks who asks, and answers."""
    return await _answered(backend, path, request)


async def _answered(backend: str, path: str, request: Request) -> Response:
    theirs = exchange(backend) if backend in settings().erp_names else None
    if theirs is None:
        raise NotFound("Такой учётной системы нет.", code="no_backend")
    address = network_of(request)
    if not await _refused.test(REFUSALS, backend, address):
        return Response("failure\nToo many refused requests", 429, media_type="text/plain")
    query, headers = dict(request.query_params), dict(request.headers)  # ASGI gives the names in lower case
    reply = await theirs.answer(Call(request.method, path, query, headers, request.stream()))
    if reply.status in (401, 403):
        await _refused.hit(REFUSALS, backend, address)
        log.warning("exchange.refused", backend=backend, status=reply.status, address=address)
    await _tell(backend, reply)
    return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)


async def _tell(backend: str, reply: Reply) -> None:
    """Has what they changed read soon; the answer is not kept waiting for it."""
    if reply.changed:
        async with staff_session() as session:
            await ask(session, backend, reply.changed)
