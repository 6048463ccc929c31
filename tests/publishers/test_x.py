"""The X adapter, against the stand-in over real HTTP."""

import hashlib
import logging
import socket
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bottega.sandbox.core import Mood, Trouble
from bottega.sandbox.server import Sandbox
from bottega.sandbox.x import X as Account
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
from publishers.x import X
from publishers.x_text import weighted_length

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
URL = "https://www.laboratori.example/notizie/sportello"
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
PROBLEMS = "https://api.twitter.com/2/problems"


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return sandbox.x


@pytest.fixture
def publisher(sandbox: Sandbox, tmp_path: Path) -> X:
    return X(config(sandbox), tmp_path)


def config(sandbox: Sandbox, **changes: str) -> X.Config:
    keys = {
        "consumer_key": sandbox.x.consumer_key,
        "consumer_secret": sandbox.x.consumer_secret,
        "access_token": sandbox.x.access_token,
        "access_token_secret": sandbox.x.access_token_secret,
        "username": sandbox.x.username,
        "api_url": f"{sandbox.url}/x",
    }
    return X.Config.model_validate(keys | changes)


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
    return Post(channel="x", title="t", text=f"{text}\n{URL}", link=URL, media=media)


def call(action: Action = Action.CREATE, remote_id: str | None = None) -> Call:
    return Call(key="op-1", action=action, now=NOW, due_at=NOW, remote_id=remote_id)


def picture(root: Path, colour: str = "red", alt: str = "") -> Medium:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return keep(root, out.getvalue()).model_copy(update={"alt": alt})


def order(sandbox: Sandbox, mood: Mood, operation: str, **rest: object) -> None:
    sandbox.board.troubles.append(Trouble(mood, "x", operation, **rest))  # type: ignore[arg-type]  # a test's shorthand


def problem(status: int, detail: str = "no", kind: str = "about:blank") -> dict[str, object]:
    body = f'{{"title": "t", "detail": "{detail}", "type": "{kind}", "status": {status}}}'
    return {"status": status, "body": body, "headers": {"content-type": "application/json"}}


def says(status: int, body: str, **headers: str) -> dict[str, object]:
    kind = {"content-type": "application/json"}
    return {"status": status, "body": body, "headers": kind | headers}


def since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_the_title_is_rendered_above_the_address(publisher: X) -> None:
    assert publisher.render(piece()).text == f"Uno sportello digitale a Tirano\n{URL}"


def test_films_and_documents_are_left_to_the_page(publisher: X, tmp_path: Path) -> None:
    shown = picture(tmp_path)
    film = Medium(sha256="1" * 64, mime="video/mp4", width=10, height=10)
    paper = Medium(sha256="2" * 64, mime="application/pdf", name="Delibera.pdf")

    assert publisher.render(piece(media=(film, shown, paper))).media == (shown,)


def test_words_too_long_are_cut_so_that_the_address_fits(publisher: X) -> None:
    rendered = publisher.render(piece(texts={"x": "parola 🏔️ " * 60}))
    assert weighted_length(rendered.text) <= 280
    assert rendered.text.endswith(f"…\n{URL}")
    assert rendered.sha256 == publisher.render(piece(texts={"x": "parola 🏔️ " * 60})).sha256


def test_what_was_put_right_answers_the_older_post_and_fits_with_the_address(publisher: X) -> None:
    short = publisher.render(piece(correction="Apre martedì 12."))
    long = publisher.render(piece(correction="parola 🏔️ " * 60))

    assert short.answer.text == f"Correzione: Apre martedì 12.\n{URL}"
    assert short.answer.media == ()
    assert short.text == publisher.render(piece()).text
    assert weighted_length(long.answer.text) <= 280
    assert long.answer.text.endswith(f"…\n{URL}")


def test_at_most_four_pictures_are_rendered(publisher: X) -> None:
    media = [Medium(sha256=str(n), mime="image/png", width=1, height=1) for n in range(6)]
    assert publisher.render(piece(media=media)).media == tuple(media[:4])


def test_a_post_goes_out_to_the_byte(publisher: X, account: Account) -> None:
    sent = post("Perché sì: «qui» & <là> 🏔️")
    published = publisher.publish(sent, call())
    (created,) = account.posts
    assert created.text == sent.text
    assert published == Published(
        created.id, f"https://x.com/{account.username}/status/{created.id}"
    )


def test_without_a_username_the_permalink_still_leads_there(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    published = X(config(sandbox, username=""), tmp_path).publish(post(), call())
    assert published.permalink == f"https://x.com/i/status/{published.remote_id}"


def test_pictures_go_up_first_with_their_alt_text_then_one_post(
    publisher: X, account: Account, sandbox: Sandbox, tmp_path: Path
) -> None:
    media = (picture(tmp_path, "red", "Un quadrato rosso"), picture(tmp_path, "blue"))
    publisher.publish(post(media=media), call())
    (created,) = account.posts
    assert [kept.alt for kept in created.media] == ["Un quadrato rosso", ""]
    assert [kept.sha256 for kept in created.media] == [
        hashlib.sha256(medium.read(tmp_path)).hexdigest() for medium in media
    ]
    assert [e.path for e in sandbox.board.exchanges] == [
        "/2/media/upload",
        "/2/media/metadata",
        "/2/media/upload",
        "/2/tweets",
    ]


def test_a_post_is_answered_and_deleted(publisher: X, account: Account) -> None:
    first = publisher.publish(post(), call())
    publisher.publish(post("Aggiornamento"), call(Action.REPLY, first.remote_id))
    assert account.posts[1].reply_to == first.remote_id
    publisher.publish(post(), call(Action.DELETE, first.remote_id))
    assert account.posts[0].deleted


def test_deleting_what_is_gone_is_done(publisher: X) -> None:
    published = publisher.publish(post(), call())
    publisher.publish(post(), call(Action.DELETE, published.remote_id))
    again = publisher.publish(post(), call(Action.DELETE, published.remote_id))
    assert again.remote_id == published.remote_id


def test_an_edit_is_rejected_in_italian(publisher: X) -> None:
    with pytest.raises(Rejected, match="non permette di modificare"):
        publisher.publish(post(), call(Action.EDIT, "1"))


def test_a_text_that_does_not_fit_is_rejected_before_any_call(
    publisher: X, sandbox: Sandbox
) -> None:
    with pytest.raises(Rejected, match="troppo lungo"):
        publisher.publish(post("x" * 281), call())
    assert sandbox.board.exchanges == []


@pytest.mark.parametrize(
    "answer",
    [
        problem(403, DUPLICATE),
        problem(500),
        problem(503),
        problem(408),
        says(502, "<html>Bad gateway</html>"),
        says(201, "{}"),
        says(201, '{"data": {}}'),
        says(201, '["id"]'),
        says(201, "not json"),
        says(302, '{"data": {"id": "1"}}'),
        says(500, '["errors"]'),
    ],
    ids=str,
)
def test_an_answer_that_proves_nothing_is_unconfirmed(
    publisher: X, sandbox: Sandbox, answer: dict[str, object]
) -> None:
    order(sandbox, "answer", "tweets.create", **answer)
    with pytest.raises(Unclear):
        publisher.publish(post(), call())


@pytest.mark.parametrize(
    "answer", [problem(404), says(404, "<html>Not found</html>"), says(404, "{}")], ids=str
)
@pytest.mark.parametrize("action", [Action.CREATE, Action.DELETE])
def test_a_404_that_does_not_say_what_is_not_there_proves_nothing(
    publisher: X, sandbox: Sandbox, answer: dict[str, object], action: Action
) -> None:
    """Something in between may have answered: neither refused, nor gone already."""
    out = publisher.publish(post(), call())
    operation = "tweets.create" if action is Action.CREATE else "tweets.delete"
    order(sandbox, "answer", operation, **answer)
    with pytest.raises(Unclear, match="404 senza dire"):
        publisher.publish(post("Altro"), call(action, out.remote_id))


@pytest.mark.parametrize("mood", ["lost", "refuse", "created_then_500"])
def test_a_cut_connection_is_unconfirmed(publisher: X, sandbox: Sandbox, mood: Mood) -> None:
    order(sandbox, mood, "tweets.create")
    with pytest.raises(Unclear):
        publisher.publish(post(), call())


def test_a_late_answer_is_unconfirmed_and_then_found(
    publisher: X, account: Account, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishers.http._READ_SECONDS", 0.2)
    order(sandbox, "late", "tweets.create", seconds=0.6)
    with pytest.raises(Unclear):
        publisher.publish(post(), call())
    found = publisher.find(post(), since())
    assert found is not None
    assert found.remote_id == account.posts[0].id


def test_a_repeated_text_is_unconfirmed_and_then_found(publisher: X) -> None:
    first = publisher.publish(post(), call())
    with pytest.raises(Unclear, match="duplicate"):
        publisher.publish(post(), call())
    assert publisher.find(post(), since()) == first


def test_a_closed_port_is_unavailable(sandbox: Sandbox, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unavailable):
            X(config(sandbox, api_url=url), tmp_path).publish(post(), call())


def test_a_throttle_names_when_to_try_again(publisher: X, sandbox: Sandbox) -> None:
    order(sandbox, "throttle", "tweets.create", seconds=600)
    before = datetime.now(UTC)
    with pytest.raises(Unavailable) as raised:
        publisher.publish(post(), call())
    assert raised.value.whole_channel
    assert raised.value.retry_at is not None
    assert timedelta(seconds=595) < raised.value.retry_at - before < timedelta(seconds=605)


def test_a_used_up_day_is_waited_out(publisher: X, sandbox: Sandbox) -> None:
    answer = problem(429)
    answer["headers"] = {
        "x-rate-limit-reset": "1795344000",
        "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": "1795400000",
    }
    order(sandbox, "answer", "tweets.create", **answer)
    with pytest.raises(Unavailable) as raised:
        publisher.publish(post(), call())
    assert raised.value.retry_at == datetime.fromtimestamp(1795400000, UTC)


@pytest.mark.parametrize(
    "answer",
    [
        problem(401),
        problem(402),
        problem(403, kind=f"{PROBLEMS}/client-forbidden"),
        problem(403, kind=f"{PROBLEMS}/oauth1-permissions"),
        problem(403, "Your account is suspended and is not permitted to access this feature."),
        problem(429, kind=f"{PROBLEMS}/usage-capped"),
    ],
    ids=str,
)
def test_an_account_that_cannot_post_takes_the_channel_down(
    publisher: X, sandbox: Sandbox, answer: dict[str, object]
) -> None:
    order(sandbox, "answer", "tweets.create", **answer)
    with pytest.raises(ChannelDown):
        publisher.publish(post(), call())


@pytest.mark.parametrize(
    "answer", [problem(400), problem(403, "You are not permitted to perform this action.")], ids=str
)
def test_a_permanent_refusal_is_rejected(
    publisher: X, sandbox: Sandbox, answer: dict[str, object]
) -> None:
    order(sandbox, "answer", "tweets.create", **answer)
    with pytest.raises(Rejected):
        publisher.publish(post(), call())


@pytest.mark.parametrize("operation", ["media.upload", "media.metadata"])
@pytest.mark.parametrize(
    ("mood", "raised"),
    [("created_then_500", Unavailable), ("lost", Unavailable), ("revoked", ChannelDown)],
)
def test_a_failed_upload_proves_that_nothing_went_out(
    publisher: X,
    account: Account,
    sandbox: Sandbox,
    tmp_path: Path,
    operation: str,
    mood: Mood,
    raised: type[Exception],
) -> None:
    order(sandbox, mood, operation)
    with pytest.raises(raised):
        publisher.publish(post(media=(picture(tmp_path, alt="rosso"),)), call())
    assert account.posts == []


def test_a_picture_missing_on_disk_is_rejected(publisher: X, tmp_path: Path) -> None:
    lost = picture(tmp_path)
    (tmp_path / lost.file_name).unlink()
    with pytest.raises(Rejected, match="immagine"):
        publisher.publish(post(media=(lost,)), call())


def test_a_post_with_links_signs_and_pictures_is_recognised(
    publisher: X, account: Account, sandbox: Sandbox, tmp_path: Path
) -> None:
    sent = post(
        "Caffè & <co>: vedi https://www.comune.example/a?b=1&c=2 qui 👩‍🎓",
        media=(picture(tmp_path), picture(tmp_path, "blue")),
    )
    order(sandbox, "lost", "tweets.create")
    with pytest.raises(Unclear):
        publisher.publish(sent, call())
    found = publisher.find(sent, since())
    assert found is not None
    assert found.remote_id == account.posts[0].id
    assert publisher.find(post("Altro"), since()) is None


def test_every_page_of_posts_is_read_before_one_is_called_absent(
    publisher: X, sandbox: Sandbox
) -> None:
    first = publisher.publish(post("Il primo"), call())
    for number in range(120):
        publisher.publish(post(f"Numero {number}"), call())
    assert publisher.find(post("Il primo"), since()) == first
    assert publisher.find(post("Mai uscito"), since()) is None
    assert sandbox.board.exchanges[-1].query["pagination_token"]


def test_older_posts_with_the_same_text_are_not_taken_for_it(
    publisher: X, account: Account
) -> None:
    publisher.publish(post(), call())
    account.posts[0].created -= timedelta(hours=1)
    assert publisher.find(post(), since()) is None


@pytest.mark.parametrize("operation", ["users.me", "users.tweets"])
@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (problem(500), CannotTell),
        (says(200, "{}"), CannotTell),
        (says(200, '{"data": [{"id": "1"}], "meta": {}}'), CannotTell),
        (problem(400), CannotTell),
        (problem(429), Unavailable),
        (problem(401), ChannelDown),
    ],
    ids=str,
)
def test_a_reading_without_proof_says_so(
    publisher: X,
    sandbox: Sandbox,
    operation: str,
    answer: dict[str, object],
    raised: type[Exception],
) -> None:
    order(sandbox, "answer", operation, **answer)
    with pytest.raises(raised):
        publisher.find(post(), since())


def test_a_partial_reading_is_no_proof(publisher: X, sandbox: Sandbox) -> None:
    body = '{"meta": {"result_count": 0}, "errors": [{"title": "t", "type": "about:blank"}]}'
    order(sandbox, "answer", "users.tweets", **says(200, body))
    with pytest.raises(CannotTell):
        publisher.find(post(), since())


def test_the_doctor_sees_good_keys(publisher: X) -> None:
    (finding,) = publisher.check()
    assert finding.well


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token_secret": "wrong"},
        {"consumer_key": "wrong"},
        {"username": "Carla"},
        {"access_token": ""},
    ],
    ids=str,
)
def test_the_doctor_says_what_to_mend(
    sandbox: Sandbox, tmp_path: Path, changes: dict[str, str]
) -> None:
    (finding,) = X(config(sandbox, **changes), tmp_path).check()
    assert not finding.well
    assert "X_USERNAME" in finding.mend


def test_without_keys_it_is_not_configured(tmp_path: Path) -> None:
    assert not X(X.Config(), tmp_path).configured


@pytest.mark.parametrize(
    "trouble",
    [("lost", "tweets.create"), ("revoked", "tweets.create"), ("lost", "media.upload")],
)
def test_no_secret_is_raised_or_logged(
    publisher: X,
    account: Account,
    sandbox: Sandbox,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    trouble: tuple[Mood, str],
) -> None:
    caplog.set_level(logging.DEBUG)
    order(sandbox, *trouble)
    with pytest.raises(Exception) as raised:  # noqa: PT011  # whatever comes, its text counts
        publisher.publish(post(media=(picture(tmp_path),)), call())
    publisher.publish(post("Un altro"), call())
    publisher.find(post(), since())
    logged = [r.getMessage() for r in caplog.records]
    told = "".join(logged) + "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    keys = (account.consumer_key, account.consumer_secret)
    for secret in (*keys, account.access_token, account.access_token_secret):
        assert secret not in told
    assert "oauth_signature" not in told
    assert raised.value.__context__ is None or "oauth" not in repr(raised.value.__context__)


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("Apre lo sportello", "0.015"),
        (f"Apre lo sportello\n{URL}", "0.20"),
        ("Vedi comune.tirano.so.it", "0.20"),
        ("Vedi http://127.0.0.1:8000/a", "0.20"),
        ("Vedi il punto 2.1", "0.015"),
    ],
)
def test_a_post_costs_more_with_a_link(publisher: X, text: str, dollars: str) -> None:
    assert publisher.cost(Post(channel="x", title="t", text=text)) == Decimal(dollars)


def test_pictures_cost_nothing_more(publisher: X, tmp_path: Path) -> None:
    plain = Post(channel="x", title="t", text="Apre lo sportello")
    with_one = plain.model_copy(update={"media": (picture(tmp_path),)})
    assert publisher.cost(with_one) == publisher.cost(plain)


@pytest.mark.parametrize("limit", ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"])
def test_a_success_that_used_up_a_limit_says_until_when_to_be_quiet(
    publisher: X, account: Account, sandbox: Sandbox, limit: str
) -> None:
    body = '{"data": {"id": "1990000000000000001", "text": "…"}}'
    reset = NOW + timedelta(minutes=15)
    left = {f"{limit}-remaining": "0", f"{limit}-reset": str(int(reset.timestamp()))}
    order(sandbox, "created_then_500", "tweets.create", **says(201, body, **left))
    published = publisher.publish(post(), call())
    assert published.remote_id == account.posts[0].id
    assert published.quiet_until == reset


def test_a_success_with_more_to_come_asks_for_no_quiet(publisher: X) -> None:
    assert publisher.publish(post(), call()).quiet_until is None


def test_a_limit_of_uploads_used_up_does_not_silence_posts(
    publisher: X, account: Account, sandbox: Sandbox, tmp_path: Path
) -> None:
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795351200"}
    body = '{"data": {"id": "1990000000000000001"}}'
    order(sandbox, "created_then_500", "media.upload", **says(200, body, **headers))
    published = publisher.publish(post(media=(picture(tmp_path),)), call())
    assert published.quiet_until is None


def test_what_is_no_longer_ours_is_not_posted(
    publisher: X, account: Account, tmp_path: Path
) -> None:
    late = replace(call(), still_ours=lambda: False)
    with pytest.raises(Unavailable):
        publisher.publish(post(media=(picture(tmp_path),)), late)
    assert account.posts == []


def test_a_duplicate_is_a_refusal_once_it_is_proved_absent(publisher: X, sandbox: Sandbox) -> None:
    order(sandbox, "answer", "tweets.create", **problem(403, "duplicate content"))
    with pytest.raises(Unclear) as raised:
        publisher.publish(post(), call())
    assert raised.value.refused
