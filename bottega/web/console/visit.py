"""One request to the console: who asks, with what, and the ways to answer."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bottega.web.console.desk import BASE, Desk
from bottega.web.console.pages import render
from content.history import Actor
from content.people import Moderator

_INT_MAX: Final = 2**31 - 1


class Refused(Exception):
    """The request is answered with a page that says why; `why` names it in refused.html."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@dataclass(slots=True)
class Visit:
    """A request, once it was let through; `member` is None only where anybody is."""

    desk: Desk
    request: Request
    now: datetime
    member: Moderator | None = None
    token: str = ""
    form: FormData = field(default_factory=FormData)

    @property
    def me(self) -> Moderator:
        """Who asks, where somebody must."""
        assert self.member is not None
        return self.member

    @property
    def by(self) -> Actor:
        """Who asks, as history names them."""
        return Actor("moderator", self.me.id)

    @property
    def query(self) -> Mapping[str, str]:
        """What the address asks for."""
        return self.request.query_params

    @property
    def is_part(self) -> bool:
        """Whether htmx asks, for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def number(self, name: str) -> int:
        """Return the id in the path; raises Refused where it can be nobody's."""
        said = self.request.path_params[name]
        if not (said.isascii() and said.isdecimal()) or int(said[:11]) > _INT_MAX:
            raise Refused(HTTPStatus.NOT_FOUND, "missing")
        return int(said)

    def told(self, name: str) -> str:
        """Return a field of the form, stripped; empty where there is none.

        The end of a line is one character, as browsers count it.
        """
        value = self.form.get(name, "")
        return value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""

    def show(self, template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
        """Answer with a page, or with a part of one."""
        values |= {"visit": self, "member": self.member, "csrf": csrf_of(self.token)}
        return HTMLResponse(render(template, self.desk, **values), status)

    def go(self, path: str, **query: str) -> Response:
        """Answer that the browser should look at a page of the console now."""
        asked = f"{'&' if '?' in path else '?'}{urlencode(query)}" if query else ""
        return RedirectResponse(f"{BASE}{path}{asked}", HTTPStatus.SEE_OTHER)


def csrf_of(token: str) -> str:
    """Return what only a page of this session knows."""
    return hmac.new(token.encode(), b"bottega csrf", "sha256").hexdigest() if token else ""
