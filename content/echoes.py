"""One word to an author, some days after publication, of how far a piece went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import exists
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.deliveries import Delivery, Operation
from content.people import OURSELVES, Participant
from content.reach import Figures, Reading, taken_away
from content.submissions import Submission
from content.workflow import ArticleState, SubmissionState

TOLD_AT: Final = 7
"""The age in days, one of reach.AGES, whose figures are told."""
_ALL_IN: Final = timedelta(days=1)
"""Posts of a piece go out at different times: so long after a reading the others are there too."""
_TOO_LATE: Final = timedelta(days=10)
_AT_ONCE: Final = 100


class ReachTold(SQLModel, table=True):
    """That the author of an article was told how far it went."""

    __tablename__ = "reach_told"

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """What the author of an article may be told: where it is out, and what came of it there."""

    article_id: int
    title: str
    receipt: str
    author: Participant
    channels: Mapping[str, Figures]

    @property
    def whole(self) -> Figures:
        """What came of it everywhere."""
        return sum(self.channels.values(), Figures())


async def words(session: AsyncSession, *, now: datetime) -> list[Word]:
    """Return what authors may be told: pieces a week old, of which there is something to tell.

    Once each; not those that were taken back, those of long ago, nor to who is blocked or gone.
    """
    told = exists().where(col(ReachTold.article_id) == col(Article.id))
    query: Any = (
        select(  # type: ignore[call-overload]  # SQLModel knows no select of so many
            Article.id, Article.title, Submission.receipt, Participant, Operation.channel, Reading
        )
        .select_from(Reading)
        .join(Operation, col(Operation.id) == col(Reading.operation_id))
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .join(Submission, col(Submission.id) == col(Article.submission_id))
        .join(Participant, col(Participant.id) == col(Submission.participant_id))
        .where(
            col(Reading.age) == TOLD_AT,
            col(Reading.read_at) <= now - _ALL_IN,
            col(Reading.read_at) > now - _TOO_LATE,
            Article.state == ArticleState.APPROVED,
            Submission.state == SubmissionState.ACCEPTED,
            col(Participant.blocked_at).is_(None),
            col(Participant.erased_at).is_(None),
            col(Participant.telegram_id) != OURSELVES,
            ~taken_away(),
            ~told,
        )
        .order_by(col(Article.id), col(Operation.id))
        .limit(_AT_ONCE)
    )
    found: dict[int, Word] = {}
    for number, title, receipt, author, channel, read in (await session.exec(query)).all():
        before = found[number].channels if number in found else {}
        figures = before.get(channel, Figures()) + read.figures
        found[number] = Word(number, title, receipt or "", author, {**before, channel: figures})
    return [one for one in found.values() if one.whole.tell]


async def note_told(session: AsyncSession, article_id: int, *, now: datetime) -> bool:
    """Note that an author is being told of an article; False when somebody else does it."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if on_sqlite else postgresql.insert
    row = insert(ReachTold).values(article_id=article_id, at=now).on_conflict_do_nothing()
    done = await (await session.connection()).execute(row.returning(col(ReachTold.article_id)))
    return done.scalar_one_or_none() is not None
