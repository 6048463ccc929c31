"""Bodies and their own accounts: kept by name, changed one by one, told in the record."""

import asyncio
from types import SimpleNamespace

import pytest
from sqlmodel import select

from content import articles, bodies, directory
from content.bodies import Body
from content.history import Actor, History
from content.store import Store
from tests.clock import Clock
from tests.stories import drafted, submitted

TIRANO = "Comune di Tirano"


@pytest.fixture
def by(cast: SimpleNamespace) -> Actor:
    return Actor("moderator", cast.bruno.id)


async def record(store: Store) -> list[tuple[str, dict[str, object]]]:
    async with store.reading() as session:
        query = select(History).where(History.noun == "body").order_by(History.id)  # type: ignore[arg-type]
        return [(one.verb, one.data) for one in (await session.exec(query)).all()]


async def test_accounts_are_kept_by_the_name_however_it_is_written(
    store: Store, by: Actor, clock: Clock
) -> None:
    async with store.transaction() as session:
        name, changes = "Comune  dell’Aquila", {"x": "Aquila", "mastodon": "aquila@mastodon.uno"}
        assert await bodies.set_accounts(session, name, changes, by=by, now=clock())

    async with store.reading() as session:
        for name in ("Comune dell'Aquila", "COMUNE DELL’AQUILA", " comune dell'aquila "):
            assert dict(await bodies.accounts_of(session, name)) == changes
        assert dict(await bodies.accounts_of(session, "Comune di Aquileia")) == {}
        assert dict(await bodies.accounts_of(session, "")) == {}


async def test_what_changes_is_in_the_record_and_the_rest_stays(
    store: Store, by: Actor, clock: Clock
) -> None:
    for changes in ({"x": "Vecchio", "facebook": "pagina"}, {"x": "Nuovo"}, {"facebook": ""}):
        async with store.transaction() as session:
            assert await bodies.set_accounts(session, TIRANO, changes, by=by, now=clock())
    async with store.transaction() as session:
        same = await bodies.set_accounts(session, TIRANO, {"x": "Nuovo"}, by=by, now=clock())

    async with store.reading() as session:
        assert dict(await bodies.accounts_of(session, TIRANO)) == {"x": "Nuovo"}
    assert not same
    told = await record(store)
    assert [verb for verb, _ in told] == ["accounts_set"] * 3
    assert told[1][1] == {"accounts": {"x": "Nuovo"}, "before": {"x": "Vecchio"}}
    assert told[2][1] == {"accounts": {"facebook": ""}, "before": {"facebook": "pagina"}}


async def test_two_who_write_of_a_new_body_at_once_both_are_kept(
    store: Store, by: Actor, clock: Clock
) -> None:
    async def write(channel: str) -> None:
        async with store.transaction() as session:
            await bodies.set_accounts(session, TIRANO, {channel: channel}, by=by, now=clock())

    await asyncio.gather(*(write(one) for one in ("x", "facebook", "mastodon", "telegram_channel")))

    async with store.reading() as session:
        (body,) = (await session.exec(select(Body))).all()
    assert set(body.accounts) == {"x", "facebook", "mastodon", "telegram_channel"}


async def test_an_assistant_gets_the_accounts_of_who_tells_and_no_model_does(
    store: Store, cast: SimpleNamespace, by: Actor, clock: Clock
) -> None:
    async with store.transaction() as session:
        _, revision = await submitted(session, cast.ada, clock())
        await bodies.set_accounts(session, TIRANO, {"x": "ComuneTirano"}, by=by, now=clock())
        source = await articles.source_of(session, revision.id)

    assert source.accounts == {"x": "ComuneTirano"}
    assert "ComuneTirano" not in source.model_dump_json()


async def test_the_directory_has_who_speaks_and_who_has_accounts(
    store: Store, cast: SimpleNamespace, by: Actor, clock: Clock
) -> None:
    async with store.transaction() as session:
        await drafted(session, cast.ada, clock())
        for name, account in (
            ("Università di Pavia", "unipv"),
            ("Un altro", "a"),
            ("Un altro", ""),
        ):
            await bodies.set_accounts(session, name, {"x": account}, by=by, now=clock())
        found = await directory.bodies(session)
        some = await directory.bodies(session, "pavìa")

    assert [(one.name, one.pieces) for one in found] == [(TIRANO, 1), ("Università di Pavia", 0)]
    assert [one.accounts for one in some] == [{"x": "unipv"}]
