"""Large files on their way in: the tus protocol, the page, the plain form, and what keeps them."""

import asyncio
import base64
import errno
import os
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route, expect
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.applications import Starlette

from bottega.serving import serving
from bottega.web.uploads import PATH, Uploads, depot, plain, tus
from content import attachments, submissions, uploads
from content.media import Medium, MediumRefused, Refusal, keep_file
from content.store import Store
from content.submissions import Submission
from content.uploads import GOOD_FOR, Arrival, Outcome, Upload
from tests.browser import chromium
from tests.clock import Clock
from tests.files import film

TUS = {"tus-resumable": "1.0.0"}
BYTES = TUS | {"content-type": "application/offset+octet-stream"}
LARGEST = 20_000_000
FILM = film(seconds=3)


class Told(list[tuple[str, Arrival | None]]):
    """What people were told, and when they could hear it."""

    heard = 0

    async def tell(self, session: AsyncSession, upload: Upload, arrival: Arrival | None) -> None:
        self.append((upload.problem or "", arrival))

    def hear(self) -> None:
        self.heard += 1


class World:
    """Ada's draft and the uploads, served; `scanner` is what each file is held against first."""

    def __init__(self, store: Store, clock: Clock, folder: Path, cast: SimpleNamespace) -> None:
        self.store, self.clock, self.cast = store, clock, cast
        self.root, self.media = folder / "uploads", folder / "media"
        self.told, self.trouble = Told(), list[Exception]()
        self.case: Submission | None = None
        self.uploads = self.again()

    def again(self) -> Uploads:
        """Return the uploads as a process that starts finds them."""
        return Uploads(
            self.store, self.clock, root=self.root, largest=LARGEST,
            keep=self.keep, tell=self.told.tell, told=self.told.hear,
        )  # fmt: skip

    async def keep(self, path: Path, upload: Upload) -> Medium:
        if self.trouble:
            raise self.trouble.pop(0)
        return await asyncio.to_thread(keep_file, self.media, path, upload.name)

    async def link(self) -> str:
        """Return the address of a new link of Ada's."""
        async with self.store.transaction() as session:
            if self.case is None:
                self.case, _ = await submissions.begin(session, self.cast.ada, now=self.clock())
            token = await uploads.issue(session, self.cast.ada, self.case, now=self.clock())
        return f"{PATH}/{token}"

    async def files(self) -> list[Medium]:
        """Return what is attached to the draft."""
        assert self.case is not None
        async with self.store.reading() as session:
            revision = await submissions.latest(session, self.case)
            found = await attachments.of(session, revision.id)
        return [Medium.model_validate(one.medium) for one in found]

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(Starlette(routes=self.uploads.routes()))
        return httpx.AsyncClient(transport=transport, base_url="http://bottega")

    async def look(self) -> None:
        """Have the keeper look once."""
        await self.uploads._keeper.look()


@pytest.fixture
def world(store: Store, clock: Clock, tmp_path: Path, cast: SimpleNamespace) -> World:
    return World(store, clock, tmp_path, cast)


@pytest.fixture
async def ada(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.client() as client:
        yield client


def named(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()}"


async def created(
    ada: httpx.AsyncClient, link: str, size: int = len(FILM), name: str = "sindaco.mp4"
) -> httpx.Response:
    headers = TUS | {"upload-length": str(size), "upload-metadata": named(name)}
    return await ada.post(f"{link}/file", headers=headers)


async def sent(ada: httpx.AsyncClient, link: str, data: bytes, offset: int = 0) -> httpx.Response:
    headers = BYTES | {"upload-offset": str(offset)}
    return await ada.patch(f"{link}/file", content=data, headers=headers)


async def offset(ada: httpx.AsyncClient, link: str) -> int:
    return int((await ada.head(f"{link}/file", headers=TUS)).headers["upload-offset"])


async def stage(ada: httpx.AsyncClient, link: str) -> str:
    return str((await ada.get(f"{link}/stato")).json()["stage"])


# ---------------------------------------------------------------- tus


async def test_what_the_server_can_do_is_told_to_who_asks(
    world: World, ada: httpx.AsyncClient
) -> None:
    answer = await ada.options(f"{await world.link()}/file")

    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation", "termination", "expiration",
    }  # fmt: skip
    assert answer.headers["tus-max-size"] == str(LARGEST)


async def test_a_film_in_three_pieces_ends_up_in_the_draft_and_its_person_is_told(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    made = await created(ada, link)
    assert made.status_code == 201
    assert re.fullmatch(r"file\?di=\w+", made.headers["location"])
    assert made.headers["upload-expires"].endswith("GMT")
    third = len(FILM) // 3
    for start in (0, third, 2 * third):
        piece = FILM[start:] if start == 2 * third else FILM[start : start + third]
        assert await offset(ada, link) == start
        answer = await sent(ada, link, piece, start)
        assert (answer.status_code, answer.headers["upload-offset"]) == (
            204,
            str(start + len(piece)),
        )
        assert answer.headers["tus-resumable"] == "1.0.0"
    assert await stage(ada, link) == "arrived"

    await world.look()

    [medium] = await world.files()
    assert (medium.mime, medium.seconds) == ("video/mp4", 3.0)
    [(problem, arrival)] = world.told
    assert arrival is not None
    assert (problem, arrival.outcome, world.told.heard) == ("", Outcome.ADDED, 1)
    assert await stage(ada, link) == "done"
    assert list(world.root.iterdir()) == []
    await world.look()
    assert len(world.told) == 1


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {"upload-length": "10"}, 412),
        ("POST", TUS | {"tus-resumable": "0.2.2", "upload-length": "10"}, 412),
        ("POST", TUS, 400),
        ("POST", TUS | {"upload-length": "0"}, 400),
        ("POST", TUS | {"upload-length": "-1"}, 400),
        ("POST", TUS | {"upload-length": "1" * 30}, 400),
        ("POST", TUS | {"upload-defer-length": "1"}, 400),
        ("POST", TUS | {"upload-length": str(LARGEST + 1)}, 413),
        ("POST", TUS | {"upload-length": "10", "upload-metadata": "filename !!"}, 400),
        ("POST", TUS | {"upload-length": "10", "upload-metadata": "filename " + "Y" * 5000}, 400),
        ("POST", TUS | {"x-http-method-override": "PUT"}, 405),
        ("HEAD", TUS, 404),
        ("PATCH", BYTES | {"upload-offset": "0"}, 404),
        ("PATCH", TUS | {"upload-offset": "0"}, 415),
        ("PATCH", BYTES, 400),
    ],
)
async def test_a_request_that_is_not_as_the_protocol_says_is_refused(
    world: World, ada: httpx.AsyncClient, method: str, headers: dict[str, str], status: int
) -> None:
    answer = await ada.request(method, f"{await world.link()}/file", headers=headers)

    assert answer.status_code == status
    assert answer.headers["tus-resumable"] == "1.0.0"


async def test_a_piece_goes_only_where_the_last_one_ended(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link, 10)
    await sent(ada, link, b"01234")

    assert (await sent(ada, link, b"01234", 0)).status_code == 409
    assert (await sent(ada, link, b"89", 8)).status_code == 409
    assert (await sent(ada, link, b"56789+", 5)).status_code == 413
    assert await offset(ada, link) == 5
    assert (await sent(ada, link, b"56789", 5)).status_code == 204


async def test_more_than_was_announced_is_not_written(world: World, ada: httpx.AsyncClient) -> None:
    link = await world.link()
    await created(ada, link, 10)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"0123"

    headers = BYTES | {"upload-offset": "0"}
    answer = await ada.patch(f"{link}/file", content=endless(), headers=headers)

    assert answer.status_code == 413
    assert [one.stat().st_size for one in world.root.iterdir()] == [10]


async def test_where_patch_and_delete_do_not_pass_post_stands_for_them(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link, 10)
    headers = BYTES | {"upload-offset": "0", "x-http-method-override": "PATCH"}

    assert (await ada.post(f"{link}/file", content=b"01", headers=headers)).status_code == 204
    assert await offset(ada, link) == 2


async def test_the_same_file_is_announced_again_and_another_is_refused_until_it_is_given_up(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link, 10)
    await sent(ada, link, b"01234")

    assert (await created(ada, link, 10)).status_code == 201
    assert await offset(ada, link) == 5
    assert (await created(ada, link, 11)).status_code == 403
    assert (await ada.delete(f"{link}/file", headers=TUS)).status_code == 204
    assert list(world.root.iterdir()) == []
    assert (await created(ada, link, 11)).status_code == 201
    assert await offset(ada, link) == 0


async def test_who_brought_the_file_before_adds_nothing_to_the_one_that_took_its_place(
    world: World, ada: httpx.AsyncClient
) -> None:
    """A phone falls asleep over one file; another is chosen on a computer; the phone wakes."""
    link = await world.link()
    phone = f"{link}/{(await created(ada, link, 10, 'sbagliato.mp4')).headers['location']}"
    await sent(ada, link, b"aaa")
    await ada.delete(f"{link}/file", headers=TUS)
    computer = f"{link}/{(await created(ada, link, 12, 'giusto.mp4')).headers['location']}"
    await ada.patch(computer, content=b"bbbbb", headers=BYTES | {"upload-offset": "0"})

    asked = await ada.head(phone, headers=TUS)
    added = await ada.patch(phone, content=b"aaaaa", headers=BYTES | {"upload-offset": "5"})

    assert (asked.status_code, added.status_code) == (403, 403)
    assert (await ada.head(computer, headers=TUS)).headers["upload-offset"] == "5"


async def test_what_arrived_can_no_longer_be_given_up(world: World, ada: httpx.AsyncClient) -> None:
    link = await world.link()
    await created(ada, link)
    await sent(ada, link, FILM)

    assert (await ada.delete(f"{link}/file", headers=TUS)).status_code == 409
    await world.look()
    assert (await ada.delete(f"{link}/file", headers=TUS)).status_code == 409
    assert await offset(ada, link) == len(FILM)


async def test_nobody_gets_anywhere_without_a_link(world: World, ada: httpx.AsyncClient) -> None:
    guessed = f"{PATH}/{'A' * 43}"
    await world.link()

    assert (await created(ada, guessed)).status_code == 404
    assert (await ada.get(guessed)).status_code == 404
    assert await stage(ada, guessed) == "unknown"
    assert (await ada.post(guessed, files={"file": ("a.mp4", FILM)})).status_code == 404
    assert not world.root.exists()


async def test_a_link_is_of_no_use_after_two_days(world: World, ada: httpx.AsyncClient) -> None:
    link = await world.link()
    await created(ada, link)
    await sent(ada, link, FILM[:100])
    world.clock.now += GOOD_FOR

    assert (await sent(ada, link, FILM[100:], 100)).status_code == 410
    page = await ada.get(link)
    assert page.status_code == 410
    assert "scaduto" in page.text
    await world.look()
    assert list(world.root.iterdir()) == []
    assert await stage(ada, link) == "expired"


async def test_what_arrived_in_time_is_kept_after_it(world: World, ada: httpx.AsyncClient) -> None:
    link = await world.link()
    await created(ada, link)
    await sent(ada, link, FILM)
    world.clock.now += 2 * GOOD_FOR

    await world.look()

    assert len(await world.files()) == 1


# ---------------------------------------------------------------- who is sending


async def slowly(data: bytes, going: asyncio.Event) -> AsyncIterator[bytes]:
    """Send some bytes, then nothing more, as a phone does that fell asleep."""
    yield data
    going.set()
    await asyncio.Event().wait()


async def sleeping(client: httpx.AsyncClient, link: str, data: bytes) -> "asyncio.Task[Any]":
    """Begin to send, and fall asleep."""
    going, headers = asyncio.Event(), BYTES | {"upload-offset": "0"}
    sending = client.patch(f"{link}/file", content=slowly(data, going), headers=headers)
    task = asyncio.create_task(sending)
    await going.wait()
    return task


async def test_who_comes_back_takes_over_from_their_own_dead_connection(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link, 10)
    asleep = await sleeping(ada, link, b"0123")

    assert await offset(ada, link) == 4
    assert (await sent(ada, link, b"456789", 4)).status_code == 204
    assert (await asleep).status_code == 423
    [part] = world.root.iterdir()
    assert part.read_bytes() == b"0123456789"


async def test_who_says_nothing_for_long_is_gone_and_what_came_stays(
    world: World, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depot, "IDLE_SECONDS", 0.05)
    link = await world.link()
    await created(ada, link, 10)

    asleep = await sleeping(ada, link, b"0123")

    assert (await asleep).status_code == 408
    assert await offset(ada, link) == 4


async def test_to_stop_no_upload_is_waited_for_and_nothing_of_it_is_lost(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link, 10)
    async with world.uploads.running():
        asleep = await sleeping(ada, link, b"0123")

    assert (await asleep).status_code == 423
    assert (await sent(ada, link, b"456789", 4)).status_code == 423
    world.uploads = world.again()
    async with world.client() as later:
        assert await offset(later, link) == 4


async def test_another_process_that_has_the_file_is_left_alone(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link, 10)
    [part] = world.root.iterdir()
    async with depot.Depot(world.root).holding(part.stem):
        assert (await sent(ada, link, b"0123")).status_code == 423

    assert (await sent(ada, link, b"0123")).status_code == 204


# ---------------------------------------------------------------- the disk


async def test_a_file_for_which_there_is_no_room_is_refused_before_it_comes(
    world: World, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await world.link()
    monkeypatch.setattr(depot.Depot, "room", lambda _: tus.SPARE_BYTES + 2 * len(FILM) - 1)
    assert (await created(ada, link)).status_code == 507

    monkeypatch.setattr(depot.Depot, "room", lambda _: tus.SPARE_BYTES + 2 * len(FILM))
    assert (await created(ada, link)).status_code == 201
    assert (await created(ada, await world.link())).status_code == 507  # the room is promised


async def test_a_disk_that_fills_up_keeps_what_came_and_the_rest_comes_later(
    world: World, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await world.link()
    await created(ada, link)
    half = len(FILM) // 2
    await sent(ada, link, FILM[:half])
    whole = os.write

    def full(descriptor: int, data: memoryview) -> int:
        if len(data) > 100:
            return whole(descriptor, data[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bottega.web.uploads.depot.os.write", full)
    assert (await sent(ada, link, FILM[half : half + 150], half)).status_code == 507
    monkeypatch.setattr("bottega.web.uploads.depot.os.write", whole)

    at = await offset(ada, link)
    assert at == half + 100
    await sent(ada, link, FILM[at:], at)
    await world.look()
    assert len(await world.files()) == 1


async def test_what_cannot_be_kept_just_now_waits_and_is_kept_later(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link)
    await sent(ada, link, FILM)
    world.trouble += [OSError(errno.ENOSPC, "full"), MediumRefused(Refusal.NOT_SCANNED)]

    for _ in range(2):
        await world.look()
        assert await stage(ada, link) == "waiting"
        assert world.told == []
        world.clock.forward(minutes=2)
    await world.look()

    assert await stage(ada, link) == "done"
    assert len(await world.files()) == 1


async def test_what_arrived_before_a_crash_is_found_after_it(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link)
    await sent(ada, link, FILM[:-1])
    [part] = world.root.iterdir()
    with part.open("ab") as file:  # the last byte, of which nobody wrote down that it came
        file.write(FILM[-1:])

    world.uploads = world.again()
    await world.look()

    assert len(await world.files()) == 1


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("data", "name", "problem"),
    [
        (b"MZ" + bytes(3000), "sindaco.mp4", "unknown"),
        (FILM[: len(FILM) // 2], "sindaco.mp4", "broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "logo.png", "svg"),
    ],
)
async def test_a_file_that_is_not_what_it_says_is_refused_in_the_end(
    world: World, ada: httpx.AsyncClient, data: bytes, name: str, problem: str
) -> None:
    link = await world.link()
    await created(ada, link, len(data), name)
    await sent(ada, link, data)

    await world.look()

    assert world.told == [(problem, None)]
    assert await world.files() == []
    assert await stage(ada, link) == "refused"
    assert list(world.root.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\0b.mp4", "x" * 3000, ""])
async def test_a_name_is_never_a_path(world: World, ada: httpx.AsyncClient, name: str) -> None:
    link = await world.link()
    await created(ada, link, len(FILM), name)
    [part] = world.root.iterdir()
    assert len(part.stem) == 64
    await sent(ada, link, FILM)

    await world.look()

    assert len(await world.files()) == 1
    assert {one.name for one in world.root.parent.iterdir()} <= {
        "uploads",
        "media",
        "bottega.db",
        "bottega.db-wal",
        "bottega.db-shm",
    }


# ---------------------------------------------------------------- the page


async def test_the_page_is_whole_in_itself_and_told_to_nobody(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    page = await ada.get(link)

    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    assert "://" not in page.text
    assert " style=" not in page.text
    for name in ("tus.min.js", "upload.js", "upload.css", "LICENSE.txt"):
        assert (await ada.get(f"{PATH}/static/{name}")).status_code == 200
    assert link.removeprefix(PATH) not in page.text


async def test_who_comes_back_is_told_which_file_to_choose(
    world: World, ada: httpx.AsyncClient
) -> None:
    link = await world.link()
    await created(ada, link, 10_000_000, '<b>"sindaco".mp4')
    page = await ada.get(link)

    assert "&lt;b&gt;&#34;sindaco&#34;.mp4" in page.text
    assert "10 MB" in page.text


@pytest.mark.parametrize("size", [len(FILM)])
async def test_without_javascript_a_form_does(
    world: World, ada: httpx.AsyncClient, size: int
) -> None:
    link = await world.link()
    await created(ada, link, 10)
    await sent(ada, link, b"01234")  # given up half way, for the form

    answer = await ada.post(link, files={"file": ("sindaco.mp4", FILM)}, data={"more": "words"})

    assert answer.status_code == 303
    page = await ada.get(f"{PATH}/{answer.headers['location']}")
    assert "Arrivato" in page.text
    await world.look()
    assert len(await world.files()) == 1
    assert "Fatto" in (await ada.get(link)).text


async def test_a_form_brings_no_more_than_it_may(
    world: World, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await world.link()
    monkeypatch.setattr(plain, "LARGEST", 1000)
    said = await ada.post(link, files={"file": ("sindaco.mp4", bytes(100_000))})
    unsaid = await ada.post(link, files={"file": ("sindaco.mp4", bytes(1001))})

    assert (said.status_code, unsaid.status_code) == (413, 413)
    assert "troppo grande" in unsaid.text
    assert await stage(ada, link) == "open"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "text/plain"}, b"hello"),
        ({"content-type": "multipart/form-data"}, b"hello"),
        ({"content-type": "multipart/form-data; boundary=x"}, b"hello"),
        ({"content-type": "multipart/form-data; boundary=x"}, b"--x\r\n\r\n"),
        (
            {"content-type": "multipart/form-data; boundary=x"},
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
        ),
        (
            {"content-type": "multipart/form-data; boundary=x"},
            b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n',
        ),
    ],
)
async def test_what_is_no_form_with_a_file_is_refused_and_the_link_still_works(
    world: World, ada: httpx.AsyncClient, headers: dict[str, str], body: bytes
) -> None:
    link = await world.link()

    assert (await ada.post(link, content=body, headers=headers)).status_code == 400
    assert (await created(ada, link)).status_code == 201
    assert (await sent(ada, link, FILM)).status_code == 204
    await world.look()
    assert len(await world.files()) == 1


# ---------------------------------------------------------------- in a browser


def heavy(folder: Path, name: str, megabytes: int) -> Path:
    """Return a film that weighs more than it shows: it ends in an empty MP4 box."""
    path = folder / name
    filler = megabytes * 1_000_000
    path.write_bytes(FILM + filler.to_bytes(4, "big") + b"free" + bytes(filler - 8))
    return path


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Road:
    """The network between phone and server: what goes over it, and what happens to it."""

    def __init__(self) -> None:
        self.went: list[str] = []
        self.breaks, self.passes, self.open = 0, 1000, asyncio.Event()

    async def carry(self, route: Route) -> None:
        request = route.request
        self.went.append(request.method)
        if request.method == "PATCH":
            if self.breaks:
                self.breaks -= 1
                await route.abort("connectionreset")
                return
            self.passes -= 1
            if self.passes < 0:
                await self.open.wait()
        try:
            await route.continue_()
        except PlaywrightError:
            return  # given up meanwhile, by a pause


@pytest.fixture
async def phone(world: World) -> AsyncIterator[tuple[Page, str]]:
    """A phone's browser, and the address of the server."""
    port = free_port()
    async with (
        chromium() as browser,
        serving(Starlette(routes=world.uploads.routes()), "127.0.0.1", port),
        world.uploads.running(),
    ):
        context = await browser.new_context(
            viewport={"width": 390, "height": 844}, locale="it-IT", color_scheme="dark"
        )
        page = await context.new_page()
        page.set_default_timeout(15_000)
        expect.set_options(timeout=15_000)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda one: problems.append(one.text) if "Policy" in one.text else None)
        yield page, f"http://127.0.0.1:{port}"
        assert problems == []
        await context.close()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
async def test_a_phone_sends_a_film_through_breaks_a_pause_and_a_reload(
    world: World, phone: tuple[Page, str], tmp_path: Path
) -> None:
    page, server = phone
    road, size = Road(), 18
    chosen = heavy(tmp_path, "sindaco.mp4", size)
    await page.route("**/file*", road.carry)
    await page.goto(f"{server}{await world.link()}")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    send, status = page.get_by_role("button", name="Carica"), page.get_by_role("status")

    road.breaks, road.passes = 1, 1
    await page.get_by_label("Il tuo file").set_input_files(heavy(tmp_path, "lungo.mp4", 21))
    await send.click()
    await expect(status).to_contain_text("supera 20 MB")
    await page.get_by_label("Il tuo file").set_input_files(chosen)
    await send.click()
    await expect(page.locator("#figures")).to_contain_text(re.compile("4[5-9] % · 8,4 di 18 MB"))
    assert road.went[:4] == ["POST", "PATCH", "HEAD", "PATCH"]  # broken, asked, sent again

    await page.get_by_role("button", name="Pausa").click()
    await expect(status).to_contain_text("In pausa")
    road.open.set()
    await page.reload()
    await expect(page.get_by_text("scegli di nuovo lo stesso file")).to_be_visible()
    await page.get_by_label("Il tuo file").set_input_files(heavy(tmp_path, "altro.mp4", 2))
    await send.click()
    await expect(status).to_contain_text("Non è il file di prima")
    road.went.clear()
    await page.get_by_label("Il tuo file").set_input_files(chosen)
    await send.click()

    await expect(page.get_by_role("heading", name="Fatto!")).to_be_visible(timeout=30_000)
    assert road.went[0] == "HEAD"
    assert road.went.count("PATCH") <= 2  # the rest, and not all of it again
    assert "POST" not in road.went
    [medium] = await world.files()
    assert medium.mime == "video/mp4"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
async def test_a_phone_takes_another_file_instead_and_waits_for_the_network(
    world: World, phone: tuple[Page, str], tmp_path: Path
) -> None:
    page, server = phone
    link = await world.link()
    async with world.client() as before:
        await created(before, link, 10_000_000, "altro.mp4")
        await sent(before, link, bytes(5_000_000))
    await page.goto(f"{server}{link}")
    await page.get_by_label("Il tuo file").set_input_files(heavy(tmp_path, "sindaco.mp4", 10))
    await page.get_by_role("button", name="Carica").click()
    road = Road()
    road.breaks = 100
    await page.route("**/file*", road.carry)
    await page.get_by_role("button", name="Carica questo").click()
    status = page.get_by_role("status")
    await expect(status).to_contain_text("La rete non risponde")
    road.breaks = 0

    await expect(page.get_by_role("heading", name="Fatto!")).to_be_visible(timeout=30_000)

    assert len(await world.files()) == 1
