"""Who the newsroom knows: found by any word, let go with a reason, never without a head."""

from types import SimpleNamespace

import pytest
from sqlmodel import select

from content import blocks, consents, roster
from content.history import Actor, History
from content.people import Moderator, Role
from content.roster import AboveOneself, TheLastAdministrator
from content.store import Store
from tests.clock import Clock
from tests.stories import submitted


async def test_participants_come_the_newest_first_with_what_they_sent_and_consent_to(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await consents.give(session, cast.ada, ["x", "ebook"], now=clock())
        await submitted(session, cast.ada, clock())
        known, following = await roster.participants(session)

    assert following is None
    assert [one.person.id for one in known] == sorted(
        (one.person.id for one in known), reverse=True
    )
    ada = next(one for one in known if one.person.id == cast.ada.id)
    assert ada.cases == 1
    assert {"x", "ebook"} <= set(ada.consents)


async def test_every_word_must_be_found_and_signs_mean_themselves(
    store: Store, cast: SimpleNamespace
) -> None:
    async with store.transaction() as session:
        cast.ada.organisation = "Comune di Tirano"
        session.add(cast.ada)
        await session.flush()
        first = cast.ada.name.split()[0]
        found, _ = await roster.participants(session, words=f"{first.lower()} tirano")
        none, _ = await roster.participants(session, words=f"{first} Bormio")
        signs, _ = await roster.participants(session, words="%")

    assert [one.person.id for one in found] == [cast.ada.id]
    assert none == signs == []


async def test_pages_follow_one_another_by_key(store: Store, cast: SimpleNamespace) -> None:
    async with store.transaction() as session:
        everybody, _ = await roster.participants(session)
        seen, key = [], None
        while True:
            page, key = await roster.participants(session, before=key, limit=1)
            seen += [one.person.id for one in page]
            if key is None:
                break
    assert seen == [one.person.id for one in everybody]
    assert cast.ada.id in seen


async def test_the_blocked_can_be_listed_alone(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        await blocks.block(session, cast.ada, "Insulti", by=by, now=clock())
        known, _ = await roster.participants(session, blocked=True)
    assert [one.person.id for one in known] == [cast.ada.id]


async def test_who_is_let_go_has_left_at_once_and_the_reason_is_on_record(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        assert await roster.dismiss(session, cast.gaia, "Fine turno", by=cast.bruno, now=clock())
        assert not await roster.dismiss(session, cast.gaia, "Ancora", by=cast.bruno, now=clock())
    async with store.reading() as session:
        assert not (await session.get_one(Moderator, cast.gaia.id)).active
        query = select(History).where(History.verb == "dismissed")
        (row,) = (await session.exec(query)).all()
    assert (row.noun_id, row.actor_id, row.data) == (
        cast.gaia.id, cast.bruno.id, {"reason": "Fine turno"},
    )  # fmt: skip


async def test_the_last_administrator_cannot_go_nor_step_down(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        with pytest.raises(TheLastAdministrator):
            await roster.dismiss(session, cast.bruno, "Basta", by=cast.bruno, now=clock())
        with pytest.raises(TheLastAdministrator):
            await roster.change_role(
                session, cast.bruno, Role.MODERATOR, by=cast.bruno, now=clock()
            )
        await roster.change_role(session, cast.gaia, Role.ADMINISTRATOR, by=cast.bruno, now=clock())
        assert await roster.dismiss(session, cast.bruno, "Basta", by=cast.gaia, now=clock())


async def test_nobody_appoints_above_themselves(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        with pytest.raises(AboveOneself):
            await roster.change_role(
                session, cast.gaia, Role.ADMINISTRATOR, by=cast.gaia, now=clock()
            )
        with pytest.raises(AboveOneself):
            await roster.dismiss(session, cast.bruno, "No", by=cast.gaia, now=clock())
