"""What all stand-ins share: the record of what they were asked, and orders to misbehave."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Service: TypeAlias = str
"""The name of a stand-in: "telegram", "model", or that of a channel."""
Mood: TypeAlias = Literal[
    "refuse", "late", "created_then_500", "lost", "throttle", "revoked", "answer", "stalled",
    "forbidden", "rejected", "duplicate", "processing", "unprocessable",
]  # fmt: skip

_OWN: Final = (
    "throttle", "revoked", "forbidden", "rejected", "duplicate", "processing", "unprocessable",
)  # fmt: skip
Seen = TypeVar("Seen")

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it arrived: `fields` are form or query parameters, `json` a JSON body."""

    service: Service
    method: str
    path: str
    query: Mapping[str, str]
    fields: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]]
    json: Any = None


@dataclass(slots=True)
class Trouble:
    """An order to misbehave, obeyed `times` times by requests whose operation is `operation`.

    refuse            close the connection before anything is done
    late              do it, answer after `seconds`
    created_then_500  do it, answer `status` with `body`
    lost              do it, close the connection without an answer
    throttle          do nothing, answer the service's own throttling error (`seconds` to wait)
    revoked           do nothing, answer the service's own "token is no longer valid"
    answer            do nothing, answer `status` with `body` (and `headers`)
    stalled           do nothing, close the connection after `seconds`
    forbidden         do nothing, answer the service's own "the account may not do this"
    rejected          do nothing, answer the service's own "this content is refused"
    duplicate         do nothing, answer the service's own "this is there already"
    processing        do nothing, answer the service's own "this film is still being processed"
    unprocessable     do nothing, answer the service's own "this film cannot be processed"

    The last two are for the operations that look at a film (see `Outlet.film_looks`).
    """

    mood: Mood
    service: Service
    operation: str
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class HangUp(Response):
    """Not an answer: the connection is closed without a byte, as when a cable is cut.

    Needs the server of `bottega.sandbox.server`, which lends its connection under `EXTENSION`.
    """

    EXTENSION = "bottega.hang_up"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Close the connection and wait until the server has noticed, so that it logs nothing."""
        scope["extensions"][self.EXTENSION]()
        while (await receive())["type"] != "http.disconnect":
            pass


class Switchboard:
    """Hears every request: tells the listeners, obeys the troubles, then lets the service act.

    Where no trouble was ordered, `weather` may make one for a request and its operation.
    `exchanges` are the requests heard so far, `operations` what each asked of whom.
    `lock` guards the state of every stand-in: tests and the server live in different threads.
    `revision` grows with every change; `until` waits for one.
    """

    def __init__(self) -> None:
        self.listeners: list[Callable[[Exchange], None]] = []
        self.troubles: list[Trouble] = []
        self.weather: Callable[[Exchange, str], Trouble | None] = lambda _, __: None
        self.exchanges: list[Exchange] = []
        self.operations: list[tuple[Service, str]] = []
        self.revision = 0
        self.lock = threading.RLock()
        self._change = threading.Condition(self.lock)
        self._watchers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._closed = False

    def touch(self) -> None:
        """Wake whoever watches the sandbox for changes, in any thread."""
        with self.lock:
            self.revision += 1
            self.wake()

    def wake(self) -> None:
        """Let every watcher look again, in any thread, though the sandbox looks as it did."""
        with self.lock:
            self._change.notify_all()
            watchers, self._watchers = self._watchers, {}
        for event, loop in watchers.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def open(self) -> None:
        """Let watchers wait (the server is up)."""
        self._closed = False

    def close(self) -> None:
        """Let no watcher wait any longer (the server is going down)."""
        with self.lock:
            self._closed = True
            self.wake()

    def reset(self) -> None:
        """Forget what was heard and the troubles that were ordered; listeners stay."""
        with self.lock:
            self.exchanges.clear()
            self.operations.clear()
            self.troubles.clear()
            self.touch()

    async def until(self, look: Callable[[], Seen | None], seconds: float) -> Seen | None:
        """Look again at every change; return the first thing seen, or None when time is up."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            event = asyncio.Event()
            with self.lock:
                seen = look()
                if seen is not None or self._closed or loop.time() >= deadline:
                    return seen
                self._watchers[event] = loop
            try:
                async with asyncio.timeout_at(deadline):
                    await event.wait()
            except TimeoutError:
                continue
            finally:
                with self.lock:
                    self._watchers.pop(event, None)

    def until_sync(self, look: Callable[[], Seen | None], seconds: float) -> Seen | None:
        """Do what `until` does, for callers without a loop."""
        deadline = time.monotonic() + seconds
        with self.lock:
            while (seen := look()) is None and not self._closed:
                if not self._change.wait(deadline - time.monotonic()):
                    return look()
            return seen

    def take(self, service: Service, operation: str) -> Trouble | None:
        """Return the next order for this operation ("*" matches any), counting it down."""
        with self.lock:
            for trouble in self.troubles:
                if trouble.service == service and trouble.operation in (operation, "*"):
                    trouble.times -= 1
                    if trouble.times <= 0:
                        self.troubles.remove(trouble)
                    self.touch()
                    return trouble
        return None

    async def serve(
        self,
        exchange: Exchange,
        operation: str,
        perform: Callable[[], Awaitable[Response]],
        own_error: Callable[[Trouble], Response],
    ) -> Response:
        """Record the exchange and answer it, well or as the next trouble orders.

        `own_error` makes the answers that are the service's own.
        """
        with self.lock:
            self.exchanges.append(exchange)
            self.operations.append((exchange.service, operation))
            for listener in self.listeners:
                listener(exchange)
        trouble = self.take(exchange.service, operation) or self.weather(exchange, operation)
        if trouble is None:
            return await perform()
        if trouble.mood in _OWN:
            return own_error(trouble)
        if trouble.mood in ("late", "created_then_500", "lost"):
            done = await perform()
        if trouble.mood in ("late", "stalled"):
            await self.until(lambda: None, trouble.seconds)
        if trouble.mood == "late":
            return done
        if trouble.mood in ("refuse", "lost", "stalled"):
            return HangUp()
        return Response(trouble.body, trouble.status, trouble.headers)


async def exchange_of(service: Service, request: Request, path: str) -> Exchange:
    """Read a request once: query, form fields, files, JSON body; the file "body" is a bare one."""
    kind = request.headers.get("content-type", "").split(";")[0]
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    body: Any = None
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        # Closed at once: the server's temporary files would otherwise outlive the request.
        async with request.form(
            max_files=100, max_fields=1000, max_part_size=64 * MEGABYTE
        ) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    fields[name] = value
                else:
                    files[name] = (value.filename or "", await value.read())
    elif kind == "application/json":
        body = await request.json()
    elif kind == "application/octet-stream":
        files["body"] = ("", await request.body())
    return Exchange(service, request.method, path, dict(request.query_params), fields, files, body)
