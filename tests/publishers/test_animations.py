"""Animated pictures on each channel: as the film without sound that they were kept as.

Telegram hands a GIF over as a soundless MP4; one that comes as a file is kept as such.
"""

from pathlib import Path

import pytest

from bottega.sandbox.server import Sandbox
from content.media import Medium, keep
from content.posts import Post
from publishers import PUBLISHERS, Facebook, Rubrica, X
from publishers.base import Action, Call, Publisher
from tests import files
from tests.publishers.stage import NOW, Stage, piece, staged

OUTSIDE = [one for one in PUBLISHERS if one is not Rubrica]
UPRIGHT = (540, 960)
KINDS = {
    "as Telegram hands it over": files.film(3, UPRIGHT, sound=None),
    "as a file": files.gif(30, UPRIGHT),
}


def on(kind: type[Publisher], served: Sandbox, root: Path) -> Stage:
    served.reset()
    stage = staged(kind, served, root)
    stage.outlet.now = lambda: NOW
    return stage


def rendered(stage: Stage, animation: Medium) -> Post:
    return stage.publisher.render(piece("Gira", [animation.model_copy(update={"alt": "Gira"})]))


def put_out(stage: Stage, animation: Medium) -> Post:
    post = rendered(stage, animation)
    stage.go_on(post, Call(key="o-1", action=Action.CREATE, now=NOW, due_at=NOW))
    return post


@pytest.mark.parametrize("kind", OUTSIDE, ids=lambda kind: kind.channel)
@pytest.mark.parametrize("sent", KINDS)
def test_an_animation_goes_out_as_a_film(
    served: Sandbox, tmp_path: Path, kind: type[Publisher], sent: str
) -> None:
    stage = on(kind, served, tmp_path)

    post = put_out(stage, keep(tmp_path, KINDS[sent]))

    assert [one.mime for one in post.media] == ["video/mp4"]
    assert "films=(Image" in repr(stage.outlet.shown())


@pytest.mark.parametrize("sent", KINDS)
def test_x_is_told_of_a_film_since_no_gif_file_is_ever_sent(
    served: Sandbox, tmp_path: Path, sent: str
) -> None:
    put_out(on(X, served, tmp_path), keep(tmp_path, KINDS[sent]))

    asked = [one.json for one in served.board.exchanges if one.path.endswith("/initialize")]
    assert [(one["media_category"], one["media_type"]) for one in asked] == [
        ("tweet_video", "video/mp4")
    ]


@pytest.mark.parametrize("kind", [X, Facebook], ids=lambda kind: kind.channel)
def test_one_too_short_for_a_channel_is_left_to_the_page(
    served: Sandbox, tmp_path: Path, kind: type[Publisher]
) -> None:
    post = put_out(on(kind, served, tmp_path), keep(tmp_path, files.gif(3, UPRIGHT)))

    assert post.media == ()
    assert post.link is not None


@pytest.mark.parametrize("kind", OUTSIDE, ids=lambda kind: kind.channel)
def test_a_gif_that_does_not_move_goes_out_as_a_picture(
    served: Sandbox, tmp_path: Path, kind: type[Publisher]
) -> None:
    post = put_out(on(kind, served, tmp_path), keep(tmp_path, files.gif(1)))

    assert [one.mime for one in post.media] == ["image/jpeg"]
