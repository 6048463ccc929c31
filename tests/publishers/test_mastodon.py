"""The Mastodon adapter against its stand-in: what the contract test does not ask."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from bottega.sandbox.core import Mood, Trouble
from bottega.sandbox.mastodon import Mastodon as Account
from bottega.sandbox.server import Sandbox
from content.media import Medium, keep
from content.posts import Piece, Section
from content.submissions import Kind
from publishers.base import Action, Call, CannotTell, Post, Published, Rejected, Unavailable
from publishers.mastodon import Mastodon

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=1)
URL = "https://laboratori.example.org/notizie/sportello"


@pytest.fixture
def account(served: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setattr("publishers.mastodon_media._BETWEEN_LOOKS", 0)
    served.reset()
    account = served.outlets["mastodon"]
    assert isinstance(account, Account)
    account.now = lambda: NOW
    return account


@pytest.fixture
def keys(served: Sandbox) -> dict[str, str]:
    return served.keys()["mastodon"]


@pytest.fixture
def publisher(account: Account, keys: dict[str, str], tmp_path: Path) -> Mastodon:
    return Mastodon(Mastodon.Config.model_validate(keys), tmp_path)


def piece(**changes: object) -> Piece:
    told: dict[str, object] = {
        "article_id": 1, "version": 1, "receipt": "A-1", "kind": Kind.INITIATIVE,
        "section": Section.NEWS, "slug": "sportello", "title": "Uno sportello a Tirano",
        "lead": "Ogni martedì.", "text": "…", "organisation": "Comune di Tirano", "url": URL,
    }  # fmt: skip
    return Piece.model_validate(told | changes)


def post(text: str = "Apre lo sportello", media: tuple[Medium, ...] = ()) -> Post:
    return Post(channel="mastodon", title="t", text=f"{text}\n\n{URL}", link=URL, media=media)


def call(action: Action = Action.CREATE, remote_id: str | None = None, key: str = "op-1") -> Call:
    return Call(key=key, action=action, now=NOW, due_at=NOW, remote_id=remote_id)


def picture(root: Path, colour: str = "red", alt: str = "") -> Medium:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return keep(root, out.getvalue()).model_copy(update={"alt": alt})


# ---------------------------------------------------------------- what goes out


def test_title_lead_and_address_are_rendered(publisher: Mastodon) -> None:
    assert publisher.render(piece()).text == f"Uno sportello a Tirano\n\nOgni martedì.\n\n{URL}"


def test_words_too_long_are_cut_so_that_the_address_fits(publisher: Mastodon) -> None:
    rendered = publisher.render(piece(texts={"mastodon": "parola 🏔️ " * 120}))

    assert rendered.text.endswith(f"…\n\n{URL}")
    assert 490 < publisher.measure(rendered.text) <= 500


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("Perché", 6),
        ("👨‍👩‍👧‍👦", 1),
        (f"Vedi {URL}", 5 + 23),
        ("http://a.it", 23),
        ("a.it e basta", 12),  # without its protocol it is no link here
        ("Con @comune@mastodon.uno, oggi", 17),  # a mention without its server
        ("(@comune.tirano@mastodon.uno)", 16),
        ("urp@comune.tirano.so.it", 23),  # a mailbox is none
        ("https://mastodon.uno/@comune@altrove.it", 23),
    ],
)
def test_a_link_counts_23_and_a_sign_1(publisher: Mastodon, text: str, measured: int) -> None:
    assert publisher.measure(text) == measured


def test_the_server_counts_no_more_than_we_do(publisher: Mastodon, account: Account) -> None:
    text = f"{'à' * (500 - 25)}\n\n{URL}"
    assert publisher.measure(text) == 500

    publisher.publish(Post(channel="mastodon", title="t", text=text), call())
    with pytest.raises(Rejected, match="422"):
        publisher.publish(Post(channel="mastodon", title="t", text="x" + text), call())
    assert account.texts() == [text]


def test_the_server_counts_a_mention_as_we_do(publisher: Mastodon, account: Account) -> None:
    mention = " (@comune.tirano@un-server-dal-nome-molto-lungo.example)"
    text = f"{'à' * (500 - 25 - 17)}{mention}\n\n{URL}"
    assert publisher.measure(text) == 500

    publisher.publish(Post(channel="mastodon", title="t", text=text), call())
    with pytest.raises(Rejected, match="422"):
        publisher.publish(Post(channel="mastodon", title="t", text="x" + text), call())
    assert account.texts() == [text]


def test_pictures_go_out_with_their_descriptions_in_italian(
    publisher: Mastodon, account: Account, tmp_path: Path
) -> None:
    media = (picture(tmp_path, "red", "Un monte"), picture(tmp_path, "blue", "d" * 2000))

    proof = publisher.publish(post(media=media), call())

    (status,) = account.statuses
    assert [one.alt for one in status.media] == ["Un monte", "d" * 1500]
    assert status.language == "it"
    assert proof == Published(status.id, f"https://mastodon.example/@laboratori/{status.id}")


def test_a_picture_is_awaited_until_it_is_processed(
    publisher: Mastodon, account: Account, served: Sandbox, tmp_path: Path
) -> None:
    processing = Trouble("answer", "mastodon", "media.get", times=3, status=206)
    processing.body = '{"id": "115000000000000001", "url": null}'
    served.board.troubles.append(processing)

    publisher.publish(post(media=(picture(tmp_path),)), call())

    assert served.board.operations.count(("mastodon", "media.get")) == 4
    assert len(account.statuses[0].media) == 1


def test_a_picture_that_is_never_ready_leaves_the_post_for_later(
    publisher: Mastodon, account: Account, served: Sandbox, tmp_path: Path
) -> None:
    body = '{"id": "115000000000000001", "url": null}'
    served.board.troubles.append(
        Trouble("answer", "mastodon", "media.get", times=99, status=206, body=body)
    )

    with pytest.raises(Unavailable):
        publisher.publish(post(media=(picture(tmp_path),)), call())
    assert account.statuses == []


def test_a_reply_goes_on_from_the_post_before(publisher: Mastodon, account: Account) -> None:
    first = publisher.publish(post("Uno"), call())

    publisher.publish(post("Due"), call(Action.REPLY, first.remote_id, "op-2"))

    assert [one.reply_to for one in account.statuses] == [None, first.remote_id]


# ---------------------------------------------------------------- the same request again


def test_the_same_operation_again_is_recognised(publisher: Mastodon, account: Account) -> None:
    assert publisher.publish(post(), call()) == publisher.publish(post(), call())
    assert len(account.statuses) == 1


@pytest.mark.parametrize("other", ["another operation", "the same of another newsroom"])
def test_another_post_is_never_taken_for_it(
    publisher: Mastodon, account: Account, other: str
) -> None:
    """Each newsroom counts its operations from one, and one server may hear two of them."""
    publisher.publish(post("Uno"), call())

    if other == "another operation":
        publisher.publish(post("Uno"), call(key="op-2"))
    else:
        publisher.publish(post("Due"), call())
    assert len(account.statuses) == 2


# ---------------------------------------------------------------- corrections


def test_an_edit_keeps_the_pictures_that_the_post_has(
    publisher: Mastodon, account: Account, tmp_path: Path
) -> None:
    shown = picture(tmp_path, alt="Un monte")
    proof = publisher.publish(post("Uno", (shown,)), call())
    described = shown.model_copy(update={"alt": "Un monte, d'inverno"})

    again = publisher.publish(post("Due", (described,)), call(Action.EDIT, proof.remote_id))

    assert again == proof
    assert account.texts() == [f"Due\n\n{URL}"]
    assert [one.alt for one in account.statuses[0].media] == ["Un monte, d'inverno"]


def test_what_is_gone_already_counts_as_deleted(publisher: Mastodon, account: Account) -> None:
    proof = publisher.publish(post(), call())
    publisher.publish(post(), call(Action.DELETE, proof.remote_id))

    again = publisher.publish(post(), call(Action.DELETE, proof.remote_id))

    assert again.remote_id == proof.remote_id
    assert account.texts() == []


@pytest.mark.parametrize("mood", ["lost", "answer"])
def test_while_nobody_can_look_whether_it_is_gone_it_is_asked_again(
    publisher: Mastodon, account: Account, mood: Mood
) -> None:
    proof = publisher.publish(post(), call())
    publisher.publish(post(), call(Action.DELETE, proof.remote_id))
    account.board.troubles.append(Trouble(mood, "mastodon", "statuses.get"))

    with pytest.raises(Unavailable):
        publisher.publish(post(), call(Action.DELETE, proof.remote_id))

    again = publisher.publish(post(), call(Action.DELETE, proof.remote_id))
    assert again.remote_id == proof.remote_id


def test_what_another_account_posted_is_not_taken_for_gone(
    publisher: Mastodon, account: Account, served: Sandbox
) -> None:
    """A server answers 404 for a status that is there, but not ours to delete."""
    proof = publisher.publish(post(), call())
    said = '{"error": "Record not found"}'
    refused = Trouble("answer", "mastodon", "statuses.delete", status=404, body=said)
    served.board.troubles.append(refused)
    with pytest.raises(Rejected, match="404"):
        publisher.publish(post(), call(Action.DELETE, proof.remote_id))
    assert len(account.texts()) == 1


def test_what_is_gone_cannot_be_corrected(publisher: Mastodon) -> None:
    with pytest.raises(Rejected, match="404"):
        publisher.publish(post(), call(Action.EDIT, "115"))


# ---------------------------------------------------------------- reading back


@pytest.mark.parametrize(
    "text",
    [
        "Apre lo sportello",
        'A & B < C «però» "sì" l\'acqua',
        "Uno\ndue\n\n\ntre",
        "Con @comune@mastodon.example e @altri",
        "Orti in città (@comune.tirano@mastodon.uno)",
        "Scrivi a info@comune.tirano.so.it",
        "Due link: https://a.it/x?b=1&c=2 e https://b.it/" + "molto-" * 20,
        "👨‍👩‍👧‍👦 e 🏔️",
    ],
)
def test_what_is_out_is_found_through_the_html_of_the_server(
    publisher: Mastodon, account: Account, text: str
) -> None:
    proof = publisher.publish(post(text), call())

    assert publisher.find(post(text), SINCE) == proof
    assert publisher.find(post(text + " ancora"), SINCE) is None


def test_all_pages_are_read_back_to_the_moment(publisher: Mastodon, account: Account) -> None:
    first = publisher.publish(post("Il primo"), call())
    for number in range(90):
        publisher.publish(post(f"Altro {number}"), call(key=f"op-{number}"))

    assert publisher.find(post("Il primo"), SINCE) == first
    account.statuses[0].created = SINCE - timedelta(seconds=5)
    assert publisher.find(post("Il primo"), SINCE) is None


def test_a_reading_that_does_not_end_proves_nothing(
    publisher: Mastodon, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishers.mastodon_reading._PAGES_READ", 2)
    for number in range(90):
        publisher.publish(post(f"Altro {number}"), call(key=f"op-{number}"))

    with pytest.raises(CannotTell):
        publisher.find(post("Non c'è"), SINCE)


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({}, True),
        ({"instance": "https://mastodon.example/"}, True),
        ({"instance": "mastodon.example"}, False),
        ({"instance": ""}, False),
        ({"token": ""}, False),
    ],
)
def test_it_needs_a_server_and_a_token(
    keys: dict[str, str], tmp_path: Path, changes: dict[str, str], there: bool
) -> None:
    assert Mastodon(Mastodon.Config.model_validate(keys | changes), tmp_path).configured is there


def test_the_doctor_is_told_whose_token_it_is_or_what_to_do(
    publisher: Mastodon, account: Account
) -> None:
    (well,) = publisher.check()
    account.token = "another"
    (ill,) = publisher.check()
    account.token = "mastodon-token-of-the-sandbox"

    assert (well.well, "@laboratori" in well.what) == (True, True)
    assert (ill.well, "MASTODON_TOKEN" in ill.mend) == (False, True)


def test_a_wait_named_in_seconds_is_kept_as_well(publisher: Mastodon, served: Sandbox) -> None:
    body, wait = '{"error": "Too many requests"}', {"retry-after": "90"}
    served.board.troubles.append(
        Trouble("answer", "mastodon", "statuses.create", status=429, body=body, headers=wait)
    )

    with pytest.raises(Unavailable) as told:
        publisher.publish(post(), call())
    assert told.value.retry_at == NOW + timedelta(seconds=90)


# ---------------------------------------------------------------- the stand-in is strict


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "Ciao", "colour": "red"}, 422),
        ({"status": ""}, 422),
        ({"status": "x" * 501}, 422),
        ({"status": "Ciao", "media_ids": ["1"]}, 422),
        ({"status": "Ciao", "in_reply_to_id": "1"}, 404),
    ],
    ids=str,
)
def test_what_mastodon_would_refuse_is_refused(
    account: Account, keys: dict[str, str], body: dict[str, Any], status: int
) -> None:
    refused = requests.post(
        f"{keys['instance']}/api/v1/statuses", json=body, timeout=5,
        headers={"Authorization": f"Bearer {keys['token']}"},
    )  # fmt: skip

    assert refused.status_code == status
    assert refused.json()["error"]
    assert account.statuses == []


def test_a_picture_cannot_be_used_before_it_is_processed_nor_twice(
    account: Account, keys: dict[str, str], publisher: Mastodon, tmp_path: Path
) -> None:
    head = {"Authorization": f"Bearer {keys['token']}"}
    file = {"file": ("a.png", b"\x89PNG and so on")}
    kept = requests.post(f"{keys['instance']}/api/v2/media", files=file, headers=head, timeout=5)
    used = {"status": "Ciao", "media_ids": [kept.json()["id"]]}
    where = f"{keys['instance']}/api/v1/statuses"

    assert kept.status_code == 202
    assert "processing" in requests.post(where, json=used, headers=head, timeout=5).text
    publisher.publish(post(media=(picture(tmp_path),)), call())
    taken = {"status": "Ciao", "media_ids": [account.statuses[0].media[0].id]}
    assert requests.post(where, json=taken, headers=head, timeout=5).status_code == 422


def test_a_key_is_remembered_for_an_hour(publisher: Mastodon, account: Account) -> None:
    first = publisher.publish(post(), call())
    account.now = lambda: NOW + timedelta(hours=1)

    later = publisher.publish(post(), replace(call(), now=NOW + timedelta(hours=1)))

    assert later.remote_id != first.remote_id
