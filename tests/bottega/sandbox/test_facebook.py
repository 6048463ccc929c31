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


FILM = b"\0\0\0\x18ftypmp42 and so on"


def begin(sandbox: Sandbox) -> str:
    begun = ask(sandbox, "POST", f"{sandbox.facebook.page_id}/video_reels", upload_phase="start")
    number: str = begun.json()["video_id"]
    return number


def send(sandbox: Sandbox, number: str, content: bytes = FILM, **headers: str) -> httpx.Response:
    told = {"authorization": f"OAuth {sandbox.facebook.token}", "offset": "0",
            "file_size": str(len(FILM)), "content-type": "application/octet-stream"}  # fmt: skip
    url = f"{sandbox.url}/graph/video-upload/v26.0/{number}"
    return httpx.post(url, content=content, headers=told | headers)


def finish(sandbox: Sandbox, number: str, **fields: str) -> httpx.Response:
    asked = {"upload_phase": "finish", "video_id": number, "video_state": "PUBLISHED"}
    asked |= {"description": "Ciao"} | fields
    return ask(sandbox, "POST", f"{sandbox.facebook.page_id}/video_reels", **asked)


def phases(sandbox: Sandbox, number: str) -> list[str]:
    told = ask(sandbox, "GET", number, fields="status").json()["status"]
    return [told[f"{name}_phase"]["status"] for name in ("uploading", "processing", "publishing")]


def test_a_reel_is_seen_by_nobody_until_it_is_published(sandbox: Sandbox, page: Facebook) -> None:
    number = begin(sandbox)
    assert phases(sandbox, number) == ["in_progress", "not_started", "not_started"]
    assert send(sandbox, number).json() == {"success": True}
    assert phases(sandbox, number) == ["complete", "in_progress", "not_started"]
    assert phases(sandbox, number) == ["complete", "complete", "not_started"]
    assert page.posts == []

    assert finish(sandbox, number).json() == {"success": True}

    assert phases(sandbox, number) == ["complete", "complete", "complete"]
    assert [post.message for post in page.posts] == ["Ciao"]
    listed = ask(sandbox, "GET", f"{page.page_id}/published_posts", fields="id").json()["data"]
    assert listed == [{"id": f"{page.page_id}_{number}"}]
    served = httpx.get(f"{sandbox.url}/graph/picture/{number}")
    assert (served.content, served.headers["content-type"]) == (FILM, "video/mp4")


def test_a_film_goes_on_where_it_was_and_nowhere_else(sandbox: Sandbox, page: Facebook) -> None:
    number = begin(sandbox)
    partial = send(sandbox, number, FILM[:10])
    assert partial.json()["debug_info"]["type"] == "PartialRequestError"
    wrong = send(sandbox, number, FILM)
    assert wrong.json()["debug_info"]["type"] == "OffsetInvalidError"
    told = ask(sandbox, "GET", number, fields="status").json()["status"]["uploading_phase"]
    assert told == {"status": "in_progress", "bytes_transfered": 10}
    assert code(finish(sandbox, number)) == 6000

    assert send(sandbox, number, FILM[10:], offset="10").json() == {"success": True}

    assert page.films.kept[number].content == FILM
    assert send(sandbox, number).json()["debug_info"]["type"] == "NotFoundError"


def test_films_are_not_taken_from_everybody_nor_everything_for_a_film(
    sandbox: Sandbox, page: Facebook
) -> None:
    number = begin(sandbox)
    assert code(send(sandbox, number, authorization="OAuth another")) == 190
    other = begin(sandbox)
    send(sandbox, other, b"x" * len(FILM))
    assert phases(sandbox, other)[1] == "error"
    assert code(finish(sandbox, other)) == 6000
    assert page.posts == []


def test_a_reel_is_published_once(sandbox: Sandbox, page: Facebook) -> None:
    number = begin(sandbox)
    send(sandbox, number)
    assert code(finish(sandbox, number, video_state="DRAFT")) == 100
    finish(sandbox, number)
    for _ in range(2):
        ask(sandbox, "GET", number, fields="status")

    assert code(finish(sandbox, number)) == 6000
    assert len(page.posts) == 1


def test_captions_say_their_language_and_posters_are_pictures(sandbox: Sandbox) -> None:
    number = begin(sandbox)
    url, token = f"{sandbox.url}/graph/v26.0/{number}", {"access_token": sandbox.facebook.token}
    srt = b"1\n00:00:00,000 --> 00:00:01,000\nCiao\n"
    for name, content in (("a.srt", srt), ("a.it_IT.srt", b"Ciao")):
        files = {"captions_file": (name, content)}
        assert code(httpx.post(f"{url}/captions", data=token, files=files)) == 386
    poster = {"source": ("a.jpg", b"text")}
    asked = token | {"is_preferred": "true"}
    assert code(httpx.post(f"{url}/thumbnails", data=asked, files=poster)) == 324


def test_a_reel_has_a_description_and_a_post_a_message(sandbox: Sandbox, page: Facebook) -> None:
    number = begin(sandbox)
    send(sandbox, number)
    finish(sandbox, number)
    for _ in range(2):
        ask(sandbox, "GET", number, fields="status")
    post = feed(sandbox, "Altro")["id"]

    assert code(ask(sandbox, "POST", number, message="Corretto")) == 100
    assert code(ask(sandbox, "POST", post, description="Corretto")) == 100
    assert ask(sandbox, "POST", number, description="Corretto").json() == {"success": True}
    assert [one.message for one in page.posts] == ["Corretto", "Altro"]
