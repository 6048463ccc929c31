"""A console on each database, and a browser for each person who may come to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.applications import Starlette

from bottega.serving import words
from bottega.web.console import Desk, console
from content import channels, entry, slots
from content.articles import Article
from content.people import Moderator, Role, appoint
from content.posts import Post
from content.store import Store
from tests.clock import Clock
from tests.fakes import FakePublisher
from tests.stories import CHANNELS, FIRST, posts_of

HERE = "http://127.0.0.1:8000"
TOKEN = "123456:AAExampleExampleExampleExampleExample"


@pytest.fixture(params=["sqlite"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """The console's database: SQLite, where a test does not ask for the other one too."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    opened = Store(request.getfixturevalue(name))
    yield opened
    await opened.close()


@pytest.fixture
def signals() -> list[str]:
    """What the console said to those who send and tell."""
    return []


@pytest.fixture
async def desk(store: Store, clock: Clock, tmp_path: Path, signals: list[str]) -> Desk:
    async def render(_: AsyncSession, article: Article, *_only: str) -> list[Post]:
        return posts_of(article)

    async with store.transaction() as session:
        await channels.open_channels(session, CHANNELS)
        for name in CHANNELS[1:]:
            await slots.furnish(session, name)
    return Desk(
        store=store,
        clock=clock,
        token=TOKEN,
        address=HERE,
        media_root=tmp_path,
        publishers={name: FakePublisher(name) for name in CHANNELS},
        page_channel=FIRST,
        render=render,
        words=words(),
        planned=lambda: signals.append("planned"),
        happened=lambda: signals.append("happened"),
    )


class Browser(httpx.AsyncClient):
    """A browser at the console; what it sends says that it comes from a page of ours."""

    def __init__(self, desk: Desk, *, address: str = HERE) -> None:
        app = Starlette(routes=console(desk))
        super().__init__(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=address,
            headers={"sec-fetch-site": "same-origin"},
        )
        self.csrf = ""

    async def enter(self, desk: Desk, member: Moderator) -> "Browser":
        """Come in by a link of the bot's."""
        async with desk.store.transaction() as session:
            code = await entry.link(session, member, now=desk.clock())
        answer = await self.post("/redazione/entra", data={"codice": code})
        assert answer.status_code == 303, answer.text
        page = await self.get("/redazione/coda")
        assert page.status_code == 200, page.text
        self.csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
        return self

    async def press(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of ours, with what the page knows."""
        return await self.post(f"/redazione{path}", data={"csrf": self.csrf, **fields})


@pytest.fixture
async def team(store: Store, cast: SimpleNamespace, clock: Clock) -> dict[Role, Moderator]:
    """A member of the newsroom for each role; Gaia moderates, Bruno administers."""
    async with store.transaction() as session:
        enzo = await appoint(session, 2003, "Enzo Riva", Role.CHIEF_EDITOR, now=clock())
    return {
        Role.MODERATOR: cast.gaia,
        Role.CHIEF_EDITOR: enzo,
        Role.ADMINISTRATOR: cast.bruno,
    }


@pytest.fixture
async def nobody(desk: Desk) -> AsyncIterator[Browser]:
    """A browser that nobody entered with."""
    async with Browser(desk) as browser:
        yield browser


@pytest.fixture
async def gaia(desk: Desk, cast: SimpleNamespace) -> AsyncIterator[Browser]:
    """Gaia's browser, in the console."""
    async with Browser(desk) as browser:
        yield await browser.enter(desk, cast.gaia)


@pytest.fixture
async def bruno(desk: Desk, cast: SimpleNamespace) -> AsyncIterator[Browser]:
    """Bruno's browser, in the console."""
    async with Browser(desk) as browser:
        yield await browser.enter(desk, cast.bruno)
