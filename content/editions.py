"""Editions: a Lab between two covers, in parts and pieces, put together by an editor."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import NEWSROOM, Actor, History, change_state, record
from content.media import Medium
from content.people import Lab
from content.store import by_value, locked
from content.workflow import EDITION, EditionState

LONGEST: Final[Mapping[str, int]] = {
    "title": 300, "subtitle": 300, "isbn": 20, "credits": 20_000, "foreword": 60_000,
    "introduction": 20_000, "reason": 300, "alt": 1000, "credit": 200,
}  # fmt: skip
"""How many characters each field may have."""
ABOUT: Final = ("title", "subtitle", "isbn", "credits", "foreword")
"""What an edition says of itself; credits and foreword are Markdown."""
_LINES: Final = frozenset({"title", "subtitle", "isbn", "reason", "alt", "credit"})
_ISBN_DIGITS: Final = 13
_KEPT: Final = "given_to_readers"


class Order(StrEnum):
    """What the parts of an edition are made by."""

    SECTION = "section"
    GOAL = "goal"
    PROVINCE = "province"
    HAND = "hand"


class Edition(SQLModel, table=True):
    """An e-book of a Lab. `version` counts its changes, `changed_at` is the last one's moment.

    `isbn` is 13 digits, or empty. `arranged` is what the parts were last made by, `cover` the
    Medium that stands on its cover, None where one is drawn.
    """

    id: int = Field(default=None, primary_key=True)
    lab_id: int = Field(foreign_key="lab.id", index=True)
    state: EditionState = Field(sa_column=by_value(EditionState))
    arranged: Order = Field(sa_column=by_value(Order))
    version: int = 1
    title: str
    subtitle: str = ""
    isbn: str = ""
    credits: str = ""
    foreword: str = ""
    created_at: datetime
    changed_at: datetime
    finished_at: datetime | None = None
    cover: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class EditionPart(SQLModel, table=True):
    """A part of an edition: `key` is the section, goal or province that it is of, "" by hand.

    A part without a title is called as what it is of. `introduction` is Markdown.
    """

    __tablename__ = "edition_part"

    id: int = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id", index=True)
    position: int
    key: str = ""
    title: str = ""
    introduction: str = ""


class EditionPiece(SQLModel, table=True):
    """An article in an edition: its part and place there; without a part it was left out.

    `reason` says why it was.
    """

    __tablename__ = "edition_piece"
    __table_args__ = (UniqueConstraint("edition_id", "article_id"),)

    id: int = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id")
    article_id: int = Field(foreign_key="article.id", index=True)
    part_id: int | None = Field(default=None, foreign_key="edition_part.id", index=True)
    position: int = 0
    reason: str = ""


class Announcement(SQLModel, table=True):
    """That a case tells of an edition that it is out: see content.announcements."""

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    edition_id: int = Field(foreign_key="edition.id", index=True)


class Unfit(ValueError):
    """What an edition is to say cannot be; `field` is which, `why` long, empty, isbn or gone."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class Finished(Exception):
    """The edition is finished: it is opened again before it changes."""


async def begin(session: AsyncSession, lab: Lab, *, by: Actor, now: datetime) -> Edition:
    """Lay down an empty edition of a Lab, called as the Lab is."""
    edition = Edition(
        lab_id=lab.id, state=EditionState.DRAFT, arranged=Order.SECTION, title=lab.title,
        subtitle=lab.theme[: LONGEST["subtitle"]], created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(edition)
    await session.flush()
    await record(session, "edition", edition.id, "laid_down", by=by, now=now, data={"lab": lab.id})
    return edition


async def describe(
    session: AsyncSession, edition: Edition, said: Mapping[str, str], *, by: Actor, now: datetime
) -> list[str]:
    """Change what an edition says of itself (ABOUT); return the fields that changed.

    Raises Unfit and Finished.
    """
    assert set(said) <= set(ABOUT)
    await open_to_changes(session, edition)
    fit = {name: checked(name, value) for name, value in said.items()}
    changed = sorted(name for name, value in fit.items() if getattr(edition, name) != value)
    if changed:
        for name in changed:
            setattr(edition, name, fit[name])
        await note(session, edition, "described", by=by, now=now, data={"fields": changed})
    return changed


async def dress(
    session: AsyncSession, edition: Edition, cover: Medium | None, *, by: Actor, now: datetime
) -> None:
    """Give an edition a cover of its own, or let it be drawn; raises Unfit and Finished.

    What stands on it is told in words to who cannot see it.
    """
    await open_to_changes(session, edition)
    if cover is not None:
        cover = _told(cover, cover.alt, cover.credit or "")
    edition.cover = cover.model_dump(mode="json") if cover else None
    told = {"sha256": cover.sha256 if cover else None}
    await note(session, edition, "dressed", by=by, now=now, data=told)


async def tell_cover(
    session: AsyncSession, edition: Edition, alt: str, credit: str, *, by: Actor, now: datetime
) -> None:
    """Say anew what an edition's own cover shows, and whose it is; the picture stays.

    Raises Finished, and Unfit, also where no such cover is any more.
    """
    await open_to_changes(session, edition)
    if edition.cover is None:
        raise Unfit("cover", "gone")
    told = _told(Medium.model_validate(edition.cover), alt, credit).model_dump(mode="json")
    if told != edition.cover:
        edition.cover = told
        await note(session, edition, "cover_told", by=by, now=now, data={"sha256": told["sha256"]})


async def finish(session: AsyncSession, edition: Edition, *, by: Actor, now: datetime) -> None:
    """Declare an edition finished: it is given to readers. Raises NotAllowed."""
    await _turn(session, edition, EditionState.FINISHED, "finished", now, by=by, now=now)


async def reopen(session: AsyncSession, edition: Edition, *, by: Actor, now: datetime) -> None:
    """Take a finished edition back to be changed: readers have it no longer. Raises NotAllowed."""
    await _turn(session, edition, EditionState.DRAFT, "opened_again", None, by=by, now=now)


async def note_kept(
    session: AsyncSession, edition_id: int, sha256: str, lack: str | None, *, now: datetime
) -> None:
    """Write in the record what readers have of an edition, unless that is known.

    `sha256` is of what its book says now, `lack` why they have not all of it (see Bookshop).
    """
    told = {"sha256": sha256, "lack": lack}
    last = await kept(session, edition_id)
    if last is None or last.data != told:
        await record(session, "edition", edition_id, _KEPT, by=NEWSROOM, now=now, data=told)


async def kept(session: AsyncSession, edition_id: int) -> History | None:
    """Return what was last noted of what readers have of an edition."""
    query = select(History).where(
        History.noun == "edition", History.noun_id == edition_id, History.verb == _KEPT
    )
    return (await session.exec(query.order_by(col(History.number).desc()).limit(1))).first()


async def newest(session: AsyncSession, *, limit: int) -> Sequence[Edition]:
    """Return the editions, the newest first."""
    query = select(Edition).order_by(col(Edition.id).desc()).limit(limit)
    return (await session.exec(query)).all()


async def finished(session: AsyncSession) -> Sequence[Edition]:
    """Return the editions that readers are given, the oldest first."""
    query = select(Edition).where(Edition.state == EditionState.FINISHED)
    return (await session.exec(query.order_by(col(Edition.id)))).all()


async def parts(session: AsyncSession, edition: Edition) -> Sequence[EditionPart]:
    """Return the parts of an edition in order."""
    query = select(EditionPart).where(EditionPart.edition_id == edition.id)
    return (await session.exec(query.order_by(col(EditionPart.position)))).all()


async def pieces(session: AsyncSession, edition: Edition) -> Sequence[EditionPiece]:
    """Return the pieces of an edition in the order of their places, whatever their parts."""
    query = select(EditionPiece).where(EditionPiece.edition_id == edition.id)
    order = (col(EditionPiece.position), col(EditionPiece.article_id))
    return (await session.exec(query.order_by(*order))).all()


async def open_to_changes(session: AsyncSession, edition: Edition) -> None:
    """Let nobody else change an edition until the transaction ends; raises Finished."""
    await locked(session, edition)
    if edition.state is EditionState.FINISHED:
        raise Finished


async def note(
    session: AsyncSession,
    edition: Edition,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    data: Mapping[str, Any],
) -> None:
    """Write what changed in an edition in its record, and count the change."""
    edition.version += 1
    edition.changed_at = now
    session.add(edition)
    await session.flush()
    await record(session, "edition", edition.id, verb, by=by, now=now, data=data)


def checked(field: str, said: str) -> str:
    """Return what a field of an edition or a part is to say, cleaned; raises Unfit."""
    plain = said.replace("\r\n", "\n").replace("\0", "").strip()
    fit = " ".join(plain.split()) if field in _LINES else plain
    if len(fit) > LONGEST[field]:
        raise Unfit(field, "long")
    if field == "isbn":
        return _isbn(fit)
    if field in ("title", "alt") and not fit:
        raise Unfit(field, "empty")
    return fit


def _told(cover: Medium, alt: str, credit: str) -> Medium:
    """Return a cover with the words that stand for it; raises Unfit."""
    said = {"alt": checked("alt", alt), "credit": checked("credit", credit) or None}
    return cover.model_copy(update=said)


def _isbn(said: str) -> str:
    """Return the digits of an ISBN-13: https://www.isbn-international.org/content/isbn-users-manual.

    The sum of its digits, each second one thrice, is a multiple of ten.
    """
    digits = said.upper().removeprefix("ISBN").replace("-", "").replace(" ", "").lstrip(":")
    if not digits:
        return ""
    fit = len(digits) == _ISBN_DIGITS and digits.isascii() and digits.isdecimal()
    fit = fit and digits[:3] in ("978", "979")
    if not fit or sum(int(one) * (1, 3)[at % 2] for at, one in enumerate(digits)) % 10:
        raise Unfit("isbn", "isbn")
    return digits


async def _turn(
    session: AsyncSession,
    edition: Edition,
    to: EditionState,
    verb: str,
    finished_at: datetime | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    values: dict[str, Any] = {"version": edition.version + 1, "finished_at": finished_at}
    await change_state(session, edition, EDITION, to, verb=verb, by=by, now=now, **values)
