"""An account is connected from Canali: who may, what comes back, and what stays hidden."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from pydantic import BaseModel
from sqlmodel import col, select

from bottega.sandbox import Sandbox
from bottega.sandbox.core import Trouble
from bottega.sandbox.server import running
from bottega.web.console import Desk
from content import channels, credentials, entry
from content.channels import Channel
from content.credentials import Credential, Grant
from content.handshakes import LASTS
from content.history import NEWSROOM, History
from content.vault import Vault, new_key
from publishers import Facebook, X
from publishers.connectable import Connectable
from tests import secrecy
from tests.bottega.web.console.conftest import HERE, Browser
from tests.clock import Clock
from tests.payloads import HOSTILE, is_harmless

VAULT = Vault([new_key()])
BACK = f"{HERE}/redazione/canali/collegato"
OTHER = ("500", "Un'altra pagina", "token-of-the-other-page")


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox, clock: Clock) -> Sandbox:
    """Services that know our apps, and send people back to us."""
    served.reset()
    served.facebook.more_pages = []
    served.facebook.accounts.refused = ()
    served.facebook.accounts.tasks = {}
    served.apps(HERE)
    served.x.now = served.facebook.now = clock
    return served


@pytest.fixture
async def desk(desk: Desk, sandbox: Sandbox, tmp_path: Path) -> Desk:
    """A newsroom whose X and Facebook have an app, and no account yet."""
    async with desk.store.transaction() as session:
        await channels.open_channels(session, ["x", "facebook"])
    apps = sandbox.apps(HERE)
    adapters: dict[str, Connectable] = {
        "x": X(configured(X.Config, apps["x"], api_url=f"{sandbox.url}/x"), tmp_path),
        "facebook": Facebook(
            configured(Facebook.Config, apps["facebook"], api_url=f"{sandbox.url}/graph"), tmp_path
        ),
    }
    there = {**desk.publishers, **adapters}
    return replace(desk, publishers=there, connectable=adapters, vault=VAULT)


def configured(config: type[BaseModel], app: dict[str, str], **more: str) -> BaseModel:
    return config.model_validate(app | more)


async def asked(browser: Browser, channel: str) -> str:
    """Press "Collega l'account" and return the address of the service's page."""
    pressed = await browser.press(f"/canali/{channel}/account")
    assert pressed.status_code == HTTPStatus.SEE_OTHER, pressed.text
    page = (await browser.get(f"/redazione/canali/{channel}/account")).text
    found = re.search(r'<a class="button main" href="([^"]+)" rel="noreferrer">', page)
    assert found is not None, page
    return found[1].replace("&amp;", "&")


async def allowed(address: str, answer: str = "yes") -> str:
    """Answer on the service's page, and return where it sends the browser."""
    fields = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    async with httpx.AsyncClient() as client:
        sent = await client.post(address.partition("?")[0], data={**fields, "answer": answer})
    assert sent.status_code == HTTPStatus.FOUND, sent.text
    return sent.headers["location"]


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


async def followed(browser: Browser, address: str) -> httpx.Response:
    """Come back, and go where that leads."""
    answer = await browser.get(address)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    assert "code" not in answer.headers["location"]
    return await browser.get(answer.headers["location"])


async def account(desk: Desk, channel: str) -> Credential | None:
    async with desk.store.reading() as session:
        return await credentials.of(session, channel)


async def connected(desk: Desk, clock: Clock, channel: str, name: str = "@Prima") -> None:
    """Have an account connected already."""
    grant = Grant("a-token-of-before", ("tweet.write",), "renewal-of-before", 7200)
    async with desk.store.transaction() as session:
        await credentials.keep(
            session, VAULT, channel, grant, ("1", name), by=NEWSROOM, now=clock()
        )


async def records(desk: Desk, verb: str) -> list[History]:
    async with desk.store.reading() as session:
        query = select(History).where(History.verb == verb).order_by(col(History.id))
        return list((await session.exec(query)).all())


async def test_x_is_connected_and_the_record_says_who_did_it(
    bruno: Browser, desk: Desk, sandbox: Sandbox, cast: SimpleNamespace, signals: list[str]
) -> None:
    address = await asked(bruno, "x")
    question = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    page = await followed(bruno, await allowed(address))

    assert question["redirect_uri"] == BACK
    assert question["code_challenge_method"] == "S256"
    assert {"media.write", "offline.access"} < set(question["scope"].split())
    assert "Account collegato." in page.text
    found = await account(desk, "x")
    assert found is not None
    assert (found.account_id, found.account) == (sandbox.x.user_id, "@LaboratoriLab")
    assert credentials.opened(VAULT, found).token == sandbox.x.accounts.sessions[0].token
    (row,) = await records(desk, "connected")
    assert (row.actor, row.actor_id) == ("moderator", cast.bruno.id)
    assert (row.data["channel"], row.data["account"]) == ("x", "@LaboratoriLab")
    assert signals == ["planned", "happened"] * 2


async def test_the_one_page_of_facebook_is_connected_at_once(
    bruno: Browser, desk: Desk, sandbox: Sandbox
) -> None:
    page = await followed(bruno, await allowed(await asked(bruno, "facebook")))

    assert "L’accesso non scade" in page.text
    found = await account(desk, "facebook")
    assert found is not None
    assert credentials.opened(VAULT, found).token == sandbox.facebook.token


async def test_of_several_pages_the_person_chooses_one(
    bruno: Browser, desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.facebook.more_pages = [OTHER]
    page = await followed(bruno, await allowed(await asked(bruno, "facebook")))
    assert "Quale account?" in page.text
    assert "Un&#39;altra pagina" in page.text
    assert await account(desk, "facebook") is None

    answer = await bruno.press("/canali/facebook/account/scegli", account=sandbox.facebook.page_id)

    assert answer.headers["location"].endswith("/canali/facebook/account?fatto=connected")
    found = await account(desk, "facebook")
    assert found is not None
    assert found.account_id == sandbox.facebook.page_id
    again = await bruno.press("/canali/facebook/account/scegli", account=OTHER[0])
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Questa scelta non vale più" in again.text


async def test_a_page_that_cannot_be_posted_on_is_told_and_not_taken(
    bruno: Browser, desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.facebook.more_pages = [OTHER]
    sandbox.facebook.accounts.tasks = {OTHER[0]: ("ANALYZE",)}
    page = await followed(bruno, await allowed(await asked(bruno, "facebook")))
    assert "(500) chi ha dato l&#39;accesso non può pubblicare" in page.text
    assert f'value="{OTHER[0]}"' not in page.text

    answer = await bruno.press("/canali/facebook/account/scegli", account=OTHER[0])

    assert answer.status_code == HTTPStatus.CONFLICT
    assert await account(desk, "facebook") is None


async def test_a_page_whose_token_opens_another_is_not_connected(
    bruno: Browser, desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.facebook.more_pages = [(OTHER[0], OTHER[1], sandbox.facebook.token)]
    await followed(bruno, await allowed(await asked(bruno, "facebook")))

    await bruno.press("/canali/facebook/account/scegli", account=OTHER[0])

    page = (await bruno.get("/redazione/canali/facebook/account")).text
    assert "Il token non è della pagina" in page
    assert await account(desk, "facebook") is None


async def test_another_account_takes_anothers_place_only_when_the_person_says_so(
    bruno: Browser, desk: Desk, clock: Clock, sandbox: Sandbox
) -> None:
    await connected(desk, clock, "x")
    page = await followed(bruno, await allowed(await asked(bruno, "x")))
    assert "Cambia l’account?" in page.text
    assert "Adesso è collegato <strong>@Prima</strong>" in page.text
    before = await account(desk, "x")
    assert before is not None
    assert before.account == "@Prima"

    await bruno.press("/canali/x/account/scegli", account=sandbox.x.user_id)

    after = await account(desk, "x")
    assert after is not None
    assert after.account == "@LaboratoriLab"


async def test_who_lets_it_be_keeps_the_account_of_before(
    bruno: Browser, desk: Desk, clock: Clock, sandbox: Sandbox
) -> None:
    await connected(desk, clock, "x")
    await followed(bruno, await allowed(await asked(bruno, "x")))

    await bruno.press("/canali/x/account/lascia")
    late = await bruno.press("/canali/x/account/scegli", account=sandbox.x.user_id)

    assert late.status_code == HTTPStatus.CONFLICT
    kept = await account(desk, "x")
    assert kept is not None
    assert credentials.opened(VAULT, kept).token == "a-token-of-before"


async def test_the_same_account_again_asks_nothing_and_the_channel_goes_on(
    bruno: Browser, desk: Desk, clock: Clock, sandbox: Sandbox
) -> None:
    await followed(bruno, await allowed(await asked(bruno, "x")))
    found = await account(desk, "x")
    assert found is not None
    async with desk.store.transaction() as session:
        await credentials.lose(session, found, "X non riconosce più l’accesso.", now=clock())
    assert "va ricollegato" in (await bruno.get("/redazione/canali")).text

    clock.forward(minutes=1)
    page = await followed(bruno, await allowed(await asked(bruno, "x")))

    assert "era in pausa e riprende da solo" in page.text
    async with desk.store.reading() as session:
        assert (await session.get_one(Channel, "x")).paused_at is None


REFUSAL = "Questo ritorno non vale"


@pytest.mark.parametrize("forged", ["", "x", "a" * 43, "è\x00'\""])
async def test_a_forged_state_changes_nothing_and_the_true_one_still_works(
    bruno: Browser, desk: Desk, sandbox: Sandbox, forged: str
) -> None:
    address = await asked(bruno, "x")
    stolen = f"{BACK}?{urlencode({'state': forged, 'code': 'stolen'})}"

    assert REFUSAL in (await followed(bruno, stolen)).text
    assert ("x", "oauth.token") not in sandbox.board.operations
    assert await account(desk, "x") is None
    assert "Account collegato." in (await followed(bruno, await allowed(address))).text


async def test_a_state_is_good_once(bruno: Browser, desk: Desk, sandbox: Sandbox) -> None:
    address = await asked(bruno, "x")
    back = await allowed(address)
    await followed(bruno, back)
    first = await account(desk, "x")

    assert REFUSAL in (await followed(bruno, back)).text
    assert REFUSAL in (await followed(bruno, await allowed(address))).text
    assert await account(desk, "x") == first
    assert sandbox.board.operations.count(("x", "oauth.token")) == 1


async def test_who_is_away_too_long_begins_anew(
    bruno: Browser, desk: Desk, clock: Clock, sandbox: Sandbox
) -> None:
    back = await allowed(await asked(bruno, "x"))
    clock.now += LASTS + timedelta(seconds=1)

    assert REFUSAL in (await followed(bruno, back)).text
    assert await account(desk, "x") is None


async def test_what_one_person_began_no_other_ends(
    bruno: Browser, desk: Desk, clock: Clock, cast: SimpleNamespace, sandbox: Sandbox
) -> None:
    """Nor the same person in another browser: the state is the session's."""
    back = await allowed(await asked(bruno, "x"))
    async with Browser(desk) as other:
        await other.enter(desk, cast.bruno)
        assert REFUSAL in (await followed(other, back)).text

    assert await account(desk, "x") is None
    assert "Account collegato." in (await followed(bruno, back)).text


async def test_who_is_no_longer_in_the_console_connects_nothing(
    bruno: Browser, nobody: Browser, desk: Desk, cast: SimpleNamespace, clock: Clock
) -> None:
    back = await allowed(await asked(bruno, "x"))
    assert (await nobody.get(back)).status_code == HTTPStatus.UNAUTHORIZED
    async with desk.store.transaction() as session:
        await entry.close_all(session, cast.bruno.id, now=clock())

    answer = await bruno.get(back)

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "/redazione al bot" in answer.text
    assert await account(desk, "x") is None


async def test_a_moderator_sees_the_account_and_is_told_who_connects_it(
    gaia: Browser, bruno: Browser
) -> None:
    assert (
        "lo collega, da questa pagina, chi amministra" in (await gaia.get("/redazione/canali")).text
    )
    assert "/canali/x/account" in (await bruno.get("/redazione/canali")).text


@pytest.mark.parametrize("channel", ["x", "facebook"])
async def test_who_refuses_there_is_told_that_nothing_changed(
    bruno: Browser, desk: Desk, sandbox: Sandbox, channel: str
) -> None:
    page = await followed(bruno, await allowed(await asked(bruno, channel), "no"))

    assert "L’accesso non è stato dato. Non è cambiato niente" in page.text
    assert await account(desk, channel) is None
    assert (channel, "oauth.token") not in sandbox.board.operations
    assert "Collega l’account</button>" in page.text


async def test_a_right_that_was_not_given_is_named(
    bruno: Browser, desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.facebook.accounts.refused = ("pages_manage_posts",)
    page = await followed(bruno, await allowed(await asked(bruno, "facebook")))

    assert "manca pages_manage_posts" in page.text
    assert await account(desk, "facebook") is None


TROUBLES = [
    Trouble("lost", "x", "oauth.token"),
    Trouble("refuse", "x", "oauth.token"),
    Trouble("answer", "x", "oauth.token", status=502, body="<html>bad gateway</html>"),
    Trouble("answer", "x", "users.me", status=503),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: f"{one.mood} {one.operation}")
async def test_a_service_that_does_not_answer_leaves_all_as_it_was(
    bruno: Browser, desk: Desk, clock: Clock, sandbox: Sandbox, trouble: Trouble
) -> None:
    await connected(desk, clock, "x")
    back = await allowed(await asked(bruno, "x"))
    sandbox.board.troubles.append(trouble)

    page = await followed(bruno, back)

    assert "Il collegamento non è riuscito" in page.text
    assert "Non è cambiato niente" in page.text
    kept = await account(desk, "x")
    assert kept is not None
    assert kept.account == "@Prima"


async def test_what_is_missing_in_env_is_named_line_by_line(
    bruno: Browser, desk: Desk, sandbox: Sandbox, tmp_path: Path, cast: SimpleNamespace
) -> None:
    bare: dict[str, Connectable] = {
        "x": X(X.Config(), tmp_path),
        "facebook": Facebook(Facebook.Config(), tmp_path),
    }
    present = {name: one for name, one in desk.publishers.items() if name not in bare}
    without = replace(desk, publishers=present, connectable=bare, vault=None)
    async with Browser(without) as browser:
        await browser.enter(without, cast.bruno)
        listed = (await browser.get("/redazione/canali")).text
        facebook = (await browser.get("/redazione/canali/facebook/account")).text
        x = (await browser.get("/redazione/canali/x/account")).text
        pressed = await browser.press("/canali/x/account")
        back = await followed(browser, f"{BACK}?state=x&code=y")

    assert "Collega un account di Facebook" in listed
    for key in ("SECRET_KEY=", "FACEBOOK_APP_ID=", "FACEBOOK_APP_SECRET="):
        assert f"<code>{key}</code>" in facebook
    assert "<code>X_CLIENT_ID=</code>" in x
    assert BACK in x
    assert "Collega l’account</button>" not in x
    assert pressed.status_code == HTTPStatus.CONFLICT
    assert REFUSAL in back.text


async def test_a_key_that_changed_meanwhile_connects_nothing(
    bruno: Browser, desk: Desk, cast: SimpleNamespace, sandbox: Sandbox
) -> None:
    other = replace(desk, vault=Vault([new_key()]))
    async with Browser(other) as browser:
        browser.cookies.update(bruno.cookies)
        assert REFUSAL in (await followed(browser, await allowed(await asked(bruno, "x")))).text
        page = await browser.get("/redazione/canali/x/account")

    assert page.status_code == HTTPStatus.OK
    assert await account(desk, "x") is None


async def test_within_telegram_one_is_sent_to_the_browser_first(
    bruno: Browser, desk: Desk, sandbox: Sandbox
) -> None:
    """A frame may show no other page, and its cookie is not the browser's."""
    fields = {"csrf": bruno.csrf}
    answer = await bruno.post(
        "/redazione/canali/x/account", data=fields, headers={"sec-fetch-dest": "iframe"}
    )

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Scrivi /redazione al bot" in answer.text


async def test_disconnecting_forgets_the_account_and_pauses_until_there_is_another(
    bruno: Browser, desk: Desk, clock: Clock, cast: SimpleNamespace, sandbox: Sandbox
) -> None:
    await connected(desk, clock, "x")

    answer = await bruno.press("/canali/x/account/scollega")

    assert answer.headers["location"].endswith("fatto=disconnected")
    assert await account(desk, "x") is None
    (row,) = await records(desk, "disconnected")
    assert row.actor_id == cast.bruno.id
    page = (await bruno.get("/redazione/canali")).text
    assert "è stato scollegato da Canali" in page
    again = await bruno.press("/canali/x/account/scollega")
    assert again.headers["location"].endswith("fatto=already")
    back = await followed(bruno, await allowed(await asked(bruno, "x")))
    assert "riprende da solo" in back.text


async def test_a_channel_that_nobody_connects_has_no_such_page(bruno: Browser) -> None:
    for channel in ("red", "rubrica", "mastodon"):
        answer = await bruno.get(f"/redazione/canali/{channel}/account")
        assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("payload", HOSTILE)
async def test_the_name_of_an_account_is_shown_as_it_is_written(
    bruno: Browser, desk: Desk, clock: Clock, payload: str, sandbox: Sandbox
) -> None:
    await connected(desk, clock, "x", payload)
    sandbox.facebook.more_pages = [("500", payload, OTHER[2])]
    chosen = await followed(bruno, await allowed(await asked(bruno, "facebook")))

    for page in (chosen.text, (await bruno.get("/redazione/canali/x/account")).text):
        assert is_harmless(page, payload)


async def test_no_secret_is_in_a_page_the_database_or_its_backup(
    bruno: Browser, desk: Desk, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Connected, and while a choice is open; tests/secrecy.py looks into what was logged."""
    sandbox.facebook.more_pages = [OTHER]
    backs = [await allowed(await asked(bruno, channel)) for channel in ("x", "facebook")]
    pages = [(await followed(bruno, back)).text for back in backs]
    pages += [
        (await bruno.get(f"/redazione{path}")).text
        for path in ("/canali", "/canali/x/account", "/canali/facebook/account", "/registro")
    ]
    dumped, *files = contents(tmp_path)

    assert "@LaboratoriLab" in dumped
    assert "handshake" in dumped
    states = [state_of(back) for back in backs]
    for text in (*pages, dumped, *files):
        assert not secrecy.leaks(text)
        assert OTHER[2] not in text
        assert not [state for state in states if state in text]
    (session,) = sandbox.x.accounts.sessions
    assert secrecy.leaks(session.token)
    assert secrecy.leaks(session.renewal)
    assert all(secrecy.leaks(back) for back in backs)


def contents(folder: Path) -> list[str]:
    """The database as SQL, its files, and those of its backup."""
    with closing(sqlite3.connect(folder / "bottega.db")) as there:
        there.execute("VACUUM INTO ?", [str(folder / "backup.db")])
        dumped = "\n".join(there.iterdump())
    return [dumped, *(one.read_bytes().decode("latin-1") for one in folder.glob("*.db*"))]
