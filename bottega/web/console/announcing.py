"""The press on an e-book's page that proposes the news of it, for every channel."""

import asyncio
from http import HTTPStatus
from typing import Final

from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from bottega.web.console import books
from bottega.web.console.acts import Stopped
from bottega.web.console.visit import Visit
from content import announcements, binding, media
from content.announced import NotFinished
from content.binding import Book
from content.media import Medium
from content.workflow import EditionState
from publishers.ebook import Missing, cover
from publishers.ebook.outline import Outline
from publishers.rubrica import volumes

_TRIES: Final = 2


async def propose(visit: Visit) -> Response:
    """Propose the news of an e-book and go to its case; to the one there is, where there is one."""
    try:
        book = await _book(visit)
        picture = await asyncio.to_thread(_cover, visit, book)
        number, new = await _proposed(visit, book, picture)
    except NotFinished:
        return await books.page(visit, "not_finished", HTTPStatus.CONFLICT)
    except Stopped as stopped:
        return await books.page(visit, stopped.why, HTTPStatus.CONFLICT)
    visit.desk.submitted()
    return visit.go(f"/scheda/{number}", fatto="announced" if new else "announced_already")


async def _book(visit: Visit) -> Book:
    """Return the e-book as readers have it; raises Stopped where nobody could be told of it."""
    desk = visit.desk
    if not desk.column:
        raise Stopped("no_column")
    if not [name for name in desk.publishers if name != desk.page_channel]:
        raise Stopped("no_channel")
    async with desk.store.reading() as session:
        edition = await books.edition_of(visit, session)
        if edition.state is not EditionState.FINISHED:
            raise NotFinished
        page = desk.page_channel or ""
        book = (await binding.bind(session, edition, page, desk.column, desk.owner)).book
    if not book.parts:
        raise Stopped("nothing_left")
    return book


async def _proposed(visit: Visit, book: Book, picture: Medium) -> tuple[int, bool]:
    page = volumes.address(visit.desk.column, book.name)
    for left in reversed(range(_TRIES)):
        try:
            async with visit.desk.store.transaction() as session:
                edition = await books.edition_of(visit, session)
                case, new = await announcements.propose(
                    session, edition, book, page, picture, visit.desk.publishers,
                    by=visit.by, now=visit.now,
                )  # fmt: skip
                return case.id, new
        except IntegrityError:  # another e-book's made the newsroom an author a moment ago
            if not left:
                raise
    raise AssertionError


def _cover(visit: Visit, book: Book) -> Medium:
    """Return the cover of a book, kept as a picture and told in words; raises Stopped."""
    try:
        drawn = cover.made(book, visit.desk.media_root)
    except Missing:
        raise Stopped("cover_lost") from None
    kept = media.keep(visit.desk.media_root, drawn)
    return kept.model_copy(update={"alt": cover.told(Outline(book))})
