from datetime import timedelta
from types import SimpleNamespace

from prometheus_client.parser import text_string_to_metric_families

from bottega import vitals
from content import channels, sending
from content.history import NEWSROOM
from content.store import Store
from tests import stories
from tests.clock import Clock


async def gather(store: Store, clock: Clock) -> vitals.Vitals:
    return await vitals.gather(store, stories.CHANNELS, now=clock())


async def test_a_newsroom_with_nothing_to_do_is_well(store: Store, clock: Clock) -> None:
    assert (await gather(store, clock)).well


async def test_health_is_the_oldest_delivery_that_should_be_out(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
    clock.now += sending.LATE - timedelta(seconds=1)
    assert (await gather(store, clock)).well

    clock.forward(seconds=2)

    seen = await gather(store, clock)
    assert not seen.well
    assert vitals.health(seen)["overdue_seconds"] == sending.LATE.total_seconds() + 1


async def test_what_a_stuck_worker_has_in_hand_is_late_too(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, *_ = await stories.approved(session, cast, clock())
    async with store.transaction() as session:
        await sending.claim_due(session, page.id, "stuck", now=clock())

    clock.now += sending.LATE + timedelta(seconds=1)

    assert not (await gather(store, clock)).well


async def test_what_waits_on_purpose_is_not_late(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
        for name in stories.CHANNELS:
            await channels.pause(session, name, "Token revocato", by=NEWSROOM, now=clock())
    clock.now += sending.LATE * 2

    seen = await gather(store, clock)

    assert seen.well
    assert vitals.health(seen)["paused"] == sorted(stories.CHANNELS)


async def test_prometheus_understands_the_exposition(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
    clock.forward(seconds=30)

    text = vitals.exposition(await gather(store, clock)).decode()

    found = {family.name: family for family in text_string_to_metric_families(text)}
    assert found["bottega_overdue_seconds"].samples[0].value == 30
    scheduled = {
        sample.labels["channel"]: sample.value for sample in found["bottega_operations"].samples
    }
    assert scheduled == dict.fromkeys(stories.CHANNELS, 1)
