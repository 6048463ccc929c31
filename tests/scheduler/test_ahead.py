"""Channels hear of approved posts before their time, so that publishing is quick."""

from collections.abc import Sequence
from types import SimpleNamespace

from content.store import Store
from publishers.base import Post
from scheduler.ahead import Ahead
from scheduler.dispatch import Dispatch
from tests.fakes import FakePublisher
from tests.scheduler.conftest import approved, now
from tests.stories import CHANNELS


class Readier(FakePublisher):
    """A channel that notes what it was told to make ready."""

    makes_ready = True

    def __init__(self, channel: str) -> None:
        super().__init__(channel)
        self.told: list[list[str]] = []
        self.fails = False

    def make_ready(self, posts: Sequence[Post]) -> None:
        self.told.append([post.title for post in posts])
        if self.fails:
            raise OSError("the disk is full")


async def test_it_is_told_once_of_what_is_planned_and_again_when_that_changes(
    store: Store, cast: SimpleNamespace
) -> None:
    first, other = Readier(CHANNELS[0]), FakePublisher(CHANNELS[1])
    ahead = Ahead(store, {first.channel: first, other.channel: other})
    await ahead.sweep()
    assert first.told == [[]]
    operations = await approved(store, cast)

    await ahead.sweep()
    await ahead.sweep()

    assert [len(titles) for titles in first.told] == [0, 1]
    assert first.sent == []
    dispatch = Dispatch(store, {first.channel: first}, now, "test", lambda: None)
    assert await dispatch.perform(next(o.id for o in operations if o.channel == first.channel))
    await dispatch.finish()
    await ahead.sweep()
    assert first.told[-1] == []


async def test_what_failed_is_tried_again(store: Store, cast: SimpleNamespace) -> None:
    channel = Readier(CHANNELS[0])
    ahead = Ahead(store, {channel.channel: channel})
    await approved(store, cast)
    channel.fails = True
    await ahead.sweep()
    channel.fails = False

    await ahead.sweep()
    await ahead.sweep()

    assert len(channel.told) == 2
