"""A piece in several posts: what an editor divided is what goes out, and each part fits."""

from decimal import Decimal
from pathlib import Path

import pytest

from bottega.sandbox.server import Sandbox
from content.mentions import mentioning
from content.posts import Post
from content.threads import joined, parts_of
from publishers import Facebook, Mastodon, X
from publishers.base import Action, CannotTell, Published
from publishers.threads import left_out, proposed
from tests.publishers.stage import SINCE, Stage, picture, piece, staged

LONG = "Il Comune di Tirano apre lo sportello digitale in biblioteca. " * 20
URL = "https://www.laboratori.example/notizie/sportello"
ACCOUNTS = {"x": "ComuneTirano", "mastodon": "@comune.tirano@mastodon.uno"}
THREE = "Apre lo sportello.\n---\nÈ in biblioteca.\n---\nCi si va il lunedì."


@pytest.fixture(params=[X, Mastodon], ids=lambda kind: kind.channel)
def stage(request: pytest.FixtureRequest, served: Sandbox, tmp_path: Path) -> Stage:
    """A channel that has threads."""
    served.reset()
    return staged(request.param, served, tmp_path)


def rendered(stage: Stage, words: str, pictures: int = 0) -> Post:
    media = [picture(stage.root, number) for number in range(pictures)]
    told = {"texts": {stage.publisher.channel: words}}
    return stage.publisher.render(piece("Apre", media).model_copy(update=told))


def perform(stage: Stage, action: Action, post: Post, target: str | None = None) -> str:
    done = stage.perform(action, post, target)
    assert isinstance(done, Published), done
    return done.remote_id


def test_each_part_is_as_it_was_written_and_the_first_has_link_and_pictures(stage: Stage) -> None:
    post = rendered(stage, THREE, pictures=2)

    first, *others = post.parts
    assert first.split() == ["Apre", "lo", "sportello.", URL]
    assert others == ["È in biblioteca.", "Ci si va il lunedì."]
    assert len(post.part(1).media) == 2
    assert post.part(2).media == ()
    assert not left_out(THREE, post.parts, URL)


def test_a_part_that_is_too_long_goes_on_in_another(stage: Stage) -> None:
    words = f"Apre.\n---\n{LONG}"

    post = rendered(stage, words)

    assert len(post.parts) > 2
    assert all(stage.publisher.measure(one) <= stage.publisher.limits.text for one in post.parts)
    assert not left_out(words, post.parts, URL)


def test_beyond_what_the_channel_takes_it_is_said_that_something_is_left_out(
    stage: Stage,
) -> None:
    words = joined([LONG] * 30)

    post = rendered(stage, words)

    assert len(post.parts) == stage.publisher.limits.thread
    assert all(stage.publisher.measure(one) <= stage.publisher.limits.text for one in post.parts)
    assert left_out(words, post.parts, URL)


def test_words_in_one_part_are_one_post_as_ever(stage: Stage) -> None:
    assert rendered(stage, "Apre.").sha256 == rendered(stage, "Apre.\n---\n").sha256
    assert rendered(stage, "Apre.").more == ()


@pytest.mark.parametrize("lead", ["", "Da lunedì."])
def test_what_is_proposed_loses_nothing_and_is_rendered_as_it_is(stage: Stage, lead: str) -> None:
    channel = stage.publisher
    said = {"title": "Apre", "lead": lead, "text": "Il **testo** del pezzo.",
            "texts": {channel.channel: LONG}}  # fmt: skip

    parts = parts_of(proposed(channel, said, URL))
    post = rendered(stage, joined(parts))

    assert "".join(" ".join(parts).split()) == "".join(LONG.split())
    assert post.parts[1:] == tuple(parts[1:])
    short = parts_of(proposed(channel, said | {"texts": {}}, URL))
    assert "".join(short).replace("\n", "").startswith("Apre")
    assert "Il testo del pezzo." in short[-1]


def test_a_mention_is_in_the_first_part_alone(stage: Stage) -> None:
    channel = stage.publisher
    assert channel.handles is not None
    mention = channel.handles.mentioned(channel.handles.read(ACCOUNTS[channel.channel]))
    words = mentioning(f"Apre lo sportello\n\n{LONG}", mention)
    said = {"title": "Apre", "lead": "Lunedì.", "text": "Poi.", "texts": {channel.channel: words}}

    post = rendered(stage, proposed(channel, said, URL))

    assert len(post.parts) > 1
    assert [mention in part for part in post.parts] == [True] + [False] * len(post.more)
    assert not post.text.startswith("@")


def test_a_thread_is_put_out_part_by_part_and_taken_away(stage: Stage) -> None:
    post, ids = rendered(stage, THREE), list[str]()
    for number in (1, 2, 3):
        action = Action.REPLY if ids else Action.CREATE
        ids.append(perform(stage, action, post.part(number), ids[-1] if ids else None))

    assert [text.split("\n")[0] for text in stage.outlet.texts()] == parts_of(THREE)
    for number in (3, 2, 1):
        perform(stage, Action.DELETE, post.part(number), ids[number - 1])
    assert stage.outlet.texts() == []


def test_a_part_is_proved_only_by_a_post_that_answers_the_same(stage: Stage) -> None:
    """Two threads may say the same words: on a server that takes them twice, one is not there."""
    part = rendered(stage, THREE).part(2)
    one = perform(stage, Action.CREATE, stage.post("Uno"))
    other = perform(stage, Action.CREATE, stage.post("Altro"))
    there = perform(stage, Action.REPLY, part, one)

    found = stage.publisher.find(part.model_copy(update={"answers": one}), SINCE)
    assert found is not None
    assert found.remote_id == there
    absent = part.model_copy(update={"answers": other})
    assert stage.publisher.find(absent, SINCE) is None


def test_the_same_words_that_answer_nothing_prove_nothing(stage: Stage) -> None:
    part = rendered(stage, THREE).part(2)
    perform(stage, Action.CREATE, part)

    with pytest.raises(CannotTell):
        stage.publisher.find(part.model_copy(update={"answers": "1"}), SINCE)


def test_on_x_a_link_in_one_part_is_paid_once(served: Sandbox, tmp_path: Path) -> None:
    stage = staged(X, served, tmp_path)

    assert stage.publisher.cost(rendered(stage, THREE)) == Decimal("0.23")
    assert stage.publisher.cost(rendered(stage, "Apre.")) == Decimal("0.20")


def test_a_channel_without_threads_says_the_words_as_they_are(
    served: Sandbox, tmp_path: Path
) -> None:
    stage = staged(Facebook, served, tmp_path)

    post = rendered(stage, THREE)

    assert post.more == ()
    assert post.text.startswith(THREE)
