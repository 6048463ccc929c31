"""Adapters are let in by a connected account, renewed once for all; X is the sandbox's."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bottega.sandbox.server import Sandbox, running
from bottega.sandbox.x_accounts import LASTS
from content import credentials, doubts
from content.credentials import Credential, Grant
from content.history import NEWSROOM
from content.reach import Reading
from content.store import Store
from content.vault import Vault, new_key
from content.workflow import OperationState
from publishers import Facebook, X
from publishers.base import ChannelDown, Publisher, Unavailable
from scheduler.access import EARLY, Access
from scheduler.reach import Reach
from tests.clock import Clock
from tests.scheduler.outside import SETTLING, VAULT, Desk, adapters
from tests.statements import counted


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
async def desk(
    store: Store, cast: SimpleNamespace, clock: Clock, served: Sandbox, tmp_path: Path
) -> AsyncIterator[Desk]:
    """A newsroom whose X has an app, and no keys of its own."""
    served.reset()
    served.x.now = served.facebook.now = clock
    one = Desk(store, cast, clock, served)
    one.publishers |= {"x": x(served, tmp_path)}
    yield one
    await one.dispatch.finish()


def x(sandbox: Sandbox, root: Path, **changes: str) -> X:
    accounts = sandbox.x.accounts
    keys = {
        "client_id": accounts.client_id,
        "client_secret": accounts.client_secret,
        "api_url": f"{sandbox.url}/x",
        "authorize_url": f"{sandbox.url}/x/i/oauth2/authorize",
    }
    return X(X.Config.model_validate(keys | changes), root)


async def connect(desk: Desk, sandbox: Sandbox | None = None) -> None:
    """Keep what the sandbox's account grants, or that of another one."""
    outside = (sandbox or desk.sandbox).x
    given = outside.accounts.granted()
    scopes, renewal = given["scope"].split(), given["refresh_token"]
    grant = Grant(given["access_token"], scopes, renewal, given["expires_in"])
    account = (outside.user_id, f"@{outside.username}")
    async with desk.store.transaction() as session:
        await credentials.keep(session, VAULT, "x", grant, account, by=NEWSROOM, now=desk.clock())


async def kept(desk: Desk) -> Credential:
    async with desk.store.reading() as session:
        found = await credentials.of(session, "x")
    assert found is not None
    return found


async def sent(desk: Desk, text: str = "Apre lo sportello") -> OperationState:
    operation = await desk.approve("x", text)
    await desk.dispatch.perform(operation)
    return (await desk.operation(operation)).state


def asked(desk: Desk) -> int:
    """How often X was asked for tokens."""
    return desk.sandbox.board.operations.count(("x", "oauth.token"))


async def test_a_connected_account_posts_under_its_own_name(desk: Desk) -> None:
    await connect(desk)
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)

    assert (await desk.operation(operation)).permalink == (
        f"https://x.com/{desk.sandbox.x.username}/status/{desk.sandbox.x.posts[0].id}"
    )
    assert asked(desk) == 0


async def test_keys_from_the_settings_work_without_an_account(desk: Desk, tmp_path: Path) -> None:
    desk.publishers |= adapters(desk.sandbox, tmp_path)

    assert await sent(desk) is OperationState.DONE


async def test_without_keys_or_account_the_channel_waits_with_one_alert(desk: Desk) -> None:
    for text in ("Uno", "Due"):
        assert await sent(desk, text) is OperationState.SCHEDULED

    assert "bottega connect x" in ((await desk.channel("x")).paused_reason or "")
    assert desk.posts("x") == []


async def test_connecting_sends_what_waited(desk: Desk) -> None:
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    await connect(desk)
    await desk.dispatch.perform(operation)

    assert len(desk.posts("x")) == 1
    assert await desk.told() == ["paused", "resumed", "published"]


async def test_a_token_is_renewed_before_its_end_and_what_it_brings_is_stored(
    desk: Desk,
) -> None:
    await connect(desk)
    before = await kept(desk)
    desk.clock.now += LASTS - EARLY + timedelta(seconds=1)

    assert await sent(desk) is OperationState.DONE
    after = await kept(desk)
    assert after.version == before.version + 1
    assert credentials.opened(VAULT, after).token == desk.sandbox.x.accounts.sessions[0].token
    assert credentials.opened(VAULT, after).renewal == desk.sandbox.x.accounts.sessions[0].renewal
    assert after.expires_at == desk.clock.now + LASTS
    assert await sent(desk, "Un altro") is OperationState.DONE
    assert asked(desk) == 1


async def test_of_eight_workers_one_renews_and_all_send(desk: Desk, tmp_path: Path) -> None:
    await connect(desk)
    desk.clock.now += LASTS
    operations = [await desk.approve("x", f"Numero {n}") for n in range(8)]
    workers = [desk.worker(f"worker {n}") for n in range(8)]

    pairs = zip(workers, operations, strict=True)
    await asyncio.gather(*(worker.perform(one) for worker, one in pairs))
    for worker in workers:
        await worker.finish()

    assert asked(desk) == desk.sandbox.x.accounts.renewals == 1
    assert sorted(desk.posts("x")) == [f"Numero {n}" for n in range(8)]


async def test_an_answer_that_is_lost_ends_in_one_clear_alert_and_nothing_is_lost(
    desk: Desk,
) -> None:
    await connect(desk)
    desk.clock.now += LASTS
    desk.order("x", "lost", "oauth.token")
    operations = [await desk.approve("x", f"Numero {n}") for n in range(3)]
    for _ in range(3):
        for one in operations:
            await desk.dispatch.perform(one)
        desk.clock.forward(minutes=16)

    reason = (await desk.channel("x")).paused_reason or ""
    assert "Ricollega l'account in Canali, oppure con «bottega connect x»" in reason
    assert f"@{desk.sandbox.x.username}" in reason
    assert (await kept(desk)).lost_reason == reason
    assert await desk.told() == ["paused"]
    assert desk.posts("x") == []
    assert desk.sandbox.x.accounts.renewals == 1

    await connect(desk)
    for one in operations:
        await desk.dispatch.perform(one)
    assert sorted(desk.posts("x")) == [f"Numero {n}" for n in range(3)]


async def test_a_request_that_never_came_there_costs_nobody_anything(desk: Desk) -> None:
    await connect(desk)
    desk.clock.now += LASTS
    desk.order("x", "refuse", "oauth.token")
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    assert (await desk.operation(operation)).state is OperationState.SCHEDULED

    desk.clock.forward(minutes=16)
    await desk.dispatch.perform(operation)
    assert len(desk.posts("x")) == 1
    assert (await desk.channel("x")).paused_at is None


@pytest.mark.parametrize("mood", ["throttle", "bad gateway"])
async def test_a_renewal_that_brought_nothing_is_tried_again(desk: Desk, mood: str) -> None:
    await connect(desk)
    desk.clock.now += LASTS
    if mood == "throttle":
        desk.order("x", "throttle", "oauth.token", seconds=1)
    else:
        desk.order("x", "answer", "oauth.token", status=502, body="<html>bad gateway</html>")
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    desk.clock.forward(minutes=16)
    await desk.dispatch.perform(operation)

    assert len(desk.posts("x")) == 1


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_that_x_does_not_explain_ends_no_account(desk: Desk, status: int) -> None:
    """Something in between may have said it: the token is kept, and good for another try."""
    await connect(desk)
    desk.clock.now += LASTS
    page = "<html>Forbidden</html>"
    desk.order("x", "answer", "oauth.token", status=status, body=page)
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    assert (await desk.operation(operation)).state is OperationState.SCHEDULED
    assert (await kept(desk)).lost_at is None

    desk.clock.forward(minutes=16)
    await desk.resume("x")
    await desk.dispatch.perform(operation)
    assert len(desk.posts("x")) == 1


async def test_a_worker_that_died_while_it_renewed_holds_up_nobody(desk: Desk) -> None:
    await connect(desk)
    desk.clock.now += LASTS
    async with desk.store.transaction() as session:
        await credentials.claim_renewal(session, await kept(desk), now=desk.clock())
    desk.clock.now += credentials.LONGEST_RENEWAL

    assert await sent(desk) is OperationState.DONE


async def test_an_account_that_took_its_right_back_pauses_the_channel(desk: Desk) -> None:
    await connect(desk)
    desk.sandbox.x.accounts.sessions.clear()

    assert await sent(desk) is OperationState.SCHEDULED
    assert "bottega connect x" in ((await desk.channel("x")).paused_reason or "")


class Overtaken(Access):
    """What lets a worker in, just before another renews the account."""

    rotated = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.store, VAULT, desk.clock)
        self._desk = desk

    async def __call__(self, publisher: Publisher) -> Publisher:
        signed = await super().__call__(publisher)
        if not self.rotated:
            self.rotated = True
            self._desk.clock.forward(seconds=2)
            await self._desk.access(publisher)
        return signed


async def test_a_token_that_another_renewed_meanwhile_costs_no_pause(desk: Desk) -> None:
    await connect(desk)
    desk.clock.now += LASTS - EARLY - timedelta(seconds=1)
    desk.dispatch = desk.worker("first", Overtaken(desk))

    assert await sent(desk) is OperationState.DONE
    assert desk.posts("x") == ["Apre lo sportello"]
    assert await desk.told() == ["published"]
    assert asked(desk) == 1


async def test_what_may_be_out_is_looked_for_with_the_token_that_another_renewed(
    desk: Desk,
) -> None:
    await connect(desk)
    desk.clock.now += LASTS - EARLY - timedelta(seconds=SETTLING + 2)
    desk.order("x", "lost")
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    desk.reconcile._access = Overtaken(desk)
    await desk.settle_doubts()

    assert asked(desk) == 1

    assert (await desk.operation(operation)).state is OperationState.DONE
    assert (await desk.channel("x")).paused_at is None


async def test_figures_are_read_with_the_token_that_another_renewed(
    desk: Desk, tmp_path: Path
) -> None:
    desk.publishers["x"] = x(desk.sandbox, tmp_path, figures="true")
    await connect(desk)
    await sent(desk)
    desk.clock.forward(days=1)
    await connect(desk)
    desk.clock.now += LASTS - EARLY - timedelta(seconds=1)

    await Reach(desk.store, desk.publishers, desk.clock, Overtaken(desk)).sweep()

    async with desk.store.reading() as session:
        reading = (await session.exec(select(Reading))).one()
    assert (reading.read_at, reading.tries) == (desk.clock(), 1)
    assert reading.figures.views is not None
    assert desk.sandbox.board.operations.count(("x", "tweets.lookup")) == 2


async def test_a_token_that_is_refused_and_still_the_newest_pauses_with_one_alert(
    desk: Desk,
) -> None:
    await connect(desk)
    desk.sandbox.x.accounts.sessions.clear()
    for one in [await desk.approve("x", text) for text in ("Uno", "Due")]:
        await desk.dispatch.perform(one)
        assert (await desk.operation(one)).state is OperationState.SCHEDULED

    assert await desk.told() == ["paused"]
    assert desk.sandbox.board.operations.count(("x", "tweets.create")) == 1


async def test_who_waits_for_the_one_that_renews_writes_nothing(desk: Desk) -> None:
    await connect(desk)
    desk.clock.now += LASTS
    async with desk.store.transaction() as session:
        await credentials.claim_renewal(session, await kept(desk), now=desk.clock())
    with counted(desk.store) as reads, counted(desk.store, writes=True) as writes:
        waiting = asyncio.create_task(desk.access(desk.publishers["x"]))
        await asyncio.sleep(1)
        assert not waiting.done()

        assert not [one for one in (*reads, *writes) if one.startswith("UPDATE")]
        assert len([one for one in reads if "credential" in one]) <= 5
    grant = Grant("the-new-one", (), "renewal", LASTS.total_seconds())
    async with desk.store.transaction() as session:
        await credentials.store_renewed(session, VAULT, await kept(desk), grant, now=desk.clock())

    signed = await waiting
    assert signed.account is not None
    assert signed.account.token == "the-new-one"


async def test_a_worker_whose_clock_is_slow_waits_for_the_one_that_renews(desk: Desk) -> None:
    """The old token may be worth nothing already, though by this clock it would last."""
    await connect(desk)
    async with desk.store.transaction() as session:
        await credentials.claim_renewal(session, await kept(desk), now=desk.clock())
    waiting = asyncio.create_task(desk.access(desk.publishers["x"]))
    await asyncio.sleep(0.3)

    assert not waiting.done()
    waiting.cancel()


async def test_an_app_whose_secret_is_wrong_keeps_its_account(desk: Desk, tmp_path: Path) -> None:
    await connect(desk)
    good = desk.publishers["x"]
    desk.publishers["x"] = x(desk.sandbox, tmp_path, client_secret="wrong")
    desk.clock.now += LASTS
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    assert "X_CLIENT_SECRET" in ((await desk.channel("x")).paused_reason or "")

    desk.publishers["x"] = good
    await desk.resume("x")
    await desk.dispatch.perform(operation)
    assert len(desk.posts("x")) == 1


async def test_what_may_be_out_is_looked_for_with_the_accounts_token(desk: Desk) -> None:
    await connect(desk)
    desk.order("x", "lost")
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    await desk.settle_doubts()

    assert (await desk.operation(operation)).state is OperationState.DONE
    assert len(desk.posts("x")) == 1


@pytest.mark.parametrize("vault", [None, Vault([new_key()])])
async def test_a_key_that_opens_nothing_is_told_before_anything_is_sent(
    desk: Desk, vault: Vault | None
) -> None:
    await connect(desk)
    access = Access(desk.store, vault, desk.clock)

    with pytest.raises(ChannelDown, match="SECRET_KEY"):
        await access(desk.publishers["x"])
    desk.clock.now += LASTS
    with pytest.raises((ChannelDown, Unavailable)):
        await access(desk.publishers["x"])
    assert asked(desk) == 0
    assert (await kept(desk)).lost_at is None


@pytest.fixture
def elsewhere(clock: Clock) -> Iterator[Sandbox]:
    """Another X, on which another account is."""
    sandbox = Sandbox()
    sandbox.x.user_id, sandbox.x.username, sandbox.x.now = "777", "Altro", clock
    with running(sandbox):
        yield sandbox


async def in_doubt(desk: Desk) -> int:
    """Return an operation that came out, of which nobody heard."""
    desk.order("x", "lost")
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    assert (await desk.operation(operation)).state is OperationState.UNCONFIRMED
    return operation


async def test_another_account_proves_nothing_of_what_was_tried_before(
    desk: Desk, elsewhere: Sandbox, tmp_path: Path
) -> None:
    """It is out on the account of before: sent again, it would be out twice."""
    await connect(desk)
    operation, before = await in_doubt(desk), desk.publishers["x"]
    await connect(desk, elsewhere)
    desk.publishers["x"] = x(elsewhere, tmp_path)
    for _ in range(3):
        await desk.settle_doubts()
        await desk.dispatch.perform(operation)

    assert elsewhere.x.texts() == []
    found = await desk.operation(operation)
    assert found.state is OperationState.UNCONFIRMED
    assert "un altro account di X" in (found.problem or "")
    assert "bottega connect x" in (found.problem or "")
    assert await desk.told() == ["doubtful"]

    await connect(desk)
    desk.publishers["x"] = before
    desk.clock.forward(minutes=5)
    await desk.settle_doubts()
    found = await desk.operation(operation)
    assert (found.state, found.problem) == (OperationState.DONE, None)
    assert len(desk.posts("x")) == 1


async def test_what_the_settings_keys_tried_is_not_looked_for_on_a_connected_account(
    desk: Desk, elsewhere: Sandbox, tmp_path: Path
) -> None:
    desk.publishers |= adapters(desk.sandbox, tmp_path)
    operation = await in_doubt(desk)
    await connect(desk, elsewhere)
    desk.publishers["x"] = x(elsewhere, tmp_path)
    await desk.settle_doubts()

    assert (await desk.operation(operation)).state is OperationState.UNCONFIRMED
    assert elsewhere.x.texts() == []


async def test_people_close_what_was_tried_on_the_account_of_before(
    desk: Desk, elsewhere: Sandbox, tmp_path: Path
) -> None:
    await connect(desk)
    desk.order("x", "stalled")
    operation = await desk.approve("x")
    await desk.dispatch.perform(operation)
    await connect(desk, elsewhere)
    desk.publishers["x"] = x(elsewhere, tmp_path)
    await desk.settle_doubts()
    async with desk.store.transaction() as session:
        await doubts.deny(session, operation, by=desk.bruno, now=desk.clock())
    await desk.dispatch.perform(operation)

    assert (await desk.operation(operation)).state is OperationState.DONE
    assert elsewhere.x.texts() == ["Apre lo sportello"]
    assert desk.posts("x") == []


async def test_a_refusal_keeps_its_reason_while_another_account_is_connected(
    desk: Desk, elsewhere: Sandbox, tmp_path: Path
) -> None:
    await connect(desk)
    desk.order("x", "duplicate")
    operation, before = await desk.approve("x"), desk.publishers["x"]
    await desk.dispatch.perform(operation)
    await connect(desk, elsewhere)
    desk.publishers["x"] = x(elsewhere, tmp_path)
    await desk.settle_doubts()
    await connect(desk)
    desk.publishers["x"] = before
    desk.clock.forward(minutes=5)
    await desk.settle_doubts()

    found = await desk.operation(operation)
    assert found.state is OperationState.FAILED
    assert "duplicate" in (found.problem or "")


async def connect_page(desk: Desk, tmp_path: Path) -> None:
    """Have the sandbox's page connected, with no keys of its own in the settings."""
    outside = desk.sandbox.facebook
    config = Facebook.Config.model_validate(
        {"app_id": "1", "app_secret": "secret-of-an-app", "api_url": f"{desk.sandbox.url}/graph"}
    )
    desk.publishers["facebook"] = Facebook(config, tmp_path)
    grant, page = Grant(outside.token, ("pages_manage_posts",)), (outside.page_id, outside.name)
    async with desk.store.transaction() as session:
        await credentials.keep(
            session, VAULT, "facebook", grant, page, by=NEWSROOM, now=desk.clock()
        )


async def test_the_same_page_connected_in_the_place_of_its_keys_proves_what_is_there(
    desk: Desk, tmp_path: Path
) -> None:
    desk.publishers |= adapters(desk.sandbox, tmp_path)
    desk.order("facebook", "lost")
    operation = await desk.approve("facebook")
    await desk.dispatch.perform(operation)
    await connect_page(desk, tmp_path)
    desk.clock.forward(minutes=5)
    await desk.settle_doubts()

    assert (await desk.operation(operation)).state is OperationState.DONE
    assert len(desk.posts("facebook")) == 1


async def test_a_connected_page_gets_its_posts(desk: Desk, tmp_path: Path) -> None:
    await connect_page(desk, tmp_path)
    operation = await desk.approve("facebook")
    await desk.dispatch.perform(operation)
    assert len(desk.posts("facebook")) == 1

    desk.order("facebook", "revoked")
    other = await desk.approve("facebook", "Un altro")
    await desk.dispatch.perform(other)
    assert (await desk.channel("facebook")).paused_at is not None
    assert (await desk.operation(other)).state is OperationState.SCHEDULED
