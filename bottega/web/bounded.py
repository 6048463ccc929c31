"""Bodies of requests that are read only as far as they are allowed to go."""

from starlette.requests import Request


async def read(request: Request, largest: int) -> bytes | None:
    """Return the body, None when it is larger than `largest` bytes; raises ClientDisconnect."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest:
            return None
    return bytes(body)
