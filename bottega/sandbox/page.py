"""The page where all of the sandbox is seen at once, and tried by hand.

GET /                                        the page (its files are in screen/, at /screen)
GET /control/screen/state?after=N&seconds=S  all it shows, once the revision has passed N
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bottega.sandbox.cast import PARTS
from bottega.sandbox.outlets import Outlet
from bottega.sandbox.telegram import Chat, Telegram
from bottega.sandbox.telegram.asked import Commands, Scope
from bottega.sandbox.telegram.control import seen

if TYPE_CHECKING:
    from bottega.sandbox.server import Sandbox

SCREEN: Final = Path(__file__).parent / "screen"
_LONGEST_WAIT: Final = 50.0


def routes(sandbox: "Sandbox") -> list[BaseRoute]:
    """Return the routes, to be mounted at the root."""

    async def index(_: Request) -> Response:
        return FileResponse(SCREEN / "index.html", headers=_headers(sandbox.rubrica_url))

    async def state(request: Request) -> Response:
        after = int(request.query_params.get("after", "-1"))
        seconds = min(float(request.query_params.get("seconds", "0")), _LONGEST_WAIT)
        board = sandbox.board
        await board.until(lambda: board.revision > after or None, seconds)
        return JSONResponse(everything(sandbox), headers={"cache-control": "no-store"})

    return [
        Route("/", index),
        Route("/control/screen/state", state),
        Mount("/screen", StaticFiles(directory=SCREEN)),
    ]


def everything(sandbox: "Sandbox") -> dict[str, Any]:
    """Return all that the page shows, ready for JSON."""
    with sandbox.board.lock:
        return {
            "revision": sandbox.board.revision,
            "telegram": seen(sandbox.telegram),
            "description": sandbox.telegram.profile.text("description", ""),
            "menus": {c.id: _menu(sandbox.telegram, c) for c in sandbox.telegram.chats.values()},
            "parts": PARTS,
            "outlets": [_outlet(one) for one in sandbox.outlets.values()],
            "rubrica": sandbox.rubrica_url,
            "troubles": [asdict(trouble) for trouble in sandbox.board.troubles],
        }


def _headers(rubrica_url: str) -> dict[str, str]:
    framed = rubrica_url or "'none'"
    policy = (
        f"default-src 'self'; img-src 'self' blob:; frame-src {framed}; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


def _menu(telegram: Telegram, chat: Chat) -> list[dict[str, str]]:
    """Return the commands of a chat: the narrowest list that the bot has set.

    https://core.telegram.org/bots/api#determining-list-of-commands
    """
    kind = "all_private_chats" if chat.type == "private" else "all_group_chats"
    scopes = (Scope(type="chat", chat_id=chat.id), Scope(type=kind), Scope(type="default"))
    for scope in scopes:
        for language in ("it", ""):
            asked = Commands(scope=scope, language_code=language)
            if commands := telegram.profile.commands(asked):
                return commands
    return []


def _outlet(outlet: Outlet) -> dict[str, Any]:
    """Return a channel's pane, and what the panel of troubles must know of it."""
    return {
        "channel": outlet.channel,
        "label": outlet.label,
        "about": outlet.about,
        "mark": outlet.mark,
        "name": outlet.name,
        "handle": outlet.handle,
        "operation": outlet.changes["create"][0],
        "broken": outlet.broken,
        "posts": [asdict(post) for post in outlet.shown()],
    }
