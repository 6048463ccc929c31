"""The web column as a channel: static pages, feeds and pictures from its own index."""

import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

from pydantic import BaseModel

from content.media import MediumKind
from publishers.base import (
    Action,
    Call,
    Finding,
    Limits,
    Piece,
    Post,
    Published,
    Publisher,
    Rejected,
    Unavailable,
)
from publishers.prose import summary
from publishers.rubrica import checking, pictures
from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.checking import Flaw
from publishers.rubrica.enclosures import enclosures
from publishers.rubrica.entries import Address, Entry
from publishers.rubrica.export import export
from publishers.rubrica.fragment import fragment
from publishers.rubrica.index import AddressTaken
from publishers.rubrica.pages import Pages
from publishers.rubrica.placing import Place
from publishers.rubrica.volumes import Volume
from publishers.rubrica.words import permalink
from publishers.rubrica.works import Busy, MediumLost, Works
from publishers.words import line

__all__ = ["Rubrica", "permalink"]

_BUSY: Final = "Un'altra pubblicazione sulla rubrica non è finita."


class Rubrica(Publisher):
    """The web column. What its index has is out; to perform an operation again is harmless."""

    channel: ClassVar[str] = "rubrica"
    label: ClassVar[str] = "Rubrica"
    limits: ClassVar[Limits] = Limits(text=0, media=20)
    settling: timedelta = timedelta(0)
    idempotent: ClassVar[bool] = True
    lasts: ClassVar[str] = ""
    makes_ready: ClassVar[bool] = True
    patience: ClassVar[float] = 60.0
    """Seconds to wait for another publication to finish."""
    rest: ClassVar[float] = 2.0
    """Seconds without a publication after which what was written is compressed."""

    class Config(BaseModel):
        """Where the column lies and who publishes it.

        `index` is the folder of the column's own index; without it, one named after `site`,
        beside it. `owner` is the body that answers for the column, `email` how to write to it,
        `hub` a WebSub hub to tell of new articles, `utm` whether the links of other channels'
        posts say where they stood.
        """

        site: Path = Path("data/site")
        url: str = "http://127.0.0.1:8000"
        title: str = "Laboratori dell'Innovazione"
        index: Path | None = None
        owner: str = "La redazione dei Laboratori dell'Innovazione"
        email: str = ""
        hub: str = ""
        utm: bool = False

    def __init__(self, config: BaseModel, media_root: Path) -> None:
        self._config = Rubrica.Config.model_validate(config.model_dump())
        told = self._config.model_dump(include={"url", "title", "owner", "email", "hub"})
        masthead = Masthead(**told)
        self._media_root, self._pages = media_root, Pages(masthead)
        place = Place(masthead, self._index_file, self.site, media_root)
        self.works = Works(place, self._pages, patience=self.patience, rest=self.rest)

    @property
    def url(self) -> str:
        """The column's public address."""
        return self._config.url

    @property
    def sourced(self) -> bool:
        """Whether the links that lead here say from which channel."""
        return self._config.utm

    @property
    def owner(self) -> str:
        """The body that answers for the column."""
        return self._config.owner

    @property
    def site(self) -> Path:
        """The folder with the finished pages, to be served or copied elsewhere."""
        return self._config.site

    @property
    def configured(self) -> bool:
        """Whether there is an address to publish at; every key has a default."""
        return bool(re.match(r"https?://[^\s/]", self._config.url))

    def render(self, piece: Piece) -> Post:
        """Return the article's fragment and what is needed to file it."""
        shown = piece.media[: self.limits.media]
        root = self._pages.masthead.root
        seen = [medium for medium in shown if medium.kind is MediumKind.PICTURE]
        figures = [pictures.Picture(medium, root) for medium in seen]
        others = enclosures(shown, root)
        return Post(
            channel=self.channel,
            title=line(piece.title),
            text=summary(piece),
            html=fragment(piece, figures, self._pages.environment, others),
            link=piece.link,
            media=shown,
            facts={
                "article_id": piece.article_id,
                "version": piece.version,
                "kind": piece.kind.value,
                "section": piece.section.value,
                "slug": piece.slug,
                "url": permalink(self._config.url, piece.section, piece.slug),
                "lead": line(piece.lead),
                "organisation": line(piece.organisation),
                "author": line(piece.author),
                "municipality": line(piece.municipality) if piece.municipality else None,
                "province": line(piece.province) if piece.province else None,
                "sdgs": list(piece.sdgs),
                "ai_model": piece.ai_model,
                **_if_said(piece),
            },
        )

    def publish(self, post: Post, call: Call) -> Published:
        """Write, correct or retract an article and every page that it touches."""
        if call.action is Action.REPLY:
            raise Rejected("La rubrica non ha risposte.")
        article_id, address = self._address(post)
        try:
            if call.action is Action.DELETE:
                self.works.retract(article_id, call.due_at, call.last_check)
            else:
                self.works.put(post, article_id, address, call.due_at, call.last_check)
        except Busy as error:
            raise Unavailable(_BUSY) from error
        except AddressTaken as error:
            raise Rejected(f"L'indirizzo {error} è di un altro articolo.") from error
        except MediumLost as error:
            raise Rejected("Manca il file di una fotografia.") from error
        return self._published(article_id, address)

    def make_ready(self, posts: Sequence[Post]) -> None:
        """Make the pictures in their sizes and the shared images of posts, which takes a while.

        Otherwise publishing does it.
        """
        self.works.make_ready([(post, self._address(post)[1]) for post in posts])

    def seek(
        self,
        posts: Sequence[Post],
        since: datetime,  # noqa: ARG002 - one row an article
    ) -> Iterator[tuple[Post, Published]]:
        """Look in the index for exactly these contents, whenever they were written.

        What is there is shown first, should its writer have died before.
        """
        try:
            with self.works.completed() as (index, _):
                known = [(post, *self._address(post)) for post in posts]
                found = [one for one in known if index.holds(one[1], one[0].sha256)]
        except Busy as error:
            raise Unavailable(_BUSY) from error
        for post, article_id, address in found:
            yield post, self._published(article_id, address)

    def preview(self, post: Post, moment: datetime) -> str:
        """Return the page as it would stand if published at `moment`, without "Leggi anche"."""
        article_id, address = self._address(post)
        at = (address.section, address.slug, moment.isoformat())
        entry = Entry((article_id, 0, *at, None, None, post.sha256), lambda _: post)
        return self._pages.article(Card(entry, self._pages.masthead), ()).decode()

    def prepare(self) -> None:
        """Complete what was cut short, and write what stands first: to be called at the start."""
        self.works.prepare()

    def rebuild(self) -> None:
        """Write everything again from the index."""
        self.works.rebuild()

    def finish(self) -> None:
        """Do now what follows publishing after a while: compressed copies, the hub."""
        self.works.finish()

    def flaws(self) -> Iterator[Flaw]:
        """Yield what is wrong with the finished site."""
        return checking.check(self.site, self._pages.masthead)

    def show_volumes(self, shown: Sequence[Volume]) -> None:
        """Write the pages of these e-books, whose files are in place, and take others away.

        The home page, the Labs' pages and the feeds follow. Raises Busy.
        """
        self.works.show_volumes(shown)

    def export(self, articles: Sequence[str] | None = None) -> tuple[bytes, int]:
        """Return a ZIP of articles ready to be pasted elsewhere, and how many they are.

        `articles` are ids or addresses; None means all. Raises LookupError for an unknown one.
        """
        with self.works.open() as (index, _):
            found = [index.require(one) for one in index.article_ids()] if articles is None else [
                index.named(one) for one in articles
            ]  # fmt: skip
            standing = [entry for entry in found if entry.stands]
            return export(standing, self._pages, self._media_root), len(standing)

    def check(self) -> Sequence[Finding]:
        """Look whether pages can be written and whether the law's contacts are there."""
        can_write = _writable(self.site) and _writable(self._index_file.parent)
        written = Finding(
            well=can_write,
            what=f"La rubrica {'' if can_write else 'non '}si può scrivere in {self.site}.",
            mend="" if can_write else "Controlla RUBRICA_SITE e i permessi della cartella.",
        )
        contact = Finding(
            well=True,
            what="La rubrica dice a chi scrivere per accessibilità e privacy."
            if self._config.email
            else "La rubrica non dice a chi scrivere per accessibilità e privacy: la legge lo "
            "chiede. Indica RUBRICA_EMAIL.",
        )
        return written, contact

    @property
    def _index_file(self) -> Path:
        beside = self.site.with_name(f"{self.site.name}-index")
        return (self._config.index or beside) / "index.sqlite3"

    def _address(self, post: Post) -> tuple[int, Address]:
        """Return article id and address, checked; raises Rejected."""
        facts = post.facts
        article_id, section, slug = facts.get("article_id"), facts.get("section"), facts.get("slug")
        if not isinstance(article_id, int):
            raise Rejected("Il contenuto non dice a quale articolo appartiene.")
        try:
            permalink(self._config.url, str(section), str(slug))
        except ValueError as error:
            raise Rejected("Il contenuto non ha un indirizzo valido.") from error
        return article_id, Address(str(section), str(slug))

    def _published(self, article_id: int, address: Address) -> Published:
        return Published(
            str(article_id), permalink(self._config.url, address.section, address.slug)
        )


def _if_said(piece: Piece) -> dict[str, str]:
    """Return the facts that few pieces have; others are hashed without them."""
    said = {"lab": piece.lab, "lab_slug": piece.lab_slug, "correction": piece.correction}
    return {name: line(value) for name, value in said.items() if value}


def _writable(folder: Path) -> bool:
    """Tell whether a folder, or the nearest one above it that exists, may be written in."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK)
