"""`bottega connect`: a person lets the app in, in a browser, and the account is kept sealed."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from typer.testing import CliRunner

from bottega import connect
from bottega.cli import app
from bottega.connecting import PATH, waiting
from bottega.sandbox import Sandbox
from bottega.settings import load
from content import credentials
from content.credentials import Account, Credential
from content.store import Store
from content.vault import Vault, new_key
from publishers import Facebook, X
from publishers.base import ChannelDown, Rejected
from tests.browser import chromium

KEY = new_key()
Connecting = Callable[[connect.Desk], Awaitable[None]]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
def url(sandbox: Sandbox, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A newsroom whose channels have an app at the sandbox, and no account yet."""
    monkeypatch.chdir(tmp_path)
    told = {
        "DATABASE_URL": sqlite_url,
        "SECRET_KEY": KEY,
        "X_CLIENT_ID": sandbox.x.accounts.client_id,
        "X_CLIENT_SECRET": sandbox.x.accounts.client_secret,
        "X_API_URL": f"{sandbox.url}/x",
        "X_AUTHORIZE_URL": f"{sandbox.url}/x/i/oauth2/authorize",
        "FACEBOOK_APP_ID": sandbox.facebook.accounts.app_id,
        "FACEBOOK_APP_SECRET": sandbox.facebook.accounts.app_secret,
        "FACEBOOK_API_URL": f"{sandbox.url}/graph",
        "FACEBOOK_DIALOG_URL": f"{sandbox.url}/graph/v26.0/dialog/oauth",
    }
    sandbox.facebook.app_secret = sandbox.facebook.accounts.app_secret
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return sqlite_url


class Terminal:
    """What a person at the terminal is told, and the address to open."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    async def address(self) -> str:
        async with asyncio.timeout(20):
            while not (found := re.search(r"^http\S+$", self.said, re.MULTILINE)):
                await self._more.wait()
                self._more.clear()
        return found[0]


@asynccontextmanager
async def connecting(how: Connecting) -> AsyncIterator[tuple[Terminal, "asyncio.Task[None]"]]:
    terminal = Terminal()
    desk = connect.Desk(load(), Vault([KEY]), terminal, free_port())
    task = asyncio.ensure_future(how(desk))
    try:
        yield terminal, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def back(address: str, **said: str) -> str:
    """The address to which the service sends the browser back."""
    (place,) = parse_qs(urlsplit(address).query)["redirect_uri"]
    return f"{place}?{urlencode(said)}"


def state(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


async def visited(address: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(address)


async def connect_x(desk: connect.Desk) -> None:
    await connect.connect_to(desk, X)


async def connect_facebook(desk: connect.Desk) -> None:
    await connect.connect_to(desk, Facebook, "localhost")


async def kept(url: str, channel: str) -> tuple[Credential, Account] | None:
    store = Store(url)
    async with store.reading() as session:
        found = await credentials.of(session, channel)
    await store.close()
    return (found, credentials.opened(Vault([KEY]), found)) if found else None


async def test_x_is_connected_in_a_browser(sandbox: Sandbox, url: str, tmp_path: Path) -> None:
    async with connecting(connect_x) as (terminal, task), chromium() as browser:
        page = await browser.new_page()
        await page.goto(await terminal.address())
        await page.get_by_role("button", name="Autorizza").click()
        await page.get_by_text("Torna al terminale").wait_for()
        await task

    found = await kept(url, "x")
    assert found is not None
    credential, account = found
    assert (account.id, account.name) == (sandbox.x.user_id, "@LaboratoriLab")
    assert "offline.access" in credential.scopes
    assert "media.write" in credential.scopes
    assert account.token == sandbox.x.accounts.sessions[0].token
    assert "Collegato: @LaboratoriLab." in terminal.said
    assert account.token not in terminal.said
    assert account.renewal not in terminal.said
    database = files(tmp_path)
    assert b"LaboratoriLab" in database
    assert account.token.encode() not in database
    assert account.renewal.encode() not in database


def files(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.glob("*.db*"))


async def test_a_forged_state_is_turned_away_and_the_true_one_still_works(
    sandbox: Sandbox, url: str
) -> None:
    async with connecting(connect_x) as (terminal, task):
        address = await terminal.address()
        for forged in ("", "x", state(address)[:-1]):
            answer = await visited(back(address, state=forged, code="stolen"))
            assert answer.status_code == 400
            assert "non è cambiato niente" in answer.text
        assert not task.done()
        await visited(back(address, state=state(address), error="access_denied"))
        with pytest.raises(connect.Stopped, match="non è stato dato"):
            await task

    assert await kept(url, "x") is None
    assert ("x", "oauth.token") not in sandbox.board.operations


async def test_a_state_is_good_once() -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}{PATH}"
    async with waiting("the-state", port) as callback:
        answers = [
            (await visited(f"{address}?state=the-state&code={code}")).status_code
            for code in ("first", "second")
        ]

        assert answers == [200, 400]
        assert await callback.code(10) == "first"


async def test_a_code_that_x_does_not_know_keeps_nothing(sandbox: Sandbox, url: str) -> None:
    async with connecting(connect_x) as (terminal, task):
        address = await terminal.address()
        await visited(back(address, state=state(address), code="made-up"))
        with pytest.raises(Rejected):
            await task

    assert sandbox.board.operations.count(("x", "oauth.token")) == 1
    assert await kept(url, "x") is None


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def test_another_account_of_x_is_not_kept(
    sandbox: Sandbox, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X_USERNAME", "RedazioneLab")
    async with connecting(connect_x) as (terminal, task):
        await allowed(await terminal.address())
        with pytest.raises(Rejected, match="@LaboratoriLab, ma X_USERNAME dice @Redazi"):
            await task

    assert await kept(url, "x") is None


async def allowed(address: str) -> None:
    """Press "Autorizza" without a browser, and follow where it leads."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    async with httpx.AsyncClient(follow_redirects=True) as client:
        answer = await client.post(address.partition("?")[0], data={**asked, "answer": "yes"})
    assert answer.status_code == 200, answer.text


async def test_facebook_is_connected_in_a_browser(
    sandbox: Sandbox, url: str, tmp_path: Path
) -> None:
    page_id = sandbox.facebook.page_id
    async with connecting(connect_facebook) as (terminal, task), chromium() as browser:
        page = await browser.new_page()
        await page.goto(await terminal.address())
        await page.get_by_role("button", name="Continua").click()
        await page.get_by_text("Torna al terminale").wait_for()
        await task

    found = await kept(url, "facebook")
    assert found is not None
    credential, account = found
    assert (account.id, account.token) == (page_id, sandbox.facebook.token)
    assert credential.expires_at is None
    assert "pages_manage_posts" in credential.scopes
    assert account.token not in terminal.said
    assert account.token.encode() not in files(tmp_path)


OTHER = ("500", "Un'altra pagina", "token-of-the-other-page")


async def chosen(desk: connect.Desk) -> None:
    """Connect Facebook, and name the first page when asked which."""
    await connect_facebook(replace(desk, choose=lambda _: "1"))


async def test_the_person_chooses_among_pages(sandbox: Sandbox, url: str) -> None:
    sandbox.facebook.more_pages = [OTHER]
    async with connecting(chosen) as (terminal, task):
        await allowed(await terminal.address())
        await task

    found = await kept(url, "facebook")
    assert "2. Un'altra pagina (500)" in terminal.said
    assert found is not None
    assert found[1].id == sandbox.facebook.page_id


async def test_a_page_that_the_settings_do_not_name_is_not_kept(
    sandbox: Sandbox, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEBOOK_PAGE_ID", "77")
    async with connecting(connect_facebook) as (terminal, task):
        await allowed(await terminal.address())
        with pytest.raises(Rejected, match="La pagina 77 non è fra quelle"):
            await task

    assert await kept(url, "facebook") is None


async def test_a_page_that_cannot_be_posted_on_is_not_offered_and_why_is_said(
    sandbox: Sandbox, url: str
) -> None:
    sandbox.facebook.more_pages = [OTHER]
    sandbox.facebook.accounts.tasks = {OTHER[0]: ("ANALYZE", "ADVERTISE", "MODERATE")}
    async with connecting(connect_facebook) as (terminal, task):
        await allowed(await terminal.address())
        await task

    found = await kept(url, "facebook")
    assert found is not None
    assert found[1].id == sandbox.facebook.page_id
    assert "Su «Un'altra pagina» (500) chi ha dato l'accesso non può pubblicare" in terminal.said
    assert "«Contenuti»" in terminal.said


@pytest.mark.parametrize("named", ["", "100200300400"])
async def test_a_person_who_cannot_post_connects_nothing(
    sandbox: Sandbox, url: str, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("FACEBOOK_PAGE_ID", named)
    sandbox.facebook.more_pages = [OTHER] if named else []
    sandbox.facebook.accounts.tasks = {sandbox.facebook.page_id: ("ANALYZE",)}
    async with connecting(connect_facebook) as (terminal, task):
        await allowed(await terminal.address())
        with pytest.raises(Rejected, match="non può pubblicare"):
            await task

    assert await kept(url, "facebook") is None


@pytest.mark.parametrize(
    "task_of_theirs", ["CREATE_CONTENT", "MANAGE", "PROFILE_PLUS_FULL_CONTROL"]
)
async def test_one_task_of_those_that_post_is_enough(
    sandbox: Sandbox, url: str, task_of_theirs: str
) -> None:
    sandbox.facebook.accounts.tasks = {sandbox.facebook.page_id: ("ANALYZE", task_of_theirs)}
    async with connecting(connect_facebook) as (terminal, task):
        await allowed(await terminal.address())
        await task

    assert await kept(url, "facebook") is not None


async def test_the_token_of_another_page_is_not_kept(
    sandbox: Sandbox, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facebook names page 500, but the token that it gives with it opens another one."""
    sandbox.facebook.more_pages = [(OTHER[0], OTHER[1], sandbox.facebook.token)]
    monkeypatch.setenv("FACEBOOK_PAGE_ID", OTHER[0])
    async with connecting(connect_facebook) as (terminal, task):
        await allowed(await terminal.address())
        with pytest.raises(Rejected, match="Il token non è della pagina"):
            await task

    assert await kept(url, "facebook") is None


async def test_a_right_that_was_not_given_is_named(sandbox: Sandbox, url: str) -> None:
    sandbox.facebook.accounts.refused = ("pages_manage_posts",)
    async with connecting(connect_facebook) as (terminal, task):
        await allowed(await terminal.address())
        with pytest.raises(Rejected, match="manca pages_manage_posts"):
            await task

    assert await kept(url, "facebook") is None


async def test_an_app_that_facebook_does_not_know_is_told_without_its_secret(
    sandbox: Sandbox, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEBOOK_APP_SECRET", "not-the-secret")
    async with connecting(connect_facebook) as (terminal, task):
        await allowed(await terminal.address())
        with pytest.raises(ChannelDown, match="FACEBOOK_APP_SECRET") as told:
            await task

    assert "not-the-secret" not in str(told.value)


@pytest.mark.parametrize(
    ("channel", "missing"),
    [("x", "SECRET_KEY"), ("x", "X_CLIENT_ID"), ("facebook", "FACEBOOK_APP_ID")],
)
def test_what_is_missing_is_told_before_anything_is_asked(
    url: str, channel: str, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(missing)
    result = CliRunner().invoke(app, ["connect", channel])

    assert result.exit_code == 1
    assert missing in result.output
