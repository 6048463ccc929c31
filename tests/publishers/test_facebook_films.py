"""Films on Facebook: begun under an id that is kept, published by one call, told by the video."""

import logging
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bottega.sandbox.core import Exchange, Trouble
from bottega.sandbox.crowd import crowd
from bottega.sandbox.facebook import Facebook as Page
from bottega.sandbox.facebook_films import Reel
from bottega.sandbox.server import Sandbox
from content.media import Medium
from publishers.base import (
    Action,
    Call,
    CannotTell,
    Figures,
    Post,
    Published,
    Rejected,
    Unavailable,
    Unclear,
)
from publishers.facebook import Facebook
from publishers.films import Begun
from tests.conformance.facebook import violations
from tests.publishers.stage import NOW, SINCE, Stage, film, picture, piece, staged

JSON = {"content-type": "application/json"}


@pytest.fixture
def page(served: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr("publishers.http._READ_SECONDS", 0.5)
    served.reset()
    served.facebook.now = lambda: NOW
    return served.facebook


@pytest.fixture
def stage(page: Page, served: Sandbox, tmp_path: Path) -> Stage:
    return staged(Facebook, served, tmp_path)


def begun(stage: Stage, page: Page, post: Post) -> Reel:
    """Have a film begun, and its id kept; return what Facebook has of it."""
    with pytest.raises(Begun) as raised:
        stage.publisher.publish(post, call())
    stage.kept[post.sha256] = raised.value.remote_id
    return page.films.kept[raised.value.remote_id]


def call(action: Action = Action.CREATE, target: str | None = None, **rest: Any) -> Call:
    return Call(key="operation-7", action=action, now=NOW, due_at=NOW, remote_id=target, **rest)


def asked(page: Page) -> list[str]:
    return [name for _, name in page.board.operations]


def test_it_is_begun_under_an_id_before_anything_is_sent(stage: Stage, page: Page) -> None:
    reel = begun(stage, page, stage.film_post())

    assert asked(page) == ["reels.start"]
    assert not reel.content
    assert page.posts == []


def test_it_goes_on_with_its_id_to_one_reel_with_words_poster_and_captions(
    stage: Stage, page: Page
) -> None:
    post = stage.film_post()
    reel = begun(stage, page, post)

    proof = stage.perform(Action.CREATE, post)

    (out,) = page.posts
    assert proof == Published(
        f"{page.page_id}_reel_{reel.id}", f"https://www.facebook.com/reel/{reel.id}/"
    )
    assert (out.id, out.message, out.film) == (reel.id, post.text, reel)
    assert reel.content == post.media[0].read(stage.root)
    assert reel.poster.startswith(b"\xff\xd8")
    assert reel.captions == "1\n00:00:00.000 --> 00:00:01.000\nBuongiorno a tutti\n".replace(
        ".000", ",000"
    )
    order = [name for name in asked(page) if name != "reels.status"]
    assert order == ["reels.start", "reels.upload", "thumbnails", "captions", "reels.finish"]


def test_an_interrupted_upload_goes_on_at_its_byte(stage: Stage, page: Page) -> None:
    post = stage.film_post()
    whole = post.media[0].read(stage.root)
    reel = begun(stage, page, post)
    reel.content, reel.total = whole[:1000], len(whole)

    assert isinstance(stage.perform(Action.CREATE, post), Published)

    (sent,) = [one for one in page.board.exchanges if "video-upload" in one.path]
    assert len(sent.files["body"][1]) == len(whole) - 1000
    assert reel.content == whole


def test_a_connection_that_breaks_while_it_goes_up_leaves_no_doubt(
    stage: Stage, page: Page
) -> None:
    post = stage.film_post()
    stage.order("reels.upload", "refuse")

    assert isinstance(stage.perform(Action.CREATE, post), Unavailable)
    assert isinstance(stage.perform(Action.CREATE, post), Published)
    assert asked(page).count("reels.start") == 1


def test_what_is_no_longer_ours_is_not_sent_to_its_end(stage: Stage, page: Page) -> None:
    post = stage.film_post()
    begun(stage, page, post)

    with pytest.raises(Unavailable):
        stage.publisher.publish(stage.begun(post), call(still_ours=lambda: False))
    assert "reels.finish" not in asked(page)


@pytest.mark.parametrize(
    ("kind", "claim"), [("ProcessingFailedError", Rejected), ("OffsetInvalidError", Unavailable)]
)
def test_the_host_that_takes_films_refuses_one_or_asks_for_it_again(
    stage: Stage, page: Page, kind: str, claim: type[Exception]
) -> None:
    body = f'{{"debug_info": {{"type": "{kind}", "message": "no"}}}}'
    stage.order("reels.upload", "answer", status=400, body=body, headers=JSON)

    assert isinstance(stage.perform(Action.CREATE, stage.film_post()), claim)
    assert page.posts == []


def test_an_answer_that_was_lost_is_found_by_the_video(stage: Stage, page: Page) -> None:
    post = stage.film_post()
    stage.order("reels.finish", "lost")

    assert isinstance(stage.perform(Action.CREATE, post), Unclear)

    found = stage.publisher.find(stage.begun(post), SINCE)
    assert found is not None
    assert found.remote_id == f"{page.page_id}_reel_{page.posts[0].id}"
    assert "published_posts" not in asked(page)


def test_tried_again_though_it_is_out_it_does_not_come_out_twice(stage: Stage, page: Page) -> None:
    """As when somebody says that it is not there, though it is."""
    post = stage.film_post()
    stage.order("reels.finish", "lost")
    stage.perform(Action.CREATE, post)

    assert isinstance(stage.perform(Action.CREATE, post), Published)
    assert len(page.posts) == 1
    assert asked(page).count("reels.finish") == 1


def test_a_call_that_never_arrived_is_proved_absent_and_made_again(
    stage: Stage, page: Page
) -> None:
    post = stage.film_post()
    stage.order("reels.finish", "refuse")
    assert isinstance(stage.perform(Action.CREATE, post), Unclear)

    assert stage.told(post) is False
    assert isinstance(stage.perform(Action.CREATE, post), Published)
    assert len(page.films.kept) == len(page.posts) == 1


def test_without_an_id_it_was_never_published(stage: Stage, page: Page) -> None:
    assert stage.publisher.find(stage.film_post(), SINCE) is None
    assert page.board.exchanges == []


@pytest.mark.parametrize("patient", [False, True])
def test_a_publication_that_takes_its_time_is_awaited(
    stage: Stage, page: Page, patient: bool
) -> None:
    page.films.slow, page.films.patient = 4, patient

    assert isinstance(stage.perform(Action.CREATE, stage.film_post()), Published)
    assert len(page.posts) == 1


def test_one_that_takes_too_long_is_in_doubt_until_the_video_says_more(
    stage: Stage, page: Page
) -> None:
    page.films.slow = 100
    post = stage.film_post()

    claim = stage.perform(Action.CREATE, post)

    assert isinstance(claim, Unclear)
    assert not claim.refused
    with pytest.raises(Unavailable):
        stage.publisher.find(stage.begun(post), SINCE)
    next(iter(page.films.kept.values())).slow = 0
    assert stage.told(post) is True


def test_what_cannot_be_told_after_the_call_is_in_doubt(stage: Stage, page: Page) -> None:
    """Not even a token that is revoked then proves that nothing came out."""
    page.films.slow = 100

    def revoke(heard: Exchange) -> None:
        if heard.fields.get("upload_phase") == "finish":
            stage.order("reels.status", "revoked", times=1000)

    page.board.listeners.append(revoke)
    try:
        assert isinstance(stage.perform(Action.CREATE, stage.film_post()), Unclear)
    finally:
        page.board.listeners.remove(revoke)


def test_a_film_that_fails_once_it_was_taken_is_refused_with_the_reason(
    stage: Stage, page: Page
) -> None:
    page.films.slow = 100
    post = stage.film_post()

    def spoil(heard: Exchange) -> None:
        for reel in page.films.kept.values():
            if reel.finished:
                reel.failed = "Reels frame rate must be between 24 and 60."

    page.board.listeners.append(spoil)
    try:
        claim = stage.perform(Action.CREATE, post)
    finally:
        page.board.listeners.remove(spoil)

    assert isinstance(claim, Rejected)
    assert "frame rate" in claim.reason
    assert "approva di nuovo" in claim.reason
    assert stage.told(post) is False
    assert isinstance(stage.perform(Action.CREATE, post), Rejected)


def test_one_that_was_forgotten_is_begun_anew_but_never_called_absent(
    stage: Stage, page: Page
) -> None:
    """Who deleted it once it was out knows that it was."""
    post = stage.film_post().model_copy(update={"begun": "12345"})

    with pytest.raises(CannotTell):
        stage.publisher.find(post, SINCE)
    with pytest.raises(Begun) as raised:
        stage.publisher.publish(post, call())
    assert raised.value.remote_id != "12345"


def test_a_poster_that_facebook_does_not_want_is_left_out(stage: Stage, page: Page) -> None:
    stage.order("thumbnails", "rejected")

    assert isinstance(stage.perform(Action.CREATE, stage.film_post()), Published)
    assert next(iter(page.films.kept.values())).poster == b""


def test_captions_that_facebook_does_not_want_are_not_left_out(stage: Stage, page: Page) -> None:
    stage.order("captions", "rejected")

    assert isinstance(stage.perform(Action.CREATE, stage.film_post()), Rejected)
    assert page.posts == []


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({}, True),
        ({"width": 1080, "height": 1920}, True),
        ({"width": 1088, "height": 1920}, True),
        ({"width": 960, "height": 540}, False),
        ({"width": 1080, "height": 1080}, False),
        ({"width": 480, "height": 854}, False),
        ({"seconds": 2.9}, False),
        ({"seconds": 90.1}, False),
        ({"mime": "video/webm"}, False),
    ],
    ids=str,
)
def test_only_what_may_be_a_reel_is_one_and_the_rest_is_left_to_the_page(
    stage: Stage, change: dict[str, Any], taken: bool
) -> None:
    told = film(stage.root).model_copy(update=change)
    shown = picture(stage.root, 1)

    rendered = stage.publisher.render(piece("Apre", [told, shown]))

    assert rendered.media == ((told,) if taken else (shown,))


def out(stage: Stage) -> str:
    proof = stage.perform(Action.CREATE, stage.film_post())
    assert isinstance(proof, Published)
    return proof.remote_id


def test_its_words_are_corrected_in_their_place(stage: Stage, page: Page) -> None:
    target = out(stage)

    corrected = stage.perform(Action.EDIT, stage.film_post("Corretto"), target)

    assert isinstance(corrected, Published)
    assert corrected.remote_id == target
    assert corrected.permalink == f"https://www.facebook.com/reel/{page.posts[0].id}/"
    assert "Corretto" in page.posts[0].message
    assert page.posts[0].film


def test_deleted_twice_it_is_gone(stage: Stage, page: Page) -> None:
    target = out(stage)

    for _ in range(2):
        gone = stage.perform(Action.DELETE, stage.film_post(), target)
        assert isinstance(gone, Published)
        assert gone.remote_id == target
    assert page.posts[0].deleted


@pytest.mark.parametrize("action", [Action.EDIT, Action.DELETE])
def test_one_of_another_page_is_neither_changed_nor_taken_for_gone(
    stage: Stage, page: Page, action: Action
) -> None:
    claim = stage.perform(action, stage.film_post(), "500_reel_1")

    assert isinstance(claim, Rejected)
    assert "un'altra pagina" in claim.reason
    assert page.board.exchanges == []


def test_words_only_can_mend_a_reel_and_a_film_cannot_be_added_to_a_post(
    stage: Stage, page: Page
) -> None:
    reel = out(stage)
    assert isinstance(stage.perform(Action.EDIT, stage.post("Senza film"), reel), Published)
    text = stage.perform(Action.CREATE, stage.post("Solo testo"))
    assert isinstance(text, Published)
    assert isinstance(stage.perform(Action.EDIT, stage.film_post("Con film"), text.remote_id),
                      Published)  # fmt: skip

    assert [bool(one.film) for one in page.posts] == [True, False]
    assert ["Senza film" in page.posts[0].message, "Con film" in page.posts[1].message] == [
        True, True,
    ]  # fmt: skip


def test_the_address_of_a_reel_tells_what_to_aim_at(stage: Stage) -> None:
    post = stage.film_post()

    assert stage.publisher.id_in(post, ["https://www.facebook.com/reel/77/"]) == (
        f"{stage.publisher.account_id}_reel_77"
    )
    assert stage.publisher.id_in(post, ["https://www.facebook.com/laboratori/posts/1"]) is None
    assert stage.publisher.id_in(stage.post(), ["https://www.facebook.com/reel/77"]) is None


def test_its_figures_are_those_of_the_video(stage: Stage, page: Page) -> None:
    target = out(stage)
    page.now = lambda: NOW + timedelta(days=7)
    seen = crowd(page.posts[0].id, timedelta(days=7))

    found = stage.publisher.figures([target])

    assert found == {target: Figures(seen.views, seen.reactions, seen.replies, None)}


def test_films_and_texts_in_doubt_are_told_by_one_reading(stage: Stage, page: Page) -> None:
    shown, text, hidden = stage.film_post("Film"), stage.post("Testo"), stage.film_post("Nascosto")
    for one in (shown, text):
        stage.perform(Action.CREATE, one)
    begun(stage, page, hidden)

    found = stage.publisher.seek([stage.begun(one) for one in (shown, text, hidden)], SINCE)

    assert {post.text for post, _ in found} == {shown.text, text.text}


def test_of_one_that_cannot_be_told_nothing_is_claimed_but_the_others_are(
    stage: Stage, page: Page
) -> None:
    lost, shown = stage.film_post("Uno"), stage.film_post("Due")
    for one in (lost, shown):
        stage.perform(Action.CREATE, one)
    stage.order("reels.status", "answer", status=500)

    reading = stage.publisher.seek([stage.begun(one) for one in (lost, shown)], SINCE)

    assert next(reading)[0].text == shown.text
    with pytest.raises(CannotTell):
        next(reading)


@pytest.mark.parametrize("change", [{"mime": "video/mp4", "sha256": "9" * 64}])
def test_a_lost_film_is_refused_before_facebook_is_asked(
    stage: Stage, page: Page, change: dict[str, Any]
) -> None:
    lost: Medium = film(stage.root).model_copy(update=change)

    claim = stage.perform(Action.CREATE, stage.publisher.render(piece("Apre", [lost])))

    assert isinstance(claim, Rejected)
    assert page.board.exchanges == []


@pytest.mark.parametrize("operation", ["reels.start", "reels.upload", "reels.finish"])
def test_no_secret_is_raised_logged_or_in_an_address(
    stage: Stage, page: Page, caplog: pytest.LogCaptureFixture, operation: str
) -> None:
    caplog.set_level(logging.DEBUG)
    page.board.troubles.append(Trouble("lost", "facebook", operation))

    claim = stage.perform(Action.CREATE, stage.film_post())

    assert isinstance(claim, Exception)
    said = "".join(traceback.format_exception(claim)) + caplog.text
    assert page.token not in said
    assert all(page.token not in one.path for one in page.board.exchanges)


def test_all_that_is_asked_is_described(stage: Stage, page: Page) -> None:
    target = out(stage)
    stage.told(stage.film_post())
    stage.perform(Action.EDIT, stage.film_post("Corretto"), target)
    stage.publisher.figures([target])
    stage.perform(Action.DELETE, stage.film_post(), target)

    heard = page.board.exchanges
    assert [wrong for one in heard for wrong in violations(one)] == []
    assert {"reels.start", "reels.finish", "thumbnails", "captions", "insights"} <= set(asked(page))
