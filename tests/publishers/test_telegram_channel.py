"""The Telegram channel against its stand-in: what the contract test does not ask."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bottega.sandbox.core import Trouble
from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram_channel import TelegramChannel as Room
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
)
from publishers.telegram_channel import TelegramChannel

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
URL = "https://laboratori.example.org/notizie/sportello?a=1&b=2"


@pytest.fixture
def room(served: Sandbox) -> Room:
    served.reset()
    room = served.outlets["telegram_channel"]
    assert isinstance(room, Room)
    room.now = lambda: NOW
    return room


@pytest.fixture
def keys(served: Sandbox) -> dict[str, str]:
    return served.keys()["telegram_channel"]


@pytest.fixture
def publisher(room: Room, keys: dict[str, str], tmp_path: Path) -> TelegramChannel:
    return TelegramChannel(TelegramChannel.Config.model_validate(keys), tmp_path)


def piece(**changes: object) -> Piece:
    told: dict[str, object] = {
        "article_id": 1, "version": 1, "receipt": "A-1", "kind": Kind.INITIATIVE,
        "section": Section.NEWS, "slug": "sportello", "title": "Pane & <rose> a Tirano",
        "lead": "Ogni martedì, dalle 9.", "text": "…", "organisation": "Comune di Tirano",
        "url": URL,
    }  # fmt: skip
    return Piece.model_validate(told | changes)


def call(action: Action = Action.CREATE, remote_id: str | None = None) -> Call:
    return Call(key="op-1", action=action, now=NOW, due_at=NOW, remote_id=remote_id)


def numbers(proof: Published) -> str:
    """Return the numbers of a post's messages, which count within its channel."""
    return proof.remote_id.rpartition(":")[2]


def pictures(root: Path, count: int) -> tuple[Medium, ...]:
    kept = []
    for number in range(count):
        out = BytesIO()
        Image.new("RGB", (8, 8), (number * 20, 0, 0)).save(out, "PNG")
        kept.append(keep(root, out.getvalue()))
    return tuple(kept)


# ---------------------------------------------------------------- what goes out


def test_the_first_paragraph_is_bold_and_every_sign_means_itself(
    publisher: TelegramChannel, room: Room
) -> None:
    post = publisher.render(piece())

    publisher.publish(post, call())

    (message,) = room.chat.messages
    assert post.text == f"Pane & <rose> a Tirano\n\nOgni martedì, dalle 9.\n\n{URL}"
    assert message["text"] == post.text
    (bold,) = [one for one in message["entities"] if one["type"] == "bold"]
    assert (bold["offset"], bold["length"]) == (0, len("Pane & <rose> a Tirano"))


def test_what_was_approved_is_what_is_sent(publisher: TelegramChannel, room: Room) -> None:
    """The HTML is frozen with the post: a newer version of ours does not mark it up anew."""
    post = publisher.render(piece())
    frozen = Post.model_validate_json(post.canonical())
    other = frozen.model_copy(update={"facts": frozen.facts | {"html": "<i>Approvato</i>"}})

    publisher.publish(other, call())

    assert room.texts() == ["Approvato"]
    assert frozen == post


@pytest.mark.parametrize(
    ("preview", "shown"),
    [
        ("large", {"url": URL, "prefer_large_media": True}),
        ("small", {"url": URL, "prefer_small_media": True}),
        ("none", {"is_disabled": True}),
    ],
)
def test_the_page_is_shown_below_as_large_as_one_wants(
    room: Room, keys: dict[str, str], tmp_path: Path, preview: str, shown: dict[str, Any]
) -> None:
    config = TelegramChannel.Config.model_validate(keys | {"preview": preview})
    publisher = TelegramChannel(config, tmp_path)

    publisher.publish(publisher.render(piece()), call())

    assert room.chat.messages[0]["link_preview_options"] == shown


@pytest.mark.parametrize("count", [1, 2, 10])
def test_pictures_go_out_as_one_post_under_one_text(
    publisher: TelegramChannel, room: Room, tmp_path: Path, count: int
) -> None:
    post = publisher.render(piece(media=pictures(tmp_path, count)))

    proof = publisher.publish(post, call())

    (shown,) = room.shown()
    assert len(shown.photos) == count
    assert shown.text == post.text
    each = [str(one["message_id"]) for one in room.chat.messages]
    assert proof.remote_id == f"{room.chat.id}:{','.join(each)}"
    assert proof.permalink == f"https://t.me/laboratori_sandbox/{each[0]}"


@pytest.mark.parametrize(("count", "most"), [(0, 4096), (1, 1024)])
def test_words_too_long_are_cut_to_what_a_text_or_a_caption_takes(
    publisher: TelegramChannel, room: Room, tmp_path: Path, count: int, most: int
) -> None:
    words = "Una parola e 🏔️. " * 600
    told = piece(texts={"telegram_channel": words}, media=pictures(tmp_path, count))
    post = publisher.render(told)

    publisher.publish(post, call())

    assert most - 20 <= publisher.measure(post.text) <= most
    assert post.text.endswith(f"\n\n{URL}")
    assert room.texts() == [post.text]


def test_a_part_of_an_album_s_addresses_does_not_tell_the_album(
    publisher: TelegramChannel, tmp_path: Path
) -> None:
    """To delete what they tell would leave the rest of it standing."""
    post = publisher.render(piece(media=pictures(tmp_path, 3)))
    proof = publisher.publish(post, call())
    place = proof.permalink.rpartition("/")[0]
    addresses = [f"{place}/{number}?single" for number in numbers(proof).split(",")]

    assert publisher.id_in(post, addresses) == numbers(proof)
    assert publisher.id_in(post, addresses[:1]) is None


def test_a_reply_goes_on_from_the_first_message_of_an_album(
    publisher: TelegramChannel, room: Room, tmp_path: Path
) -> None:
    first = publisher.publish(publisher.render(piece(media=pictures(tmp_path, 2))), call())

    publisher.publish(publisher.render(piece()), call(Action.REPLY, first.remote_id))

    assert room.chat.messages[-1]["reply_to_message"]["message_id"] == 1


def test_a_private_channel_has_links_for_its_members(
    room: Room, keys: dict[str, str], tmp_path: Path
) -> None:
    del room.chat.names["username"]
    config = TelegramChannel.Config.model_validate(keys | {"chat": str(room.chat.id)})
    publisher = TelegramChannel(config, tmp_path)

    proof = publisher.publish(publisher.render(piece()), call())

    assert proof.permalink == "https://t.me/c/2233445566/1"


# ---------------------------------------------------------------- corrections


@pytest.mark.parametrize("count", [0, 1, 3])
def test_text_and_caption_are_corrected_in_place(
    publisher: TelegramChannel, room: Room, tmp_path: Path, count: int
) -> None:
    media = pictures(tmp_path, count)
    proof = publisher.publish(publisher.render(piece(media=media)), call())
    better = publisher.render(piece(media=media, lead="Ogni mercoledì."))

    for _ in range(2):  # that it is so already is no failure
        again = publisher.publish(better, call(Action.EDIT, proof.remote_id))
        assert again == proof
    assert room.texts() == [better.text]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_every_part_is_deleted_and_what_is_gone_stays_gone(
    publisher: TelegramChannel, room: Room, tmp_path: Path, count: int
) -> None:
    post = publisher.render(piece(media=pictures(tmp_path, count)))
    proof = publisher.publish(post, call())

    for _ in range(2):
        assert publisher.publish(post, call(Action.DELETE, proof.remote_id)) == proof
    assert room.chat.messages == []


def test_what_is_gone_cannot_be_corrected(publisher: TelegramChannel) -> None:
    with pytest.raises(Rejected, match="not found"):
        publisher.publish(publisher.render(piece()), call(Action.EDIT, "7"))


def test_an_edit_aimed_at_nothing_is_refused(publisher: TelegramChannel) -> None:
    with pytest.raises(Rejected, match="identificativo"):
        publisher.publish(publisher.render(piece()), call(Action.EDIT))


@pytest.mark.parametrize("action", [Action.EDIT, Action.DELETE, Action.REPLY])
@pytest.mark.parametrize("named", ["@prova", "-1009"])
def test_a_message_of_the_channel_used_before_is_not_taken_for_one_of_this(
    publisher: TelegramChannel, room: Room, keys: dict[str, str], tmp_path: Path,
    action: Action, named: str,
) -> None:  # fmt: skip
    trial = room.telegram.channel(-1009, "Prova", "prova")
    there = TelegramChannel.Config.model_validate(keys | {"chat": named})
    post = publisher.render(piece())
    proof = TelegramChannel(there, tmp_path).publish(post, call())
    publisher.publish(post, call())
    before = list(room.chat.messages)
    assert numbers(proof) == str(before[0]["message_id"])

    with pytest.raises(Rejected, match="altro canale"):
        publisher.publish(publisher.render(piece(lead="Altro.")), call(action, proof.remote_id))

    assert room.chat.messages == before
    assert len(trial.messages) == 1


def test_where_a_channel_is_not_told_nothing_is_changed_yet(
    publisher: TelegramChannel, room: Room, served: Sandbox
) -> None:
    proof = publisher.publish(publisher.render(piece()), call())
    served.board.troubles.append(Trouble("lost", "telegram_channel", "getChat"))

    with pytest.raises(Unavailable):
        publisher.publish(publisher.render(piece()), call(Action.DELETE, proof.remote_id))

    assert len(room.chat.messages) == 1


# ---------------------------------------------------------------- what the bot may


@pytest.mark.parametrize("status", ["left", "kicked"])
def test_a_bot_that_was_put_out_pauses_the_channel(
    publisher: TelegramChannel, room: Room, status: Any
) -> None:
    room.chat.members[room.telegram.bot["id"]] = status

    with pytest.raises(ChannelDown):
        publisher.publish(publisher.render(piece()), call())


@pytest.mark.parametrize(
    "refusal", ["chat not found", "not enough rights to send text messages to the chat"]
)
def test_what_every_post_would_meet_pauses_the_channel(
    publisher: TelegramChannel, served: Sandbox, refusal: str
) -> None:
    body = f'{{"ok": false, "error_code": 400, "description": "Bad Request: {refusal}"}}'
    served.board.troubles.append(
        Trouble("answer", "telegram_channel", "sendMessage", status=400, body=body)
    )

    with pytest.raises(ChannelDown):
        publisher.publish(publisher.render(piece()), call())


def test_a_throttle_names_its_end(publisher: TelegramChannel, room: Room) -> None:
    room.telegram.rate_limits = True
    for _ in range(20):
        publisher.publish(publisher.render(piece()), call())

    with pytest.raises(Unavailable) as told:
        publisher.publish(publisher.render(piece()), call())
    assert told.value.retry_at == NOW + timedelta(minutes=1)


def test_a_post_that_came_out_is_not_claimed_to_be_absent(publisher: TelegramChannel) -> None:
    post = publisher.render(piece())
    publisher.publish(post, call())

    with pytest.raises(CannotTell, match="bot"):
        publisher.find(post, NOW)


def test_the_doctor_is_told_what_the_bot_may_do(publisher: TelegramChannel, room: Room) -> None:
    (well,) = publisher.check()
    room.chat.members[room.telegram.bot["id"]] = "member"
    (ill,) = publisher.check()

    assert (well.well, "@laboratori_sandbox_bot" in well.what) == (True, True)
    assert "può pubblicare, modificare, cancellare, risponde" in well.what
    assert (ill.well, "modificare né cancellare" in ill.what) == (False, True)
    assert "amministratore" in ill.mend


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({}, True),
        ({"chat": "-1001234"}, True),
        ({"chat": "laboratori"}, False),
        ({"chat": ""}, False),
        ({"token": ""}, False),
    ],
)
def test_it_needs_a_bot_and_a_channel(
    keys: dict[str, str], tmp_path: Path, changes: dict[str, str], there: bool
) -> None:
    config = TelegramChannel.Config.model_validate(keys | changes)

    assert TelegramChannel(config, tmp_path).configured is there
