from types import SimpleNamespace

from content import limits, submissions
from content.limits import Limits
from content.store import Store
from tests import stories
from tests.clock import Clock


async def test_a_person_has_so_many_drafts_and_no_more(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await submissions.begin(session, cast.ada, now=clock())
        assert await limits.may_begin(session, cast.ada, Limits(drafts=2))
        await submissions.begin(session, cast.ada, now=clock())

        assert not await limits.may_begin(session, cast.ada, Limits(drafts=2))
        assert await limits.may_begin(session, cast.carla, Limits(drafts=2))


async def test_a_days_submissions_are_counted_over_a_day(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    one_a_day = Limits(a_day=1)
    async with store.transaction() as session:
        await stories.submitted(session, cast.ada, clock())
        assert await limits.reached(session, cast.ada, one_a_day, now=clock()) == "person"
        assert await limits.reached(session, cast.carla, one_a_day, now=clock()) is None
        clock.forward(hours=25)

        assert await limits.reached(session, cast.ada, one_a_day, now=clock()) is None


async def test_the_newsroom_takes_so_much_an_hour_from_all_together(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    narrow = Limits(of_all_an_hour=1)
    async with store.transaction() as session:
        await stories.submitted(session, cast.ada, clock())
        assert await limits.reached(session, cast.carla, narrow, now=clock()) == "newsroom"
        clock.forward(minutes=61)

        assert await limits.reached(session, cast.carla, narrow, now=clock()) is None
