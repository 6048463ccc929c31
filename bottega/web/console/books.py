"""E-book: the editions of the Labs, and the page on which one is put together."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.acts import Stopped, act
from bottega.web.console.visit import Refused, Visit
from content import announcements, arranging, binding, dossier, editions, labs
from content.editions import ABOUT, Edition, EditionPart, EditionPiece, Finished, Order, Unfit
from content.history import NotAllowed
from content.media import MAX_BYTES
from content.people import Lab
from content.store import row_id
from publishers import ebook

PATH: Final = "/ebook"
_MOST: Final = 100
_A_PAGE: Final = 280
"""Words on a page of the PDF, on average: the count that people see is a guess."""
_HELD: Final = "l’e-book che annuncia è stato riaperto: esce quando è di nuovo finito"


async def show_all(visit: Visit) -> Response:
    """Show the e-books, the newest first."""
    return await shelf(visit, visit.query.get("fatto", ""))


async def shelf(visit: Visit, said: str = "", status: int = HTTPStatus.OK) -> Response:
    """Answer with the e-books; `said` names in books.html what to tell at its head."""
    async with visit.desk.store.reading() as session:
        known = await labs.newest(session, limit=_MOST)
        books = await editions.newest(session, limit=_MOST)
    named = {lab.id: lab for lab in known}
    return visit.show("books.html", status, said=said, labs=known, books=books, named=named)


async def show(visit: Visit) -> Response:
    """Show an e-book as it would be now, with all that can be done to it."""
    return await page(visit, visit.query.get("fatto", ""))


async def page(
    visit: Visit,
    said: str = "",
    status: int = HTTPStatus.OK,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Answer with an e-book; `typed` is what was written in its form and not saved."""
    async with visit.desk.store.reading() as session:
        edition = await edition_of(visit, session)
        channel = visit.desk.page_channel or ""
        bound = await binding.bind(session, edition, channel, visit.desk.address)
        parts = await editions.parts(session, edition)
        pieces = await editions.pieces(session, edition)
        lack = await _lack(session, edition)
        news = await announcements.of_edition(session, edition.id)
        announced = await dossier.opened(session, news.id, now=visit.now) if news else None
        over = news is None or await announcements.is_over(session, news)
    titles = {one.piece.article_id: one.piece.title for one in bound.book.chapters}
    words = sum(len(one.piece.text.split()) for one in bound.book.chapters)
    return visit.show(
        "book.html", status, said=said, edition=edition, bound=bound, titles=titles,
        parts_of=[
            (part, [one for one in pieces if one.part_id == part.id and one.article_id in titles])
            for part in parts
        ],
        named=ebook.named(bound.book), by_hand=[one for one in pieces if one.part_id is None],
        orders=[one for one in Order if one is not Order.HAND],
        fields={
            "alt": "", "credit": "", **{name: getattr(edition, name) for name in ABOUT},
            **(typed or {}),
        },
        undescribed=ebook.undescribed(bound.book), unprinted=sorted(ebook.unprinted(bound.book)),
        amount=max(len(titles), words // _A_PAGE), longest=editions.LONGEST, lack=lack,
        announced=announced, may_announce=over, largest=MAX_BYTES,
    )  # fmt: skip


async def _lack(session: AsyncSession, edition: Edition) -> str | None:
    """Return why readers have not all of a finished e-book, as it was last noted."""
    kept = await editions.kept(session, edition.id)
    since = edition.finished_at
    return kept.data["lack"] if kept and since and kept.at >= since else None


async def change(visit: Visit) -> Response:
    """Do to an e-book what the button says, in one transaction, and go back to its page."""
    number = visit.number("edition")
    try:
        async with visit.desk.store.transaction() as session:
            edition = await edition_of(visit, session)
            deed = _DEEDS.get(visit.told("fai"))
            if deed is None:
                raise Refused(HTTPStatus.BAD_REQUEST, "failed")
            done = await deed(visit, session, edition)
    except Unfit as unfit:
        return await page(visit, f"{unfit.field}_{unfit.why}", HTTPStatus.CONFLICT, _typed(visit))
    except (Finished, NotAllowed):
        return await page(visit, "turned", HTTPStatus.CONFLICT, _typed(visit))
    except Stopped as stopped:
        return await page(visit, stopped.why, HTTPStatus.CONFLICT, _typed(visit))
    return visit.go(f"{PATH}/{number}", fatto=done)


def _typed(visit: Visit) -> dict[str, str]:
    return {name: visit.told(name) for name in ABOUT if name in visit.form}


async def _propose(visit: Visit, session: AsyncSession) -> str:
    lab = await session.get(Lab, row_id(visit.told("lab")))
    if lab is None:
        raise Stopped("no_lab")
    channel = visit.desk.page_channel or ""
    await arranging.propose(session, lab, channel, by=visit.by, now=visit.now)
    return "proposed"


async def _describe(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    if visit.told("versione") != str(edition.version):
        raise Stopped("changed")
    await editions.describe(session, edition, _typed(visit), by=visit.by, now=visit.now)
    return "saved"


async def _arrange(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    if visit.told("per") not in list(Order):
        raise Refused(HTTPStatus.BAD_REQUEST, "failed")
    order = Order(visit.told("per"))
    await arranging.arrange(session, edition, order, by=visit.by, now=visit.now)
    return "arranged"


async def _take_in(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    channel = visit.desk.page_channel or ""
    await arranging.take_in(session, edition, channel, by=visit.by, now=visit.now)
    return "taken_in"


async def _add_part(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    await arranging.add_part(session, edition, visit.told("titolo"), by=visit.by, now=visit.now)
    return "part_added"


async def _introduce(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    part = await _part(visit, session, edition)
    title, words = visit.told("titolo"), visit.told("introduzione")
    await arranging.introduce(session, edition, part, title, words, by=visit.by, now=visit.now)
    return "saved"


async def _raise_part(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    part = await _part(visit, session, edition)
    order = [one.id for one in await editions.parts(session, edition)]
    place = max(order.index(part.id), 1)
    await arranging.move_part(session, edition, part, place, by=visit.by, now=visit.now)
    return "moved"


async def _drop_part(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    part = await _part(visit, session, edition)
    if not await arranging.drop_part(session, edition, part, by=visit.by, now=visit.now):
        raise Stopped("not_empty")
    return "dropped"


async def _move(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    """Put a piece at the number that was typed, in the part that was chosen."""
    piece, part = await _piece(visit, session, edition), await _part(visit, session, edition)
    place = row_id(visit.told("posto")) or 1
    await arranging.move(session, edition, piece, part, place, by=visit.by, now=visit.now)
    return "moved"


async def _leave_out(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    piece = await _piece(visit, session, edition)
    reason = visit.told("motivo")
    await arranging.leave_out(session, edition, piece, reason, by=visit.by, now=visit.now)
    return "left_out"


async def _undress(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    await editions.dress(session, edition, None, by=visit.by, now=visit.now)
    return "undressed"


async def _finish(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    bound = await binding.bind(session, edition, visit.desk.page_channel or "", visit.desk.address)
    if not bound.book.parts:
        raise Stopped("nothing")
    await announcements.finish(session, edition, _HELD, by=visit.by, now=visit.now)
    return "finished"


async def _reopen(visit: Visit, session: AsyncSession, edition: Edition) -> str:
    await announcements.reopen(session, edition, _HELD, by=visit.by, now=visit.now)
    return "reopened"


async def edition_of(visit: Visit, session: AsyncSession) -> Edition:
    """Return the edition that the address names; raises Refused."""
    edition = await session.get(Edition, visit.number("edition"))
    if edition is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return edition


async def _part(visit: Visit, session: AsyncSession, edition: Edition) -> EditionPart:
    part = await session.get(EditionPart, row_id(visit.told("parte")))
    if part is None or part.edition_id != edition.id:
        raise Stopped("changed")
    return part


async def _piece(visit: Visit, session: AsyncSession, edition: Edition) -> EditionPiece:
    piece = await session.get(EditionPiece, row_id(visit.told("pezzo")))
    if piece is None or piece.edition_id != edition.id:
        raise Stopped("changed")
    return piece


propose: Final = act(_propose, PATH, shelf)
_DEEDS: Final[Mapping[str, Callable[[Visit, AsyncSession, Edition], Awaitable[Any]]]] = {
    "descrivi": _describe,
    "ordina": _arrange,
    "prendi": _take_in,
    "aggiungi": _add_part,
    "presenta": _introduce,
    "su": _raise_part,
    "elimina": _drop_part,
    "sposta": _move,
    "fuori": _leave_out,
    "finisci": _finish,
    "riapri": _reopen,
    "spoglia": _undress,
}
"""What each button of the page does."""
