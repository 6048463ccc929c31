"""The accounts of channels: sealed at rest, one renewal at a time, lost with one alert."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from content import channels, credentials
from content.channels import Channel
from content.credentials import Credential, Grant
from content.history import NEWSROOM, Actor, History
from content.store import Store
from content.vault import CannotOpen, Vault, new_key
from tests.clock import Clock

OLD, NEW = new_key(), new_key()
VAULT = Vault([OLD])
TOKEN, RENEWAL = "a-token-that-nobody-reads", "a-renewal-that-nobody-reads"
GRANT = Grant(TOKEN, ("tweet.write", "tweet.read"), RENEWAL, 7200)
ACCOUNT = ("900800700", "@LaboratoriLab")
LOST = "X non riconosce più il collegamento."


@pytest.fixture
async def connected(store: Store, clock: Clock) -> Credential:
    await keep(store, clock)
    return await seen(store)


async def keep(store: Store, clock: Clock, by: Actor = NEWSROOM) -> bool:
    async with store.transaction() as session:
        return await credentials.keep(session, VAULT, "x", GRANT, ACCOUNT, by=by, now=clock())


async def seen(store: Store) -> Credential:
    async with store.reading() as session:
        found = await credentials.of(session, "x")
    assert found is not None
    return found


async def channel(store: Store) -> Channel:
    async with store.reading() as session:
        return await session.get_one(Channel, "x")


async def verbs(store: Store) -> list[str]:
    async with store.reading() as session:
        query = select(History.verb).where(History.noun == "channel").order_by(col(History.id))
        return list((await session.exec(query)).all())


async def test_what_is_kept_is_opened_with_the_key_alone(connected: Credential) -> None:
    account = credentials.opened(VAULT, connected)

    assert (account.id, account.name) == ACCOUNT
    assert (account.token, account.renewal) == (TOKEN, RENEWAL)
    assert connected.scopes == "tweet.read tweet.write"
    with pytest.raises(CannotOpen):
        credentials.opened(Vault([NEW]), connected)


async def test_no_row_passes_for_another_accounts(connected: Credential) -> None:
    connected.account_id = "1"

    with pytest.raises(CannotOpen):
        credentials.opened(VAULT, connected)


async def test_no_token_is_shown_by_what_holds_it(connected: Credential) -> None:
    said = repr((GRANT, credentials.opened(VAULT, connected), connected))

    assert TOKEN not in said
    assert RENEWAL not in said


def test_no_token_is_in_the_database_nor_in_its_backup(
    sqlite_url: str, clock: Clock, tmp_path: Path
) -> None:
    async def keep_two() -> None:
        store = Store(sqlite_url)
        for _ in range(2):
            await keep(store, clock)
        await store.close()

    asyncio.run(keep_two())
    with closing(sqlite3.connect(tmp_path / "bottega.db")) as there:
        there.execute("VACUUM INTO ?", [str(tmp_path / "backup.db")])
        dumped = "\n".join(there.iterdump()).encode()
    files = {path.name: path.read_bytes() for path in tmp_path.glob("*.db*")}

    assert {"bottega.db", "backup.db"} <= set(files)
    assert ACCOUNT[1].encode() in files["backup.db"]
    for content in (dumped, *files.values()):
        assert TOKEN.encode() not in content
        assert RENEWAL.encode() not in content


async def test_no_column_of_a_credential_holds_a_token(connected: Credential) -> None:
    said = str(connected.model_dump())

    assert ACCOUNT[1] in said
    assert TOKEN not in said
    assert RENEWAL not in said


async def test_what_was_connected_is_on_record_without_its_tokens(
    store: Store, connected: Credential
) -> None:
    async with store.reading() as session:
        row = (await session.exec(select(History).where(History.verb == "connected"))).one()

    assert row.data == {"channel": "x", "account": ACCOUNT[1], "scopes": connected.scopes}


async def test_what_is_disconnected_is_gone_and_its_channel_waits(
    store: Store, clock: Clock, connected: Credential
) -> None:
    bruno = Actor("moderator", 1)
    async with store.transaction() as session:
        gone = await credentials.disconnect(session, "x", "Scollegato.", by=bruno, now=clock())
        again = await credentials.disconnect(session, "x", "Scollegato.", by=bruno, now=clock())

    assert (gone, again) == (True, False)
    async with store.reading() as session:
        assert await credentials.of(session, "x") is None
        row = (await session.exec(select(History).where(History.verb == "disconnected"))).one()
    assert (row.actor_id, row.data) == (1, {"channel": "x", "account": ACCOUNT[1]})
    assert (await channel(store)).paused_reason == "Scollegato."
    assert await keep(store, clock)
    assert (await channel(store)).paused_at is None


async def test_what_is_disconnected_without_a_reason_pauses_nothing(
    store: Store, clock: Clock, connected: Credential
) -> None:
    async with store.transaction() as session:
        await credentials.disconnect(session, "x", None, by=NEWSROOM, now=clock())

    assert (await channel(store)).paused_at is None


async def test_a_renewal_of_what_was_disconnected_is_not_stored_over_what_came_after(
    store: Store, clock: Clock, connected: Credential
) -> None:
    """Both are the first version: the moment of connecting tells them apart."""
    async with store.transaction() as session:
        assert await credentials.claim_renewal(session, connected, now=clock())
        await credentials.disconnect(session, "x", None, by=NEWSROOM, now=clock())
    clock.forward(minutes=1)
    await keep(store, clock)
    async with store.transaction() as session:
        late = Grant("a-late-token", (), "a-late-renewal", 7200)
        assert not await credentials.store_renewed(session, VAULT, connected, late, now=clock())

    assert credentials.opened(VAULT, await seen(store)).token == TOKEN


async def test_a_key_is_changed_without_connecting_again(
    store: Store, connected: Credential
) -> None:
    async with store.transaction() as session:
        assert await credentials.reseal(session, Vault([NEW, OLD])) == (1, [])

    assert credentials.opened(Vault([NEW]), await seen(store)).token == TOKEN


async def test_what_no_key_opens_stays_as_it_was(store: Store, connected: Credential) -> None:
    async with store.transaction() as session:
        assert await credentials.reseal(session, Vault([NEW])) == (0, ["x"])

    assert credentials.opened(VAULT, await seen(store)).token == TOKEN


async def test_of_eight_workers_one_renews(
    store: Store, connected: Credential, clock: Clock
) -> None:
    async def claim() -> bool:
        async with store.transaction() as session:
            return await credentials.claim_renewal(session, connected, now=clock())

    assert sorted(await asyncio.gather(*(claim() for _ in range(8)))) == 7 * [False] + [True]


async def test_a_renewal_that_nobody_heard_of_again_is_tried_by_another(
    store: Store, connected: Credential, clock: Clock
) -> None:
    async with store.transaction() as session:
        assert await credentials.claim_renewal(session, connected, now=clock())
        clock.now += credentials.LONGEST_RENEWAL - timedelta(seconds=1)
        assert not await credentials.claim_renewal(session, connected, now=clock())
        clock.now += timedelta(seconds=1)
        assert await credentials.claim_renewal(session, connected, now=clock())


async def test_a_renewal_is_stored_once_and_the_old_one_is_gone(
    store: Store, connected: Credential, clock: Clock
) -> None:
    new = Grant("new-token", ("tweet.write",), "new-renewal", 60)
    async with store.transaction() as session:
        assert await credentials.store_renewed(session, VAULT, connected, new, now=clock())
        assert not await credentials.store_renewed(session, VAULT, connected, GRANT, now=clock())
    now = await seen(store)

    assert credentials.opened(VAULT, now).renewal == "new-renewal"
    assert now.version == connected.version + 1
    assert now.expires_at == clock() + timedelta(seconds=60)


async def test_what_is_lost_pauses_the_channel_with_one_alert(
    store: Store, connected: Credential, clock: Clock
) -> None:
    for _ in range(3):
        async with store.transaction() as session:
            await credentials.lose(session, connected, LOST, now=clock())

    assert (await channel(store)).paused_reason == LOST
    assert (await seen(store)).lost_reason == LOST
    assert await verbs(store) == ["connected", "paused"]


async def test_an_answer_that_comes_after_the_loss_is_worth_having(
    store: Store, connected: Credential, clock: Clock
) -> None:
    """A worker was slow, another found its old token used up: the new one opens all the same."""
    async with store.transaction() as session:
        await credentials.lose(session, connected, LOST, now=clock())
    new = Grant("new-token", (), "new-renewal", 7200)
    async with store.transaction() as session:
        assert await credentials.store_renewed(session, VAULT, connected, new, now=clock())
    now = await seen(store)

    assert (now.lost_at, now.lost_reason, now.renewing_until) == (None, None, None)
    assert now.scopes == connected.scopes
    assert credentials.opened(VAULT, now).token == "new-token"


async def test_connecting_again_lets_the_channel_send(
    store: Store, connected: Credential, clock: Clock
) -> None:
    async with store.transaction() as session:
        await credentials.lose(session, connected, LOST, now=clock())

    assert await keep(store, clock)
    assert (await channel(store)).paused_at is None
    assert (await seen(store)).lost_at is None
    assert (await seen(store)).version > connected.version


async def test_a_pause_of_a_persons_is_not_ended_by_connecting(
    store: Store, cast: SimpleNamespace, connected: Credential, clock: Clock
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        await channels.pause(session, "x", "Lutto cittadino", by=by, now=clock())

    assert not await keep(store, clock, by)
    assert (await channel(store)).paused_reason == "Lutto cittadino"
