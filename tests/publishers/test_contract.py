"""What every publisher may claim on its bad days: nothing that it cannot prove.

Each of PUBLISHERS is run through the same days against its stand-in, over real HTTP; one that is
performed again instead of read back (`idempotent`) has days of its own, at the end.
"""

import select
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from urllib3.connection import HTTPConnection

from bottega.sandbox.channels import OUTLETS
from bottega.sandbox.core import Mood, Switchboard
from bottega.sandbox.outlets import Outlet
from bottega.sandbox.server import Sandbox
from content.posts import Form
from publishers import PUBLISHERS
from publishers.addresses import sourced
from publishers.base import (
    Action,
    Call,
    CannotTell,
    ChannelDown,
    Post,
    Published,
    Publisher,
    Rejected,
    Unavailable,
    Unclear,
)
from tests.publishers.stage import NOW, SINCE, Stage, at_home, film, picture, piece, staged

READ_ONCE = [one for one in PUBLISHERS if not one.idempotent]
PERFORMED_AGAIN = [one for one in PUBLISHERS if one.idempotent]
OUTSIDE = {one.channel: one for one in OUTLETS}
REFUSE_TWICE = [
    one
    for one in READ_ONCE
    if one.channel in OUTSIDE and OUTSIDE[one.channel].repetition == "refused"
]
UPLOADING = [one for one in READ_ONCE if one.channel in OUTSIDE and OUTSIDE[one.channel].uploads]
FILMING = [one for one in READ_ONCE if one.channel in OUTSIDE and OUTSIDE[one.channel].shows_films]
PREPARING = [one for one in FILMING if OUTSIDE[one.channel].film_uploads]
AWAITING = [one for one in FILMING if OUTSIDE[one.channel].film_looks]
READABLE = [one for one in READ_ONCE if one.channel in OUTSIDE and OUTSIDE[one.channel].readings]
UNREADABLE = [one for one in READ_ONCE if one not in READABLE]
SOCIAL = [one for one in PUBLISHERS if one.limits.text]
TOLD_BY_ADDRESS = [one for one in READ_ONCE if one.channel != "wordpress"]
"""Where a post's address has its number; one on WordPress is made of words."""
PROVED = (Published, Unavailable, Rejected, ChannelDown)
"""What may be claimed; all else is "nobody knows"."""
JSON = {"content-type": "application/json"}
HTML = {"body": "<html>Bad gateway</html>", "headers": {"content-type": "text/html"}}


# ---------------------------------------------------------------- the cast


@pytest.fixture
def sandbox(served: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    _out_of_patience(served.board, monkeypatch)
    served.reset()
    for one in served.outlets.values():
        one.now = lambda: NOW
    return served


def _out_of_patience(board: Switchboard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a client give a call up once the channel has it and lets it wait, and no other call.

    A clock would give up on what a busy machine is merely slow to answer.
    """
    asked, answered = HTTPConnection.request, HTTPConnection.getresponse
    doomed: dict[HTTPConnection, bool] = {}

    def waits() -> bool:
        return any(one.mood in ("stalled", "late") for one in list(board.troubles))

    def request(connection: HTTPConnection, *args: Any, **rest: Any) -> None:
        doomed[connection] = waits()  # before it is sent: the channel may be quick
        asked(connection, *args, **rest)

    def getresponse(connection: HTTPConnection) -> Any:
        while doomed[connection] and not select.select([connection.sock], [], [], 0.05)[0]:
            if not waits():
                raise TimeoutError("timed out")
        return answered(connection)

    monkeypatch.setattr(HTTPConnection, "request", request)
    monkeypatch.setattr(HTTPConnection, "getresponse", getresponse)


@pytest.fixture
def stage(sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Stage:
    return staged(request.param, sandbox, tmp_path)


# ---------------------------------------------------------------- the days


@dataclass(frozen=True)
class Day:
    """What the channel does to the changing call, whether it does what is asked, the one claim.

    `claims` is None where nobody knows; `body` names the stand-in's own words for it.
    """

    name: str
    mood: Mood
    done: bool
    claims: type[Exception] | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    only: frozenset[Action] = frozenset(Action)

    def order(self, outlet: Outlet) -> dict[str, Any]:
        own = {"body": getattr(outlet, self.body), "headers": JSON} if self.body else {}
        return dict(self.answer) | own


WRITING = frozenset({Action.CREATE, Action.EDIT, Action.REPLY})
DAYS = (
    Day("reset before it is done", "refuse", False),
    Day("reset after it is done", "lost", True),
    Day("timeout before it is done", "stalled", False, answer={"seconds": 60}),
    Day("timeout after it is done", "late", True, answer={"seconds": 60}),
    Day("500 before it is done", "answer", False, body="broken"),
    Day("500 after it is done", "created_then_500", True, body="broken"),
    Day("HTML 502 before it is done", "answer", False, answer=HTML | {"status": 502}),
    Day("HTML 502 after it is done", "created_then_500", True, answer=HTML | {"status": 502}),
    Day("503 before it is done", "answer", False, answer={"status": 503}),
    Day("504 after it is done", "created_then_500", True, answer={"status": 504}),
    Day("redirect", "answer", False, answer={"status": 302, "headers": {"location": "/away"}}),
    Day("malformed JSON", "created_then_500", True,
        answer={"status": 200, "body": '{"id": "1', "headers": JSON}),
    Day("JSON of another shape", "created_then_500", True,
        answer={"status": 200, "body": '"ok"', "headers": JSON}),
    Day("success without proof", "created_then_500", True, answer={"status": 200}, body="hollow"),
    Day("throttled", "throttle", False, Unavailable, {"seconds": 600}),
    Day("token revoked", "revoked", False, ChannelDown),
    Day("right missing", "forbidden", False, ChannelDown),
    Day("content refused", "rejected", False, Rejected, only=WRITING),
)  # fmt: skip


def scenes() -> Iterator[Any]:
    """Yield each publisher with each day and each of its gestures."""
    for kind in READ_ONCE:
        for day in DAYS:
            for action in sorted(kind.actions & day.only):
                yield pytest.param(kind, day, action, id=f"{kind.channel}-{action}-{day.name}")


@pytest.mark.parametrize(("stage", "day", "action"), list(scenes()), indirect=["stage"])
def test_nothing_is_claimed_that_is_not_proved(stage: Stage, day: Day, action: Action) -> None:
    target = stage.target(action)
    before, asked = stage.outlet.texts(), stage.changing()
    stage.order(stage.outlet.changes[action][0], day.mood, **day.order(stage.outlet))
    post = stage.post()

    claim = stage.perform(action, post, target)

    assert (stage.outlet.texts() != before) is day.done
    assert stage.changing() == asked + 1, "one changing call"
    if day.claims is None:
        assert not isinstance(claim, PROVED)
        assert not (isinstance(claim, Unclear) and claim.refused)
    else:
        assert isinstance(claim, day.claims), claim
    if action is Action.CREATE and not isinstance(claim, PROVED):
        assert stage.told(post) in ({True, None} if day.done else {False, None})


@pytest.mark.parametrize("stage", READ_ONCE, indirect=True)
def test_a_throttle_names_its_end_and_holds_the_whole_channel(stage: Stage) -> None:
    stage.order(stage.outlet.changes["create"][0], "throttle", seconds=600)

    claim = stage.perform(Action.CREATE, stage.post())

    assert isinstance(claim, Unavailable)
    assert claim.whole_channel
    assert claim.retry_at is not None
    assert abs(claim.retry_at - NOW - timedelta(minutes=10)) <= timedelta(minutes=1)


@pytest.mark.parametrize("kind", READ_ONCE)
@pytest.mark.parametrize("action", Action)
def test_what_is_not_in_its_actions_is_refused_before_anybody_is_asked(
    sandbox: Sandbox, tmp_path: Path, kind: type[Publisher], action: Action
) -> None:
    stage = staged(kind, sandbox, tmp_path)
    can = action in kind.actions
    target = stage.target(action) if can else "1"
    asked = len(stage.outlet.board.operations)

    claim = stage.perform(action, stage.post(), target)

    assert isinstance(claim, Published if can else Rejected), claim
    assert (len(stage.outlet.board.operations) > asked) is can
    assert set(stage.outlet.changes) == {str(one) for one in kind.actions}


@pytest.mark.parametrize("stage", READ_ONCE, indirect=True)
@pytest.mark.parametrize("unknown", [None, "", "confermato a mano", "../1"])
def test_a_post_whose_number_nobody_knows_is_never_taken_for_gone(
    stage: Stage, unknown: str | None
) -> None:
    """As when a moderator said by hand that it came out: there is nothing to aim at."""
    for action in stage.publisher.actions - {Action.CREATE}:
        claim = stage.perform(action, stage.post(), unknown)

        assert isinstance(claim, Rejected), f"{action}: {claim!r}"
    assert stage.outlet.board.operations == []


@pytest.mark.parametrize("stage", READ_ONCE, indirect=True)
@pytest.mark.parametrize("where", ["closed port", "no TLS"])
def test_a_channel_out_of_reach_has_certainly_done_nothing(
    stage: Stage, sandbox: Sandbox, where: str
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        places = {
            "closed port": f"http://127.0.0.1:{port}",
            "no TLS": sandbox.url.replace("http:", "https:"),
        }
        keys = stage.outlet.keys(sandbox.url)
        address = next(name for name, value in keys.items() if value.startswith(sandbox.url))
        away = staged(type(stage.publisher), sandbox, stage.root, **{address: places[where]})

        claim = away.perform(Action.CREATE, away.post())

    assert isinstance(claim, Unavailable)
    assert away.outlet.texts() == []


@pytest.mark.parametrize("stage", READ_ONCE, indirect=True)
@pytest.mark.parametrize("pictures", [0, 1, 4])
def test_a_good_day_is_one_changing_call_and_its_proof(
    stage: Stage, sandbox: Sandbox, pictures: int
) -> None:
    post = stage.post(pictures=pictures)

    proof = stage.perform(Action.CREATE, post)

    assert isinstance(proof, Published), proof
    assert proof.remote_id
    assert proof.permalink.startswith(("https://", sandbox.url))  # some services live anywhere
    assert stage.changing() == 1
    assert stage.outlet.texts() != []
    assert stage.told(post) in {True, None}


@pytest.mark.parametrize("stage", TOLD_BY_ADDRESS, indirect=True)
@pytest.mark.parametrize("pictures", [0, 1, 4])
def test_the_address_that_a_person_gives_of_a_post_tells_what_to_aim_at(
    stage: Stage, pictures: int
) -> None:
    """One that a moderator saw come out can then be corrected and taken down as any other."""
    stage.perform(Action.CREATE, stage.post("Prima"))
    post = stage.post(pictures=pictures)
    proof = stage.perform(Action.CREATE, post)
    assert isinstance(proof, Published)
    within = proof.remote_id.rpartition(":")[2]  # Telegram's count within a channel, named before
    numbers = within.split(",")  # an album is several messages, each with its address
    addresses = [proof.permalink.replace(numbers[0], one) for one in numbers]

    number = stage.publisher.id_in(post, addresses)

    assert number in (proof.remote_id, within)
    for action in sorted(stage.publisher.actions - {Action.CREATE, Action.DELETE}):
        done = stage.perform(action, stage.post("Corretto", pictures), number)
        assert isinstance(done, Published), done
    gone = stage.perform(Action.DELETE, post, number)
    assert isinstance(gone, Published), gone
    assert not any("Apre lo sportello" in text for text in stage.outlet.texts())


@pytest.mark.parametrize("kind", PUBLISHERS)
@pytest.mark.parametrize(
    "addresses",
    [
        [], ["https://elsewhere.example/1"], ["https://t.me/altri/1"], ["https://x.com/Laboratori"],
        ["https://www.facebook.com/laboratori/posts/pfbid02abc"],
        ["https://mastodon.example/@altri@altrove.example/1"],
    ],
)  # fmt: skip
def test_an_address_of_something_else_tells_nothing(
    sandbox: Sandbox, tmp_path: Path, kind: type[Publisher], addresses: list[str]
) -> None:
    keys = sandbox.keys().get(kind.channel)
    config = kind.Config.model_validate(keys) if keys else at_home(kind, tmp_path)

    publisher = kind(config, tmp_path)
    assert publisher.id_in(publisher.render(piece("Apre lo sportello", [])), addresses) is None


@pytest.mark.parametrize("stage", READ_ONCE, indirect=True)
def test_a_repetition_is_recognised_refused_or_known_to_be_possible(stage: Stage) -> None:
    """As when an answer was lost and somebody says that the post is not there, though it is."""
    stage.order(stage.outlet.changes["create"][0], "lost")
    post = stage.post()
    stage.perform(Action.CREATE, post)
    first = stage.outlet.texts()

    claim = stage.perform(Action.CREATE, post)

    match stage.outlet.repetition:
        case "refused":
            assert isinstance(claim, Unclear)
            assert claim.refused, "it may be there: only a reading tells"
        case "recognised":
            assert isinstance(claim, Published)
        case "taken":
            assert isinstance(claim, Published)
            assert stage.told(post) is None, "what is taken twice must be asked about first"
            return
    assert stage.outlet.texts() == first


@pytest.mark.parametrize("stage", REFUSE_TWICE, indirect=True)
def test_a_duplicate_that_is_not_there_was_refused(stage: Stage) -> None:
    stage.order(stage.outlet.changes["create"][0], "duplicate")
    post = stage.post()

    claim = stage.perform(Action.CREATE, post)

    assert isinstance(claim, Unclear)
    assert claim.refused
    assert stage.told(post) is False


# ---------------------------------------------------------------- before the changing call


@pytest.mark.parametrize(
    ("stage", "day"),
    [
        pytest.param(kind, day, id=f"{kind.channel}-{day.name}")
        for kind in UPLOADING
        for day in DAYS
    ],
    indirect=["stage"],
)
def test_what_fails_before_the_changing_call_leaves_no_doubt(stage: Stage, day: Day) -> None:
    for operation in stage.outlet.uploads:
        stage.outlet.board.troubles.clear()
        stage.order(operation, day.mood, **day.order(stage.outlet))

        claim = stage.perform(Action.CREATE, stage.post(pictures=2))

        assert isinstance(claim, PROVED), f"{operation}: {claim!r}"
        assert bool(stage.outlet.texts()) is isinstance(claim, Published)
        stage.outlet.reset()


@pytest.mark.parametrize(
    ("stage", "day"),
    [
        pytest.param(kind, day, id=f"{kind.channel}-{day.name}")
        for kind in PREPARING
        for day in DAYS
    ],
    indirect=["stage"],
)
def test_what_fails_before_a_film_comes_out_leaves_no_doubt(stage: Stage, day: Day) -> None:
    for operation in stage.outlet.film_uploads:
        stage.outlet.board.reset()
        stage.order(operation, day.mood, **day.order(stage.outlet))

        claim = stage.perform(Action.CREATE, stage.film_post())

        assert (stage.outlet.channel, operation) in stage.outlet.board.operations
        assert isinstance(claim, PROVED), f"{operation}: {claim!r}"
        assert bool(stage.outlet.texts()) is isinstance(claim, Published)
        assert stage.changing() == isinstance(claim, Published)
        stage.outlet.reset()


@pytest.mark.parametrize("stage", FILMING, indirect=True)
def test_a_film_comes_out_by_one_changing_call_once_it_is_processed(stage: Stage) -> None:
    post = stage.film_post()

    proof = stage.perform(Action.CREATE, post)

    assert isinstance(proof, Published), proof
    assert stage.changing() == 1
    heard = [name for _, name in stage.outlet.board.operations]
    assert set(stage.outlet.film_uploads) <= set(heard)
    shown = stage.outlet.shown()[-1]
    assert len(shown.films) == 1
    assert not shown.photos
    assert ("Buongiorno a tutti" in shown.films[0].alt) is stage.outlet.takes_captions
    assert stage.told(post) in {True, None}
    assert stage.publisher.render(piece("Apre lo sportello", [film(stage.root)])) == post


@pytest.mark.parametrize(
    ("stage", "day"),
    [pytest.param(kind, day, id=f"{kind.channel}-{day.name}") for kind in FILMING for day in DAYS],
    indirect=["stage"],
)
def test_of_the_call_that_puts_a_film_out_only_what_is_proved_is_claimed(
    stage: Stage, day: Day
) -> None:
    post = stage.film_post()
    publishing = stage.outlet.changes["create"][-1]
    stage.order(publishing, day.mood, **day.order(stage.outlet))

    claim = stage.perform(Action.CREATE, post)

    assert bool(stage.outlet.texts()) is day.done
    if day.claims is None:
        assert not isinstance(claim, PROVED)
        assert stage.told(post) in ({True, None} if day.done else {False, None})
    else:
        assert isinstance(claim, day.claims), claim


@pytest.mark.parametrize("stage", AWAITING, indirect=True)
def test_a_film_that_cannot_be_processed_is_refused_with_what_to_do(stage: Stage) -> None:
    stage.order(stage.outlet.film_looks, "unprocessable")

    claim = stage.perform(Action.CREATE, stage.film_post())

    assert isinstance(claim, Rejected), claim
    assert "MP4" in claim.reason
    assert stage.outlet.texts() == []


@pytest.mark.parametrize("stage", AWAITING, indirect=True)
def test_a_processing_that_never_ends_is_tried_again_later(stage: Stage) -> None:
    stage.order(stage.outlet.film_looks, "processing", times=1000)

    claim = stage.perform(Action.CREATE, stage.film_post())

    assert isinstance(claim, Unavailable), claim
    assert claim.retry_at is not None
    assert claim.retry_at > NOW
    assert stage.outlet.texts() == []


@pytest.mark.parametrize("stage", AWAITING, indirect=True)
def test_a_film_whose_processing_outlasts_our_turn_is_not_put_out(stage: Stage) -> None:
    stage.order(stage.outlet.film_looks, "processing", times=1000)
    late = Call(key="1", action=Action.CREATE, now=NOW, due_at=NOW, still_ours=lambda: False)

    with pytest.raises(Unavailable):
        stage.go_on(stage.film_post(), late)
    assert stage.outlet.texts() == []


@pytest.mark.parametrize("stage", FILMING, indirect=True)
@pytest.mark.parametrize(
    "change",
    [{"seconds": None}, {"size": 20 * 2**30}, {"mime": "video/x-unheard"}, {"size": None}],
    ids=["of unknown length", "too large", "of a wrong kind", "of unknown size"],
)
def test_a_film_that_the_channel_does_not_take_is_left_to_the_page(
    stage: Stage, change: dict[str, Any]
) -> None:
    told = film(stage.root).model_copy(update=change)
    shown = picture(stage.root, 1)

    assert stage.publisher.render(piece("Apre", [told])).media == ()
    assert stage.publisher.render(piece("Apre", [told, shown])).media == (shown,)


@pytest.mark.parametrize("stage", FILMING, indirect=True)
def test_a_film_may_last_as_long_as_the_channel_says(stage: Stage) -> None:
    longest = stage.outlet.longest_film
    kept = film(stage.root)
    most, more = (
        kept.model_copy(update={"seconds": (longest or 36_000.0) + one}) for one in (0, 0.1)
    )

    assert stage.publisher.render(piece("Apre", [most])).media == (most,)
    assert stage.publisher.render(piece("Apre", [more])).media == (() if longest else (more,))


@pytest.mark.parametrize("stage", FILMING, indirect=True)
def test_a_film_or_captions_no_longer_on_the_disk_are_refused(stage: Stage) -> None:
    for ending in ("*.vtt", "*.mp4") if stage.outlet.takes_captions else ("*.mp4",):
        stage.outlet.reset()
        post = stage.film_post()
        for path in stage.root.rglob(ending):
            path.unlink()

        assert isinstance(stage.perform(Action.CREATE, post), Rejected)
        assert stage.outlet.texts() == []


@pytest.mark.parametrize("stage", READ_ONCE, indirect=True)
def test_a_picture_that_is_no_longer_on_the_disk_is_refused(stage: Stage) -> None:
    post = stage.post(pictures=2)
    for path in stage.root.rglob("*"):
        if path.is_file():
            path.unlink()

    assert isinstance(stage.perform(Action.CREATE, post), Rejected)
    assert stage.outlet.texts() == []


@pytest.mark.parametrize("stage", READ_ONCE, indirect=True)
def test_what_is_no_longer_ours_is_not_performed(stage: Stage) -> None:
    late = Call(key="1", action=Action.CREATE, now=NOW, due_at=NOW, still_ours=lambda: False)

    with pytest.raises(Unavailable):
        stage.publisher.publish(stage.post(pictures=1), late)
    assert stage.outlet.texts() == []


# ---------------------------------------------------------------- reading back


@pytest.mark.parametrize(
    ("stage", "day"),
    [pytest.param(kind, day, id=f"{kind.channel}-{day.name}") for kind in READABLE for day in DAYS],
    indirect=["stage"],
)
def test_a_reading_that_fails_proves_nothing(stage: Stage, day: Day) -> None:
    """Nor does an answer that is no answer: what is not shown may be there all the same."""
    post = stage.post()
    stage.perform(Action.CREATE, post)
    for operation in stage.outlet.readings:
        stage.outlet.board.troubles.clear()
        stage.order(operation, day.mood, **day.order(stage.outlet))

        with pytest.raises((CannotTell, Unavailable, ChannelDown)):
            stage.publisher.find(post, SINCE)


@pytest.mark.parametrize("stage", UNREADABLE, indirect=True)
def test_a_channel_that_cannot_be_read_proves_nothing_either_way(stage: Stage) -> None:
    shown, hidden = stage.post("Uno"), stage.post("Due")
    assert isinstance(stage.perform(Action.CREATE, shown), Published)

    assert stage.told(shown) is None
    assert stage.told(hidden) is None


@pytest.mark.parametrize("stage", READABLE, indirect=True)
def test_only_what_is_there_is_found(stage: Stage) -> None:
    shown, hidden = stage.post("Uno"), stage.post("Due")
    assert stage.told(shown) is False
    proof = stage.perform(Action.CREATE, shown)
    assert isinstance(proof, Published)

    assert stage.publisher.find(shown, SINCE) == proof
    assert stage.told(hidden) is False

    stage.perform(Action.DELETE, shown, proof.remote_id)
    assert stage.told(shown) is False


# ---------------------------------------------------------------- the link


def led_from(stage: Stage, title: str) -> Post:
    """Return what the channel would be sent where links say which channel they stood under."""
    plain = piece(title, [])
    url = sourced(plain.url, source=stage.publisher.channel, medium="social", campaign="idee-2026")
    return stage.publisher.render(plain.model_copy(update={"url": url}))


@pytest.mark.parametrize("stage", SOCIAL, indirect=True)
def test_the_longest_words_leave_room_for_the_longer_link(stage: Stage) -> None:
    post = led_from(stage, "Una parola e poi un’altra, " * 3000)

    assert post.text.endswith("&utm_campaign=idee-2026")
    assert stage.publisher.measure(post.text) <= stage.publisher.limits.text
    assert isinstance(stage.perform(Action.CREATE, post), Published)


@pytest.mark.parametrize("stage", [one for one in SOCIAL if one in READABLE], indirect=True)
def test_a_post_is_found_whether_or_not_its_link_still_says_where_it_stood(stage: Stage) -> None:
    for post in (stage.post("Uno"), led_from(stage, "Due")):
        proof = stage.perform(Action.CREATE, post)
        assert isinstance(proof, Published)
        assert stage.publisher.find(post, SINCE) == proof
    # A channel may take the parameters away, or the setting have changed since.
    assert stage.told(led_from(stage, "Uno")) is True
    assert stage.told(stage.post("Due")) is True
    assert stage.told(led_from(stage, "Tre")) is False


# ---------------------------------------------------------------- what is shown beside the words


def shown_as(stage: Stage, form: Form, pictures: int = 1) -> Post:
    media = [picture(stage.root, number) for number in range(pictures)]
    told = piece("Apre lo sportello", media)
    return stage.publisher.render(
        told.model_copy(update={"forms": {stage.publisher.channel: form}})
    )


@pytest.mark.parametrize("stage", SOCIAL, indirect=True)
@pytest.mark.parametrize("form", Form)
def test_a_post_shows_what_an_editor_chose_and_is_found_by_it(stage: Stage, form: Form) -> None:
    post, url = shown_as(stage, form), piece("", []).url

    assert (url in post.text, post.link) == ((True, url), (False, None))[form is Form.MEDIA]
    assert bool(post.media) is (form is not Form.LINK)
    proof = stage.perform(Action.CREATE, post)
    assert isinstance(proof, Published)
    (out,) = stage.outlet.shown()
    assert (url in out.text) is (form is not Form.MEDIA)
    if type(stage.publisher) in READABLE:
        assert stage.publisher.find(post, SINCE) == proof


@pytest.mark.parametrize("stage", SOCIAL, indirect=True)
def test_as_long_as_nobody_chooses_a_post_shows_both(stage: Stage) -> None:
    assert shown_as(stage, Form.BOTH) == stage.post(pictures=1)
    elsewhere = piece("Apre lo sportello", []).model_copy(update={"forms": {"other": Form.MEDIA}})
    assert stage.publisher.render(elsewhere) == stage.post()


@pytest.mark.parametrize("kind", [one for one in PUBLISHERS if one not in SOCIAL])
def test_a_page_is_the_same_whatever_posts_show(tmp_path: Path, kind: type[Publisher]) -> None:
    publisher = kind(at_home(kind, tmp_path), tmp_path)
    told = piece("Apre lo sportello", [picture(tmp_path, 1)])
    chosen = told.model_copy(update={"forms": {kind.channel: Form.LINK}})
    assert publisher.render(chosen) == publisher.render(told)


# ---------------------------------------------------------------- performed again


@pytest.mark.parametrize("kind", PERFORMED_AGAIN)
class TestPerformedAgain:
    """A channel that is no service: it need prove nothing, since doing all again is harmless."""

    def test_the_same_again_gives_the_same_proof_and_changes_nothing(
        self, tmp_path: Path, kind: type[Publisher]
    ) -> None:
        publisher = kind(at_home(kind, tmp_path), tmp_path / "media")
        post = publisher.render(piece("Apre lo sportello", [picture(tmp_path / "media", 1)]))
        for action in (Action.CREATE, Action.EDIT, Action.DELETE):
            call = Call(key="operation-7", action=action, now=NOW, due_at=NOW, remote_id="1")

            first = publisher.publish(post, call)
            pages = contents(tmp_path)
            again = publisher.publish(post, call)

            assert again == first
            assert first.remote_id
            assert contents(tmp_path) == pages

    def test_what_cannot_be_written_is_not_claimed_and_comes_out_once_it_can(
        self, tmp_path: Path, kind: type[Publisher]
    ) -> None:
        config = at_home(kind, tmp_path)
        home = tmp_path / "home"
        home.write_text("a file where the folder should be")
        post = kind(config, tmp_path / "media").render(piece("Apre lo sportello", []))
        call = Call(key="operation-7", action=Action.CREATE, now=NOW, due_at=NOW)

        with pytest.raises(Exception):  # noqa: B017, PT011 - which one is no matter
            kind(config, tmp_path / "media").publish(post, call)

        home.unlink()
        assert kind(config, tmp_path / "media").publish(post, call).remote_id


def contents(root: Path) -> dict[str, bytes]:
    """Return every page that a channel wrote, with its bytes."""
    return {str(one): one.read_bytes() for one in root.rglob("*.html")}
