"""Every request the Facebook adapter makes is one that the Graph API describes."""

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
from publishers.facebook import Facebook
from tests.conformance.facebook import violations


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    sandbox.facebook.app_secret = "app-secret"
    with running(sandbox):
        yield sandbox


def exchange(method: str, path: str, **asked: str) -> Exchange:
    return Exchange("facebook", method, path, asked, {}, {})


def test_a_whole_life_of_a_post_is_as_described(sandbox: Sandbox, tmp_path: Path) -> None:
    page, now = sandbox.facebook, datetime.now(UTC)
    publisher = Facebook(
        Facebook.Config.model_validate(
            {
                "page_id": page.page_id,
                "token": page.token,
                "app_secret": "app-secret",
                "api_url": f"{sandbox.url}/graph",
            }
        ),
        tmp_path,
    )
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    medium = keep(tmp_path, out.getvalue()).model_copy(update={"alt": "Un quadrato nero"})
    url = "https://www.example.org/a"
    post = Post(channel="facebook", title="t", text=f"Ciao\n\n{url}", link=url, media=(medium,))
    created = publisher.publish(post, Call("1", Action.CREATE, now, now))
    for number in range(101):
        text = post.model_copy(update={"text": f"Numero {number}", "media": ()})
        publisher.publish(text, Call(f"2-{number}", Action.CREATE, now, now))
    assert publisher.find(post, now - timedelta(minutes=1)) == created
    publisher.publish(post, Call("3", Action.EDIT, now, now, created.remote_id))
    publisher.publish(post, Call("4", Action.DELETE, now, now, created.remote_id))
    publisher.check()
    heard = sandbox.board.exchanges
    assert [found for heard_one in heard for found in violations(heard_one)] == []
    edges = {(e.method, e.path.rpartition("/")[2]) for e in heard}
    assert edges >= {
        ("POST", "photos"),
        ("POST", "feed"),
        ("GET", "published_posts"),
        ("POST", created.remote_id),
        ("DELETE", created.remote_id),
        ("GET", "me"),
    }


@pytest.mark.parametrize(
    "wrong",
    [
        exchange("POST", "/v26.0/1/nowhere"),
        exchange("DELETE", "/v26.0/1/feed"),
        exchange("POST", "/1/feed", message="Ciao"),
        exchange("POST", "/v26.0/1/feed", text="Ciao"),
        exchange("POST", "/v26.0/1/feed", attached_media="{}"),
        exchange("POST", "/v26.0/1/photos", published="no"),
        exchange("GET", "/v26.0/1/published_posts", fields="id,colour"),
        exchange("GET", "/v26.0/1/published_posts", limit="many"),
    ],
    ids=str,
)
def test_what_is_not_described_is_a_violation(wrong: Exchange) -> None:
    assert violations(wrong)
