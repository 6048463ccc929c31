"""The X account, through API v2.

https://docs.x.com/x-api/posts/create-post
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final, Self

from pydantic import BaseModel, Field, SecretStr

from content.credentials import Account, Grant
from content.handshakes import Offer, Secret
from content.media import Medium, MediumKind
from content.threads import parts_of
from publishers import x_oauth, x_prices
from publishers.addresses import numbered
from publishers.base import (
    Action,
    Call,
    Figures,
    Finding,
    Limits,
    Piece,
    Post,
    Published,
    Rejected,
    examined,
)
from publishers.connectable import Connectable
from publishers.films import shown
from publishers.proving import readable
from publishers.threads import texts
from publishers.x_api import Api, NotThereError
from publishers.x_films import LIMITS, upload
from publishers.x_handles import HANDLES
from publishers.x_reading import among, figures_of, posts_since
from publishers.x_text import LIMIT, is_valid, shorten, weighted_length

__all__ = ["X"]

_LOOKED_UP: Final = 100
"""https://docs.x.com/x-api/posts/get-posts-by-ids"""


class X(Connectable):
    """Posts of an X account: a text that fits with its link, and a film or up to four pictures."""

    channel: ClassVar[str] = "x"
    label: ClassVar[str] = "X"
    limits: ClassVar[Limits] = Limits(text=LIMIT, media=4, draft=LIMIT - 24, thread=25)
    """The link weighs 23, and the line before it 1."""
    actions: ClassVar[frozenset[Action]] = frozenset({Action.CREATE, Action.DELETE, Action.REPLY})
    caveats: ClassVar[Mapping[Action, str]] = MappingProxyType(
        {
            Action.EDIT: "X non permette di modificare un post.",
            Action.REPLY: "La risposta si paga come un post.",
            Action.DELETE: "Il post nuovo si paga; risposte e condivisioni vanno perse.",
        }
    )
    price_of_figures = x_prices.FIGURES
    handles = HANDLES

    class Config(BaseModel):
        """The app's OAuth 2 client, or the app's and the account's OAuth 1.0a keys."""

        client_id: str = Field("", description="OAuth 2 client id of the X app, for `connect`")
        client_secret: SecretStr = Field(
            SecretStr(""), description="OAuth 2 client secret; a public app has none"
        )
        authorize_url: str = Field(
            "https://x.com/i/oauth2/authorize",
            description="Where a person lets the app in; the sandbox's in tests",
        )
        consumer_key: SecretStr = Field(SecretStr(""), description="API key of the X app")
        consumer_secret: SecretStr = Field(SecretStr(""), description="API key secret of the X app")
        access_token: SecretStr = Field(
            SecretStr(""), description="Access token of the account, with read and write permission"
        )
        access_token_secret: SecretStr = Field(
            SecretStr(""), description="Access token secret of the account"
        )
        username: str = Field("", description="Name of the account without @, for permalinks")
        api_url: str = Field(
            "https://api.x.com", description="Where the X API is; the sandbox's in tests"
        )
        settling: float = Field(
            120, gt=0, description="Seconds after which a post that X took must be readable"
        )
        monthly_cap: Decimal = Field(
            Decimal(0), ge=0, description="US dollars to spend in a month at most; 0 is no cap"
        )
        figures: bool = Field(
            False, description="Whether to read back how far posts went, which costs money"
        )

    def __init__(self, config: BaseModel, media_root: Path) -> None:
        """Take the account's keys and the folder where media are kept by hash."""
        self._config = self.Config.model_validate(config, from_attributes=True)
        self._media_root = media_root
        self.settling = timedelta(seconds=self._config.settling)
        self.monthly_cap = self._config.monthly_cap
        self.figures_at_once = _LOOKED_UP if self._config.figures else 0

    @property
    def configured(self) -> bool:
        """Whether all four keys are there, or an app that an account can let in."""
        return self.has_keys or bool(self._config.client_id)

    @property
    def has_keys(self) -> bool:
        """Whether all four keys are there."""
        return all(self._keys())

    @property
    def app(self) -> x_oauth.App:
        """The app that an account lets in."""
        config = self._config
        secret = config.client_secret.get_secret_value()
        return x_oauth.App(config.client_id, secret, config.api_url, config.authorize_url)

    @property
    def lacking(self) -> Sequence[str]:
        """The client id: a public app has no secret."""
        return () if self._config.client_id else ("X_CLIENT_ID",)

    def preparation(self, back: str) -> str:
        """Return where X's console asks for the callback and shows the client id."""
        return x_oauth.PREPARATION.format(back=back)

    def question(self, secret: Secret, back: str) -> str:
        """Return X's page for a person."""
        return x_oauth.address(self.app, back, secret.state, secret.challenge)

    def offers(self, code: str, secret: Secret, back: str) -> Sequence[Offer]:
        """Return the one account that X lets in for a code."""
        grant = x_oauth.redeem(self.app, code, secret.verifier, back)
        if missing := sorted(set(x_oauth.SCOPES) - set(grant.scopes)):
            raise Rejected(f"X non ha dato tutti i permessi: manca {', '.join(missing)}.")
        number, name = self.signed_in(Account("", "", grant.token)).me()
        wanted = self._config.username
        if wanted and name.lower() != wanted.lower():
            raise Rejected(
                f"Hai dato l'accesso a @{name}, ma X_USERNAME dice @{wanted}: entra in X con "
                "l'account giusto, oppure correggi X_USERNAME."
            )
        return (Offer(number, f"@{name}", grant),)

    def vouch(self, offer: Offer) -> None:
        """Do nothing: X was asked whose token it is, and asks for money each time."""

    def signed_in(self, account: Account) -> Self:
        """Return the adapter as it posts for a connected account."""
        mine = type(self)(self._config, self._media_root)
        mine.account = account
        return mine

    def renew(self, account: Account) -> Grant:
        """Ask for new tokens: X takes the old ones back."""
        grant = x_oauth.renew(self.app, account.renewal)
        # RFC 6749, 6: an answer without a new renewal leaves the old one good.
        return replace(grant, renewal=grant.renewal or account.renewal)

    def me(self) -> tuple[str, str]:
        """Return id and name of whose account it is; raises as `seek`, and Rejected."""
        with self._api() as api:
            me = api.me()
        return str(me.get("id", "")), str(me.get("username", "?"))

    def render(self, piece: Piece) -> Post:
        """Return the words chosen for X, or the title, shortened to fit with the address.

        Words that are divided into parts are a thread. The fact `reply` answers an older post with
        what was put right; it has the address if the post has.
        """
        piece = piece.on(self.channel)
        ending = f"\n{piece.url}" if piece.url else ""
        room = weighted_length(ending)
        parts = parts_of(piece.texts.get(self.channel, "")) or [piece.title]
        if len(parts) > 1:
            text, *more = texts(self, parts, ending)
        else:
            text, more = shorten(parts[0], room) + ending, []
        note = shorten(f"Correzione: {piece.correction}", room) + ending
        return Post(
            channel=self.channel,
            title=piece.title,
            text=text,
            link=piece.url or None,
            media=shown(piece, LIMITS, self.limits.media),
            more=tuple(more),
            facts={"reply": note} if piece.correction else {},
        )

    def publish(self, post: Post, call: Call) -> Published:
        """Perform the operation by one changing call, after its media are up and processed."""
        if call.action is Action.EDIT:
            raise Rejected("X non permette di modificare un post: si può solo ritirarlo.")
        if call.action is not Action.CREATE and not (call.remote_id or "").isdecimal():
            raise Rejected("Manca l'identificativo del post su X.")
        with self._api(call) as api:
            if call.action is Action.DELETE:
                return self._delete(api, str(call.remote_id))
            if not is_valid(post.text):
                raise Rejected("Il testo è troppo lungo per X, o ha caratteri che X non accetta.")
            media = [self._upload(api, medium) for medium in post.media]
            reply_to = call.remote_id if call.action is Action.REPLY else None
            post_id = api.create(post.text, media, reply_to)
            return self._published(post_id, api.quiet_until)

    def seek(self, posts: Sequence[Post], since: datetime) -> Iterator[tuple[Post, Published]]:
        """Read the account's posts back to `since` for those with the same texts."""
        with readable("X"), self._api() as api:
            for post, number in among(posts_since(api, since), posts):
                yield post, self._published(number)

    def id_in(self, post: Post, addresses: Sequence[str]) -> str | None:  # noqa: ARG002
        """Return the number of the post at an address."""
        return numbered(r"https://(?:x|twitter)\.com/\w+/status/(\d+)(?:\?.*)?", addresses)

    def figures(self, remote_ids: Sequence[str]) -> Mapping[str, Figures]:
        """Read the public metrics of posts in one call."""
        with self._api() as api:
            found = api.metrics([one for one in remote_ids if one.isdecimal()])
        return {number: figures_of(metrics) for number, metrics in found.items()}

    def measure(self, text: str) -> int:
        """Return what X counts for a text."""
        return weighted_length(text)

    def cost(self, post: Post) -> Decimal:
        """Return what X asks for it, which depends on whether it has a link."""
        return sum(map(x_prices.price_of, post.parts), Decimal(0))

    def check(self) -> Sequence[Finding]:
        """Ask whose keys these are."""
        if not self.configured:
            return (Finding(False, "X non è configurato.", _MEND),)
        return examined("X", _MEND, self._whose)

    def _whose(self) -> str:
        _, name = self.me()
        if self._config.username and name.lower() != self._config.username.lower():
            raise Rejected(f"Le chiavi di X sono di @{name}.")
        return f"l'account @{name}"

    def _keys(self) -> tuple[str, str, str, str]:
        config = self._config
        return (
            config.consumer_key.get_secret_value(),
            config.consumer_secret.get_secret_value(),
            config.access_token.get_secret_value(),
            config.access_token_secret.get_secret_value(),
        )

    def _api(self, call: Call | None = None) -> Api:
        bearer = self.account.token if self.account else ""
        return Api(self._config.api_url, self._keys(), call, bearer)

    def _upload(self, api: Api, medium: Medium) -> str:
        if medium.kind is MediumKind.VIDEO:
            return upload(api, medium, self._media_root)
        return api.upload(medium, self._media_root)

    def _delete(self, api: Api, post_id: str) -> Published:
        try:
            api.delete(post_id)
        except NotThereError:  # what is wanted of it: that it be not there
            return self._published(post_id)
        return self._published(post_id, api.quiet_until)

    def _published(self, post_id: str, quiet_until: datetime | None = None) -> Published:
        name = self.account.name.removeprefix("@") if self.account else self._config.username
        address = f"https://x.com/{name or 'i'}/status/{post_id}"
        return Published(post_id, address, quiet_until)


_MEND: Final = (
    "Controlla le quattro chiavi X_… e X_USERNAME; l'applicazione deve poter leggere e scrivere."
)
