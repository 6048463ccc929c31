"""The word that an e-book is out: a piece of news that the newsroom itself tells, as a case.

It is an ordinary case, so that it is drafted, edited, approved, sent, put right and taken down as
any other; its author is the newsroom (content.people.OURSELVES), whom nobody can ask or tell.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import articles, consents, editions, people, planning, standing, submissions
from content.announced import NotFinished
from content.binding import Book
from content.cleaning import readable
from content.deliveries import Action, Operation
from content.editions import Announcement, Edition
from content.history import Actor, NotAllowed, record
from content.media import Medium
from content.people import Participant
from content.sentences import shortened
from content.store import locked
from content.submissions import Kind, Submission
from content.workflow import ArticleState, EditionState, OperationState, SubmissionState

_LONGEST_NAME: Final = 150
"""Of a title's signs so many are told: with the words around it, it must fit in a title."""
_OVER: Final = (SubmissionState.REJECTED, SubmissionState.WITHDRAWN)


async def propose(
    session: AsyncSession,
    edition: Edition,
    book: Book,
    page: str,
    cover: Medium,
    channels: Iterable[str],
    *,
    by: Actor,
    now: datetime,
) -> tuple[Submission, bool]:
    """Put the news of a finished edition before the newsroom; return its case, and if it is new.

    `book` is the edition as it is bound, with its `owner`, `page` the address of its page, `cover`
    its picture with what it shows, `channels` where it may go. An edition is announced once: again
    only when nothing came of that, or all of it was taken away. Raises NotFinished.
    """
    await locked(session, edition)
    if edition.state is not EditionState.FINISHED:
        raise NotFinished
    before = await of_edition(session, edition.id)
    if before is not None and not await is_over(session, before):
        return before, False
    author = await _ourselves(session, book.owner, channels, now=now)
    submission, revision = await submissions.begin(session, author, now=now)
    submission.lab_id = edition.lab_id
    session.add(Announcement(submission_id=submission.id, edition_id=edition.id))
    said = _said(book)
    told = {
        "kind": Kind.NEWS, "title": said["title"], "text": said["text"], "link": page,
        "organisation": author.name, "credit": (book.cover and book.cover.credit) or author.name,
        "minors": False,
    }  # fmt: skip
    await submissions.write(session, revision, told, by=by, now=now)
    await submissions.attach(session, revision, cover, "", "", by=by, now=now)
    await submissions.receive(session, submission, revision, by=by, now=now)
    for noun, number, data in (
        ("edition", edition.id, {"submission": submission.id}),
        ("submission", submission.id, {"edition": edition.id}),
    ):
        await record(session, noun, number, "announced", by=by, now=now, data=data)
    return submission, True


async def of_edition(session: AsyncSession, edition_id: int) -> Submission | None:
    """Return the newest case that announces an edition, None when there is none."""
    query = (
        select(Submission)
        .join(Announcement, col(Announcement.submission_id) == col(Submission.id))
        .where(Announcement.edition_id == edition_id)
        .order_by(col(Submission.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def is_over(session: AsyncSession, submission: Submission) -> bool:
    """Whether nothing of an announcement is out, nor will be: the edition may be announced anew."""
    article = await articles.of_submission(session, submission.id)
    retracted = article is not None and article.state is ArticleState.RETRACTED
    if submission.state not in _OVER and not retracted:
        return False
    return not standing.left(await standing.operations_of(session, submission.id, locked=False))


async def reopen(
    session: AsyncSession, edition: Edition, hold: str, *, by: Actor, now: datetime
) -> None:
    """Take a finished edition back (editions.reopen), and hold what is to tell of it meanwhile.

    `hold` is what moderators read on what is held. Raises NotAllowed.
    """
    await editions.reopen(session, edition, by=by, now=now)
    for one in await _scheduled(session, edition):
        if one.hold_reason is None and one.action is not Action.DELETE:
            await _hold(session, one, hold, by=by, now=now)


async def finish(
    session: AsyncSession, edition: Edition, hold: str, *, by: Actor, now: datetime
) -> None:
    """Declare an edition finished (editions.finish), and let go what `reopen` held, if still so.

    Raises NotAllowed.
    """
    await editions.finish(session, edition, by=by, now=now)
    for one in await _scheduled(session, edition):
        if one.hold_reason == hold:
            await _hold(session, one, None, by=by, now=now)


async def _scheduled(session: AsyncSession, edition: Edition) -> list[Operation]:
    case = await of_edition(session, edition.id)
    if case is None:
        return []
    operations = await standing.operations_of(session, case.id, locked=False)
    return [one for one in operations if one.state is OperationState.SCHEDULED]


async def _hold(
    session: AsyncSession, operation: Operation, reason: str | None, *, by: Actor, now: datetime
) -> None:
    with suppress(NotAllowed):  # a worker took it a moment ago
        await planning.hold(session, operation.id, reason, by=by, now=now)


async def _ourselves(
    session: AsyncSession, name: str, channels: Iterable[str], *, now: datetime
) -> Participant:
    """Return the newsroom as the author that it is, who lets its pieces go anywhere."""
    author = await people.meet(session, people.OURSELVES, name, now=now)
    given = await consents.given(session, author.id)
    if lacking := [one for one in channels if one not in given]:
        await consents.give(session, author, lacking, now=now)
    return author


def _said(book: Book) -> dict[str, str]:
    """Return the title and the text of the news, as the template says."""
    told = {
        "title": _line(book.title), "subtitle": _line(book.subtitle), "lab": _line(book.lab),
        "pieces": len(book.chapters),
    }  # fmt: skip
    words = _words()
    return {name: str(getattr(words, name)(**told)).strip() for name in ("title", "text")}


def _line(said: str) -> str:
    return shortened(" ".join(readable(said).split()), _LONGEST_NAME)


@cache
def _words() -> Any:
    """Return the macros of the template: title, text."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / "announcing"),
        autoescape=False,  # noqa: S701 - plain text: whoever renders it escapes it
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("words.txt").module
