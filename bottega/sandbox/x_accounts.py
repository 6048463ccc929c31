"""X's OAuth 2 as a server does it: a page that asks a person, PKCE, tokens that rotate.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

import base64
import hashlib
import hmac
import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bottega.sandbox.core import Exchange

LASTS: Final = timedelta(hours=2)
TOKEN: Final = "oauth2-token-of-the-sandbox"  # noqa: S105 - what each begins with; opens nothing
CODE: Final = "oauth2-code-of-the-sandbox"
"""What each code begins with."""
KNOWN_SCOPES: Final = frozenset(
    {"media.write", "offline.access", "tweet.read", "tweet.write", "users.read"}
)
GOOD_FOR: Final[Mapping[str, str]] = {
    "tweets.create": "tweet.write",
    "tweets.delete": "tweet.write",
    "media.upload": "media.write",
    "media.metadata": "media.write",
    "media.initialize": "media.write",
    "media.append": "media.write",
    "media.finalize": "media.write",
    "media.status": "media.write",
    "media.subtitles": "media.write",
    "tweets.lookup": "tweet.read",
    "users.me": "users.read",
    "users.tweets": "tweet.read",
}
"""What a token of OAuth 2 must be good for."""
_ASKED: Final = ("client_id", "redirect_uri", "scope", "state", "code_challenge")


@dataclass(slots=True)
class Session:
    """What one account granted, and the tokens that are good now."""

    scopes: tuple[str, ...]
    token: str = ""
    renewal: str = ""
    ends: datetime | None = None


class Accounts:
    """Codes and tokens of one account; every code and refresh token is good once."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.client_id, self.now = "client-id-of-the-sandbox", now
        self.client_secret = "client-secret-of-the-sandbox"  # noqa: S105 - opens nothing
        self.callbacks: tuple[str, ...] = ("http://127.0.0.1:",)
        """What the addresses begin with to which a browser may be sent back."""
        self.reset()

    def app(self, url: str) -> dict[str, str]:
        """Return the app's keys, and where it sends people; `url` is where X is."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "authorize_url": f"{url}/i/oauth2/authorize",
        }

    def reset(self) -> None:
        """Begin with nothing granted."""
        self.sessions: list[Session] = []
        self.renewals = 0
        self._codes: dict[str, dict[str, str]] = {}
        self._last = 0

    def granted(self, scopes: tuple[str, ...] = tuple(sorted(KNOWN_SCOPES))) -> dict[str, Any]:
        """Return the tokens of an account that let the app in a moment ago."""
        session = Session(scopes)
        self.sessions.append(session)
        return self._issued(session)

    def scopes_of(self, authorization: str) -> tuple[str, ...] | None:
        """Return what a header's bearer may do; None when it may nothing."""
        kind, _, token = authorization.partition(" ")
        for one in self.sessions:
            good = one.ends is not None and self.now() < one.ends
            if kind == "Bearer" and good and hmac.compare_digest(token, one.token):
                return one.scopes
        return None

    async def page(self, request: Request) -> Response:
        """Ask the person (GET), and send the browser back with the answer (POST)."""
        asked = dict(request.query_params)
        if request.method == "POST":
            asked = {name: str(value) for name, value in (await request.form()).items()}
        if wrong := self._wrong(asked):
            return HTMLResponse(
                f"<h1>Qualcosa è andato storto</h1><p>{html.escape(wrong)}</p>", 400
            )
        if request.method == "GET":
            return HTMLResponse(_question(asked))
        said = {"state": asked["state"]}
        if asked.get("answer") == "yes":
            said["code"] = self._number(CODE)
            self._codes[said["code"]] = asked
        else:
            said["error"] = "access_denied"
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(said)}", 302)

    def tokens(self, exchange: Exchange, authorization: str) -> Response:
        """Give tokens for a code or for a refresh token."""
        asked = exchange.fields
        if not self._is_the_app(asked, authorization):
            return _refused(401, "invalid_client", "Missing or invalid client credentials.")
        if asked.get("grant_type") == "authorization_code":
            session = self._redeemed(asked)
        else:
            session = self._renewed(asked)
        if session is None:
            return _refused(400, "invalid_request", "Value passed for the token was invalid.")
        return JSONResponse(self._issued(session))

    def _wrong(self, asked: Mapping[str, str]) -> str | None:
        if missing := [name for name in _ASKED if not asked.get(name)]:
            return f"Missing: {', '.join(missing)}"
        if asked["client_id"] != self.client_id or not asked["redirect_uri"].startswith(
            self.callbacks
        ):
            return "The app or its callback is not known."
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return "Only a code with an S256 challenge is given."
        unknown = set(asked["scope"].split()) - KNOWN_SCOPES
        return f"Unknown scopes: {', '.join(sorted(unknown))}" if unknown else None

    def _is_the_app(self, asked: Mapping[str, str], authorization: str) -> bool:
        if not self.client_secret:
            return asked.get("client_id") == self.client_id
        known = f"{self.client_id}:{self.client_secret}".encode()
        return hmac.compare_digest(authorization.encode(), b"Basic " + base64.b64encode(known))

    def _redeemed(self, asked: Mapping[str, str]) -> Session | None:
        granted = self._codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if granted is None or granted["redirect_uri"] != asked.get("redirect_uri"):
            return None
        if not hmac.compare_digest(challenge, granted["code_challenge"]):
            return None
        session = Session(tuple(granted["scope"].split()))
        self.sessions.append(session)
        return session

    def _renewed(self, asked: Mapping[str, str]) -> Session | None:
        given = asked.get("refresh_token", "")
        for session in self.sessions:
            if session.renewal and hmac.compare_digest(given, session.renewal):
                self.renewals += 1
                return session
        return None

    def _issued(self, session: Session) -> dict[str, Any]:
        session.token, session.ends = self._number(TOKEN), self.now() + LASTS
        answer = {
            "token_type": "bearer",
            "expires_in": int(LASTS.total_seconds()),
            "access_token": session.token,
            "scope": " ".join(session.scopes),
        }
        if "offline.access" in session.scopes:
            session.renewal = self._number(f"{TOKEN}-renewal")
            answer["refresh_token"] = session.renewal
        return answer

    def _number(self, kind: str) -> str:
        self._last += 1
        return f"{kind}-{self._last}"


def _question(asked: Mapping[str, str]) -> str:
    kept = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in asked.items()
    )
    scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in asked["scope"].split())
    return (
        '<!doctype html><html lang="it"><meta charset="utf-8"><title>X (sandbox)</title>'
        "<h1>Bottega vuole accedere al tuo account</h1>"
        f'<ul>{scopes}</ul><form method="post">{kept}'
        '<button name="answer" value="yes">Autorizza l’app</button> '
        '<button name="answer" value="no">Annulla</button></form></html>'
    )


def _refused(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
