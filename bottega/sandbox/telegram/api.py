"""The Bot API over HTTP, as a bot's library speaks it."""

import hmac
import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.core import Exchange, Trouble, exchange_of
from bottega.sandbox.telegram.asked import refusal
from bottega.sandbox.telegram.call import Call
from bottega.sandbox.telegram.errors import BotApiError, bad, not_found, too_many, unauthorized
from bottega.sandbox.telegram.methods import METHODS, Method

if TYPE_CHECKING:
    from bottega.sandbox.telegram.cloud import Telegram


def routes(cloud: "Telegram") -> list[BaseRoute]:
    """Return the routes of a bot's methods and of its downloads."""

    async def method(request: Request) -> Response:
        return await _answer(cloud, request)

    async def download(request: Request) -> Response:
        return _download(cloud, request)

    return [
        Route("/file/bot{token}/{path:path}", download),
        Route("/bot{token}/{method}", method, methods=["GET", "POST"]),
    ]


async def _answer(cloud: "Telegram", request: Request) -> Response:
    name = request.path_params["method"]
    method = METHODS.get(name.lower())
    operation = method.name if method else name
    try:
        exchange = await exchange_of(cloud.service, request, operation)
    except ValueError:
        return _error(bad("can't parse request JSON object"))

    async def perform() -> Response:
        try:
            if not _same(request.path_params["token"], cloud.token):
                raise unauthorized()
            return JSONResponse({"ok": True, "result": await _perform(cloud, method, exchange)})
        except BotApiError as error:
            return _error(error)

    def own_error(trouble: Trouble) -> Response:
        return _error(_own(trouble))

    return await cloud.board.serve(exchange, operation, perform, own_error)


def _own(trouble: Trouble) -> BotApiError:
    match trouble.mood:
        case "throttle":
            return too_many(trouble.seconds)
        case "forbidden":
            return BotApiError(403, "Forbidden: bot is not a member of the channel chat")
        case "rejected":
            return bad("message is too long")
    return unauthorized()


async def _perform(cloud: "Telegram", method: Method | None, exchange: Exchange) -> Any:
    if method is None:
        raise not_found()
    if any(len(data) > cloud.files.upload_limit for _, data in exchange.files.values()):
        raise BotApiError(413, "Request Entity Too Large")
    try:
        ask = method.ask.model_validate(_parameters(method, exchange))
    except ValidationError as error:
        raise refusal(error) from error
    with cloud.board.lock:
        result = method.perform(Call(cloud, exchange.files), ask)
        if not method.name.startswith("get"):
            cloud.board.touch()
    return await result if inspect.isawaitable(result) else result


def _parameters(method: Method, exchange: Exchange) -> Mapping[str, Any]:
    body = exchange.json if isinstance(exchange.json, dict) else {}
    uploads = {
        name: f"attach://{name}" for name in exchange.files if name in method.ask.model_fields
    }
    return {**exchange.query, **exchange.fields, **body, **uploads}


def _download(cloud: "Telegram", request: Request) -> Response:
    if not _same(request.path_params["token"], cloud.token):
        return _error(unauthorized())
    file = cloud.files.at(request.path_params["path"])
    if file is None or len(file.content) > cloud.files.download_limit:
        return PlainTextResponse("Not Found", 404)
    return Response(file.content, media_type="application/octet-stream")


def _error(error: BotApiError) -> Response:
    headers = {"Retry-After": str(wait)} if (wait := error.parameters.get("retry_after")) else {}
    return JSONResponse(error.answer(), error.code, headers)


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())
