"""A conversation with a WordPress site's REST API, in which every failure is judged.

https://developer.wordpress.org/rest-api/
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar, Final

import requests

from publishers.base import Call, CannotTell, ChannelDown, Rejected, Unavailable, Unclear
from publishers.conversation import Conversation
from publishers.http import redact

__all__ = ["NotThereError", "Site", "TakenError"]

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _GONE = 401, 403, 404, 410
_TOO_LARGE, _TOO_MANY, _MAINTENANCE = 413, 429, 503
_REDIRECTS: Final = range(300, 400)
_REFUSALS: Final = range(400, 500)
_NO_ROUTE: Final = "rest_no_route"
_NOT_UPLOADED: Final = "rest_upload_unknown_error"
"""Said with 500 of a file that PHP or WordPress did not take."""
_TAKEN: Final = "term_exists"
_SMALLER: Final = (
    ". Non è uscito niente: metti nel pezzo un file più piccolo, o scrivi in WORDPRESS_LARGEST "
    "quanti MB ne prende il sito, e approva di nuovo."
)
_HIDDEN: Final = "rest_forbidden_status"


class NotThereError(Rejected):
    """WordPress knows no such post or file, or shows it to nobody with these rights."""


class TakenError(Rejected):
    """There is a category of that name already; `number` is its id."""

    def __init__(self, reason: str, number: int) -> None:
        super().__init__(reason)
        self.number = number


class Site(Conversation):
    """One conversation, by an application password (Basic authentication).

    `url` is the site's address; `call` the operation, None when one only reads.
    https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/
    """

    service: ClassVar[str] = "WordPress"

    def __init__(self, url: str, user: str, password: str, call: Call | None) -> None:
        super().__init__(f"{url.rstrip('/')}/wp-json/wp/v2", call)
        self._secrets = (password,)
        # requests writes these as Latin-1; WordPress reads UTF-8.
        self._session.auth = (_as_utf8(user), _as_utf8(password))

    def listed(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Read all pages of a list; raises CannotTell when one of them is no answer.

        A page may be shorter than asked, without what the user may not see: only a header tells
        how many there are.
        https://developer.wordpress.org/rest-api/using-the-rest-api/pagination/
        """
        for page in count(1):
            found, headers = self.read_with_headers(path, **query, page=str(page))
            pages = headers.get("X-WP-TotalPages", "")
            if not isinstance(found, list) or not pages.isdecimal():
                raise CannotTell("WordPress non ha mostrato i suoi post.")
            yield from found
            if page >= int(pages):
                return

    def judged(self, answer: requests.Response, told: Any) -> Exception:
        """Say what an answer other than a success proves."""
        status = answer.status_code
        if (waits := self._waits(answer)) is not None:
            return waits
        if status in _REDIRECTS and answer.request.method == "GET":
            return ChannelDown("WordPress rimanda altrove: WORDPRESS_URL non è il suo indirizzo.")
        code = told.get("code") if isinstance(told, dict) else None
        if code == _NOT_UPLOADED:
            return Rejected(f"WordPress non ha preso un file {self._why(code, told)}{_SMALLER}")
        if not isinstance(code, str) or status not in _REFUSALS:
            if status == _TOO_LARGE:
                return Rejected(f"Il server di WordPress non accetta un file così grande{_SMALLER}")
            return Unclear(f"WordPress ha risposto {status} senza spiegarsi.")
        return self._refusal(status, code, told)

    def _refusal(self, status: int, code: str, told: dict[str, Any]) -> Exception:
        """Say what an error in WordPress's own shape proves: rights come before any change.

        https://developer.wordpress.org/rest-api/extending-the-rest-api/adding-custom-endpoints/#permissions-callback
        """
        why = self._why(code, told)
        data = told.get("data")
        if status in (_UNAUTHORIZED, _FORBIDDEN) or _is_for_others(data):
            return ChannelDown(f"WordPress non lo permette a questo utente {why}")
        if code == _NO_ROUTE:
            return ChannelDown(f"A WORDPRESS_URL non risponde la REST API di WordPress {why}")
        if status in (_NOT_FOUND, _GONE):
            return NotThereError(f"WordPress non lo trova {why}")
        if code == _TAKEN and isinstance(data, dict) and isinstance(data.get("term_id"), int):
            return TakenError(f"WordPress ha già questa categoria {why}", data["term_id"])
        return Rejected(f"WordPress ha rifiutato la richiesta {why}")

    def _why(self, code: str, told: dict[str, Any]) -> str:
        return f"({code}): {redact(str(told.get('message', '')), self._secrets)}"

    def _waits(self, answer: requests.Response) -> Unavailable | None:
        """Return what a throttle, or maintenance with its end, asks for.

        WordPress answers 503 with Retry-After before it looks at anything else
        (https://developer.wordpress.org/reference/functions/wp_maintenance/). Should somebody in
        between say so too, then trying again does the same to the same post.
        """
        status, named = answer.status_code, answer.headers.get("Retry-After")
        if status != _TOO_MANY and not (status == _MAINTENANCE and named):
            return None
        return Unavailable("WordPress chiede di aspettare.", self.after(named), whole_channel=True)


def _is_for_others(data: Any) -> bool:
    """Tell whether a parameter was refused to somebody without rights.

    Who comes with a revoked password is nobody to WordPress, not refused as such.
    """
    details = data.get("details") if isinstance(data, dict) else None
    causes = details.values() if isinstance(details, dict) else ()
    return any(isinstance(one, dict) and one.get("code") == _HIDDEN for one in causes)


def _as_utf8(text: str) -> str:
    return text.encode().decode("latin-1")
