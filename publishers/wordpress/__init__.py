"""A WordPress site, through its REST API.

https://developer.wordpress.org/rest-api/reference/posts/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

from content.posts import Section
from publishers.base import (
    Action,
    Call,
    CannotTell,
    ChannelDown,
    Finding,
    Limits,
    Piece,
    Post,
    Published,
    Publisher,
    Rejected,
    Unavailable,
    examined,
)
from publishers.prose import summary
from publishers.proving import readable
from publishers.wordpress.api import NotThereError, Site, TakenError
from publishers.wordpress.page import html_of, shown
from publishers.wordpress.pictures import Pictures
from publishers.wordpress.reading import at, changed_since, words_at
from publishers.words import line

__all__ = ["WordPress"]

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ABLE: Final = ("publish_posts", "upload_files", "delete_published_posts", "edit_published_posts")
_CATEGORIES: Final[Mapping[str, str]] = {
    Section.NEWS: "Notizie",
    Section.ARTICLES: "Articoli",
    Section.VIDEO_INTERVIEWS: "Video interviste",
    Section.DOCUMENTS: "Documentazione",
}


class WordPress(Publisher):
    """Posts of a WordPress site: the whole text, its pictures and a film, in its category.

    A post is first a draft, which readers do not see; the one changing call makes it public. So a
    create that is made twice publishes the same post twice, which is once. A comment that no
    reader sees names the article, and the hash of what was approved: that is what proves it.
    """

    channel: ClassVar[str] = "wordpress"
    label: ClassVar[str] = "WordPress"
    limits: ClassVar[Limits] = Limits(text=0, media=20)

    class Config(BaseModel):
        """The site, and a user of it with an application password."""

        url: str = Field("", description="Address of the WordPress site, without a final slash")
        user: str = Field("", description="Name of a user who may publish: an editor or author")
        password: SecretStr = Field(
            SecretStr(""), description="An application password of that user"
        )
        featured: bool = Field(
            False, description="Whether the first picture becomes the featured image, too"
        )
        largest: float = Field(
            2,
            gt=0,
            description="Megabytes that the site takes of a file; a larger film is left out",
        )
        settling: float = Field(
            60, gt=0, description="Seconds after which a post that WordPress took must be readable"
        )

        @field_validator("url")
        @classmethod
        def _carries_the_password_safely(cls, value: str) -> str:
            address = urlsplit(value)
            here = address.scheme == "http" and address.hostname in _LOOPBACK
            if value and not (here or (address.scheme == "https" and address.hostname)):
                raise ValueError("serve un indirizzo https, perché porta una password")
            return value

    def __init__(self, config: BaseModel, media_root: Path) -> None:
        """Take the site's keys and the folder where media are kept by hash."""
        self._config = self.Config.model_validate(config, from_attributes=True)
        self._media_root = media_root
        self.settling = timedelta(seconds=self._config.settling)

    @property
    def configured(self) -> bool:
        """Whether there are a site, a user and a password."""
        keys = self._config
        return bool(keys.url and keys.user and keys.password.get_secret_value())

    def render(self, piece: Piece) -> Post:
        """Return the whole piece as plain HTML; sounds, documents, large films stay on its page."""
        media = shown(piece, self._config.largest, self.limits.media)
        return Post(
            channel=self.channel,
            title=line(piece.title),
            text=summary(piece),
            html=html_of(piece, media),
            link=piece.url,
            media=media,
            facts={
                "article_id": piece.article_id,
                "section": piece.section.value,
                "slug": piece.slug,
            },
        )

    def publish(self, post: Post, call: Call) -> Published:
        """Perform the operation by one changing call, after all that readers do not see."""
        slug = _slug(post)
        if call.action is Action.REPLY:
            raise Rejected("Su WordPress non ci sono risposte da pubblicare.")
        if call.action is not Action.CREATE and not (call.remote_id or "").isdecimal():
            raise Rejected("Manca l'identificativo del post su WordPress.")
        try:
            with self._site(call) as site:
                if call.action is Action.DELETE:
                    return self._delete(site, post, str(call.remote_id))
                if call.action is Action.EDIT:
                    _require_ours(site, post, str(call.remote_id))
                    return self._write(site, post, str(call.remote_id))
                found = self._ours(site, post, slug)
                post_id = str(found["id"]) if found else _drafted(site, post, slug)
                return self._write(site, post, post_id, slug=slug, status="publish")
        except CannotTell as error:  # of a reading, before anything was changed
            reason = str(error)
        raise Unavailable(reason)

    def seek(
        self,
        posts: Sequence[Post],
        since: datetime,
    ) -> Iterator[tuple[Post, Published]]:
        """Look for exactly what was approved in all that changed, and at each post's address.

        An editor may have given it another address meanwhile, or binned it, which does as well.
        """
        with readable("WordPress"), self._site() as site:
            changed = list(changed_since(site, since))
            for post in posts:
                for found in chain(changed, at(site, _slug(post))):
                    if _mark(post) not in found["content"]["raw"]:
                        continue
                    if found["status"] != "publish":
                        raise CannotTell("Su WordPress c'è, ma nessuno lo può leggere.")
                    yield post, _published(found)
                    break

    def check(self) -> Sequence[Finding]:
        """Ask whose password it is, and what that user may do."""
        if not self.configured:
            return (Finding(False, "WordPress non è configurato.", _MEND),)
        with self._site() as site:
            return examined("WordPress", _MEND, lambda: f"l'utente {_able(site)}")

    def _site(self, call: Call | None = None) -> Site:
        keys = self._config
        return Site(keys.url, keys.user, keys.password.get_secret_value(), call)

    def _ours(self, site: Site, post: Post, slug: str) -> dict[str, Any] | None:
        """Return what an earlier try left at the post's address; raises Rejected for a stranger."""
        found = at(site, slug)
        mine = [one for one in found if _name(post) in one["content"]["raw"]]
        if found and not mine:
            raise Rejected(f"Su WordPress c'è già un altro articolo all'indirizzo «{slug}».")
        return min(mine, key=lambda one: (one["status"] != "publish", one["id"]), default=None)

    def _write(self, site: Site, post: Post, post_id: str, **more: str) -> Published:
        """Bring a post to what was approved, pictures and category first."""
        fields: dict[str, Any] = {"title": escape(post.title, quote=False), **more}
        fields |= {"excerpt": escape(post.text, quote=False), "categories": [_category(site, post)]}
        pictures = Pictures(site, _article(post), post_id, self._media_root)
        html = pictures.placed(post)
        if self._config.featured:
            fields["featured_media"] = pictures.first
        end = html.rindex("</p>")  # inside a paragraph: alone it would be given one of its own
        fields["content"] = f"{html[:end]}{_mark(post)}{html[end:]}"

        def proof(done: dict[str, Any]) -> bool:
            as_wanted = "status" not in more or done.get("status") == more["status"]
            return str(done.get("id")) == post_id and as_wanted and "link" in done

        done = site.change("POST", f"/posts/{post_id}", proof, json=fields)
        pictures.tidy()
        return _published(done)

    def _delete(self, site: Site, post: Post, post_id: str) -> Published:
        """Delete a post for good, and then its pictures."""
        pictures = Pictures(site, _article(post), post_id, self._media_root)
        pictures.note()
        with suppress(NotThereError):  # what is wanted of it: that it be not there
            _require_ours(site, post, post_id)
            site.change("DELETE", f"/posts/{post_id}", _gone, json={"force": True})
        pictures.tidy()
        return Published(post_id, f"{self._config.url.rstrip('/')}/?p={post_id}")


_MEND: Final = (
    "Controlla WORDPRESS_URL e WORDPRESS_USER, e crea di nuovo WORDPRESS_PASSWORD in WordPress: "
    "Utenti, Profilo, Password per applicazioni. L'utente deve avere il ruolo di editore."
)


def _able(site: Site) -> str:
    """Return the user's name and rights; raises ChannelDown when they may not do what it takes."""
    me = site.read("/users/me", context="edit")
    able = me.get("capabilities") if isinstance(me, dict) else None
    if not isinstance(able, dict):
        raise CannotTell("WordPress non dice che cosa può fare l'utente.")
    name = str(me.get("username", "?"))
    if lacking := [one for one in _ABLE if not able.get(one)]:
        raise ChannelDown(f"WordPress: all'utente «{name}» manca {', '.join(lacking)}.")
    return f"«{name}», che può {', '.join(_ABLE)},"


def _article(post: Post) -> int:
    article_id = post.facts.get("article_id")
    if not isinstance(article_id, int):
        raise Rejected("Il contenuto non dice a quale articolo appartiene.")
    return article_id


def _slug(post: Post) -> str:
    slug = post.facts.get("slug")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise Rejected("Il contenuto non ha un indirizzo valido.")
    return slug


def _name(post: Post) -> str:
    return f"<!-- bottega {_article(post)} "


def _mark(post: Post) -> str:
    return f"{_name(post)}{post.sha256} -->"


def _require_ours(site: Site, post: Post, post_id: str) -> None:
    """Raise Rejected where a number is another post's now: a site that was moved numbers anew."""
    words, slug = words_at(site, post_id)
    if _name(post) not in words and slug != _slug(post):
        raise Rejected(
            f"Su WordPress il post {post_id} non è più questo articolo: non ho cambiato niente. Se "
            "il sito è stato spostato, cerca l'articolo lì e mettilo a posto a mano."
        )


def _drafted(site: Site, post: Post, slug: str) -> str:
    """Make the draft that will become the post, and return its id."""
    title = escape(post.title, quote=False)
    stub = {"status": "draft", "slug": slug, "title": title, "content": f"{_name(post)}-->"}
    return str(_id(site.prepare("POST", "/posts", json=stub)))


def _category(site: Site, post: Post) -> int:
    """Return the id of the section's category, made where it is missing."""
    section = str(post.facts.get("section"))
    found = site.read("/categories", slug=section)
    if isinstance(found, list) and found:
        return _id(found[0])
    name = _CATEGORIES.get(section, section)
    try:
        made = site.prepare("POST", "/categories", json={"name": name, "slug": section})
    except TakenError as error:
        return error.number
    return _id(made)


def _id(made: Any) -> int:
    """Return the number of what WordPress made or showed, before anything was changed."""
    number = made.get("id") if isinstance(made, dict) else None
    if not isinstance(number, int):
        raise Unavailable("WordPress ha risposto senza un numero.")
    return number


def _gone(done: Mapping[str, Any]) -> bool:
    return done.get("deleted") is True


def _published(found: Mapping[str, Any]) -> Published:
    return Published(str(found["id"]), str(found["link"]))
