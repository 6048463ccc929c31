"""Every request the X adapter makes is one that X describes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bottega.sandbox.core import Exchange
from bottega.sandbox.server import Sandbox, running
from content.media import keep
from content.posts import Post
from publishers.base import Action, Call
from publishers.x import X
from tests.conformance.x import violations
from tests.publishers.stage import film


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


def exchange(method: str, path: str, query: dict[str, str], body: object = None) -> Exchange:
    return Exchange("x", method, path, query, {}, {}, body)


def test_a_whole_life_of_a_post_is_as_described(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishers.films._SHORTEST_WAIT", 0.0)
    monkeypatch.setattr("publishers.films._LONGEST_WAIT", 0.0)
    account, now = sandbox.x, datetime.now(UTC)
    publisher = X(
        X.Config.model_validate(
            {
                "consumer_key": account.consumer_key,
                "consumer_secret": account.consumer_secret,
                "access_token": account.access_token,
                "access_token_secret": account.access_token_secret,
                "api_url": f"{sandbox.url}/x",
            }
        ),
        tmp_path,
    )
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    medium = keep(tmp_path, out.getvalue()).model_copy(update={"alt": "Un quadrato nero"})
    post = Post(channel="x", title="t", text="Ciao\nhttps://www.example.org/a", media=(medium,))
    created = publisher.publish(post, Call("1", Action.CREATE, now, now))
    for number in range(101):
        text = post.model_copy(update={"text": f"Risposta {number}", "media": ()})
        publisher.publish(text, Call(f"2-{number}", Action.REPLY, now, now, created.remote_id))
    assert publisher.find(post, now - timedelta(minutes=1)) == created
    publisher.publish(post, Call("3", Action.DELETE, now, now, created.remote_id))
    filmed = post.model_copy(update={"text": "Con il filmato", "media": (film(tmp_path),)})
    shown = publisher.publish(filmed, Call("4", Action.CREATE, now, now))
    film_id = account.posts[-1].media[0].id
    publisher.publish(filmed, Call("5", Action.DELETE, now, now, shown.remote_id))
    publisher.check()
    heard = sandbox.board.exchanges
    assert [found for heard_one in heard for found in violations(heard_one)] == []
    ids = re.compile(f"{created.remote_id}|{shown.remote_id}|{film_id}")
    paths = {(e.method, ids.sub("{id}", e.path)) for e in heard}
    assert paths == {
        ("POST", "/2/media/upload"),
        ("POST", "/2/media/metadata"),
        ("POST", "/2/media/upload/initialize"),
        ("POST", "/2/media/upload/{id}/append"),
        ("POST", "/2/media/upload/{id}/finalize"),
        ("GET", "/2/media/upload"),
        ("POST", "/2/media/subtitles"),
        ("POST", "/2/tweets"),
        ("DELETE", "/2/tweets/{id}"),
        ("GET", "/2/users/me"),
        ("GET", f"/2/users/{account.user_id}/tweets"),
    }


@pytest.mark.parametrize(
    "wrong",
    [
        exchange("POST", "/2/nowhere", {}),
        exchange("PUT", "/2/tweets", {}, {"text": "Ciao"}),
        exchange("POST", "/2/tweets", {}, {"status": "Ciao"}),
        exchange("POST", "/2/tweets", {}, {"text": "Ciao", "media": {"media_ids": []}}),
        exchange("GET", "/2/users/1/tweets", {"max_results": "1000"}),
        exchange("GET", "/2/users/1/tweets", {"tweet.fields": "colour"}),
        exchange("GET", "/2/users/1/tweets", {"count": "5"}),
    ],
    ids=str,
)
def test_what_is_not_described_is_a_violation(wrong: Exchange) -> None:
    assert violations(wrong)
