"""The cover of an e-book: the editor's picture, what it shows, and whose it is."""

import asyncio
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from bottega.web.console import books
from bottega.web.console.acts import Stopped
from bottega.web.console.visit import Refused, Visit
from content import binding, editions
from content.editions import Edition, Finished, Unfit
from content.media import Medium, MediumKind, MediumRefused, Refusal, keep
from publishers import ebook
from publishers.ebook import cover

_REFUSED: Final = frozenset({Refusal.TOO_BIG, Refusal.TOO_MANY_PIXELS, Refusal.BROKEN, Refusal.SVG})


async def show(visit: Visit) -> Response:
    """Show the cover of an e-book as it would be now."""
    async with visit.desk.store.reading() as session:
        edition = await books.edition_of(visit, session)
        channel = visit.desk.page_channel or ""
        bound = await binding.bind(session, edition, channel, visit.desk.address)
    try:
        image = await asyncio.to_thread(cover.made, bound.book, visit.desk.media_root)
    except ebook.Missing:
        raise Refused(HTTPStatus.NOT_FOUND, "missing") from None
    return Response(image, media_type="image/jpeg")


async def dress(visit: Visit) -> Response:
    """Take the picture that was sent as an e-book's cover."""
    sent = visit.form.get("immagine")
    data = await sent.read() if isinstance(sent, UploadFile) else b""
    typed = {name: visit.told(name) for name in ("alt", "credit")}
    if not data:
        return await books.page(visit, "cover_none", HTTPStatus.CONFLICT, typed)
    try:
        medium = await asyncio.to_thread(_picture, visit.desk.media_root, data)
        described = medium.model_copy(update=typed)
        async with visit.desk.store.transaction() as session:
            edition = await books.edition_of(visit, session)
            await editions.dress(session, edition, described, by=visit.by, now=visit.now)
    except MediumRefused as refused:
        why = refused.code if refused.code in _REFUSED else Refusal.UNKNOWN
        return await books.page(visit, f"cover_{why}", HTTPStatus.CONFLICT, typed)
    except Unfit as unfit:
        return await books.page(visit, f"{unfit.field}_{unfit.why}", HTTPStatus.CONFLICT, typed)
    except Finished:
        return await books.page(visit, "turned", HTTPStatus.CONFLICT, typed)
    return visit.go(f"{books.PATH}/{visit.number('edition')}", fatto="dressed")


async def tell(visit: Visit) -> Response:
    """Take new words for the picture that is the cover, which stays."""
    shows, whose = visit.told("mostra"), visit.told("autore")
    typed = {"mostra": shows, "autore": whose}
    try:
        async with visit.desk.store.transaction() as session:
            edition = await books.edition_of(visit, session)
            _seen(visit, edition)
            await editions.tell_cover(session, edition, shows, whose, by=visit.by, now=visit.now)
    except Unfit as unfit:
        why = f"told_{unfit.field}_{unfit.why}"
        return await books.page(visit, why, HTTPStatus.CONFLICT, typed)
    except Stopped as stopped:
        return await books.page(visit, stopped.why, HTTPStatus.CONFLICT, typed)
    except Finished:
        return await books.page(visit, "turned", HTTPStatus.CONFLICT, typed)
    return visit.go(f"{books.PATH}/{visit.number('edition')}", fatto="cover_told")


def _seen(visit: Visit, edition: Edition) -> None:
    """Let words be for the picture that whoever wrote them saw; raises Stopped."""
    if visit.told("versione") != str(edition.version):
        raise Stopped("changed")


def _picture(root: Path, data: bytes) -> Medium:
    """Keep a picture below `root`; raises MediumRefused."""
    medium = keep(root, data)
    if medium.kind is not MediumKind.PICTURE:
        raise MediumRefused(Refusal.UNKNOWN)
    return medium
