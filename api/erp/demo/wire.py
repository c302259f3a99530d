"""Answers below HTTP: a bounded body, a connection that is cut."""

import asyncio

from fastapi import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.erp.demo.errors import ODataError


class CutConnection(Response):
    """No answer at all: the client sees the connection closed by the peer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()
            await receive()
            return
        # Another server than uvicorn: promise more than is sent, which it answers by closing the connection.
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"", "more_body": True})


class HalfBody(Response):
    """An answer that breaks off in the middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(0.05)
        await CutConnection()(scope, receive, send)


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body; ODataError 413 as soon as it grows over the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ODataError(413, -1, "Слишком большой запрос.")
    return bytes(body)
