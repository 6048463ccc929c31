"""Pages of the web, fetched without letting anyone lead us into our own network.

Every name is resolved here and every address judged before it is connected to, after each redirect
too: what was judged is what is connected to, so that a name cannot change its mind in between.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import urljoin, urlsplit

import httpcore
import structlog

from content.links import Page, read

_log = structlog.get_logger()
SECONDS: Final = 5.0
MAX_PAGE: Final = 1024 * 1024
MAX_PICTURE: Final = 8 * 1024 * 1024
MAX_REDIRECTS: Final = 3
_PORTS: Final = frozenset({80, 443})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_CLOSED: Final = tuple(
    ipaddress.ip_network(one)
    for one in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16")
)
"""What the registries close and not every Python knows."""
_AGENT: Final = b"Bottega/1.0 (+https://www.anci.lombardia.it)"

Resolver: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
Judge: TypeAlias = Callable[[str, int], bool]


class Refused(Exception):
    """A page that may not be fetched, or is not worth it."""


class SafeLinks:
    """Looks at public pages alone: http or https, few bytes, few seconds."""

    def __init__(
        self,
        *,
        resolve: "Resolver | None" = None,
        may_reach: "Judge | None" = None,
        seconds: float = SECONDS,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Take what finds the addresses of a name, and what says which may be reached."""
        self._backend = _Guarded(resolve or _resolved, may_reach or is_public)
        self._seconds, self._trust = seconds, trust

    async def page(self, address: str) -> Page | None:
        """Return what a page says of itself, None when it cannot or may not be fetched."""
        got = await self._get(address, ("text/html", "application/xhtml+xml"), MAX_PAGE, cut=True)
        return None if got is None else await asyncio.to_thread(read, *got)

    async def picture(self, address: str) -> bytes | None:
        """Return the bytes of a picture on the web, None when they cannot or may not be fetched."""
        kinds = ("image/jpeg", "image/png", "image/webp")
        got = await self._get(address, kinds, MAX_PICTURE, cut=False)
        return None if got is None else got[0]

    async def _get(
        self, address: str, kinds: tuple[str, ...], most: int, *, cut: bool
    ) -> tuple[bytes, str | None, str] | None:
        """Return body, charset and last address; `cut` takes the first `most` bytes of more."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._followed(address, kinds, most, cut=cut)
        except Exception as error:  # noqa: BLE001 - whatever the web answers, the talk goes on
            _log.info("page_not_fetched", error=type(error).__name__)
            return None

    async def _followed(
        self, address: str, kinds: tuple[str, ...], most: int, *, cut: bool
    ) -> tuple[bytes, str | None, str]:
        trust = self._trust or ssl.create_default_context()
        async with httpcore.AsyncConnectionPool(
            ssl_context=trust, network_backend=self._backend, retries=0
        ) as pool:
            for _ in range(MAX_REDIRECTS + 1):
                address = checked(address)
                async with pool.stream("GET", address, headers=_headers(address)) as answer:
                    told = {key.lower(): value for key, value in answer.headers}
                    if answer.status in _MOVED and b"location" in told:
                        address = urljoin(address, told[b"location"].decode("latin-1"))
                        continue
                    if answer.status != _OK:
                        raise Refused(str(answer.status))
                    charset = _fit(told, kinds, most, cut=cut)
                    return await _body(answer, most, cut=cut), charset, address
        raise Refused("too many redirects")


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were judged, and to nothing else."""

    def __init__(self, resolve: Resolver, may_reach: Judge) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._resolve, self._may_reach = resolve, may_reach

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve(host.strip("[]"), port)
        # One address that may not be reached spoils the name: its owner wants us there.
        if not addresses or not all(self._may_reach(one, port) for one in addresses):
            raise Refused("address")
        return await self._inner.connect_tcp(
            addresses[0], port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 - httpcore's own signature
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise Refused("unix socket")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def is_public(address: str, port: int) -> bool:
    """Whether an IP address is one of the open Internet, at a port where pages are.

    https://www.iana.org/assignments/iana-ipv4-special-registry/ and its sister for IPv6.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return port in _PORTS and all(_is_open(one) for one in (found, *_inner(found)))


def checked(address: str) -> str:
    """Return an address fit to be asked for; raises Refused."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Refused("address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise Refused("address")
    try:
        host = parts.hostname.encode("idna").decode() if ":" not in parts.hostname else ""
    except UnicodeError:
        raise Refused("address") from None
    where = host or f"[{parts.hostname}]"
    where = f"{where}:{port}" if port else where
    quoted = parts._replace(netloc=where, fragment="", path=parts.path or "/").geturl()
    return "".join(one if "!" <= one <= "~" else _percent(one) for one in quoted)


def _is_open(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in one for one in _CLOSED if one.version == address.version)


def _inner(
    found: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that an IPv6 one stands for."""
    if isinstance(found, ipaddress.IPv4Address):
        return []
    teredo = found.teredo or ()
    nat64 = ipaddress.IPv6Network("64:ff9b::/96")
    inner = [found.ipv4_mapped, found.sixtofour, *teredo]
    if found in nat64:
        inner.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]


async def _resolved(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _headers(address: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"Host", urlsplit(address).netloc.encode()),
        (b"User-Agent", _AGENT),
        (b"Accept-Encoding", b"identity"),  # nothing swells on the way in
        (b"Accept-Language", b"it"),
    ]


def _fit(
    told: Mapping[bytes, bytes], kinds: tuple[str, ...], most: int, *, cut: bool
) -> str | None:
    """Return the charset that an answer names, if it is of one of these kinds; raises Refused."""
    kind, *rest = told.get(b"content-type", b"").decode("latin-1").split(";")
    if kind.strip().lower() not in kinds:
        raise Refused("type")
    if told.get(b"content-encoding", b"identity") != b"identity":
        raise Refused("encoding")
    length = told.get(b"content-length", b"0")
    if not cut and length.isdigit() and int(length) > most:
        raise Refused("size")
    named = [one.partition("=")[2] for one in rest if one.strip().lower().startswith("charset=")]
    return named[0].strip(" \"'") if named else None


async def _body(answer: httpcore.Response, most: int, *, cut: bool) -> bytes:
    data = bytearray()
    async for block in answer.aiter_stream():
        data += block
        if len(data) > most:
            if not cut:
                raise Refused("size")
            break
    return bytes(data[:most])


def _percent(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "replace"))
