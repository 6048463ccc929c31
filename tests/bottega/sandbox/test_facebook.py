"""The stand-in for Facebook is as strict as the Graph API, and errs in its shapes."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from bottega.sandbox.core import Trouble
from bottega.sandbox.facebook import Facebook
from bottega.sandbox.server import Sandbox

PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def page(sandbox: Sandbox) -> Facebook:
    return sandbox.facebook


def ask(
    sandbox: Sandbox, method: str, path: str, version: str = "v26.0", **fields: str
) -> httpx.Response:
    asked = {"access_token": sandbox.facebook.token} | fields
    url = f"{sandbox.url}/graph/{version}/{path}"
    if method == "POST":
        return httpx.post(url, data=asked)
    return httpx.request(method, url, params=asked)


def feed(sandbox: Sandbox, message: str = "Ciao", **fields: str) -> dict[str, Any]:
    created = ask(sandbox, "POST", f"{sandbox.facebook.page_id}/feed", message=message, **fields)
    answer: dict[str, Any] = created.json()
    return answer


def photo(sandbox: Sandbox, content: bytes = PNG, **fields: str) -> httpx.Response:
    asked = {"access_token": sandbox.facebook.token, "published": "false"} | fields
    url = f"{sandbox.url}/graph/v26.0/{sandbox.facebook.page_id}/photos"
    return httpx.post(url, data=asked, files={"source": ("a.png", content)})


def code(answer: Any) -> int:
    told: int = (answer.json() if isinstance(answer, httpx.Response) else answer)["error"]["code"]
    return told


def test_a_post_is_kept_as_it_was_sent(sandbox: Sandbox, page: Facebook) -> None:
    created = feed(sandbox, "Perché sì 🏔️", link="https://www.example.org/")
    (post,) = page.posts
    assert (post.id, post.message) == (created["id"], "Perché sì 🏔️")
    assert post.link == "https://www.example.org/"


@pytest.mark.parametrize("version", ["v3.1", "v19.0", "v26", "26.0"])
def test_a_dead_version_is_refused(sandbox: Sandbox, version: str) -> None:
    assert code(ask(sandbox, "GET", "me", version)) == 2500


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"access_token": "another"}, 190),
        ({"colour": "red"}, 100),
        ({"message": "x" * 63_207}, 100),
        ({"message": ""}, 100),
        ({"attached_media": '[{"media_fbid": "1"}]'}, 100),
        ({"attached_media": "nothing"}, 100),
    ],
    ids=str,
)
def test_what_facebook_would_refuse_is_refused(
    sandbox: Sandbox, page: Facebook, fields: dict[str, str], number: int
) -> None:
    assert code(feed(sandbox, **{"message": "Ciao", **fields})) == number
    assert page.posts == []


def test_a_call_without_token_or_path_is_refused(sandbox: Sandbox) -> None:
    assert code(httpx.get(f"{sandbox.url}/graph/v26.0/me")) == 104
    assert code(ask(sandbox, "POST", "1/nowhere")) == 2500
    assert code(ask(sandbox, "DELETE", f"{sandbox.facebook.page_id}/feed")) == 2500


def test_the_proof_of_the_app_secret_is_asked_for(
    sandbox: Sandbox, page: Facebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "app_secret", "secret")
    proof = hmac.new(b"secret", page.token.encode(), hashlib.sha256).hexdigest()
    assert code(feed(sandbox)) == 100
    assert code(feed(sandbox, appsecret_proof="0" * 64)) == 100
    assert "id" in feed(sandbox, appsecret_proof=proof)


def test_an_immediate_repetition_is_refused(sandbox: Sandbox) -> None:
    feed(sandbox, "Ciao")
    assert code(feed(sandbox, "Ciao")) == 506
    feed(sandbox, "Altro")
    assert "id" in feed(sandbox, "Ciao")


def test_pictures_are_attached_once_and_served(sandbox: Sandbox, page: Facebook) -> None:
    number = photo(sandbox, alt_text_custom="Un monte").json()["id"]
    attached = json.dumps([{"media_fbid": number}])
    feed(sandbox, attached_media=attached)
    (kept,) = page.posts[0].media
    assert (kept.alt, kept.sha256) == ("Un monte", hashlib.sha256(PNG).hexdigest())
    assert code(feed(sandbox, "Altro", attached_media=attached)) == 100
    served = httpx.get(f"{sandbox.url}/graph/picture/{number}")
    assert (served.content, served.headers["content-type"]) == (PNG, "image/png")
    assert httpx.get(f"{sandbox.url}/graph/picture/0").status_code == 404


def test_only_pictures_are_taken_for_pictures(sandbox: Sandbox) -> None:
    assert code(photo(sandbox, b"text")) == 324
    assert code(photo(sandbox, published="true")) == 100


def test_posts_are_listed_newest_first_page_by_page(sandbox: Sandbox, page: Facebook) -> None:
    ids = [feed(sandbox, f"Numero {n}")["id"] for n in range(5)]
    path = f"{page.page_id}/published_posts"
    first = ask(sandbox, "GET", path, limit="3", fields="id,created_time").json()
    assert [post["id"] for post in first["data"]] == ids[:1:-1]
    assert first["data"][0]["created_time"].endswith("+0000")
    assert "message" not in first["data"][0]
    rest = ask(sandbox, "GET", path, limit="3", after=first["paging"]["cursors"]["after"]).json()
    assert [post["id"] for post in rest["data"]] == ids[1::-1]
    assert "next" in first["paging"]
    assert "next" not in rest["paging"]


def test_a_page_goes_on_where_the_last_one_ended_whatever_is_deleted_meanwhile(
    sandbox: Sandbox, page: Facebook
) -> None:
    """Else a reading would seem complete that has skipped a post, and prove it absent."""
    ids = [feed(sandbox, f"Numero {n}")["id"] for n in range(5)]
    path = f"{page.page_id}/published_posts"
    first = ask(sandbox, "GET", path, limit="3").json()
    for number in (ids[4], ids[2]):
        ask(sandbox, "DELETE", number)

    rest = ask(sandbox, "GET", path, limit="3", after=first["paging"]["cursors"]["after"]).json()

    assert [post["id"] for post in rest["data"]] == ids[1::-1]


def test_what_is_deleted_is_gone(sandbox: Sandbox, page: Facebook) -> None:
    number = feed(sandbox)["id"]
    assert ask(sandbox, "POST", number, message="Corretto").json() == {"success": True}
    assert ask(sandbox, "GET", number, fields="message").json()["message"] == "Corretto"
    assert ask(sandbox, "DELETE", number).json() == {"success": True}
    gone = ask(sandbox, "GET", number).json()["error"]
    assert (gone["code"], gone["error_subcode"]) == (100, 33)
    assert ask(sandbox, "GET", f"{page.page_id}/published_posts").json() == {"data": []}


def test_a_throttle_tells_the_minutes_and_does_nothing(sandbox: Sandbox, page: Facebook) -> None:
    sandbox.board.troubles.append(Trouble("throttle", "facebook", "feed", seconds=90))
    answer = ask(sandbox, "POST", f"{page.page_id}/feed", message="Ciao")
    (usage,) = json.loads(answer.headers["x-business-use-case-usage"])[page.page_id]
    assert (code(answer), usage["estimated_time_to_regain_access"]) == (32, 2)
    assert page.posts == []


def test_a_revoked_token_is_said_so(sandbox: Sandbox, page: Facebook) -> None:
    sandbox.board.troubles.append(Trouble("revoked", "facebook", "me"))
    assert code(ask(sandbox, "GET", "me")) == 190
    assert ask(sandbox, "GET", "me").json() == {"id": page.page_id, "name": page.name}
