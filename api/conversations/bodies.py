"""Reading a request's body with a bound on its size."""

from fastapi import Request

from api.channels.registry import calls_out
from api.errors import ApiError

MAX_BYTES = 64 * 1024
PROVIDER_MAX_BYTES = 4 * 1024 * 1024
"""A provider's update may quote long messages, or be a batch; one that is refused would be brought again and again."""


async def limited_body(request: Request) -> bytes:
    """The raw bytes of the body; 413 as soon as there are too many, whatever the length header says."""
    most = PROVIDER_MAX_BYTES if calls_out(request.path_params["channel"]) else MAX_BYTES
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise ApiError("Сообщение слишком большое.", code="too_large", status=413)
        chunks.append(chunk)
    return b"".join(chunks)
