"""X's OAuth 2 with PKCE: where a person lets the app in, and tokens for a code or a renewal.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import requests

from content.credentials import Grant
from publishers.base import ChannelDown, Rejected, Unavailable, Unclear
from publishers.http import Session, ask, redact, succeeded

__all__ = ["PREPARATION", "SCOPES", "App", "address", "redeem", "renew"]

SCOPES: Final = ("media.write", "offline.access", "tweet.read", "tweet.write", "users.read")
"""What posts need, and `offline.access` for a renewal: a token lasts two hours."""
PREPARATION: Final = (
    "Su console.x.com apri la tua app, «User authentication settings»: permessi «Read and write», "
    "indirizzo di ritorno {back}. Poi copia Client ID (e Client Secret) in .env."
)
"""Where X's console asks for the callback `back`, and shows the client id."""
_REFUSALS: Final = frozenset({"invalid_grant", "invalid_request"})
"""What X says of a code or a renewal that is worth nothing; RFC 6749, 5.2."""
_SLOW: Final = frozenset({429, 503})
_UNAUTHORIZED: Final = 401


@dataclass(frozen=True, slots=True)
class App:
    """The app of X's developer console; a public one has no secret."""

    client_id: str
    client_secret: str = field(repr=False)
    api_url: str
    authorize_url: str


def address(app: App, back: str, state: str, challenge: str) -> str:
    """Return where a person lets the app in; X then sends the browser `back` with the state.

    `challenge` is the S256 one of a verifier (RFC 7636).
    """
    asked = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": back,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{app.authorize_url}?{urlencode(asked)}"


def redeem(app: App, code: str, verifier: str, back: str) -> Grant:
    """Return what a code is worth; raises Rejected, ChannelDown, Unavailable, Unclear."""
    fields = {"code": code, "code_verifier": verifier, "redirect_uri": back}
    return _tokens(app, {"grant_type": "authorization_code", **fields})


def renew(app: App, renewal: str) -> Grant:
    """Return new tokens for a refresh token, which is worth nothing afterwards; raises as redeem.

    Unclear means that it may have been used up: only another try can tell.
    """
    return _tokens(app, {"grant_type": "refresh_token", "refresh_token": renewal})


def _tokens(app: App, fields: Mapping[str, str]) -> Grant:
    session = Session(app.api_url, app.api_url)
    secret = (app.client_id, app.client_secret) if app.client_secret else None
    body = dict(fields) if secret else {**fields, "client_id": app.client_id}
    try:
        answer = ask(session, "X", "POST", "/2/oauth2/token", data=body, auth=secret)
    finally:
        session.close()
    said = _said(answer)
    if succeeded(answer):
        return _grant(said)
    detail = redact(
        str(said.get("error_description") or said.get("error") or answer.status_code),
        [*fields.values(), app.client_secret],
    )
    if said.get("error") in _REFUSALS:
        raise Rejected(detail)
    if answer.status_code == _UNAUTHORIZED or "error" in said:
        raise ChannelDown(
            f"X non riconosce l'applicazione ({detail}): controlla X_CLIENT_ID e X_CLIENT_SECRET."
        )
    if answer.status_code in _SLOW:
        raise Unavailable("X chiede di aspettare prima di dare un nuovo token.")
    raise Unclear(f"X ha risposto {answer.status_code} invece di dare un token.")


def _grant(said: Mapping[str, Any]) -> Grant:
    token, seconds = said.get("access_token"), said.get("expires_in")
    if not isinstance(token, str) or not token:
        raise Unclear("X ha risposto senza dare un token.")
    return Grant(
        token=token,
        scopes=tuple(str(said.get("scope", "")).split()),
        renewal=str(said.get("refresh_token") or ""),
        seconds=float(seconds) if isinstance(seconds, int | float) else None,
    )


def _said(answer: requests.Response) -> Mapping[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
