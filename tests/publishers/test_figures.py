"""What came of posts, read back from each channel's stand-in over real HTTP."""

from datetime import timedelta
from pathlib import Path

import pytest

from bottega.sandbox.crowd import crowd
from bottega.sandbox.server import Sandbox
from publishers import PUBLISHERS
from publishers.base import Action, Figures, Publisher, Rejected, Unavailable
from publishers.facebook import Facebook
from publishers.mastodon import Mastodon
from publishers.x import X
from tests.conformance import facebook as graph
from tests.conformance import x as api
from tests.publishers.stage import NOW, Stage, at_home, staged

TELLING: tuple[type[Publisher], ...] = (Facebook, X, Mastodon)
SILENT = [one for one in PUBLISHERS if one not in TELLING]
WEEK = timedelta(days=7)


def stage_of(kind: type[Publisher], served: Sandbox, root: Path) -> Stage:
    """A publisher whose readings are allowed; a week has gone by whenever `now` is asked."""
    served.reset()
    made = staged(kind, served, root, **({"figures": "true"} if kind is X else {}))
    made.outlet.now = lambda: NOW
    return made


def out(made: Stage, title: str) -> str:
    post = made.post(title)
    made.perform(Action.CREATE, post)
    found = made.publisher.find(post, NOW - timedelta(days=1))
    assert found is not None
    return found.remote_id


@pytest.mark.parametrize("kind", TELLING, ids=lambda kind: kind.channel)
def test_the_figures_of_a_post_are_those_that_the_channel_counts(
    kind: type[Publisher], served: Sandbox, tmp_path: Path
) -> None:
    made = stage_of(kind, served, tmp_path)
    one, other = out(made, "Uno"), out(made, "Due")
    made.outlet.now = lambda: NOW + WEEK
    before = len(made.outlet.board.exchanges)

    found = made.publisher.figures([one, other])

    for number in (one, other):
        seen = crowd(number, WEEK)
        views = None if kind is Mastodon else seen.views
        assert found[number] == Figures(views, seen.reactions, seen.replies, seen.shares)
        assert seen.views > 0
    asked = made.outlet.board.exchanges[before:]
    assert {one.method for one in asked} == {"GET"}
    if kind is X:
        assert len(asked) == 1  # readings cost money
        assert [wrong for one in asked for wrong in api.violations(one)] == []
    if kind is Facebook:
        assert [wrong for one in asked for wrong in graph.violations(one)] == []


@pytest.mark.parametrize("kind", TELLING, ids=lambda kind: kind.channel)
def test_a_post_that_is_not_there_is_left_out(
    kind: type[Publisher], served: Sandbox, tmp_path: Path
) -> None:
    made = stage_of(kind, served, tmp_path)
    gone, there = out(made, "Uno"), out(made, "Due")
    made.perform(Action.DELETE, made.post("Uno"), gone)

    assert set(made.publisher.figures([gone, there])) == {there}


@pytest.mark.parametrize("kind", TELLING, ids=lambda kind: kind.channel)
def test_a_throttle_is_told_as_one(kind: type[Publisher], served: Sandbox, tmp_path: Path) -> None:
    made = stage_of(kind, served, tmp_path)
    number = out(made, "Uno")
    asked = {Facebook: "read", X: "tweets.lookup", Mastodon: "statuses.get"}[kind]
    made.order(asked, "throttle", seconds=60)

    with pytest.raises(Unavailable):
        made.publisher.figures([number])


def test_without_the_right_to_insights_the_counts_of_facebook_are_good(
    served: Sandbox, tmp_path: Path
) -> None:
    made = stage_of(Facebook, served, tmp_path)
    number = out(made, "Uno")
    made.outlet.now = lambda: NOW + WEEK
    made.order("insights", "forbidden")

    found = made.publisher.figures([number])[number]

    assert found.views is None
    assert found.reactions == crowd(number, WEEK).reactions


def test_x_is_not_asked_unless_a_setting_allows_it(served: Sandbox, tmp_path: Path) -> None:
    assert staged(X, served, tmp_path).publisher.figures_at_once == 0
    assert stage_of(X, served, tmp_path).publisher.figures_at_once == 100


def test_x_refuses_more_than_a_hundred_at_once(served: Sandbox, tmp_path: Path) -> None:
    made = stage_of(X, served, tmp_path)

    with pytest.raises(Rejected):
        made.publisher.figures([str(number) for number in range(101)])


@pytest.mark.parametrize("kind", SILENT, ids=lambda kind: kind.channel)
def test_a_channel_without_figures_is_never_asked(kind: type[Publisher], tmp_path: Path) -> None:
    publisher = kind(at_home(kind, tmp_path), tmp_path)

    assert publisher.figures_at_once == 0
    assert publisher.figures(["1"]) == {}
