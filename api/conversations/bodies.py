"""Reading a request's body with a bound on its size."""

from fastapi import Request

from api.errors import ApiError

MAX_BYTES = 64 * 1024


async def limited_body(request: Request, most: int = MAX_BYTES) -> bytes:
    """The raw bytes of the body; 413 as soon as there are too many, whatever the length header says."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise ApiError("Сообщение слишком большое.", code="too_large", status=413)
        chunks.append(chunk)
    return b"".join(chunks)
