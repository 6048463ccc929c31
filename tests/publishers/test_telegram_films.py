"""Films in a Telegram channel against its stand-in: what the contract test does not ask."""

from pathlib import Path

import pytest

from bottega.sandbox.core import Trouble
from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram_channel import TelegramChannel as Room
from content.media import keep
from publishers.base import Action, Call, Rejected, Unclear
from publishers.telegram_channel import TelegramChannel
from tests import files
from tests.publishers.stage import NOW, film, picture, piece


@pytest.fixture
def room(served: Sandbox) -> Room:
    served.reset()
    room = served.outlets["telegram_channel"]
    assert isinstance(room, Room)
    room.now = lambda: NOW
    return room


@pytest.fixture
def publisher(served: Sandbox, room: Room, tmp_path: Path) -> TelegramChannel:
    keys = served.keys()["telegram_channel"]
    return TelegramChannel(TelegramChannel.Config.model_validate(keys), tmp_path)


def call(action: Action = Action.CREATE, remote_id: str | None = None) -> Call:
    return Call(key="op-1", action=action, now=NOW, due_at=NOW, remote_id=remote_id)


def test_one_call_carries_the_film_with_its_words_size_and_length(
    publisher: TelegramChannel, room: Room, served: Sandbox, tmp_path: Path
) -> None:
    kept = keep(tmp_path, files.film(2, sound=None))
    post = publisher.render(piece("Apre & chiude", [kept]))

    proof = publisher.publish(post, call())

    assert [name for _, name in served.board.operations] == ["sendVideo"]
    (message,) = room.chat.messages
    assert message["caption"] == post.text
    video = message["video"]
    assert (video["width"], video["height"], video["duration"]) == (kept.width, kept.height, 2)
    assert room.telegram.files.get(video["file_id"]).content == kept.read(tmp_path)
    assert served.board.exchanges[0].fields["supports_streaming"] == "true"
    assert proof.permalink == f"https://t.me/laboratori_sandbox/{message['message_id']}"


def test_its_thumbnail_is_as_small_as_telegram_wants_it(
    publisher: TelegramChannel, room: Room, tmp_path: Path
) -> None:
    """Telegram does not complain of one that is too large: it shows none."""
    wide = keep(tmp_path, files.film(1, sound=None, size=(1280, 720)))

    publisher.publish(publisher.render(piece("Apre", [wide])), call())

    thumbnail = room.chat.messages[0]["video"]["thumbnail"]
    assert (thumbnail["width"], thumbnail["height"]) == (320, 180)


def test_the_words_are_cut_to_what_a_caption_takes(
    publisher: TelegramChannel, room: Room, tmp_path: Path
) -> None:
    long = piece("Apre", [film(tmp_path)])
    long = long.model_copy(update={"texts": {"telegram_channel": "Una parola e 🏔️. " * 600}})
    post = publisher.render(long)

    publisher.publish(post, call())

    assert 1000 <= publisher.measure(post.text) <= 1024
    assert room.texts() == [post.text]


def test_a_film_stands_in_the_place_of_pictures(publisher: TelegramChannel, tmp_path: Path) -> None:
    shown = film(tmp_path)

    assert publisher.render(piece("Apre", [picture(tmp_path, 1), shown])).media == (shown,)


def test_a_film_of_more_than_a_bot_may_send_is_left_to_the_page(
    publisher: TelegramChannel, tmp_path: Path
) -> None:
    shown, photo = film(tmp_path), picture(tmp_path, 1)
    for size, media in ((50 * 1024**2, shown), (50 * 1024**2 + 1, photo)):
        sized = shown.model_copy(update={"size": size})
        rendered = publisher.render(piece("Apre", [photo, sized])).media
        assert rendered == ((sized,) if media is shown else (photo,))


def test_a_correction_changes_the_words_below_the_film(
    publisher: TelegramChannel, room: Room, tmp_path: Path
) -> None:
    shown = film(tmp_path)
    proof = publisher.publish(publisher.render(piece("Apre", [shown])), call())
    after = publisher.render(piece("Chiude", [shown]))

    for _ in range(2):  # the same again is as it should be
        again = publisher.publish(after, call(Action.EDIT, proof.remote_id))
        assert again == proof

    (message,) = room.chat.messages
    assert message["caption"] == after.text
    assert "video" in message


def test_a_retraction_takes_the_film_away(
    publisher: TelegramChannel, room: Room, tmp_path: Path
) -> None:
    post = publisher.render(piece("Apre", [film(tmp_path)]))
    proof = publisher.publish(post, call())

    publisher.publish(post, call(Action.DELETE, proof.remote_id))

    assert room.chat.messages == []


def test_a_film_that_telegram_finds_too_large_after_all_is_refused(
    publisher: TelegramChannel, room: Room, served: Sandbox, tmp_path: Path
) -> None:
    body = '{"ok": false, "error_code": 413, "description": "Request Entity Too Large"}'
    served.board.troubles.append(
        Trouble("answer", "telegram_channel", "sendVideo", status=413, body=body)
    )

    with pytest.raises(Rejected, match="Too Large"):
        publisher.publish(publisher.render(piece("Apre", [film(tmp_path)])), call())
    assert room.chat.messages == []


def test_a_film_whose_answer_is_lost_is_never_taken_for_absent(
    publisher: TelegramChannel, room: Room, served: Sandbox, tmp_path: Path
) -> None:
    served.board.troubles.append(Trouble("lost", "telegram_channel", "sendVideo"))

    with pytest.raises(Unclear):
        publisher.publish(publisher.render(piece("Apre", [film(tmp_path)])), call())
    assert len(room.chat.messages) == 1
