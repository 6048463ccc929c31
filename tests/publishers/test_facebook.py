"""The Facebook adapter, against the stand-in over real HTTP."""

import hashlib
import json
import logging
import socket
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bottega.sandbox.core import Mood, Trouble
from bottega.sandbox.facebook import Facebook as Page
from bottega.sandbox.server import Sandbox
from content.media import Medium, keep
from content.posts import Piece, Section
from content.submissions import Kind
from publishers.base import (
    Action,
    Call,
    CannotTell,
    ChannelDown,
    Post,
    Published,
    Rejected,
    Unavailable,
    Unclear,
)
from publishers.facebook import Facebook
from tests.secrecy import APP_SECRET as SECRET

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
URL = "https://www.laboratori.example/notizie/sportello"


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    served.facebook.app_secret = SECRET
    return served


@pytest.fixture
def page(sandbox: Sandbox) -> Page:
    return sandbox.facebook


@pytest.fixture
def publisher(sandbox: Sandbox, tmp_path: Path) -> Facebook:
    return Facebook(config(sandbox), tmp_path)


def config(sandbox: Sandbox, **changes: str) -> Facebook.Config:
    keys = {
        "page_id": sandbox.facebook.page_id,
        "token": sandbox.facebook.token,
        "app_secret": SECRET,
        "api_url": f"{sandbox.url}/graph",
    }
    return Facebook.Config.model_validate(keys | changes)


def piece(**changes: object) -> Piece:
    told: dict[str, object] = {
        "article_id": 1,
        "version": 1,
        "receipt": "A-1",
        "kind": Kind.INITIATIVE,
        "section": Section.NEWS,
        "slug": "sportello",
        "title": "Uno sportello digitale a Tirano",
        "lead": "Ogni martedì i volontari aiutano chi vuole imparare.",
        "text": "…",
        "organisation": "Comune di Tirano",
        "url": URL,
    }
    return Piece.model_validate(told | changes)


def post(text: str = "Apre lo sportello", media: tuple[Medium, ...] = ()) -> Post:
    return Post(channel="facebook", title="t", text=f"{text}\n\n{URL}", link=URL, media=media)


def call(action: Action = Action.CREATE, remote_id: str | None = None) -> Call:
    return Call(key="op-1", action=action, now=NOW, due_at=NOW, remote_id=remote_id)


def picture(root: Path, colour: str = "red", alt: str = "") -> Medium:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return keep(root, out.getvalue()).model_copy(update={"alt": alt})


def order(sandbox: Sandbox, mood: Mood, operation: str, **rest: object) -> None:
    sandbox.board.troubles.append(Trouble(mood, "facebook", operation, **rest))  # type: ignore[arg-type]  # a test's shorthand


def fails_with(status: int, body: str, **headers: str) -> dict[str, object]:
    return {
        "status": status,
        "body": body,
        "headers": {"content-type": "application/json"} | headers,
    }


def error(code: int, status: int = 400) -> dict[str, object]:
    body = f'{{"error": {{"message": "no", "type": "OAuthException", "code": {code}}}}}'
    return fails_with(status, body)


def since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_without_chosen_words_title_and_lead_are_rendered_before_the_address(
    publisher: Facebook,
) -> None:
    rendered = publisher.render(piece())
    assert rendered.text == (
        "Uno sportello digitale a Tirano\n\n"
        f"Ogni martedì i volontari aiutano chi vuole imparare.\n\n{URL}"
    )
    assert rendered.link == URL


def test_chosen_words_win_and_are_the_same_bytes_each_time(publisher: Facebook) -> None:
    chosen = piece(texts={"facebook": "Venite perche\u0301 serve!\n"})
    assert publisher.render(chosen).text == f"Venite perché serve!\n\n{URL}"
    assert publisher.render(chosen).sha256 == publisher.render(chosen).sha256


def test_words_too_long_for_facebook_leave_room_for_the_address(publisher: Facebook) -> None:
    rendered = publisher.render(piece(texts={"facebook": "a" * 70_000}))
    assert len(rendered.text) == publisher.limits.text
    assert rendered.text.endswith(f"\n\n{URL}")


def test_a_text_goes_out_to_the_byte_with_its_link_card(publisher: Facebook, page: Page) -> None:
    sent = post("Perché sì: «qui» & <là>  🏔️\n\ndue righe")
    published = publisher.publish(sent, call())
    (created,) = page.posts
    assert created.message == sent.text
    assert created.link == URL
    assert published == Published(created.id, created.permalink)


def test_pictures_go_up_first_with_their_alt_text_then_one_post(
    publisher: Facebook, page: Page, sandbox: Sandbox, tmp_path: Path
) -> None:
    media = (picture(tmp_path, "red", "Un quadrato rosso"), picture(tmp_path, "blue"))
    publisher.publish(post(media=media), call())
    (created,) = page.posts
    assert [photo.alt for photo in created.media] == ["Un quadrato rosso", ""]
    assert [photo.sha256 for photo in created.media] == [
        hashlib.sha256(medium.read(tmp_path)).hexdigest() for medium in media
    ]
    assert created.link is None
    paths = [e.path.rsplit("/")[-1] for e in sandbox.board.exchanges if e.method == "POST"]
    assert paths == ["photos", "photos", "feed"]


def test_a_post_is_edited_and_deleted(publisher: Facebook, page: Page) -> None:
    published = publisher.publish(post(), call())
    publisher.publish(post("Corretto"), call(Action.EDIT, published.remote_id))
    assert page.posts[0].message == f"Corretto\n\n{URL}"
    publisher.publish(post("Corretto"), call(Action.DELETE, published.remote_id))
    assert page.posts[0].deleted


def test_deleting_what_is_gone_is_done(publisher: Facebook) -> None:
    published = publisher.publish(post(), call())
    publisher.publish(post(), call(Action.DELETE, published.remote_id))
    again = publisher.publish(post(), call(Action.DELETE, published.remote_id))
    assert again.remote_id == published.remote_id


@pytest.mark.parametrize("mood", ["lost", "answer"])
def test_while_nobody_can_look_whether_it_is_gone_it_is_asked_again(
    publisher: Facebook, sandbox: Sandbox, mood: Mood
) -> None:
    published = publisher.publish(post(), call())
    publisher.publish(post(), call(Action.DELETE, published.remote_id))
    order(sandbox, mood, "read")

    with pytest.raises(Unavailable):
        publisher.publish(post(), call(Action.DELETE, published.remote_id))

    again = publisher.publish(post(), call(Action.DELETE, published.remote_id))
    assert again.remote_id == published.remote_id


@pytest.mark.parametrize("action", [Action.EDIT, Action.DELETE])
def test_a_post_of_another_page_is_neither_changed_nor_taken_for_gone(
    publisher: Facebook, sandbox: Sandbox, action: Action
) -> None:
    """These keys would be shown nothing of it, as if it were not there."""
    with pytest.raises(Rejected, match="un'altra pagina"):
        publisher.publish(post(), call(action, "500_1"))
    assert sandbox.board.exchanges == []


def test_a_reply_is_rejected_in_italian(publisher: Facebook, page: Page) -> None:
    with pytest.raises(Rejected, match="a mano"):
        publisher.publish(post(), call(Action.REPLY, "1_2"))
    assert page.posts == []


def test_losing_the_permalink_does_not_lose_the_success(
    publisher: Facebook, page: Page, sandbox: Sandbox
) -> None:
    order(sandbox, "answer", "read", **fails_with(500, "oops"))
    published = publisher.publish(post(), call())
    assert published == Published(page.posts[0].id, f"https://www.facebook.com/{page.posts[0].id}")


@pytest.mark.parametrize(
    "answer",
    [
        error(1),
        error(2),
        error(2, 500),
        error(190, 503),
        error(368),
        error(506),
        fails_with(502, "<html>Bad gateway</html>", **{"content-type": "text/html"}),
        fails_with(200, "{}"),
        fails_with(200, '{"ok": 1}'),
        fails_with(500, '{"id": "1_2"}'),
        fails_with(200, '["id"]'),
        fails_with(200, "not json"),
        fails_with(302, '{"id": "1_2"}', location="/elsewhere"),
    ],
    ids=str,
)
def test_an_answer_that_proves_nothing_is_unconfirmed(
    publisher: Facebook, sandbox: Sandbox, answer: dict[str, object]
) -> None:
    order(sandbox, "answer", "feed", **answer)
    with pytest.raises(Unclear):
        publisher.publish(post(), call())


@pytest.mark.parametrize("mood", ["lost", "refuse", "created_then_500"])
def test_a_cut_connection_is_unconfirmed(publisher: Facebook, sandbox: Sandbox, mood: Mood) -> None:
    order(sandbox, mood, "feed")
    with pytest.raises(Unclear):
        publisher.publish(post(), call())


def test_a_late_answer_is_unconfirmed_and_then_found(
    publisher: Facebook, page: Page, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishers.http._READ_SECONDS", 0.2)
    order(sandbox, "late", "feed", seconds=0.6)
    with pytest.raises(Unclear):
        publisher.publish(post(), call())
    assert publisher.find(post(), since()) == Published(page.posts[0].id, page.posts[0].permalink)


def test_an_endless_answer_is_cut_short(
    publisher: Facebook, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishers.http._MAX_BYTES", 1000)
    order(sandbox, "answer", "feed", **fails_with(200, '{"id": "1_2", "x": "' + "y" * 2000 + '"}'))
    with pytest.raises(Unclear):
        publisher.publish(post(), call())


def test_a_closed_port_is_unavailable(sandbox: Sandbox, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unavailable):
            Facebook(config(sandbox, api_url=url), tmp_path).publish(post(), call())


def test_a_throttle_names_when_to_try_again(publisher: Facebook, sandbox: Sandbox) -> None:
    order(sandbox, "throttle", "feed", seconds=600)
    with pytest.raises(Unavailable) as raised:
        publisher.publish(post(), call())
    assert raised.value.whole_channel
    assert raised.value.retry_at == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80001])
def test_every_throttling_code_is_unavailable(
    publisher: Facebook, sandbox: Sandbox, code: int
) -> None:
    order(sandbox, "answer", "feed", **error(code))
    with pytest.raises(Unavailable) as raised:
        publisher.publish(post(), call())
    assert raised.value.whole_channel
    assert raised.value.retry_at is None


@pytest.mark.parametrize("code", [190, 10, 200, 299])
def test_a_token_without_rights_takes_the_channel_down(
    publisher: Facebook, sandbox: Sandbox, code: int
) -> None:
    order(sandbox, "answer", "feed", **error(code))
    with pytest.raises(ChannelDown):
        publisher.publish(post(), call())


def test_a_permanent_refusal_is_rejected(publisher: Facebook, sandbox: Sandbox) -> None:
    order(sandbox, "answer", "feed", **error(100))
    with pytest.raises(Rejected):
        publisher.publish(post(), call())


@pytest.mark.parametrize(
    ("mood", "raised"),
    [("created_then_500", Unavailable), ("lost", Unavailable), ("revoked", ChannelDown)],
)
def test_a_failed_upload_proves_that_nothing_went_out(
    publisher: Facebook,
    page: Page,
    sandbox: Sandbox,
    tmp_path: Path,
    mood: Mood,
    raised: type[Exception],
) -> None:
    order(sandbox, mood, "photos")
    with pytest.raises(raised):
        publisher.publish(post(media=(picture(tmp_path),)), call())
    assert page.posts == []


def test_a_picture_missing_on_disk_is_rejected(publisher: Facebook, tmp_path: Path) -> None:
    lost = picture(tmp_path)
    (tmp_path / lost.file_name).unlink()
    with pytest.raises(Rejected, match="immagine"):
        publisher.publish(post(media=(lost,)), call())


def test_what_was_lost_on_the_way_is_found(
    publisher: Facebook, page: Page, sandbox: Sandbox
) -> None:
    order(sandbox, "lost", "feed")
    with pytest.raises(Unclear):
        publisher.publish(post(), call())
    found = publisher.find(post(), since())
    assert found is not None
    assert found.remote_id == page.posts[0].id


def test_every_page_of_posts_is_read_before_one_is_called_absent(
    publisher: Facebook, page: Page, sandbox: Sandbox
) -> None:
    first = publisher.publish(post("Il primo"), call())
    for number in range(120):
        publisher.publish(post(f"Numero {number}"), call())
    found = publisher.find(post("Il primo"), since())
    assert found is not None
    assert found.remote_id == first.remote_id
    assert publisher.find(post("Mai uscito"), since()) is None


def test_older_posts_with_the_same_text_are_not_taken_for_it(
    publisher: Facebook, page: Page
) -> None:
    publisher.publish(post(), call())
    page.posts[0].created -= timedelta(hours=1)
    assert publisher.find(post(), since()) is None


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (fails_with(500, "{}"), CannotTell),
        (fails_with(200, "{}"), CannotTell),
        (fails_with(200, '{"data": [{"message": "x"}]}'), CannotTell),
        (fails_with(200, '{"data": [], "paging": {"next": "x"}}'), CannotTell),
        (error(100), CannotTell),
        (error(4), Unavailable),
        (error(190), ChannelDown),
    ],
    ids=str,
)
def test_a_reading_without_proof_says_so(
    publisher: Facebook, sandbox: Sandbox, answer: dict[str, object], raised: type[Exception]
) -> None:
    order(sandbox, "answer", "published_posts", **answer)
    with pytest.raises(raised):
        publisher.find(post(), since())


def test_the_doctor_sees_a_good_token(publisher: Facebook) -> None:
    (finding,) = publisher.check()
    assert finding.well


@pytest.mark.parametrize(
    "changes",
    [{"token": "another"}, {"page_id": "1"}, {"app_secret": "wrong"}, {"token": ""}],
    ids=str,
)
def test_the_doctor_says_what_to_mend(
    sandbox: Sandbox, tmp_path: Path, changes: dict[str, str]
) -> None:
    (finding,) = Facebook(config(sandbox, **changes), tmp_path).check()
    assert not finding.well
    assert "FACEBOOK_TOKEN" in finding.mend


def test_without_keys_it_is_not_configured(tmp_path: Path) -> None:
    assert not Facebook(Facebook.Config(), tmp_path).configured


@pytest.mark.parametrize(
    "trouble",
    [("lost", "feed"), ("revoked", "feed"), ("created_then_500", "feed"), ("lost", "photos")],
)
def test_no_secret_is_raised_or_logged(
    publisher: Facebook,
    page: Page,
    sandbox: Sandbox,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    trouble: tuple[Mood, str],
) -> None:
    caplog.set_level(logging.DEBUG)
    order(sandbox, *trouble)
    with pytest.raises(Exception) as raised:  # noqa: PT011  # whatever comes, it is its text that counts
        publisher.publish(post(media=(picture(tmp_path),)), call())
    publisher.publish(post("Un altro"), call())
    publisher.find(post(), since())
    logged = [r.getMessage() for r in caplog.records]
    told = "".join(logged) + "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert page.token not in told
    assert SECRET not in told
    assert raised.value.__context__ is None or page.token not in repr(raised.value.__context__)


def test_an_echoed_token_is_struck_out(sandbox: Sandbox, tmp_path: Path, page: Page) -> None:
    publisher = Facebook(config(sandbox, token="a-wrong-token"), tmp_path)
    with pytest.raises(ChannelDown) as raised:
        publisher.publish(post(), call())
    assert "a-wrong-token" not in raised.value.reason
    assert "•••" in raised.value.reason


def used(share: int, minutes: int = 0, header: str = "business") -> dict[str, str]:
    usage = {"call_count": share, "total_cputime": 5, "total_time": 5}
    if header == "app":
        return {"X-App-Usage": json.dumps(usage)}
    told = usage | {"type": "pages", "estimated_time_to_regain_access": minutes}
    return {"X-Business-Use-Case-Usage": json.dumps({"100200300400": [told]})}


@pytest.mark.parametrize(
    ("headers", "quiet_minutes"),
    [
        (used(90), 10),
        (used(100, minutes=25), 25),
        (used(95, header="app"), 10),
        (used(89), None),
        (used(89, header="app"), None),
        ({"X-App-Usage": "not json", "X-Business-Use-Case-Usage": "[]"}, None),
        ({"X-App-Usage": '{"call_count": "many"}'}, None),
    ],
    ids=str,
)
def test_a_success_that_nearly_used_up_the_page_says_until_when_to_be_quiet(
    publisher: Facebook,
    page: Page,
    sandbox: Sandbox,
    headers: dict[str, str],
    quiet_minutes: int | None,
) -> None:
    body = '{"id": "100200300400_122000000001"}'
    order(sandbox, "created_then_500", "feed", **fails_with(200, body, **headers))
    published = publisher.publish(post(), call())
    assert published.remote_id == page.posts[0].id
    wanted = NOW + timedelta(minutes=quiet_minutes) if quiet_minutes else None
    assert published.quiet_until == wanted


def test_usage_that_an_upload_tells_counts_as_well(
    publisher: Facebook, sandbox: Sandbox, tmp_path: Path
) -> None:
    body = '{"id": "122000000001"}'
    order(sandbox, "created_then_500", "photos", **fails_with(200, body, **used(97)))
    published = publisher.publish(post(media=(picture(tmp_path),)), call())
    assert published.quiet_until == NOW + timedelta(minutes=10)


def test_a_throttle_may_name_its_moment_in_retry_after(
    publisher: Facebook, sandbox: Sandbox
) -> None:
    body = '{"error": {"message": "no", "type": "OAuthException", "code": 4}}'
    order(sandbox, "answer", "feed", **fails_with(400, body, **{"Retry-After": "120"}))
    with pytest.raises(Unavailable) as raised:
        publisher.publish(post(), call())
    assert raised.value.retry_at == NOW + timedelta(minutes=2)


def test_what_is_no_longer_ours_is_not_posted(
    publisher: Facebook, page: Page, tmp_path: Path
) -> None:
    late = replace(call(), still_ours=lambda: False)
    with pytest.raises(Unavailable):
        publisher.publish(post(media=(picture(tmp_path),)), late)
    assert page.posts == []


@pytest.mark.parametrize(("code", "refused"), [(368, True), (506, True), (1, False), (2, False)])
def test_a_refusal_that_may_be_a_success_is_told_apart(
    publisher: Facebook, sandbox: Sandbox, code: int, refused: bool
) -> None:
    order(sandbox, "answer", "feed", **error(code))
    with pytest.raises(Unclear) as raised:
        publisher.publish(post(), call())
    assert raised.value.refused is refused


def test_a_wrong_app_secret_takes_the_channel_down(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ChannelDown):
        Facebook(config(sandbox, app_secret="wrong"), tmp_path).publish(post(), call())
