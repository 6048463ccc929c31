"""The Facebook page, through the Graph API.

https://developers.facebook.com/docs/pages-api/posts
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Self

from pydantic import BaseModel, Field, SecretStr

from content.credentials import Account, Grant
from content.handshakes import Offer, Secret
from publishers import facebook_films, facebook_oauth
from publishers.addresses import numbered, unsourced
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
    Rejected,
    Unavailable,
)
from publishers.connectable import Connectable
from publishers.facebook_figures import figures_of, figures_of_reel
from publishers.facebook_films import FILMS, Reels, film_of, is_reel, node, reel
from publishers.facebook_graph import Graph, NotThereError, target
from publishers.facebook_handles import HANDLES
from publishers.facebook_reading import posts_since
from publishers.films import shown
from publishers.proving import by_essence, readable

__all__ = ["Facebook"]


class Facebook(Connectable):
    """Posts of a Facebook page: text with a link card, up to ten pictures, or a film as a reel."""

    channel: ClassVar[str] = "facebook"
    label: ClassVar[str] = "Facebook"
    # Longer posts are folded behind "Altro…".
    limits: ClassVar[Limits] = Limits(text=63_206, media=10, draft=600)
    figures_at_once = 20
    """Each takes two calls, of some hundreds an hour that even a small page may make."""
    caveats: ClassVar[Mapping[Action, str]] = MappingProxyType(
        {Action.EDIT: "Cambiano le parole; le immagini, o il filmato, restano quelli di prima."}
    )
    lasts: ClassVar[str] = facebook_oauth.LASTS
    handles = HANDLES

    class Config(BaseModel):
        """The app, or the page and its token."""

        app_id: str = Field("", description="Id of the Facebook app, for `connect`")
        dialog_url: str = Field(
            "https://www.facebook.com/v26.0/dialog/oauth",
            description="Where a person lets the app in; the sandbox's in tests",
        )
        page_id: str = Field("", description="Numeric id of the Facebook page")
        token: SecretStr = Field(
            SecretStr(""), description="Page access token, taken from a long-lived user token"
        )
        app_secret: SecretStr = Field(
            SecretStr(""), description="App secret; when given, every call carries its proof"
        )
        api_url: str = Field(
            "https://graph.facebook.com",
            description="Where the Graph API is; the sandbox's in tests",
        )
        upload_url: str = Field(
            "https://rupload.facebook.com",
            description="Where films are sent; the sandbox's in tests",
        )
        settling: float = Field(
            180, gt=0, description="Seconds after which a post that Facebook took must be readable"
        )

    def __init__(self, config: BaseModel, media_root: Path) -> None:
        """Take the page's keys and the folder where media are kept by hash."""
        self._config = self.Config.model_validate(config, from_attributes=True)
        self._media_root = media_root
        self.settling = timedelta(seconds=self._config.settling)
        self._page_id = self._config.page_id
        self._token = self._config.token.get_secret_value()

    @property
    def configured(self) -> bool:
        """Whether there are a page and its token, or an app that a person can let in."""
        return self.has_keys or bool(self._config.app_id and self.app.secret)

    @property
    def has_keys(self) -> bool:
        """Whether there are a page and its token."""
        return bool(self._page_id and self._token)

    @property
    def account_id(self) -> str:
        """The page that it posts on."""
        return self._page_id

    @property
    def app(self) -> facebook_oauth.App:
        """The app that a person lets in."""
        config = self._config
        secret = config.app_secret.get_secret_value()
        return facebook_oauth.App(config.app_id, secret, config.api_url, config.dialog_url)

    @property
    def lacking(self) -> Sequence[str]:
        """The app's id and secret."""
        return facebook_oauth.lacking(self.app)

    def preparation(self, back: str) -> str:
        """Return where Facebook asks for the callback and shows the app's id and secret."""
        return facebook_oauth.preparation(back)

    def question(self, secret: Secret, back: str) -> str:
        """Return Facebook's page for a person."""
        return facebook_oauth.address(self.app, back, secret.state)

    def offers(self, code: str, secret: Secret, back: str) -> Sequence[Offer]:  # noqa: ARG002
        """Return the pages that a person may post on; Facebook takes no verifier."""
        scopes, pages = facebook_oauth.let_in(self.app, code, back, self._page_id)
        return [Offer(one.id, one.name, Grant(one.token, scopes), one.closed) for one in pages]

    def signed_in(self, account: Account) -> Self:
        """Return the adapter as it posts on a connected page."""
        mine = type(self)(self._config, self._media_root)
        mine._page_id, mine._token = account.id, account.token  # noqa: SLF001 - of the same kind
        mine.account = account
        return mine

    def render(self, piece: Piece) -> Post:
        """Return the words chosen for Facebook, or title and lead, and the piece's address."""
        piece = piece.on(self.channel)
        words = piece.texts.get(self.channel) or f"{piece.title}\n\n{piece.lead}"
        ending = f"\n\n{piece.url}" if piece.url else ""
        words = unicodedata.normalize("NFC", words).strip()[: self.limits.text - len(ending)]
        return Post(
            channel=self.channel,
            title=piece.title,
            text=words + ending,
            link=piece.url or None,
            media=shown(piece, FILMS, self.limits.media),
        )

    def publish(self, post: Post, call: Call) -> Published:
        """Perform the operation by one changing call, after what it shows is up unpublished."""
        with self._graph(call) as graph:
            match call.action:
                case Action.CREATE:
                    film = film_of(post)
                    reels = self._reels(graph)
                    return reels.publish(post, film) if film else self._create(graph, post)
                case Action.EDIT:
                    post_id = target(call, self._page_id)
                    field = "description" if is_reel(post_id) else "message"
                    graph.change("POST", node(post_id), "success", **{field: post.text})
                    return self._published(graph, post_id)
                case Action.DELETE:
                    return self._delete(graph, target(call, self._page_id))
                case _:
                    raise Rejected(
                        "Le risposte su Facebook vanno scritte a mano: un commento non si può "
                        "rileggere con certezza dopo un'interruzione."
                    )

    def seek(self, posts: Sequence[Post], since: datetime) -> Iterator[tuple[Post, Published]]:
        """Read the page's posts back to `since` for the same messages; films tell how they are."""
        wanted = by_essence([one for one in posts if not film_of(one)], _essence)
        with readable("Facebook"), self._graph() as graph:
            for found in posts_since(graph, self._page_id, since) if wanted else ():
                post_id = str(found["id"])
                address = found.get("permalink_url") or _address(post_id)
                if alike := wanted.get(_essence(found.get("message", ""))):
                    yield alike.pop(), Published(post_id, address)
                if not any(wanted.values()):
                    break
            yield from self._reels(graph).seek([one for one in posts if film_of(one)])

    def id_in(self, post: Post, addresses: Sequence[str]) -> str | None:
        """Return the id of the page's post, or reel, at an address that has its number."""
        page = re.escape(self._page_id)
        if film_of(post):
            video = numbered(r"https://(?:www|m)\.facebook\.com/reel/(\d+)/?", addresses)
            return reel(self._page_id, video) if video else None
        return numbered(
            rf"https://(?:www|m)\.facebook\.com/({page})(?:/posts/|_)(\d+)/?", addresses
        )

    def figures(self, remote_ids: Sequence[str]) -> Mapping[str, Figures]:
        """Read the posts' counts, and their views where the token has read_insights."""
        found = {}
        with self._graph() as graph:
            for post_id in remote_ids:
                try:
                    of = figures_of_reel if is_reel(post_id) else figures_of
                    found[post_id] = of(graph, node(post_id))
                except NotThereError:
                    continue
        return found

    def check(self) -> Sequence[Finding]:
        """Ask whose token it is."""
        if not self.configured:
            return (Finding(False, "Facebook non è configurato.", facebook_oauth.MEND),)
        try:
            with self._graph() as graph:
                page = graph.read("me", fields="id,name")
        except (ChannelDown, Rejected) as error:
            return (Finding(False, error.reason, facebook_oauth.MEND),)
        except (CannotTell, Unavailable) as error:
            return (Finding(False, f"Facebook non risponde: {error}", "Riprova più tardi."),)
        if page.get("id") != self._page_id:
            whose = f"Il token non è della pagina: è di «{page.get('name', '?')}»."
            return (Finding(False, whose, facebook_oauth.MEND),)
        return (Finding(True, f"Facebook: la pagina «{page.get('name', '?')}» risponde."),)

    def _graph(self, call: Call | None = None) -> Graph:
        secret = self._config.app_secret.get_secret_value()
        config = self._config
        return Graph(config.api_url, config.upload_url, self._token, secret, call)

    def _reels(self, graph: Graph) -> Reels:
        return Reels(graph, self._page_id, self._media_root)

    def _create(self, graph: Graph, post: Post) -> Published:
        album = f"{self._page_id}/photos"
        photos = [graph.upload(album, medium, self._media_root) for medium in post.media]
        fields = {"message": post.text}
        if photos:
            fields["attached_media"] = json.dumps([{"media_fbid": photo} for photo in photos])
        elif post.link:
            fields["link"] = post.link
        created = graph.change("POST", f"{self._page_id}/feed", "id", **fields)
        return self._published(graph, str(created["id"]))

    def _published(self, graph: Graph, post_id: str) -> Published:
        """Return the proof; nothing that fails from here on may lose it."""
        try:
            permalink = graph.read(node(post_id), fields="permalink_url").get("permalink_url")
        except (CannotTell, ChannelDown, Rejected, Unavailable):
            permalink = None
        trusted = isinstance(permalink, str) and permalink.startswith("https://")
        address = str(permalink) if trusted else _address(post_id)
        return Published(post_id, address, graph.quiet_until)

    def _delete(self, graph: Graph, post_id: str) -> Published:
        try:
            graph.change("DELETE", node(post_id), "success")
        except NotThereError as error:
            _look_for(graph, post_id, error)
        return Published(post_id, _address(post_id), graph.quiet_until)


def _look_for(graph: Graph, post_id: str, refusal: Rejected) -> None:
    """Return when a post that could not be deleted is gone; raises `refusal` when it is not.

    Raises Unavailable while nobody can tell: a refusal for good would leave it standing.
    """
    try:
        graph.read(node(post_id), fields="id")
    except NotThereError:  # what is wanted of it: that it be not there
        return
    except CannotTell as error:
        raise Unavailable(str(error)) from None
    raise refusal


def _address(post_id: str) -> str:
    if is_reel(post_id):
        return facebook_films.address(post_id)
    return f"https://www.facebook.com/{post_id}"


def _essence(text: str) -> str:
    """Reduce a message to what Facebook keeps of it."""
    return " ".join(unicodedata.normalize("NFC", unsourced(text)).split())
