"""A Telegram that costs next to nothing, in a process of its own, whose people answer at once."""

import asyncio
import json
import multiprocessing
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import parse_qs, unquote_plus

FORKS: Final = multiprocessing.get_context("forkserver")
TOKEN: Final = "1:benchmark"  # noqa: S105 - of nothing
_FIRST_PERSON: Final = 1_000_000
_BOT: Final = {"id": 1, "is_bot": True, "first_name": "Bottega", "username": "bottega_bot"}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who writes: each person sends as many messages, each once the one before is answered.

    `latency` is how long a call takes to be answered, in seconds; with `rate` people do not wait
    for answers but write so many messages a second, all together.
    """

    people: int
    messages: int
    latency: float = 0.0
    rate: float = 0.0


@dataclass(slots=True)
class Told:
    """What was seen from outside: how long it all took, and each answer's delay, in seconds."""

    seconds: float = 0.0
    answers: int = 0
    doubled: int = 0
    delays: list[float] = field(default_factory=list)


@contextmanager
def telegram(crowd: Crowd) -> Iterator[tuple[str, Connection]]:
    """Serve a crowd; yield the API's address, and where `Told` arrives once all is answered."""
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=_serve, args=(crowd, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}", ours
    finally:
        process.kill()
        process.join()


def _serve(crowd: Crowd, pipe: Connection) -> None:
    asyncio.run(_Telegram(crowd, pipe).serve())


class _Telegram:
    def __init__(self, crowd: Crowd, pipe: Connection) -> None:
        self._crowd, self._pipe = crowd, pipe
        self._queue: deque[dict[str, Any]] = deque()
        self._numbers = 0
        self._written: dict[int, deque[float]] = {}
        self._left = {_FIRST_PERSON + n: crowd.messages for n in range(crowd.people)}
        self._told = Told()
        self._began = 0.0
        self._bell = asyncio.Event()

    async def serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self._pipe.send(server.sockets[0].getsockname()[1])
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = 0
                for line in head.split("\r\n"):
                    if line.lower().startswith("content-length:"):
                        length = int(line.split(":")[1])
                body = await reader.readexactly(length)
                method = head.split(" ", 2)[1].rpartition("/")[2].partition("?")[0].lower()
                result = json.dumps({"ok": True, "result": await self._answer(method, body)})
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(result), result.encode())
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, method: str, body: bytes) -> Any:
        match method:
            case "getupdates":
                asked = parse_qs(body.decode())
                numbers = (int(asked.get(name, ["0"])[0]) for name in ("offset", "timeout"))
                return await self._updates(*numbers)
            case "sendmessage":
                chat = next(p for p in body.split(b"&") if p.startswith(b"chat_id="))
                return await self._sent(int(unquote_plus(chat.decode()).partition("=")[2]))
            case "getme":
                return _BOT
        return True

    async def _updates(self, offset: int, seconds: float) -> list[dict[str, Any]]:
        if not self._began:
            self._began = time.monotonic()
            self._begin()
        while self._queue and self._queue[0]["update_id"] < offset:
            self._queue.popleft()
        if not self._queue:
            self._bell.clear()
            try:
                await asyncio.wait_for(self._bell.wait(), seconds)
            except TimeoutError:
                return []
        return [one for one, _ in zip(self._queue, range(100), strict=False)]

    def _begin(self) -> None:
        if not self._crowd.rate:
            for person in self._left:
                self._write(person)
            return
        loop = asyncio.get_running_loop()
        people = [person for person in self._left for _ in range(self._crowd.messages)]
        for place, person in enumerate(sorted(people, key=lambda one: hash((one, 7)))):
            loop.call_later(place / self._crowd.rate, self._write, person)

    def _write(self, person: int) -> None:
        self._numbers += 1
        who = {"id": person, "is_bot": False, "first_name": "Ada", "language_code": "it"}
        chat = {"id": person, "type": "private", "first_name": "Ada"}
        text = f"Messaggio {self._numbers}: il Comune di Tirano apre la biblioteca di quartiere."
        message = {"message_id": self._numbers, "date": 1800000000, "chat": chat, "from": who}
        self._queue.append({"update_id": self._numbers, "message": message | {"text": text}})
        self._written.setdefault(person, deque()).append(time.monotonic())
        self._bell.set()

    async def _sent(self, person: int) -> dict[str, Any]:
        now = time.monotonic()
        waiting = self._written.get(person)
        if waiting:
            self._told.delays.append(now - waiting.popleft())
            self._answered(person, now)
        else:
            self._told.doubled += 1
        if self._crowd.latency:
            await asyncio.sleep(self._crowd.latency)
        chat = {"id": person, "type": "private", "first_name": "Ada"}
        return {"message_id": self._told.answers, "date": 1800000000, "chat": chat, "from": _BOT}

    def _answered(self, person: int, now: float) -> None:
        self._told.answers += 1
        self._left[person] -= 1
        if self._told.answers == self._crowd.people * self._crowd.messages:
            self._told.seconds = now - self._began
            self._pipe.send(self._told)
        elif self._left[person] and not self._crowd.rate:
            self._write(person)
