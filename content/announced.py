"""Which edition a case tells of, and whether readers have it: else no news of it goes out."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.deliveries import Action, Operation, article_of
from content.editions import Announcement, Edition
from content.workflow import EditionState


class NotFinished(Exception):
    """The edition is not finished: readers do not have it, and nobody may be told of it."""


async def edition_of(session: AsyncSession, submission_id: int) -> Edition | None:
    """Return the edition that a case announces, None when it announces none."""
    query = (
        select(Edition)
        .join(Announcement, col(Announcement.edition_id) == col(Edition.id))
        .where(Announcement.submission_id == submission_id)
    )
    return (await session.exec(query)).first()


async def require_for(session: AsyncSession, operation: Operation) -> None:
    """See that an operation brings no news of such an edition; raises NotFinished."""
    if operation.action is not Action.DELETE:
        article = await article_of(session, operation.id)
        await require_book(session, article.submission_id)


async def require_book(session: AsyncSession, submission_id: int) -> None:
    """See that a case announces no edition that readers do not have; raises NotFinished."""
    edition = await edition_of(session, submission_id)
    if edition is not None and edition.state is not EditionState.FINISHED:
        raise NotFinished
