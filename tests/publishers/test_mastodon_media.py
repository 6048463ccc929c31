"""Films on Mastodon against its stand-in: what the contract test does not ask."""

from pathlib import Path

import pytest
import requests

from bottega.sandbox.core import Trouble
from bottega.sandbox.mastodon import Mastodon as Account
from bottega.sandbox.server import Sandbox
from content.media import Medium
from publishers.base import Action, Call, Post, Rejected, Unavailable
from publishers.mastodon import Mastodon
from tests.publishers.stage import NOW, film, picture

URL = "https://laboratori.example.org/notizie/sportello"


@pytest.fixture
def account(served: Sandbox) -> Account:
    served.reset()
    account = served.outlets["mastodon"]
    assert isinstance(account, Account)
    account.now = lambda: NOW
    return account


@pytest.fixture
def publisher(served: Sandbox, account: Account, tmp_path: Path) -> Mastodon:
    return Mastodon(Mastodon.Config.model_validate(served.keys()["mastodon"]), tmp_path)


def post(one: Medium, text: str = "Apre lo sportello") -> Post:
    return Post(channel="mastodon", title="t", text=f"{text}\n\n{URL}", link=URL, media=(one,))


def call(action: Action = Action.CREATE, remote_id: str | None = None) -> Call:
    return Call(key="op-1", action=action, now=NOW, due_at=NOW, remote_id=remote_id)


def test_a_film_goes_out_with_its_bytes_its_description_and_its_poster(
    publisher: Mastodon, account: Account, tmp_path: Path
) -> None:
    shown = film(tmp_path)

    publisher.publish(post(shown), call())

    (kept,) = account.statuses[0].media
    assert kept.content == shown.read(tmp_path)
    assert kept.alt == "Il sindaco saluta"
    assert shown.poster_name is not None
    assert kept.poster == (tmp_path / shown.poster_name).read_bytes()


def test_a_correction_keeps_the_film(publisher: Mastodon, account: Account, tmp_path: Path) -> None:
    shown = film(tmp_path)
    proof = publisher.publish(post(shown), call())
    described = shown.model_copy(update={"alt": "Il sindaco saluta in piazza"})

    again = publisher.publish(post(described, "Chiude"), call(Action.EDIT, proof.remote_id))

    assert again == proof
    (status,) = account.statuses
    assert status.text.startswith("Chiude")
    assert [(one.film, one.alt) for one in status.media] == [(True, "Il sindaco saluta in piazza")]


def test_the_same_operation_with_a_film_is_recognised(
    publisher: Mastodon, account: Account, tmp_path: Path
) -> None:
    shown = post(film(tmp_path))

    assert publisher.publish(shown, call()) == publisher.publish(shown, call())
    assert len(account.statuses) == 1


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [("video_size_limit", 1024, "MB"), ("video_matrix_limit", 100, "pixel")],
)
def test_a_film_too_large_for_this_server_is_refused_before_it_goes_up(
    publisher: Mastodon, account: Account, served: Sandbox, tmp_path: Path, limit: str, most: int,
    said: str,
) -> None:  # fmt: skip
    account.library.limits[limit] = most

    with pytest.raises(Rejected, match=said) as refused:
        publisher.publish(post(film(tmp_path)), call())

    assert "togli il filmato" in refused.value.reason
    assert ("mastodon", "media.create") not in served.board.operations
    assert account.statuses == []


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": '{"error": "Not found"}'},
        {"status": 200, "body": "{}"},
        {"status": 200, "body": '{"configuration": {"media_attachments": {}}}'},
    ],
    ids=str,
)
def test_a_server_that_tells_no_limits_judges_when_it_gets_the_film(
    publisher: Mastodon,
    account: Account,
    served: Sandbox,
    tmp_path: Path,
    answer: dict[str, object],
) -> None:
    served.board.troubles.append(Trouble("answer", "mastodon", "instance.get", **answer))  # type: ignore[arg-type]

    publisher.publish(post(film(tmp_path)), call())

    assert len(account.statuses[0].media) == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (422, '{"error": "Validation failed: 144fps videos are not supported"}', "144fps"),
        (413, "<html>Request Entity Too Large</html>", "così grande"),
    ],
)
def test_what_the_server_or_its_proxy_does_not_take_is_refused_for_good(
    publisher: Mastodon, account: Account, served: Sandbox, tmp_path: Path, status: int, body: str,
    said: str,
) -> None:  # fmt: skip
    served.board.troubles.append(
        Trouble("answer", "mastodon", "media.create", status=status, body=body)
    )

    with pytest.raises(Rejected, match=said):
        publisher.publish(post(film(tmp_path)), call())
    assert account.statuses == []


def test_a_film_that_is_ready_at_once_is_not_looked_at(
    publisher: Mastodon, account: Account, served: Sandbox, tmp_path: Path
) -> None:
    publisher.publish(post(film(tmp_path)), call())
    known = account.statuses[0].media[0]
    known.status_id = None
    body = f'{{"id": "{known.id}", "url": "https://files.mastodon.example/1"}}'
    served.board.reset()
    served.board.troubles.append(
        Trouble("answer", "mastodon", "media.create", status=200, body=body)
    )

    publisher.publish(post(film(tmp_path), "Ancora"), call())

    assert ("mastodon", "media.get") not in served.board.operations


def test_an_upload_whose_answer_names_nothing_leaves_the_post_for_later(
    publisher: Mastodon, account: Account, served: Sandbox, tmp_path: Path
) -> None:
    body = '{"id": "../1", "url": null}'
    served.board.troubles.append(
        Trouble("answer", "mastodon", "media.create", status=202, body=body)
    )

    with pytest.raises(Unavailable):
        publisher.publish(post(film(tmp_path)), call())
    assert account.statuses == []


def test_the_stand_in_takes_no_film_beside_pictures(
    served: Sandbox, account: Account, tmp_path: Path
) -> None:
    keys = served.keys()["mastodon"]
    head, where = {"Authorization": f"Bearer {keys['token']}"}, keys["instance"]
    numbers = []
    for one in (film(tmp_path), picture(tmp_path, 1)):
        file = {"file": (one.file_name, one.read(tmp_path))}
        told = requests.post(f"{where}/api/v2/media", files=file, headers=head, timeout=5).json()
        account.library.kept[told["id"]].looks = 0
        numbers.append(told["id"])

    asked = {"status": "Ciao", "media_ids": numbers}
    refused = requests.post(f"{where}/api/v1/statuses", json=asked, headers=head, timeout=5)

    assert refused.status_code == 422
    assert "video" in refused.json()["error"]
