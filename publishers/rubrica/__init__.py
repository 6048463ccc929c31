"""The web column as a channel: static pages, feeds and pictures from its own index."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from filelock import FileLock, Timeout
from pydantic import BaseModel

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
from publishers.rubrica import pictures
from publishers.rubrica.cards import Masthead
from publishers.rubrica.catalogue import Entry
from publishers.rubrica.fragment import fragment, summary
from publishers.rubrica.index import AddressTaken, Index
from publishers.rubrica.pages import Pages
from publishers.rubrica.site import Site
from publishers.rubrica.words import line, permalink

__all__ = ["Rubrica", "permalink"]


class Rubrica(Publisher):
    """The web column. Performing an operation again completes it and changes nothing else."""

    channel: ClassVar[str] = "rubrica"
    label: ClassVar[str] = "Rubrica"
    limits: ClassVar[Limits] = Limits(text=0, media=20)
    settling: timedelta = timedelta(0)
    idempotent: ClassVar[bool] = True
    patience: ClassVar[float] = 60.0
    """Seconds to wait for another publication to finish."""

    class Config(BaseModel):
        """Where the column lies and who publishes it.

        `index` is the folder of the column's own index; without it, one named after `site`,
        beside it. `owner` is the body that answers for the column, `email` how to write to it.
        """

        site: Path = Path("data/site")
        url: str = "http://127.0.0.1:8000"
        title: str = "Laboratori dell'Innovazione"
        index: Path | None = None
        owner: str = "La redazione dei Laboratori dell'Innovazione"
        email: str = ""

    def __init__(self, config: BaseModel, media_root: Path) -> None:
        self._config = Rubrica.Config.model_validate(config.model_dump())
        self._media_root = media_root
        self._furnished = False
        self._pages = Pages(
            Masthead(
                url=self._config.url,
                title=self._config.title,
                owner=self._config.owner,
                email=self._config.email,
            )
        )

    @property
    def url(self) -> str:
        """The column's public address."""
        return self._config.url

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
        figures = [pictures.Picture(medium, self._pages.masthead.root) for medium in shown]
        return Post(
            channel=self.channel,
            title=line(piece.title),
            text=summary(piece),
            html=fragment(piece, figures, self._pages.environment),
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
            },
        )

    def publish(self, post: Post, call: Call) -> Published:
        """Write, correct or retract an article and every page that it touches."""
        if call.action is Action.REPLY:
            raise Rejected("La rubrica non ha risposte.")
        article_id, section, slug = self._address(post)
        with self._open() as (index, site):
            self._furnish(site)
            if call.action is Action.DELETE:
                entry = index.retract(article_id, call.due_at)
            else:
                self._place_pictures(post)
                try:
                    entry = index.put(post, article_id, section, slug, call.due_at)
                except AddressTaken as error:
                    raise Rejected(f"L'indirizzo {error} è di un altro articolo.") from error
            if entry:
                site.show(entry)
        return self._published(article_id, section, slug)

    def seek(
        self,
        posts: Sequence[Post],
        since: datetime,  # noqa: ARG002 - one row an article
    ) -> Iterator[tuple[Post, Published]]:
        """Look in the index for exactly these contents, whenever they were written."""
        with Index.open(self._index_file) as index:
            for post in posts:
                article_id, section, slug = self._address(post)
                if index.holds(article_id, post.sha256):
                    yield post, self._published(article_id, section, slug)

    def preview(self, post: Post, moment: datetime) -> str:
        """Return the page as it would stand if published at `moment`, without "Leggi anche"."""
        article_id, section, slug = self._address(post)
        entry = Entry(article_id, 0, section, 0, slug, moment, None, None, post)
        return self._pages.article(entry, ()).decode()

    def prepare(self) -> None:
        """Write what stands before any article, and the newest lists: to be called at the start."""
        with self._open() as (_, site):
            self._furnish(site)
            site.newest()

    def rebuild(self) -> None:
        """Write everything again from the index."""
        with self._open() as (_, site):
            site.rebuild(self._media_root)

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

    @contextmanager
    def _open(self) -> Iterator[tuple[Index, Site]]:
        """Open index and site, alone among threads and processes."""
        self._index_file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._index_file.with_name("lock"), timeout=self.patience)
        try:
            lock.acquire()
        except Timeout as error:
            raise Unavailable("Un'altra pubblicazione sulla rubrica non è finita.") from error
        try:
            with Index.open(self._index_file) as index:
                yield index, Site(self.site, self._pages, index)
        finally:
            lock.release()

    def _furnish(self, site: Site) -> None:
        """Write what depends on no article, once in a process: it comes with the program."""
        if not self._furnished:
            site.furnish()
            self._furnished = True

    def _address(self, post: Post) -> tuple[int, str, str]:
        """Return article id, section and slug, checked; raises Rejected."""
        facts = post.facts
        article_id, section, slug = facts.get("article_id"), facts.get("section"), facts.get("slug")
        if not isinstance(article_id, int):
            raise Rejected("Il contenuto non dice a quale articolo appartiene.")
        try:
            permalink(self._config.url, str(section), str(slug))
        except ValueError as error:
            raise Rejected("Il contenuto non ha un indirizzo valido.") from error
        return article_id, str(section), str(slug)

    def _place_pictures(self, post: Post) -> None:
        try:
            pictures.place(post.media, self._media_root, self.site)
        except FileNotFoundError as error:
            raise Rejected("Manca il file di una fotografia.") from error

    def _published(self, article_id: int, section: str, slug: str) -> Published:
        return Published(str(article_id), permalink(self._config.url, section, slug))


def _writable(folder: Path) -> bool:
    """Tell whether a folder, or the nearest one above it that exists, may be written in."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK)
