"""The parts of an edition and the pieces in them: proposed from what is out, ordered by people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from content import editions, publication
from content.articles import Article
from content.editions import (
    Edition,
    EditionPart,
    EditionPiece,
    Order,
    checked,
    note,
    open_to_changes,
)
from content.goals import GOALS
from content.history import Actor
from content.people import Lab
from content.posts import Section

NOWHERE: Final = "-"
"""The key of the part for what has no goal, or no province."""
_ORDERS: Final = {
    Order.SECTION: [section.value for section in Section],
    Order.GOAL: [str(goal.number) for goal in GOALS],
}


async def propose(
    session: AsyncSession, lab: Lab, page: str, *, by: Actor, now: datetime
) -> Edition:
    """Lay down an edition of all that is out of a Lab and may be in it, by section and date.

    `page` is the channel of the web column.
    """
    edition = await editions.begin(session, lab, by=by, now=now)
    await take_in(session, edition, page, by=by, now=now)
    return edition


async def take_in(
    session: AsyncSession, edition: Edition, page: str, *, by: Actor, now: datetime
) -> int:
    """Put what came out since at the end of the parts that it belongs to; return how many.

    What was left out by hand stays out. Raises Finished.
    """
    await open_to_changes(session, edition)
    known = {one.article_id for one in await editions.pieces(session, edition)}
    fresh = [
        one.article
        for one in await publication.of_lab(session, edition.lab_id, page)
        if one.absence is None and one.article.id not in known
    ]
    parts = list(await editions.parts(session, edition))
    for place, article in enumerate(fresh, len(known) + 1):
        part = await _part_for(session, edition, parts, _key(article, edition.arranged))
        session.add(
            EditionPiece(
                edition_id=edition.id, article_id=article.id, part_id=part.id, position=place
            )
        )
    _number(session, _in_order(parts, edition.arranged))
    data = {"articles": [one.id for one in fresh]}
    if fresh:
        await note(session, edition, "taken_in", by=by, now=now, data=data)
    return len(fresh)


async def arrange(
    session: AsyncSession, edition: Edition, order: Order, *, by: Actor, now: datetime
) -> None:
    """Make the parts of an edition anew by section, goal or province.

    Within each the pieces keep their order; a part of the same key keeps title and introduction.
    HAND changes nothing but what the next pieces go by: to the last part. Raises Finished.
    """
    await open_to_changes(session, edition)
    edition.arranged = order
    if order is not Order.HAND:
        old = list(await editions.parts(session, edition))
        placed = await _placed(session, edition, old)
        articles = [await session.get_one(Article, one.article_id) for one in placed]
        kept = [part for part in old if part.key]
        for piece, article in zip(placed, articles, strict=True):
            piece.part_id = (await _part_for(session, edition, kept, _key(article, order))).id
            session.add(piece)
        used = {one.part_id for one in placed}
        await session.flush()
        gone = [part.id for part in (*old, *kept) if part.id not in used]
        await session.exec(delete(EditionPart).where(col(EditionPart.id).in_(gone)))
        _number(session, _in_order([one for one in kept if one.id in used], order))
        _number(session, placed)
    await note(session, edition, "arranged", by=by, now=now, data={"order": order})


async def add_part(
    session: AsyncSession, edition: Edition, title: str, *, by: Actor, now: datetime
) -> EditionPart:
    """Add an empty part after the others. Raises Unfit and Finished."""
    await open_to_changes(session, edition)
    said = checked("title", title)
    last = len(await editions.parts(session, edition))
    part = EditionPart(edition_id=edition.id, position=last + 1, title=said)
    session.add(part)
    await session.flush()
    await note(session, edition, "part_added", by=by, now=now, data={"part": part.id})
    return part


async def introduce(
    session: AsyncSession,
    edition: Edition,
    part: EditionPart,
    title: str,
    introduction: str,
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Say how a part is called and what it is about; False when it says so already.

    Without a title it is called as what it is of; one made by hand needs one. Raises Unfit and
    Finished.
    """
    await open_to_changes(session, edition)
    said = checked("title", title) if title.strip() or not part.key else ""
    words = checked("introduction", introduction)
    if (part.title, part.introduction) == (said, words):
        return False
    part.title, part.introduction = said, words
    session.add(part)
    await note(session, edition, "part_introduced", by=by, now=now, data={"part": part.id})
    return True


async def move_part(
    session: AsyncSession,
    edition: Edition,
    part: EditionPart,
    place: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Put a part at a place among the others, from 1 on. Raises Finished."""
    await open_to_changes(session, edition)
    others = [one for one in await editions.parts(session, edition) if one.id != part.id]
    others.insert(max(place - 1, 0), part)
    _number(session, others)
    data = {"part": part.id, "place": part.position}
    await note(session, edition, "part_moved", by=by, now=now, data=data)


async def move(
    session: AsyncSession,
    edition: Edition,
    piece: EditionPiece,
    part: EditionPart,
    place: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Put a piece at a place in a part, from 1 on; one that was left out is in again.

    Raises Finished.
    """
    await open_to_changes(session, edition)
    pieces = await editions.pieces(session, edition)
    here = [one for one in pieces if one.part_id == part.id and one.id != piece.id]
    piece.part_id, piece.reason = part.id, ""
    here.insert(max(place - 1, 0), piece)
    rest = [one for one in pieces if one not in here]
    _number(session, [*rest, *here])
    data = {"article": piece.article_id, "part": part.id, "place": here.index(piece) + 1}
    await note(session, edition, "piece_moved", by=by, now=now, data=data)


async def leave_out(
    session: AsyncSession,
    edition: Edition,
    piece: EditionPiece,
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Leave a piece out of an edition, and say why. Raises Unfit and Finished."""
    await open_to_changes(session, edition)
    piece.reason, piece.part_id = checked("reason", reason), None
    session.add(piece)
    data = {"article": piece.article_id, "reason": piece.reason}
    await note(session, edition, "left_out", by=by, now=now, data=data)


async def drop_part(
    session: AsyncSession, edition: Edition, part: EditionPart, *, by: Actor, now: datetime
) -> bool:
    """Take an empty part away; False when there are pieces in it. Raises Finished."""
    await open_to_changes(session, edition)
    if any(one.part_id == part.id for one in await editions.pieces(session, edition)):
        return False
    data = {"part": part.id, "title": part.title}
    await session.delete(part)
    await session.flush()
    _number(session, await editions.parts(session, edition))
    await note(session, edition, "part_dropped", by=by, now=now, data=data)
    return True


def _key(article: Article, order: Order) -> str:
    match order:
        case Order.SECTION:
            return article.section.value
        case Order.GOAL:
            return str(article.sdgs[0]) if article.sdgs else NOWHERE
        case Order.PROVINCE:
            return article.province or NOWHERE
        case Order.HAND:
            return ""


async def _part_for(
    session: AsyncSession, edition: Edition, parts: list[EditionPart], key: str
) -> EditionPart:
    """Return the part of a key, made where there is none; by hand the last one."""
    found = parts[-1] if parts and not key else next((one for one in parts if one.key == key), None)
    if found is None:
        place = len(parts) + 1
        found = EditionPart(edition_id=edition.id, position=place, key=key or NOWHERE)
        session.add(found)
        await session.flush()
        parts.append(found)
    return found


async def _placed(
    session: AsyncSession, edition: Edition, parts: Sequence[EditionPart]
) -> list[EditionPiece]:
    """Return the pieces that are in an edition, as a reader meets them."""
    places = {part.id: place for place, part in enumerate(parts)}
    inside = [one for one in await editions.pieces(session, edition) if one.part_id is not None]
    return sorted(inside, key=lambda one: places[one.part_id or 0])


def _in_order(parts: Sequence[EditionPart], order: Order) -> list[EditionPart]:
    """Return parts by the order of sections and goals, provinces by their sign; by hand as is."""
    if order is Order.HAND:
        return list(parts)
    known = _ORDERS.get(order, sorted({one.key for one in parts} - {NOWHERE}))
    rank = {key: place for place, key in enumerate(known)}
    return sorted(parts, key=lambda one: rank.get(one.key, len(rank)))


def _number(session: AsyncSession, rows: Sequence[EditionPart] | Sequence[EditionPiece]) -> None:
    for place, row in enumerate(rows, 1):
        row.position = place
        session.add(row)
