"""A conversation with Facebook's Graph API, in which every failure is judged.

https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

import hashlib
import hmac
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

import facebook
import requests

from content.media import Medium
from publishers.base import Call, CannotTell, ChannelDown, NotLetIn, Rejected, Unavailable, Unclear
from publishers.films import FilmRest, unprocessable
from publishers.http import Session, ask, nothing_was_sent, redact, succeeded
from publishers.pictures import fitting

__all__ = ["Graph", "NotThereError", "target"]

_VERSION: Final = "v26.0"
_THROTTLED: Final = {4, 17, 32, 341, 613, 80001}
_BAD_TOKEN: Final = 190
_DOWN: Final = {10, 102, *range(200, 300)}
_NO_PROOF: Final = {1, 2, 368, 506}
_REFUSALS: Final = {368, 506}
"""Blocked for now, and a duplicate: refused, unless it is what came out a moment ago."""
_NOT_THERE: Final = (100, 33)
_BAD_PROOF: Final = "appsecret_proof"
_SERVER_ERROR: Final = 500
_NEARLY_FULL: Final = 90
_BREATH: Final = timedelta(minutes=10)
"""Usage is counted over the last hour: without a time named, this much of it passes first."""
_MEASURES: Final = ("call_count", "total_cputime", "total_time")
"""Percentages of what is allowed. https://developers.facebook.com/docs/graph-api/overview/rate-limiting"""
_MAX_PICTURE: Final = 10 * 1024 * 1024
"""https://developers.facebook.com/docs/graph-api/reference/page/photos"""


class NotThereError(Rejected):
    """Facebook knows no such object, or shows it to nobody with these rights."""


class Graph:
    """One conversation, on behalf of a page.

    Made of the API's address, that of the host which takes films, the page's token, the app's
    secret ("" without one) and the operation (None when one only reads). `quiet_until` is set as
    soon as an answer says that the page has nearly used up what it may ask. It is a context
    manager.
    """

    def __init__(
        self, url: str, uploads: str, token: str, app_secret: str, call: Call | None
    ) -> None:
        """Prepare facebook-sdk for a version it does not know, and for another address."""
        self.call = call
        self._uploads, self._token = uploads.rstrip("/"), token
        self.quiet_until: datetime | None = None
        self._proof: dict[str, str] = {}
        if app_secret:
            proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            self._proof = {"appsecret_proof": proof}
        self._secrets = (token, app_secret, *self._proof.values())
        self._session = Session(facebook.FACEBOOK_GRAPH_URL, url)
        self._session.hooks["response"].append(self._weigh)
        self._api = facebook.GraphAPI(access_token=token, session=self._session)
        self._api.version = _VERSION

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def change(self, method: str, path: str, proof: str, **fields: str) -> dict[str, Any]:
        """Make the call that changes the page, whose answer proves it by a field.

        Raises Unclear when nobody knows whether it was done.
        """
        if self.call is not None:
            self.call.last_check()
        key = "post_args" if method == "POST" else "args"
        done = self._perform(path, {"method": method, key: fields | self._proof})
        if not done.get(proof):
            raise Unclear("Facebook ha risposto senza dire che cosa ha fatto.")
        return done

    def prepare(
        self, path: str, files: Mapping[str, tuple[str, bytes, str]] | None = None, **fields: str
    ) -> dict[str, Any]:
        """Make a call that changes nothing people see, and that may fail freely.

        `files` are name, bytes and type of each.
        """
        arguments: dict[str, Any] = {"method": "POST", "post_args": fields | self._proof}
        if files:
            opened = {at: (one[0], io.BytesIO(one[1]), one[2]) for at, one in files.items()}
            arguments["files"] = opened
        try:
            return self._perform(path, arguments)
        except Unclear as error:
            reason = str(error)
        raise Unavailable(reason)

    def upload(self, album: str, medium: Medium, root: Path) -> str:
        """Put a picture up unpublished and return its id; may fail freely."""
        try:
            picture, mime = fitting(medium.read(root), medium.mime, _MAX_PICTURE)
        except OSError:
            raise Rejected("Un'immagine del post non si trova più sul disco.") from None
        files = {"source": (medium.file_name, picture, mime)}
        photo = self.prepare(album, files, published="false", alt_text_custom=medium.alt)
        if not photo.get("id"):
            raise Unavailable("Facebook non ha tenuto un'immagine.")
        return str(photo["id"])

    def send(self, video: str, rest: FilmRest, sent: int) -> None:
        """Send what of a film is not there yet, by one request; may fail freely.

        https://developers.facebook.com/docs/video-api/guides/reels-publishing#upload
        """
        session = Session(self._uploads, self._uploads)
        headers = {
            "Authorization": f"OAuth {self._token}",
            "Content-Type": "application/octet-stream",
            "offset": str(sent),
            "file_size": str(sent + len(rest)),
        }
        path = f"/video-upload/{_VERSION}/{video}"
        try:
            answer = ask(session, "Facebook", "POST", path, data=rest, headers=headers)
        except Unclear as error:
            raise Unavailable(str(error)) from None
        finally:
            session.close()
        if not succeeded(answer):
            problem = redact(answer.text, self._secrets)
            if "ProcessingFailedError" in problem:
                raise unprocessable("Facebook", "il file non va bene")
            raise Unavailable(f"Facebook non ha preso il filmato ({answer.status_code}): {problem}")

    def look_for(self, path: str, **fields: str) -> dict[str, Any] | None:
        """Read; None when Facebook knows no such object. Raises CannotTell without an answer."""
        try:
            return self.read(path, **fields)
        except NotThereError:
            return None

    def read(self, path: str, **fields: str) -> dict[str, Any]:
        """Read; raises CannotTell when the answer is no answer."""
        try:
            return self._perform(path, {"method": "GET", "args": fields | self._proof})
        except Unclear as error:
            reason = str(error)
        raise CannotTell(reason)

    def _perform(self, path: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Make a call; what is raised is raised outside `except`, so that no token clings to it."""
        try:
            result = self._api.request(f"{_VERSION}/{path}", **arguments)
        except Exception as error:  # noqa: BLE001  # whatever it is, it must be judged and redacted
            judged = self._judge(error)
        else:
            answer = self._session.answer
            if answer is not None and succeeded(answer) and isinstance(result, dict):
                return result
            judged = Unclear("Facebook ha dato una risposta incomprensibile.")
        raise judged

    def _judge(self, error: Exception) -> Exception:
        """Say what a failure proves."""
        answer = self._session.answer
        if answer is None:
            if nothing_was_sent(error):
                return Unavailable("Facebook non è raggiungibile.")
            return Unclear(f"Collegamento con Facebook interrotto ({type(error).__name__}).")
        result = getattr(error, "result", None)
        problem = result.get("error") if isinstance(result, dict) else None
        if not isinstance(problem, dict) or answer.status_code >= _SERVER_ERROR:
            return Unclear(f"Facebook ha risposto {answer.status_code} senza spiegarsi.")
        return self._refusal(problem, answer)

    def _refusal(self, problem: dict[str, Any], answer: requests.Response) -> Exception:
        code, detail = problem.get("code"), problem.get("error_subcode")
        message = redact(str(problem.get("message", "")), self._secrets)
        if code in _THROTTLED:
            reason = f"Facebook chiede di aspettare (codice {code})."
            return Unavailable(reason, self._retry_at(answer), whole_channel=True)
        if code == _BAD_TOKEN:
            return NotLetIn(f"Facebook non accetta il token (codice {code}): {message}")
        if code in _DOWN or _BAD_PROOF in message:
            return ChannelDown(f"Facebook non accetta il token (codice {code}): {message}")
        if code in _NO_PROOF or problem.get("is_transient") or not isinstance(code, int):
            reason = f"Facebook ha risposto con il codice {code}: {message}"
            return Unclear(reason, refused=code in _REFUSALS)
        kind = NotThereError if (code, detail) == _NOT_THERE else Rejected
        return kind(f"Facebook ha rifiutato la richiesta (codice {code}): {message}")

    def _retry_at(self, answer: requests.Response) -> datetime | None:
        """Return the moment Facebook named, in the page's usage or in Retry-After."""
        if self.call is None:
            return None
        seconds = _waiting(answer).total_seconds()
        if not seconds:
            try:
                seconds = float(answer.headers["Retry-After"])
            except (KeyError, ValueError):
                return None
        return self.call.now + timedelta(seconds=seconds)

    def _weigh(self, answer: requests.Response, **_: object) -> None:
        """Look at how much of what is allowed was used; a response hook."""
        if self.call is None:
            return
        shares = [usage.get(measure, 0) for usage in _usages(answer) for measure in _MEASURES]
        if any(isinstance(share, int | float) and share >= _NEARLY_FULL for share in shares):
            self.quiet_until = self.call.now + max(_waiting(answer), _BREATH)


def _usages(answer: requests.Response) -> Iterator[dict[str, Any]]:
    """Yield what Facebook says was used: by the app, and by the page in each kind of use."""
    for header in ("X-App-Usage", "X-Business-Use-Case-Usage"):
        try:
            told = json.loads(answer.headers.get(header, "{}"))
        except ValueError:
            continue
        if isinstance(told, dict):
            lists = [value for value in told.values() if isinstance(value, list)]
            for usages in [[told], *lists]:
                yield from (usage for usage in usages if isinstance(usage, dict))


def _waiting(answer: requests.Response) -> timedelta:
    """Return how long Facebook says that the page has to wait; zero when it does not say."""
    minutes = [usage.get("estimated_time_to_regain_access", 0) for usage in _usages(answer)]
    known = [one for one in minutes if isinstance(one, int | float)]
    return timedelta(minutes=max(known, default=0))


def target(call: Call, page_id: str) -> str:
    """Return the post that a call is aimed at; raises Rejected unless it is the page's."""
    page, _, rest = (call.remote_id or "").partition("_")
    if not re.fullmatch(r"\d+(_(reel_)?\d+)?", call.remote_id or ""):
        raise Rejected("Manca l'identificativo del post su Facebook.")
    if rest and page != page_id:  # these keys would be shown nothing, as if it were gone
        raise Rejected("Il post è di un'altra pagina Facebook, che non è più collegata.")
    return str(call.remote_id)
