"""The stand-in for X is as strict as API v2, and errs in its shapes."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from requests.auth import AuthBase
from tweepy import OAuth1UserHandler

from bottega.sandbox.core import Trouble
from bottega.sandbox.server import Sandbox
from bottega.sandbox.x import X

PNG = b"\x89PNG\r\n\x1a\n and so on"
KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


@pytest.fixture
def account(sandbox: Sandbox) -> X:
    return sandbox.x


def signature(account: X, **changes: str) -> AuthBase:
    keys = {name: str(getattr(account, name)) for name in KEYS} | changes
    signed: AuthBase = OAuth1UserHandler(*(keys[name] for name in KEYS)).apply_auth()
    return signed


def ask(
    sandbox: Sandbox, method: str, path: str, auth: AuthBase | None = None, **rest: Any
) -> requests.Response:
    signed = auth or signature(sandbox.x)
    return requests.request(method, f"{sandbox.url}/x{path}", auth=signed, timeout=5, **rest)


def tweet(sandbox: Sandbox, text: str = "Ciao", **body: Any) -> requests.Response:
    return ask(sandbox, "POST", "/2/tweets", json={"text": text, **body})


def upload(sandbox: Sandbox, content: bytes = PNG, **fields: str) -> requests.Response:
    data = {"media_category": "tweet_image", "media_type": "image/png"} | fields
    return ask(sandbox, "POST", "/2/media/upload", data=data, files={"media": ("a.png", content)})


def tweets(sandbox: Sandbox, **query: str) -> Any:
    path = f"/2/users/{sandbox.x.user_id}/tweets"
    fields = {"tweet.fields": "created_at,entities"}
    return ask(sandbox, "GET", path, params=fields | query).json()


def test_a_post_is_kept_as_it_was_sent(sandbox: Sandbox, account: X) -> None:
    answer = tweet(sandbox, "Perché sì & no 🏔️")
    (post,) = account.posts
    assert answer.status_code == 201
    assert (answer.json()["data"]["id"], post.text) == (post.id, "Perché sì & no 🏔️")


@pytest.mark.parametrize("name", KEYS)
def test_a_wrong_key_is_refused(sandbox: Sandbox, account: X, name: str) -> None:
    refused = ask(sandbox, "GET", "/2/users/me", auth=signature(account, **{name: "wrong"}))
    assert (refused.status_code, refused.json()["title"]) == (401, "Unauthorized")


def test_an_unsigned_or_repeated_request_is_refused(sandbox: Sandbox, account: X) -> None:
    url = f"{sandbox.url}/x/2/users/me"
    assert requests.get(url, timeout=5).status_code == 401
    signed = requests.Request("GET", url, auth=signature(account)).prepare()
    with requests.Session() as session:
        assert session.send(signed, timeout=5).status_code == 200
        assert session.send(signed, timeout=5).status_code == 401


def test_a_query_that_was_not_signed_is_refused(sandbox: Sandbox, account: X) -> None:
    signed = requests.Request("GET", f"{sandbox.url}/x/2/users/me", auth=signature(account))
    prepared = signed.prepare()
    prepared.url = f"{prepared.url}?user.fields=name"
    with requests.Session() as session:
        assert session.send(prepared, timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "Ciao"}, 400),
        ({"text": ""}, 400),
        ({"media": {"media_ids": ["1"]}}, 400),
        ({"text": "x" * 281}, 403),
        ({"text": "日" * 141}, 403),
        ({"text": "🏔️" * 141}, 403),
        ({"text": "x" * 257 + " https://www.example.org/"}, 403),
        ({"reply": {"in_reply_to_tweet_id": "1"}}, 403),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_x_would_refuse_is_refused(
    sandbox: Sandbox, account: X, body: dict[str, Any], status: int
) -> None:
    refused = tweet(sandbox, **body)
    assert (refused.status_code, refused.json()["status"]) == (status, status)
    assert account.posts == []


@pytest.mark.parametrize(
    "text",
    ["x" * 280, "日" * 140, "👨‍👩‍👧‍👦" * 140, "x" * 256 + " https://www.example.org/" + "a" * 99],
)
def test_what_just_fits_is_taken(sandbox: Sandbox, text: str) -> None:
    assert tweet(sandbox, text).status_code == 201


def test_a_repeated_text_is_refused_until_the_first_is_gone(sandbox: Sandbox, account: X) -> None:
    number = tweet(sandbox).json()["data"]["id"]
    refused = tweet(sandbox)
    assert (refused.status_code, "duplicate content" in refused.text) == (403, True)
    gone = ask(sandbox, "DELETE", f"/2/tweets/{number}")
    assert gone.json() == {"data": {"deleted": True}}
    assert ask(sandbox, "DELETE", f"/2/tweets/{number}").status_code == 404
    assert tweet(sandbox).status_code == 201


def test_links_and_signs_come_back_as_x_tells_them(sandbox: Sandbox) -> None:
    url = "https://www.example.org/a?b=1&c=2"
    tweet(sandbox, f"A & B < C: {url}.")
    (told,) = tweets(sandbox)["data"]
    (link,) = told["entities"]["urls"]
    assert told["text"] == f"A &amp; B &lt; C: {link['url']}."
    assert told["text"][link["start"] : link["end"]] == link["url"]
    assert link["url"].startswith("https://t.co/")
    assert link["expanded_url"] == url
    assert told["created_at"].endswith(".000Z")


def test_pictures_are_described_attached_and_served(sandbox: Sandbox, account: X) -> None:
    number = upload(sandbox).json()["data"]["id"]
    alt = {"id": number, "metadata": {"alt_text": {"text": "Un monte"}}}
    assert ask(sandbox, "POST", "/2/media/metadata", json=alt).status_code == 200
    tweet(sandbox, media={"media_ids": [number]})
    (kept,) = account.posts[0].media
    assert (kept.alt, kept.sha256) == ("Un monte", hashlib.sha256(PNG).hexdigest())
    (link,) = tweets(sandbox)["data"][0]["entities"]["urls"]
    assert link["media_key"] == f"3_{number}"
    assert link["display_url"].startswith("pic.x.com/")
    assert requests.get(f"{sandbox.url}/x/picture/{number}", timeout=5).content == PNG
    assert requests.get(f"{sandbox.url}/x/picture/0", timeout=5).status_code == 404


def test_a_wrong_upload_or_description_is_refused(sandbox: Sandbox) -> None:
    assert upload(sandbox, b"text").status_code == 400
    assert upload(sandbox, media_category="dm_image").status_code == 400
    assert upload(sandbox, colour="red").status_code == 400
    number = upload(sandbox).json()["data"]["id"]
    long = {"id": number, "metadata": {"alt_text": {"text": "x" * 1001}}}
    assert ask(sandbox, "POST", "/2/media/metadata", json=long).status_code == 400


def test_posts_are_listed_newest_first_page_by_page(sandbox: Sandbox, account: X) -> None:
    assert tweets(sandbox) == {"meta": {"result_count": 0}}
    for number in range(7):
        tweet(sandbox, f"Numero {number}")
    account.posts[0].created -= timedelta(hours=1)
    start = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    first = tweets(sandbox, max_results="5", start_time=start)
    rest = tweets(
        sandbox, max_results="5", start_time=start, pagination_token=first["meta"]["next_token"]
    )
    texts = [post["text"] for post in first["data"] + rest["data"]]
    assert texts == [f"Numero {number}" for number in range(6, 0, -1)]
    assert "next_token" not in rest["meta"]


def test_a_page_goes_on_where_the_last_one_ended_whatever_is_deleted_meanwhile(
    sandbox: Sandbox, account: X
) -> None:
    """Else a reading would seem complete that has skipped a post, and prove it absent."""
    for number in range(7):
        tweet(sandbox, f"Numero {number}")
    first = tweets(sandbox, max_results="5")
    for place in (6, 2):
        account.posts[place].deleted = True

    rest = tweets(sandbox, max_results="5", pagination_token=first["meta"]["next_token"])

    assert [post["text"] for post in rest["data"]] == ["Numero 1", "Numero 0"]


@pytest.mark.parametrize(
    "query",
    [{"max_results": "500"}, {"max_results": "many"}, {"count": "5"}, {"tweet.fields": "colour"}],
    ids=str,
)
def test_a_wrong_question_is_refused(sandbox: Sandbox, query: dict[str, str]) -> None:
    assert tweets(sandbox, **query)["title"] == "Invalid Request"


def test_a_throttle_tells_when_it_ends(sandbox: Sandbox, account: X) -> None:
    sandbox.board.troubles.append(Trouble("throttle", "x", "tweets.create", seconds=60))
    refused = tweet(sandbox)
    assert refused.status_code == 429
    assert refused.headers["x-rate-limit-remaining"] == "0"
    wait = int(refused.headers["x-rate-limit-reset"]) - datetime.now(UTC).timestamp()
    assert 55 < wait <= 60
    assert account.posts == []


def test_revoked_keys_are_said_so(sandbox: Sandbox, account: X) -> None:
    sandbox.board.troubles.append(Trouble("revoked", "x", "users.me"))
    assert ask(sandbox, "GET", "/2/users/me").status_code == 401
    me = ask(sandbox, "GET", "/2/users/me").json()["data"]
    assert me == {"id": account.user_id, "name": account.name, "username": account.username}
