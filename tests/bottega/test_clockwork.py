"""What the clock drives, stopped in the middle of it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from bot.inbox import Inbox
from bot.turn import Newsroom
from bottega.clockwork import Clockwork
from bottega.sandbox.server import Sandbox, running
from bottega.sandbox.x_accounts import LASTS
from bottega.settings import Settings
from content import credentials
from content.credentials import Grant
from content.drafting import TemplateAssistant
from content.history import NEWSROOM
from content.senses import NullSight
from content.store import Store
from content.workflow import OperationState
from publishers import X
from tests.clock import Clock
from tests.scheduler.conftest import until
from tests.scheduler.outside import KEY, VAULT, Desk


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    one = Sandbox()
    with running(one):
        one.x.now = clock
        yield one


@pytest.fixture
def url(store: Store, request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if store.embedded else "postgres_url"
    return str(request.getfixturevalue(name))


async def test_a_renewal_under_way_is_stored_before_a_worker_ends(
    store: Store,
    url: str,
    cast: SimpleNamespace,
    clock: Clock,
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    """X takes the old token back as it answers: an answer nobody waits for costs the account."""
    accounts = sandbox.x.accounts
    keys = {
        "client_id": accounts.client_id,
        "client_secret": accounts.client_secret,
        "api_url": f"{sandbox.url}/x",
    }
    x = X(X.Config.model_validate(keys), tmp_path)
    given = accounts.granted()
    grant = Grant(given["access_token"], (), given["refresh_token"], given["expires_in"])
    async with store.transaction() as session:
        await credentials.keep(
            session, VAULT, "x", grant, (sandbox.x.user_id, "@Lab"), by=NEWSROOM, now=clock()
        )
    desk = Desk(store, cast, clock, sandbox)
    desk.publishers["x"] = x
    desk.order("x", "stalled")
    doubt = await desk.approve("x")
    await desk.dispatch.perform(doubt)
    await desk.dispatch.finish()
    assert (await desk.operation(doubt)).state is OperationState.UNCONFIRMED
    clockwork = Clockwork(
        Settings(database_url=url, secret_key=SecretStr(KEY), data_dir=tmp_path),
        newsroom(store, x, clock, tmp_path),
        assistant=TemplateAssistant([]),
        sight=NullSight(),
        happened=lambda: None,
    )
    await clockwork.engine.open()
    await clockwork.start()

    clock.now += LASTS
    desk.order("x", "late", "oauth.token", seconds=2)
    await until(lambda: has_asked(sandbox))
    await clockwork.stop()

    async with store.reading() as session:
        kept = await credentials.of(session, "x")
    assert kept is not None
    assert credentials.opened(VAULT, kept).renewal == accounts.sessions[0].renewal


async def has_asked(sandbox: Sandbox) -> bool:
    return ("x", "oauth.token") in sandbox.board.operations


def newsroom(store: Store, x: X, clock: Clock, root: Path) -> Newsroom:
    return Newsroom(
        store=store,
        inbox=Inbox(store, clock),
        media_root=root,
        site_url="",
        publishers={"x": x},
        page_channel=None,
        clock=clock,
    )
