"""The sandbox as one web server on loopback: every stand-in, and a way to order troubles."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from typing import Any, Self, cast

import uvicorn
from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bottega.sandbox.channels import OUTLETS
from bottega.sandbox.core import Exchange, HangUp, Switchboard, Trouble
from bottega.sandbox.facebook import Facebook
from bottega.sandbox.model import NAME, Model
from bottega.sandbox.page import routes as page
from bottega.sandbox.telegram import Telegram
from bottega.sandbox.telegram.control import routes as telegram_control
from bottega.sandbox.x import X


class Sandbox:
    """Telegram, the channels and the model API, as one ASGI application (`app`).

    `outlets` are the channels by name, each mounted at its path; Telegram is at /telegram and the
    model at /openai, with /control for tests in other processes and the page at the root.
    `async with sandbox:` serves it on 127.0.0.1; `url` is then its address. `rubrica_url` is where
    the page finds the newsroom's web column, if there is one.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.url = ""
        self.rubrica_url = ""
        self.board = Switchboard()
        self.telegram = Telegram(self.board)
        self.outlets = {one.channel: one(self.board) for one in OUTLETS}
        self.model = Model(self.board)
        self.app = Starlette(routes=self.routes(), lifespan=self._lifespan)

    @property
    def facebook(self) -> Facebook:
        """The Facebook page."""
        return cast("Facebook", self.outlets["facebook"])

    @property
    def x(self) -> X:
        """The X account."""
        return cast("X", self.outlets["x"])

    def routes(self) -> list[BaseRoute]:
        """Return every route of the sandbox."""
        return [
            Mount("/telegram", routes=self.telegram.routes()),
            *(Mount(f"/{one.path}", routes=one.routes()) for one in self.outlets.values()),
            Mount("/openai", routes=self.model.routes()),
            Route("/control/trouble", self._trouble, methods=["POST"]),
            Route("/control/reset", self._reset, methods=["POST"]),
            Route("/control/exchanges", self._exchanges),
            Mount("/control/telegram", routes=telegram_control(self.telegram)),
            *page(self),
        ]

    def keys(self) -> dict[str, dict[str, str]]:
        """Return what a newsroom needs to reach each channel's stand-in, by channel."""
        return {name: one.keys(f"{self.url}/{one.path}") for name, one in self.outlets.items()}

    def apps(self, site: str) -> dict[str, dict[str, str]]:
        """Return the apps that people let in, by channel; they come back to `site`.

        From here on Facebook asks for the proof of its app's secret, as the real one may.
        """
        facebook, x = self.facebook.accounts, self.x.accounts
        self.facebook.app_secret = facebook.app_secret
        facebook.callbacks, x.callbacks = ("http://localhost:", site), ("http://127.0.0.1:", site)
        url = f"{self.url}/{self.facebook.path}"
        return {"facebook": facebook.app(url), "x": x.app(f"{self.url}/{self.x.path}")}

    def telegram_keys(self) -> dict[str, str]:
        """Return the bot's token and where its API is."""
        return {"token": self.telegram.token, "api_url": f"{self.url}/telegram"}

    def model_keys(self) -> dict[str, str]:
        """Return the model's key, where its API is and its name."""
        return {"api_key": self.model.key, "base_url": f"{self.url}/openai/v1", "model": NAME}

    def reset(self) -> None:
        """Begin anew: nothing heard, no trouble, every stand-in as it was at first."""
        with self.board.lock:
            for outlet in self.outlets.values():
                outlet.reset()
            for stand_in in (self.telegram, self.model, self.board):
                stand_in.reset()

    async def __aenter__(self) -> Self:
        """Serve until the block ends (in a thread, so that no test can starve it)."""
        self._running = running(self)
        await asyncio.to_thread(self._running.__enter__)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop serving."""
        await asyncio.to_thread(self._running.__exit__, None, None, None)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        deliveries = asyncio.create_task(self.telegram.webhook.deliver())
        yield
        deliveries.cancel()
        await asyncio.gather(deliveries, return_exceptions=True)

    async def _trouble(self, request: Request) -> Response:
        try:
            trouble = TypeAdapter(Trouble).validate_python(await request.json())
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, 422)
        with self.board.lock:
            self.board.troubles.append(trouble)
            self.board.touch()
        return JSONResponse(asdict(trouble))

    async def _reset(self, _: Request) -> Response:
        self.reset()
        return JSONResponse({})

    async def _exchanges(self, _: Request) -> Response:
        with self.board.lock:
            return JSONResponse([_metadata(exchange) for exchange in self.board.exchanges])


@contextmanager
def running(sandbox: Sandbox) -> Iterator[str]:
    """Serve the sandbox from a thread of its own and yield its address."""
    # The protocol is named, or asyncio leaves Nagle's algorithm on and each answer takes 40 ms.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", sandbox.port))
        listener.listen(128)
        config = uvicorn.Config(
            sandbox.app, http=_Connection, ws="none", lifespan="on", log_config=None,
            access_log=False, timeout_graceful_shutdown=5,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, args=([listener],), name="sandbox", daemon=True
        )
        sandbox.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sandbox.board.open()
        thread.start()
        try:
            yield sandbox.url
        finally:
            server.should_exit = True
            sandbox.board.close()
            thread.join()


def _metadata(exchange: Exchange) -> dict[str, Any]:
    """Return what may be told of an exchange: names, never values, which may be secrets."""
    return {
        "service": exchange.service,
        "method": exchange.method,
        "path": exchange.path,
        "query": sorted(exchange.query),
        "fields": sorted(exchange.fields),
        "files": {name: len(content) for name, (_, content) in exchange.files.items()},
        "json": sorted(exchange.json) if isinstance(exchange.json, dict) else None,
    }


class _Connection(H11Protocol):
    """A connection that the application may cut, which ASGI alone does not allow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application = self.app

        def lend(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            scope.setdefault("extensions", {})[HangUp.EXTENSION] = self.transport.abort
            answered: Awaitable[None] = application(scope, receive, send)
            return answered

        self.app = lend
