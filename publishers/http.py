"""HTTP for adapters on `requests`: bounded in time and size, never redirected, never chatty."""

import logging
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from publishers.base import Unavailable, Unclear

__all__ = ["Session", "ask", "nothing_was_sent", "redact", "succeeded"]

_TALKATIVE: Final = ("urllib3", "requests_oauthlib", "oauthlib", "tweepy")
"""Loggers that write addresses, headers and keys at DEBUG."""
_CONNECT_SECONDS: Final = 10
_READ_SECONDS: Final = 30
_WHOLE_SECONDS: Final = 60
_MAX_BYTES: Final = 8 * 1024 * 1024


class Session(requests.Session):
    """A session that speaks to `base` whenever its library means `official`.

    Every request has its timeouts; redirects are not followed; an answer longer than 8 MiB or
    slower than a minute raises requests.RequestException. `answer` is the last response.
    """

    def __init__(self, official: str, base: str) -> None:
        super().__init__()
        self.official, self.base = official.rstrip("/"), base.rstrip("/")
        self.answer: requests.Response | None = None
        self.mount("http://", _Adapter(max_retries=0))
        self.mount("https://", _Adapter(max_retries=0))
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)

    def request(  # type: ignore[override]  # libraries pass every argument but these two by name
        self, method: str, url: str, **rest: Any
    ) -> requests.Response:
        """Send a request as the class says."""
        self.answer = None
        if url.startswith(self.official + "/"):
            url = self.base + url.removeprefix(self.official)
        rest |= {
            "allow_redirects": False,
            "stream": True,
            "timeout": (_CONNECT_SECONDS, _READ_SECONDS),
        }
        response = super().request(method, url, **rest)
        response.raw = _Bounded(response.raw)
        with response:
            _ = response.content  # read it here, so that nobody else meets a cut connection
        self.answer = response
        return response


def ask(session: Session, service: str, method: str, path: str, **rest: Any) -> requests.Response:
    """Send a request to a service and return its answer, whatever it is.

    Raises Unavailable when certainly nothing was sent, Unclear when nobody knows what became of
    it; outside `except`, so that no address or key clings to what is raised.
    """
    try:
        return session.request(method, session.base + path, **rest)
    except (OSError, requests.RequestException, ValueError) as error:
        sent, kind = not nothing_was_sent(error), type(error).__name__
    if sent:
        raise Unclear(f"Collegamento con {service} interrotto ({kind}).")
    raise Unavailable(f"{service} non è raggiungibile.")


def succeeded(answer: requests.Response) -> bool:
    """Tell whether an answer is a 2xx; for `requests` a redirect is "ok" as well."""
    return answer.status_code in range(200, 300)


def nothing_was_sent(error: BaseException) -> bool:
    """Tell whether a request failed before a byte of it left: no name, no route, no handshake."""
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return a foreign text without the secrets, short enough to be read."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "•••")
    return text[:300]


class _Handshake(HTTPSConnection):
    """A connection whose failed handshake is told from an error after something was sent."""

    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:  # TLS errors and timeouts are OSErrors as well
            raise NewConnectionError(self, f"no handshake: {type(error).__name__}") from error


class _Secure(HTTPSConnectionPool):
    ConnectionCls = _Handshake


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **rest: Any) -> None:
        super().init_poolmanager(*args, **rest)
        self.poolmanager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": _Secure}


class _Bounded:
    """A raw answer that ends with an error when it is too long or takes too much time."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, amount: int, *, decode_content: bool = False) -> Iterator[bytes]:
        size, deadline = 0, time.monotonic() + _WHOLE_SECONDS
        for chunk in self._raw.stream(amount, decode_content=decode_content):
            size += len(chunk)
            if size > _MAX_BYTES or time.monotonic() > deadline:
                raise requests.RequestException("the answer is too long or too slow")
            yield chunk
