from types import SimpleNamespace

import pytest

from content import consents, doubts, people, privacy, review, sending
from content.deliveries import outlets
from content.history import Actor
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock


async def test_without_a_word_there_is_no_consent(store: Store, cast: SimpleNamespace) -> None:
    async with store.transaction() as session:
        assert await consents.given(session, cast.carla.id) == frozenset()
        assert await consents.permitted(session, cast.carla.id, ["red"], None) == []


async def test_one_acceptance_gives_every_purpose_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        assert await consents.accept(session, cast.carla, ["red", "blue"], now=clock())
        assert not await consents.accept(session, cast.carla, ["green"], now=clock())

        assert await consents.given(session, cast.carla.id) == {"red", "blue"}


async def test_a_new_notice_gives_again_all_but_what_was_withdrawn(
    store: Store, cast: SimpleNamespace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with store.transaction() as session:
        await consents.accept(session, cast.carla, ["red", "blue"], now=clock())
        await consents.withdraw(session, cast.carla, "blue", now=clock())
    monkeypatch.setattr(people, "NOTICE_VERSION", "2027-01")
    async with store.transaction() as session:
        assert not await people.consented(session, cast.carla)
        assert await consents.accept(session, cast.carla, ["red", "blue", "green"], now=clock())

        assert await consents.given(session, cast.carla.id) == {"red", "green"}


async def test_without_the_page_no_post_that_links_to_it_goes_out(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await consents.give(session, cast.carla, ["red", "blue"], now=clock())

        assert await consents.permitted(session, cast.carla.id, ["page", "red"], "page") == []
        assert await consents.permitted(session, cast.carla.id, ["page", "red"], None) == ["red"]


async def test_a_post_without_consent_is_never_planned(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await consents.withdraw(session, cast.ada, "blue", now=clock())
        with pytest.raises(review.StaleView):
            await stories.approved(session, cast, clock())


@pytest.mark.parametrize(
    ("purpose", "left"), [("blue", {"page", "red"}), (stories.FIRST, set()), ("ebook", None)]
)
async def test_what_is_planned_is_called_off_with_the_consent(
    store: Store, cast: SimpleNamespace, clock: Clock, purpose: str, left: set[str] | None
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock(), immediately=False)
    async with store.transaction() as session:
        count = await privacy.withhold(session, cast.ada, purpose, stories.FIRST, now=clock())
        stand = {one.channel: one.state for one in await outlets(session, 1)}

    scheduled = {name for name, state in stand.items() if state is OperationState.SCHEDULED}
    assert scheduled == (set(stories.CHANNELS) if left is None else left)
    assert count == len(stories.CHANNELS) - len(scheduled)


async def test_what_was_in_doubt_is_not_sent_again_without_consent(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, *_ = await stories.approved(session, cast, clock())
    async with store.transaction() as session:
        claimed = await sending.claim_due(session, page.id, "w", now=clock())
        assert claimed is not None
        await sending.leave_unconfirmed(session, claimed, "timeout", now=clock())
        await privacy.withhold(session, cast.ada, stories.FIRST, None, now=clock())
        by = Actor("moderator", cast.bruno.id)
        denied = await doubts.deny(session, page.id, by=by, now=clock())

    assert denied.state is OperationState.CANCELLED
