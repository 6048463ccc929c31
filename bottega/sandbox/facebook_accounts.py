"""Facebook Login as a server does it: a page that asks a person, and tokens for user and pages.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

import hashlib
import hmac
import html
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.core import Switchboard, Trouble, exchange_of
from bottega.sandbox.facebook_posts import GraphError

SHORT: Final = "short-user-token-of-the-sandbox"
LONG: Final = "long-user-token-of-the-sandbox"
ALL_TASKS: Final = ("ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE")
"""https://developers.facebook.com/docs/pages-api/manage-pages"""
CODE: Final = "code-of-the-facebook-sandbox"
"""What each code begins with."""
_ASKED: Final = ("client_id", "redirect_uri", "state", "scope")
Pages = Callable[[], list[tuple[str, str, str]]]


class Accounts:
    """One person who lets apps in; `pages` gives id, name and token of the pages they may use.

    Operations for troubles: oauth.token, me.accounts, me.permissions.
    """

    def __init__(
        self, board: Switchboard, pages: Pages, own_error: Callable[[Trouble], Response]
    ) -> None:
        self.board, self._pages, self._own_error = board, pages, own_error
        self.app_id = "1234567890"
        self.app_secret = "app-secret-of-the-sandbox"  # noqa: S105 - opens nothing
        self.callbacks: tuple[str, ...] = ("http://localhost:",)
        """What the addresses begin with to which a browser may be sent back."""
        self.refused: tuple[str, ...] = ()
        """Permissions that the person takes out of the question."""
        self.tasks: dict[str, tuple[str, ...]] = {}
        """What the person may do on a page, by its id, where that is not everything."""
        self.reset()

    def app(self, url: str) -> dict[str, str]:
        """Return the app's keys, and where it sends people; `url` is where Facebook is."""
        return {
            "app_id": self.app_id,
            "app_secret": self.app_secret,
            "dialog_url": f"{url}/v26.0/dialog/oauth",
        }

    def reset(self) -> None:
        """Begin with nothing granted."""
        self._codes: dict[str, dict[str, str]] = {}
        self._scopes: list[str] = []
        self._last = 0

    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be mounted before those of the page."""
        return [
            Route("/{version}/dialog/oauth", self._dialog, methods=["GET", "POST"]),
            self._route("/oauth/access_token", "oauth.token", self._token),
            self._route("/me/accounts", "me.accounts", self._accounts),
            self._route("/me/permissions", "me.permissions", self._permissions),
        ]

    def _route(
        self, path: str, operation: str, act: Callable[[Mapping[str, str]], dict[str, Any]]
    ) -> Route:
        async def answer(request: Request) -> Response:
            exchange = await exchange_of("facebook", request, f"/v26.0{path}")

            async def perform() -> Response:
                try:
                    with self.board.lock:
                        return JSONResponse(act(exchange.query))
                except GraphError as error:
                    return error.response()

            return await self.board.serve(exchange, operation, perform, self._own_error)

        return Route(f"/{{version}}{path}", answer)

    async def _dialog(self, request: Request) -> Response:
        """Ask the person (GET), and send the browser back with the answer (POST)."""
        asked = dict(request.query_params)
        if request.method == "POST":
            asked = {name: str(value) for name, value in (await request.form()).items()}
        known = asked.get("client_id") == self.app_id
        there = asked.get("redirect_uri", "").startswith(self.callbacks)
        if not known or not there or not all(asked.get(name) for name in _ASKED):
            return HTMLResponse("<h1>URL bloccato</h1><p>App or callback not known.</p>", 400)
        if request.method == "GET":
            return HTMLResponse(_question(asked))
        said = {"state": asked["state"]}
        if asked.get("answer") == "yes":
            self._last += 1
            said["code"] = f"{CODE}-{self._last}"
            self._codes[said["code"]] = asked
        else:
            said |= {"error": "access_denied", "error_reason": "user_denied"}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(said)}", 302)

    def _token(self, asked: Mapping[str, str]) -> dict[str, Any]:
        good = hmac.compare_digest(asked.get("client_secret", ""), self.app_secret)
        if asked.get("client_id") != self.app_id or not good:
            raise GraphError(1, "Error validating client secret.")
        if asked.get("grant_type") == "fb_exchange_token":
            if asked.get("fb_exchange_token") != SHORT:
                raise GraphError(190, "Invalid OAuth access token.", status=401)
            return {"access_token": LONG, "token_type": "bearer", "expires_in": 5_184_000}
        granted = self._codes.pop(asked.get("code", ""), None)
        if granted is None or granted["redirect_uri"] != asked.get("redirect_uri"):
            raise GraphError(100, "This authorization code has been used.", subcode=36009)
        self._scopes = [one for one in granted["scope"].split(",") if one not in self.refused]
        return {"access_token": SHORT, "token_type": "bearer", "expires_in": 5_400}

    def _accounts(self, asked: Mapping[str, str]) -> dict[str, Any]:
        self._authenticate(asked)
        asked_for = asked.get("fields", "access_token,category,id,name,tasks").split(",")
        told = [
            {"id": i, "name": n, "access_token": t, "tasks": list(self.tasks.get(i, ALL_TASKS))}
            for i, n, t in self._pages()
        ]
        return {"data": [{name: one[name] for name in asked_for if name in one} for one in told]}

    def _permissions(self, asked: Mapping[str, str]) -> dict[str, Any]:
        self._authenticate(asked)
        told = [{"permission": one, "status": "granted"} for one in self._scopes]
        return {"data": told + [{"permission": one, "status": "declined"} for one in self.refused]}

    def _authenticate(self, asked: Mapping[str, str]) -> None:
        proof = hmac.new(self.app_secret.encode(), LONG.encode(), hashlib.sha256).hexdigest()
        if asked.get("access_token") != LONG or asked.get("appsecret_proof") != proof:
            raise GraphError(190, "Invalid OAuth access token.", status=401)


def _question(asked: Mapping[str, str]) -> str:
    kept = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in asked.items()
    )
    scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in asked["scope"].split(","))
    return (
        '<!doctype html><html lang="it"><meta charset="utf-8"><title>Facebook (sandbox)</title>'
        f'<h1>Bottega chiede di gestire le tue Pagine</h1><ul>{scopes}</ul><form method="post">'
        f'{kept}<button name="answer" value="yes">Continua</button> '
        '<button name="answer" value="no">Annulla</button></form></html>'
    )
