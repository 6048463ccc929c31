"""Pages are fetched from a server on this machine, which a resolver of the test's stands for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from content.links import Page, read
from content.outside.links import MAX_PAGE, SafeLinks, is_public
from tests import files
from tests.loopback import hang, listening

HTML = """<!doctype html><html><head><title>Il
titolo</title><meta name="description" content="Che cosa &egrave;">
<meta property="og:image" content="/foto.jpg"></head><body>…</body></html>"""
Answer = Callable[[str], bytes]


def answer(body: bytes | str, kind: str = "text/html; charset=utf-8", **more: str) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    told = {"Content-Type": kind, "Content-Length": str(len(data)), "Connection": "close"} | {
        name.replace("_", "-"): value for name, value in more.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + data


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


class Web:
    """A web of one server: every name leads to it, and what it was asked for is remembered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.addresses = {"comune.esempio.it": ["127.0.0.1"]}
        self.resolved: list[str] = []
        self.asked: list[str] = []

    def at(self, path: str, host: str = "comune.esempio.it") -> str:
        return f"http://{host}:{self.port}{path}"

    async def resolve(self, host: str, port: int) -> list[str]:
        self.resolved.append(host)
        return self.addresses.get(host, [host])

    def links(self, seconds: float = 5) -> SafeLinks:
        """Look at the test's own server, and else at what is public."""
        return SafeLinks(
            resolve=self.resolve,
            may_reach=lambda address, port: (
                (address == "127.0.0.1" and port == self.port) or is_public(address, port)
            ),
            seconds=seconds,
        )


@asynccontextmanager
async def serving(answers: Answer, *, endless: bool = False) -> AsyncIterator[Web]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        web.asked.append(path)
        writer.write(answers(path))
        while endless:
            writer.write(b"<p>ancora</p>" * 5000)
            await writer.drain()
            await asyncio.sleep(0)
        await writer.drain()

    async with listening(serve) as port:
        web = Web(port)
        yield web


async def test_a_page_tells_its_title_its_summary_and_its_picture() -> None:
    async with serving(lambda _: answer(HTML)) as web:
        page = await web.links().page(web.at("/notizie/1"))

        assert page == Page(title="Il titolo", description="Che cosa è", image=web.at("/foto.jpg"))


async def test_a_picture_is_fetched_as_it_is() -> None:
    async with serving(lambda _: answer(files.photo(), "image/jpeg")) as web:
        assert await web.links().picture(web.at("/foto.jpg")) == files.photo()
        assert await web.links().page(web.at("/foto.jpg")) is None


async def test_a_page_that_moved_is_followed_three_times_and_no_more() -> None:
    def answers(path: str) -> bytes:
        number = int(path.strip("/"))
        return moved(f"/{number - 1}") if number else answer(HTML)

    async with serving(answers) as web:
        page = await web.links().page(web.at("/3"))
        assert page is not None
        assert page.image == web.at("/foto.jpg")
        assert await web.links().page(web.at("/4")) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.9.9", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "203.0.113.9", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:db8::1", "not an address",
    ],
)  # fmt: skip
def test_no_address_of_our_own_network_is_public(address: str) -> None:
    assert not is_public(address, 80)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_of_the_internet_is_public_where_pages_are(address: str) -> None:
    assert is_public(address, 443)
    assert not is_public(address, 6379)


@pytest.mark.parametrize("inner", ["127.0.0.1", "::1", "169.254.169.254", "10.1.2.3"])
async def test_a_name_that_leads_to_our_own_network_is_not_followed(inner: str) -> None:
    async with serving(lambda _: answer(HTML)) as web:
        only_public = SafeLinks(resolve=web.resolve)
        web.addresses["comune.esempio.it"] = ["93.184.216.34", inner]

        assert await only_public.page("http://comune.esempio.it/") is None
        assert web.asked == []


async def test_a_redirect_into_our_own_network_is_not_followed() -> None:
    async with serving(lambda _: moved("http://interno.esempio.it/segreto")) as web:
        web.addresses["interno.esempio.it"] = ["10.0.0.7"]

        assert await web.links().page(web.at("/")) is None
        assert web.asked == ["/"]
        assert web.resolved == ["comune.esempio.it", "interno.esempio.it"]


async def test_a_name_is_asked_once_so_that_it_cannot_change_its_mind() -> None:
    async with serving(lambda _: answer(HTML)) as web:
        await web.links().page(web.at("/"))

        assert web.resolved == ["comune.esempio.it"]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://comune.esempio.it/", "gopher://comune.esempio.it/",
        "http://utente:segreto@comune.esempio.it/", "http:///", "http://[::1",
        "javascript:alert(1)",
        "http://comune.esempio.it:99999/", "",
    ],
)  # fmt: skip
async def test_what_is_no_plain_web_address_is_not_asked_for(address: str) -> None:
    async with serving(lambda _: answer(HTML)) as web:
        assert await web.links().page(address) is None
        assert web.asked == []


async def test_a_page_that_never_ends_is_read_as_far_as_it_goes() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    async with serving(lambda _: head + HTML.encode(), endless=True) as web:
        page = await web.links().page(web.at("/"))

        assert page is not None
        assert page.title == "Il titolo"


async def test_a_server_that_does_not_answer_is_left_in_time() -> None:
    async with listening(hang) as port, asyncio.timeout(5):
        web = Web(port)
        assert await web.links(seconds=0.2).page(web.at("/")) is None


@pytest.mark.parametrize(
    "response",
    [
        answer("{}", "application/json"),
        answer(b"%PDF-1.7", "application/pdf"),
        answer(HTML, Content_Encoding="gzip"),
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"garbage\r\n\r\n",
    ],
    ids=["json", "pdf", "packed", "absent", "untyped", "garbage"],
)
async def test_what_is_no_page_says_nothing(response: bytes) -> None:
    async with serving(lambda _: response) as web:
        assert await web.links().page(web.at("/")) is None


async def test_too_large_a_picture_is_not_fetched() -> None:
    async with serving(lambda _: answer(bytes(9 << 20), "image/jpeg")) as web:
        assert await web.links().picture(web.at("/")) is None


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Perché no</title>".encode("latin-1"), "Perché no"),
        (b'<meta property="og:title" content="Sagra"><title>altro</title>', "Sagra"),
        (b"<title>" + b"a" * 1000, "a" * 300),
        (b"", ""),
        (b"\0\xff<<<!doctype [[[<![CDATA[<title", ""),
        (b"<![if " * 1000 + b"<a " * 100_000, ""),
    ],
    ids=["latin", "open graph", "long", "empty", "garbled", "nested"],
)
def test_a_page_is_read_whatever_it_is(html: bytes, title: str) -> None:
    charset = "latin-1" if "Perch" in html.decode("latin-1") else "no-such-charset"

    assert read(html[:MAX_PAGE], charset, "https://comune.esempio.it/").title == title
