"""Facebook Login: where a person lets the app in, and the way from a code to a page's token.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from publishers.base import ChannelDown, Rejected, Unavailable, Unclear
from publishers.http import Session, ask, redact, succeeded

__all__ = ["LASTS", "MEND", "SCOPES", "App", "Page", "address", "granted", "lacking", "let_in",
           "pages", "preparation", "redeem"]  # fmt: skip

SCOPES: Final = ("pages_manage_posts", "pages_read_engagement", "pages_show_list")
LASTS: Final = (
    "Il token non scade, se viene da un token utente di lunga durata, finché non cambiano "
    "password, ruoli o permessi."
)
"""Until when a page's token lets us in."""
MEND: Final = (
    "Ricollega la pagina in Canali o con «bottega connect facebook», oppure controlla "
    "FACEBOOK_PAGE_ID e genera di nuovo FACEBOOK_TOKEN: smette di valere quando cambiano "
    "password, ruoli o permessi."
)
"""What to do when a page's token no longer does."""
_VERSION: Final = "v26.0"
_THROTTLED: Final = frozenset({4, 17, 32, 341, 613, 80001})
_APP_CODES: Final = frozenset({1, 101})
"""The app's id or secret is wrong."""
_POSTING: Final = frozenset({"CREATE_CONTENT", "MANAGE", "FULL_CONTROL"})
"""Tasks of whom a page's token may post. https://developers.facebook.com/docs/pages-api/manage-pages"""
_SERVER_ERROR: Final = 500
_MOST_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class App:
    """The app of developers.facebook.com."""

    id: str
    secret: str = field(repr=False)
    api_url: str
    dialog_url: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the person may do something on, with its token."""

    id: str
    name: str
    token: str = field(repr=False)
    posts: bool = True
    """Whether that may be to post; True where Facebook does not say."""

    @property
    def closed(self) -> str:
        """Why nothing can be posted on it, "" where it can."""
        if self.posts:
            return ""
        return (
            f"Su «{self.name}» ({self.id}) chi ha dato l'accesso non può pubblicare, e per questo "
            "non la propongo. Chi ne ha il controllo completo le dia, nelle impostazioni della "
            "pagina, l'attività «Contenuti»."
        )


def lacking(app: App) -> Sequence[str]:
    """Return the settings that an app lacks."""
    there = {"FACEBOOK_APP_ID": app.id, "FACEBOOK_APP_SECRET": app.secret}
    return [name for name, value in there.items() if not value]


def preparation(back: str) -> str:
    """Return in Italian how an app is made ready to send people `back`."""
    return (
        "Su developers.facebook.com apri la tua app; in «Facebook Login», «Impostazioni», aggiungi "
        f"l'indirizzo di ritorno {back}. Poi copia da «Impostazioni», «Di base», ID e chiave "
        "segreta in .env."
    )


def address(app: App, back: str, state: str) -> str:
    """Return where a person lets the app in; Facebook then sends the browser `back`."""
    asked = {
        "client_id": app.id,
        "redirect_uri": back,
        "state": state,
        "response_type": "code",
        "scope": ",".join(SCOPES),
    }
    return f"{app.dialog_url}?{urlencode(asked)}"


def let_in(
    app: App, code: str, back: str, wanted: str = ""
) -> tuple[Sequence[str], Sequence[Page]]:
    """Return what a code's person granted, and the pages: only the one `wanted`, if there is one.

    Raises Rejected when it will not do, and as redeem.
    """
    token = redeem(app, code, back)
    scopes = granted(app, token)
    if missing := sorted(set(SCOPES) - set(scopes)):
        raise Rejected(
            f"Facebook non ha dato tutti i permessi: manca {', '.join(missing)}. Lascia acceso ciò "
            "che chiede."
        )
    there = pages(app, token)
    if not there:
        raise Rejected(
            "Facebook non mostra nessuna pagina. Serve chi ha il controllo della pagina, e la "
            "sceglie quando Facebook lo chiede."
        )
    chosen = [page for page in there if wanted in ("", page.id)]
    if not chosen:
        names = ", ".join(f"«{page.name}» ({page.id})" for page in there)
        raise Rejected(
            f"La pagina {wanted} non è fra quelle a cui hai dato l'accesso: {names}. Correggi "
            "FACEBOOK_PAGE_ID, oppure usa l'account giusto."
        )
    if all(page.closed for page in chosen):
        raise Rejected(" ".join(page.closed for page in chosen))
    return scopes, chosen


def redeem(app: App, code: str, back: str) -> str:
    """Return a long-lived user token for a code: page tokens that come of it do not expire.

    Raises ChannelDown, Rejected, Unavailable, Unclear.
    """
    us = {"client_id": app.id, "client_secret": app.secret}
    short = _token(app, us | {"code": code, "redirect_uri": back})
    return _token(app, us | {"grant_type": "fb_exchange_token", "fb_exchange_token": short})


def granted(app: App, user_token: str) -> Sequence[str]:
    """Return the permissions that the person gave; raises as redeem."""
    told = _data(_asked(app, "/me/permissions", _signed(app, user_token)))
    return [str(one.get("permission")) for one in told if one.get("status") == "granted"]


def pages(app: App, user_token: str) -> Sequence[Page]:
    """Return the pages that the person may do something on, at most 100; raises as redeem."""
    fields = {"fields": "id,name,access_token,tasks", "limit": str(_MOST_PAGES)}
    told = _data(_asked(app, "/me/accounts", _signed(app, user_token) | fields))
    return [
        Page(
            id=str(one["id"]),
            name=str(one.get("name", "")),
            token=str(one["access_token"]),
            posts=_may_post(one.get("tasks")),
        )
        for one in told
        if one.get("id") and one.get("access_token")
    ]


def _may_post(tasks: Any) -> bool:
    if not isinstance(tasks, list):
        return True
    return not _POSTING.isdisjoint(str(one).removeprefix("PROFILE_PLUS_") for one in tasks)


def _token(app: App, fields: Mapping[str, str]) -> str:
    token = _asked(app, "/oauth/access_token", fields).get("access_token")
    if not isinstance(token, str) or not token:
        raise Unclear("Facebook ha risposto senza dare un token.")
    return token


def _signed(app: App, token: str) -> dict[str, str]:
    proof = hmac.new(app.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return {"access_token": token, "appsecret_proof": proof}


def _asked(app: App, path: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
    session = Session(app.api_url, app.api_url)
    try:
        answer = ask(session, "Facebook", "GET", f"/{_VERSION}{path}", params=dict(fields))
    finally:
        session.close()
    try:
        said = answer.json()
    except ValueError:
        said = None
    if succeeded(answer) and isinstance(said, dict):
        return said
    problem = said.get("error") if isinstance(said, dict) else None
    if not isinstance(problem, dict) or answer.status_code >= _SERVER_ERROR:
        raise Unclear(f"Facebook ha risposto {answer.status_code} senza spiegarsi.")
    code = problem.get("code")
    detail = redact(str(problem.get("message", "")), [*fields.values(), app.secret])
    if code in _THROTTLED:
        raise Unavailable(f"Facebook chiede di aspettare (codice {code}).")
    if code in _APP_CODES:
        raise ChannelDown(
            f"Facebook non riconosce l'applicazione ({detail}): controlla FACEBOOK_APP_ID e "
            "FACEBOOK_APP_SECRET."
        )
    raise Rejected(f"Facebook ha rifiutato la richiesta (codice {code}): {detail}")


def _data(said: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    told = said.get("data")
    if not isinstance(told, list):
        raise Unclear("Facebook ha risposto senza un elenco.")
    return [one for one in told if isinstance(one, dict)]
