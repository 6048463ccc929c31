"""Where Telegram brings updates, each answered once it is committed."""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bottega.web.bounded import read

log = structlog.get_logger()
PATH: Final = "/telegram"
SECRET: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
LARGEST: Final = 1024 * 1024

Take = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]


def webhook(secret: str, take: Take) -> Route:
    """Return the route of the updates.

    `take` commits them, or raises; ValueError says that it was no update. Telegram brings an
    update again until it is answered with 2xx. https://core.telegram.org/bots/api#setwebhook
    """

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=401)
        try:
            body = await read(request, LARGEST)
            if body is None:
                return Response(status_code=413)
            await take([json.loads(body)])
        except (ValueError, RecursionError):
            return Response(status_code=400)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            log.exception("update_not_kept")
            return Response(status_code=503)
        return Response()

    return Route(PATH, receive, methods=["POST"])
