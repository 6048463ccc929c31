"""A conversation with X's API v2, in which every failure is judged.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import requests
import tweepy

from content.media import Medium
from publishers.base import Call, CannotTell, ChannelDown, NotLetIn, Rejected, Unavailable, Unclear
from publishers.http import Session, nothing_was_sent, redact, succeeded
from publishers.pictures import fitting

__all__ = ["Api", "NotThereError"]

_OFFICIAL: Final = "https://api.twitter.com"
"""The address tweepy has built in."""
_MAX_ALT: Final = 1000
_MAX_PICTURE: Final = 5 * 1024 * 1024
"""https://docs.x.com/x-api/media/quickstart/best-practices"""
_REFUSALS: Final = frozenset(range(400, 500)) - {408}
"""Statuses by which X says that it did nothing."""
_APP_PROBLEMS: Final = (
    "client-forbidden",
    "oauth1-permissions",
    "unsupported-authentication",
    "usage-capped",
)
"""Problem types that a new post would meet as well. https://docs.x.com/x-api (Problem)"""
_LIMITS: Final = ("x-app-limit-24hour", "x-user-limit-24hour", "x-rate-limit")
"""Headers that tell what is left. https://docs.x.com/x-api/fundamentals/rate-limits"""
_READ: Final = ["created_at", "entities", "note_tweet", "referenced_tweets", "text"]
_AGAIN: Final = "Ricollegalo in Canali, oppure con «bottega connect x»."
_ACCOUNT_WORDS: Final = ("suspended", "locked", "permissions for this endpoint")


class NotThereError(Rejected):
    """X knows no such post."""


class Api:
    """One conversation, with a user's OAuth 1.0a keys or OAuth 2 token.

    `keys` are consumer key and secret, access token and secret; a `bearer` takes their place.
    `call` is the operation, None when one only reads. `quiet_until` is set when the changing call
    used up what is allowed. It is a context manager.
    """

    def __init__(
        self, url: str, keys: tuple[str, str, str, str], call: Call | None, bearer: str = ""
    ) -> None:
        """Prepare tweepy for another address, and for the media calls it has not."""
        self._keys, self.call, self._bearer = keys, call, bearer
        self._by_keys = not bearer
        self.quiet_until: datetime | None = None
        self._session = Session(_OFFICIAL, url)
        self._client = tweepy.Client(
            bearer or None,
            *(keys if self._by_keys else ()),
            return_type=requests.Response,
            wait_on_rate_limit=False,
        )
        self._client.session.close()
        self._client.session = self._session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def create(self, text: str, media: list[str], reply_to: str | None) -> str:
        """Create a post and return its id; raises Unclear when nobody knows whether it was."""
        created = self._change(
            lambda: self._client.create_tweet(
                text=text,
                media_ids=media or None,
                in_reply_to_tweet_id=reply_to,
                user_auth=self._by_keys,
            )
        )
        post_id = _data(created).get("id")
        if not post_id:
            raise Unclear("X ha risposto senza il numero del post.")
        return str(post_id)

    def delete(self, post_id: str) -> None:
        """Delete a post; raises Unclear when nobody knows whether it was."""
        gone = self._change(lambda: self._client.delete_tweet(post_id, user_auth=self._by_keys))
        if _data(gone).get("deleted") is not True:
            raise Unclear("X ha risposto senza dire di aver cancellato il post.")

    def upload(self, medium: Medium, root: Path) -> str:
        """Put a picture up with its alt text and return its id; may fail freely."""
        try:
            picture, mime = fitting(medium.read(root), medium.mime, _MAX_PICTURE)
        except OSError:
            raise Rejected("Un'immagine del post non si trova più sul disco.") from None
        try:
            media_id = _data(
                self._perform(lambda: self._send(medium.file_name, picture, mime))
            ).get("id")
            if media_id and medium.alt:
                alt = {
                    "id": str(media_id),
                    "metadata": {"alt_text": {"text": medium.alt[:_MAX_ALT]}},
                }
                self._perform(lambda: self._post("/2/media/metadata", json=alt))
            reason = "X non ha tenuto un'immagine."
        except Unclear as error:
            media_id, reason = None, str(error)
        if not media_id:
            raise Unavailable(reason)
        return str(media_id)

    def me(self) -> dict[str, Any]:
        """Read whose keys these are: id, name, username; raises CannotTell."""
        return _data(self._read(lambda: self._client.get_me(user_auth=self._by_keys)))

    def posts(self, user_id: str, since: datetime, page: str | None) -> dict[str, Any]:
        """Read a page of a user's posts since a moment, as X answers it; raises CannotTell."""
        return self._read(
            lambda: self._client.get_users_tweets(
                user_id,
                start_time=since,
                max_results=100,
                pagination_token=page,
                tweet_fields=_READ,
                user_auth=self._by_keys,
            )
        )

    def metrics(self, post_ids: list[str]) -> dict[str, dict[str, Any]]:
        """Read posts' public metrics, at most 100, by id; unknown ones are left out."""
        if not post_ids:
            return {}
        told = self._read(
            lambda: self._client.get_tweets(
                post_ids, tweet_fields=["public_metrics"], user_auth=self._by_keys
            )
        )
        posts = told.get("data")
        return {
            str(one["id"]): one["public_metrics"]
            for one in (posts if isinstance(posts, list) else [])
            if isinstance(one, dict) and isinstance(one.get("public_metrics"), dict)
        }

    def prepare(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Make a call that no reader notices and return its data; it may fail freely."""
        return _data(self._freely(lambda: self._signed(method, path, **body)))

    def accept(self, method: str, path: str, **body: Any) -> None:
        """Do what `prepare` does where a success need not say anything."""

        def ask() -> Any:
            self._signed(method, path, **body)
            return _Silent

        self._freely(ask)

    def _freely(self, ask: Callable[[], Any]) -> dict[str, Any]:
        try:
            return self._perform(ask)
        except Unclear as error:
            reason = str(error)
        raise Unavailable(reason)

    def _send(self, name: str, picture: bytes, mime: str) -> requests.Response:
        return self._post(
            "/2/media/upload",
            data={"media_category": "tweet_image", "media_type": mime},
            files={"media": (name, picture, mime)},
        )

    def _post(self, path: str, **body: Any) -> requests.Response:
        return self._signed("POST", path, **body)

    def _signed(self, method: str, path: str, **body: Any) -> requests.Response:
        by_keys = tweepy.OAuth1UserHandler(*self._keys)
        sign = (by_keys if self._by_keys else tweepy.OAuth2BearerHandler(self._bearer)).apply_auth()
        answer = self._session.request(method, _OFFICIAL + path, auth=sign, **body)
        if not succeeded(answer):
            raise tweepy.HTTPException(answer)
        return answer

    def _change(self, ask: Callable[[], Any]) -> dict[str, Any]:
        if self.call is not None:
            self.call.last_check()
        done = self._perform(ask)
        answer = self._session.answer
        if answer is not None and _used_up(answer):
            self.quiet_until = _reset(answer)
        return done

    def _read(self, ask: Callable[[], Any]) -> dict[str, Any]:
        try:
            return self._perform(ask)
        except Unclear as error:
            reason = str(error)
        raise CannotTell(reason)

    def _perform(self, ask: Callable[[], Any]) -> dict[str, Any]:
        """Make a call; what is raised is raised outside `except`, so that no key clings to it."""
        try:
            answer = ask().json()
        except Exception as error:  # noqa: BLE001  # whatever it is, it must be judged and redacted
            judged = self._judge(error)
        else:
            if isinstance(answer, dict):
                return answer
            judged = Unclear("X ha dato una risposta incomprensibile.")
        raise judged

    def _judge(self, error: Exception) -> Exception:
        """Say what a failure proves."""
        answer = self._session.answer
        if answer is None:
            if nothing_was_sent(error):
                return Unavailable("X non è raggiungibile.")
            return Unclear(f"Collegamento con X interrotto ({type(error).__name__}).")
        if answer.status_code not in _REFUSALS:
            return Unclear(f"X ha risposto {answer.status_code} senza spiegarsi.")
        problem = _problem(answer)
        lost = answer.status_code == requests.codes.not_found
        if lost and not str(problem.get("type", "")).endswith("resource-not-found"):
            return Unclear("X ha risposto 404 senza dire che cosa non c'è.")
        secrets = (*self._keys, self._bearer)
        detail = redact(str(problem.get("detail") or problem.get("title") or ""), secrets)
        if self._bearer and answer.status_code == requests.codes.unauthorized:
            return NotLetIn(f"X non accetta più l'account ({detail}). {_AGAIN}")
        return _refusal(answer, str(problem.get("type", "")), detail)


class _Silent:
    """The answer of a call of which the success is all that counts."""

    @staticmethod
    def json() -> dict[str, Any]:
        return {}


def _refusal(answer: requests.Response, kind: str, detail: str) -> Exception:
    match answer.status_code:
        case 401:
            return ChannelDown(f"X non accetta le chiavi: {detail}")
        case 402:
            return ChannelDown("I crediti di X sono esauriti.")
        case 403 | 429 if kind.endswith(_APP_PROBLEMS):
            return ChannelDown(f"X non permette all'applicazione di pubblicare: {detail}")
        case 403:
            return _forbidden(detail)
        case 429:
            reason = "X chiede di aspettare: troppe richieste in poco tempo."
            return Unavailable(reason, _reset(answer), whole_channel=True)
        case status:
            kept = NotThereError if status == requests.codes.not_found else Rejected
            return kept(f"X ha rifiutato la richiesta ({status}): {detail}")


def _forbidden(detail: str) -> Exception:
    if "duplicate" in detail.lower():
        return Unclear(f"X dice di avere già questo post: {detail}", refused=True)
    if any(words in detail.lower() for words in _ACCOUNT_WORDS):
        return ChannelDown(f"X non permette all'account di pubblicare: {detail}")
    return Rejected(f"X ha rifiutato la richiesta (403): {detail}")


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


def _problem(answer: requests.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _used_up(answer: requests.Response) -> list[str]:
    """Return the limits of which nothing is left, the longest first."""
    return [name for name in _LIMITS if answer.headers.get(f"{name}-remaining") == "0"]


def _reset(answer: requests.Response) -> datetime | None:
    """Return when the limit that was met ends: the day's, where that is the one used up."""
    name = next(iter(_used_up(answer)), _LIMITS[-1])
    try:
        return datetime.fromtimestamp(int(answer.headers[f"{name}-reset"]), UTC)
    except (KeyError, OverflowError, ValueError):
        return None
