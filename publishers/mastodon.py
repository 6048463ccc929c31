"""An account on a Mastodon server, by plain HTTP.

https://docs.joinmastodon.org/methods/statuses/
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final

import regex
import requests
from pydantic import BaseModel, Field, SecretStr

from content.threads import parts_of
from publishers.addresses import numbered
from publishers.base import (
    Action,
    Call,
    CannotTell,
    ChannelDown,
    Figures,
    Finding,
    Limits,
    Piece,
    Post,
    Published,
    Publisher,
    Rejected,
    Unavailable,
    Unclear,
    count,
    examined,
)
from publishers.conversation import Conversation
from publishers.cutting import cut
from publishers.films import shown
from publishers.http import redact
from publishers.links import links
from publishers.mastodon_handles import HANDLES
from publishers.mastodon_media import FILMS, upload
from publishers.mastodon_reading import abridged, answered, essence, statuses_since
from publishers.proving import by_essence, proved, readable
from publishers.threads import texts
from publishers.words import of_markup

__all__ = ["Mastodon"]

_LINK: Final = 23
_LANGUAGE: Final = "it"
_REFUSALS: Final = (400, 404, 406, 410, 413, 415, 422)


class Mastodon(Publisher):
    """Statuses of an account: a text that fits with its link, and up to four pictures or a film."""

    channel: ClassVar[str] = "mastodon"
    label: ClassVar[str] = "Mastodon"
    limits: ClassVar[Limits] = Limits(text=500, media=4, draft=500 - _LINK - 2, thread=25)
    """https://docs.joinmastodon.org/user/posting/#text"""
    actions: ClassVar[frozenset[Action]] = frozenset(Action)
    figures_at_once = 40
    """Each takes a call, of 300 in 5 minutes. https://docs.joinmastodon.org/api/rate-limits/"""
    handles = HANDLES

    class Config(BaseModel):
        """The server and the account's token."""

        instance: str = Field("", description="Address of the server, as https://mastodon.social")
        token: SecretStr = Field(
            SecretStr(""),
            description="Access token with read:accounts, read:statuses, write:media, "
            "write:statuses",
        )
        settling: float = Field(
            120, gt=0, description="Seconds after which a status that was taken must be readable"
        )

    def __init__(self, config: BaseModel, media_root: Path) -> None:
        """Take the server, the token and the folder where media are kept by hash."""
        self._config = self.Config.model_validate(config, from_attributes=True)
        self._instance = self._config.instance.rstrip("/")
        self._media_root = media_root
        self.settling = timedelta(seconds=self._config.settling)

    @property
    def configured(self) -> bool:
        """Whether there are a server and a token."""
        there = re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)\b\S*", self._instance)
        return bool(there and self._config.token.get_secret_value())

    def render(self, piece: Piece) -> Post:
        """Return the words chosen for Mastodon, or title and lead, cut to fit with the address.

        Words that are divided into parts are a thread.
        """
        piece = piece.on(self.channel)
        parts = parts_of(piece.texts.get(self.channel, "")) or [f"{piece.title}\n\n{piece.lead}"]
        ending = f"\n\n{piece.url}" if piece.url else ""
        if len(parts) > 1:
            text, *more = texts(self, parts, ending)
        else:
            room = self.limits.text - self.measure(ending)
            text, more = cut(parts[0], room, self.measure) + ending, []
        return Post(
            channel=self.channel,
            title=piece.title,
            text=text,
            link=piece.url or None,
            media=shown(piece, FILMS, self.limits.media),
            more=tuple(more),
        )

    def publish(self, post: Post, call: Call) -> Published:
        """Perform the operation by one changing call, after what it shows is up and processed."""
        if call.action is not Action.CREATE and not re.fullmatch(r"\w+", call.remote_id or ""):
            raise Rejected("Manca l'identificativo del post su Mastodon.")
        target = f"/api/v1/statuses/{call.remote_id}"
        with self._api(call) as api:
            if call.action is Action.DELETE:
                return self._delete(api, target, str(call.remote_id))
            fields: dict[str, Any] = {"status": post.text, "language": _LANGUAGE}
            # An edit that named no pictures, or no film, would take them away.
            fields["media_ids"] = [upload(api, one, self._media_root) for one in post.media]
            if call.action is Action.EDIT:
                return self._published(api.change("PUT", target, _named, json=fields))
            if call.action is Action.REPLY:
                fields["in_reply_to_id"] = call.remote_id
            headers = {"Idempotency-Key": _once(post, call)}
            path = "/api/v1/statuses"
            return self._published(api.change("POST", path, _named, json=fields, headers=headers))

    def seek(self, posts: Sequence[Post], since: datetime) -> Iterator[tuple[Post, Published]]:
        """Read the account's statuses back to `since` for those with the same texts."""
        wanted = by_essence(posts, essence)
        with readable("Mastodon"), self._api() as api:
            for found in statuses_since(api, since.replace(microsecond=0)):
                alike = wanted.get(essence(of_markup(found["content"])), [])
                if post := proved(alike, answered(found)):
                    yield post, self._published(found)
                if not any(wanted.values()):
                    return

    def id_in(self, post: Post, addresses: Sequence[str]) -> str | None:  # noqa: ARG002
        """Return the number of the status at an address; another server has another for it."""
        return numbered(r"https://[^/@]+/@\w+/(\d+)", addresses)

    def figures(self, remote_ids: Sequence[str]) -> Mapping[str, Figures]:
        """Read the statuses' counts; nobody counts how often they are shown."""
        found = {}
        with self._api() as api:
            for number in remote_ids:
                try:
                    told = api.read(f"/api/v1/statuses/{number}")
                except _NotThereError:
                    continue
                if isinstance(told, dict):
                    found[number] = Figures(
                        reactions=count(told.get("favourites_count")),
                        replies=count(told.get("replies_count")),
                        shares=count(told.get("reblogs_count")),
                    )
        return found

    def measure(self, text: str) -> int:
        """Return what Mastodon counts: 1 a sign, 23 a link with its protocol, a mention's name."""
        text = abridged(unicodedata.normalize("NFC", text))
        there = {
            a: b for a, b in links(text).items() if text.startswith(("http://", "https://"), a)
        }
        counted = start = 0
        for begin, end in [*sorted(there.items()), (len(text), len(text))]:
            counted += len(regex.findall(r"\X", text[start:begin]))
            start = end
        return counted + _LINK * len(there)

    def check(self) -> Sequence[Finding]:
        """Ask whose token it is."""
        if not self.configured:
            return (Finding(False, "Mastodon non è configurato.", _MEND),)
        with self._api() as api:
            return examined("Mastodon", _MEND, lambda: f"l'account @{api.me().get('acct', '?')}")

    def _api(self, call: Call | None = None) -> "_Api":
        return _Api(self._instance, self._config.token.get_secret_value(), call)

    def _delete(self, api: "_Api", target: str, status_id: str) -> Published:
        try:
            return self._published(api.change("DELETE", target, _named))
        except _NotThereError as error:
            refusal = error
        try:
            api.read(target)
        except _NotThereError:  # what is wanted of it: that it be not there
            return self._published({"id": status_id})
        except CannotTell as error:  # a refusal for good would leave it standing
            raise Unavailable(str(error)) from None
        raise Rejected(refusal.reason)  # it may be another account's

    def _published(self, status: dict[str, Any]) -> Published:
        address = status.get("url")
        trusted = isinstance(address, str) and address.startswith("https://")
        number = str(status["id"])
        return Published(number, str(address) if trusted else f"{self._instance}/statuses/{number}")


_MEND: Final = (
    "Controlla MASTODON_INSTANCE e crea di nuovo MASTODON_TOKEN in Preferenze › Sviluppo, con i "
    "permessi read:accounts, read:statuses, write:media e write:statuses."
)


class _NotThereError(Rejected):
    """The server knows no such status, or it is not this account's."""


class _Api(Conversation):
    """One conversation with a server, on behalf of an account."""

    service: ClassVar[str] = "Mastodon"

    def __init__(self, instance: str, token: str, call: Call | None) -> None:
        super().__init__(instance, call)
        self._token = token
        self.headers = {"Authorization": f"Bearer {token}"}

    def me(self) -> dict[str, Any]:
        """Read whose token this is; raises CannotTell."""
        told = self.read("/api/v1/accounts/verify_credentials")
        if not isinstance(told, dict):
            raise CannotTell("Mastodon non dice di chi è il token.")
        return told

    def judged(self, answer: requests.Response, told: Any) -> Exception:
        """Say what an answer other than success proves."""
        status = answer.status_code
        problem = told.get("error") if isinstance(told, dict) else None
        detail = redact(str(problem or ""), (self._token,))
        if status == requests.codes.too_many_requests:
            reason = "Mastodon chiede di aspettare: troppe richieste in poco tempo."
            return Unavailable(reason, self._retry_at(answer), whole_channel=True)
        if status in (requests.codes.unauthorized, requests.codes.forbidden):
            return ChannelDown(f"Mastodon non accetta il token ({status}): {detail}")
        if status == requests.codes.request_entity_too_large and problem is None:
            return Rejected("Il server Mastodon non accetta un file così grande.")  # it, or a proxy
        if status not in _REFUSALS or problem is None:
            return Unclear(f"Mastodon ha risposto {status} senza spiegarsi.")
        gone = status in (requests.codes.not_found, requests.codes.gone)
        kind = _NotThereError if gone else Rejected
        return kind(f"Mastodon ha rifiutato la richiesta ({status}): {detail}")

    def _retry_at(self, answer: requests.Response) -> datetime | None:
        """Return the moment the server named. https://docs.joinmastodon.org/api/rate-limits/."""
        try:
            return datetime.fromisoformat(answer.headers["X-RateLimit-Reset"]).astimezone(UTC)
        except (KeyError, ValueError):
            return self.after(answer.headers.get("Retry-After"))


def _named(status: dict[str, Any]) -> bool:
    return bool(status.get("id"))


def _once(post: Post, call: Call) -> str:
    """Return what tells the server that a request is the one it had before.

    The operation alone would not do: another newsroom's first operation has the same name.
    """
    return hashlib.sha256(f"{call.key} {post.sha256}".encode()).hexdigest()
