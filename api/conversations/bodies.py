"""Reading a request's body with a bound on its size."""

from fastapi import Request

from api.errors import ApiError


async def read_body(request: Request, most: int) -> bytes:
    """The raw bytes of the body; 413 as soon as there are more than `most`, whatever the length header says."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise ApiError("Сообщение слишком большое.", code="too_large", status=413)
        chunks.append(chunk)
    return b"".join(chunks)
