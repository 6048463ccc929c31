"""A piece that goes out, is corrected and is taken down, step by step."""

from types import SimpleNamespace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import editing, review, sending
from content.articles import Article, of_submission
from content.corrections import Remedies
from content.deliveries import Action, Operation
from content.history import Actor, History
from content.retractions import retract
from content.sending import Claimed
from content.submissions import Submission
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock

DONE, SCHEDULED = OperationState.DONE, OperationState.SCHEDULED
CANCELLED, UNCONFIRMED = OperationState.CANCELLED, OperationState.UNCONFIRMED
FAILED = OperationState.FAILED
PAGE, RED, BLUE = stories.CHANNELS


async def case_of(session: AsyncSession) -> tuple[Submission, Article]:
    submission = (await session.exec(select(Submission))).one()
    article = await of_submission(session, submission.id)
    assert article is not None
    return submission, article


async def operations(session: AsyncSession, *channels: str) -> list[Operation]:
    query = select(Operation).where(col(Operation.channel).in_(channels or stories.CHANNELS))
    return list((await session.exec(query.order_by(col(Operation.id)))).all())


async def claimed(session: AsyncSession, operation: Operation, clock: Clock) -> Claimed:
    found = await sending.claim_due(session, operation.id, "worker", now=clock())
    assert found is not None
    return found


async def sent(session: AsyncSession, operation: Operation, clock: Clock) -> Claimed:
    """Have an operation done, and return how it was claimed."""
    taken = await claimed(session, operation, clock)
    remote = taken.remote_id or f"{operation.channel}-{operation.id}"
    await sending.settle(session, taken, remote, f"https://{remote}.it/", now=clock())
    return taken


async def said(session: AsyncSession, operation: Operation, clock: Clock) -> str:
    """Have an operation done, and return the title that it sent."""
    post = (await sent(session, operation, clock)).post
    assert post is not None
    return post.title


async def out(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> list[Operation]:
    """Have a piece out on all three channels."""
    planned = await stories.approved(session, cast, clock())
    for one in planned:
        await sent(session, one, clock)
    return planned


async def edited(session: AsyncSession, cast: SimpleNamespace, clock: Clock, title: str) -> None:
    _, article = await case_of(session)
    by = Actor("moderator", cast.gaia.id)
    await editing.edit(session, article, {"title": title}, by=by, now=clock())


async def approved_again(
    session: AsyncSession, cast: SimpleNamespace, clock: Clock, remedies: Remedies
) -> list[Operation]:
    submission, article = await case_of(session)
    posts = stories.posts_of(article)
    return await review.approve(
        session, submission, cast.bruno, posts, version=article.version,
        seen=review.view_hash(posts), page_channel=PAGE, immediately=True, remedies=remedies,
        now=clock(),
    )  # fmt: skip


async def taken_down(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> list[Operation]:
    submission, _ = await case_of(session)
    by = Actor("moderator", cast.bruno.id)
    return await retract(session, submission, "Chiesto dal Comune", by=by, now=clock())


async def verbs(session: AsyncSession) -> list[str]:
    query = select(History.verb).where(History.noun == "article").order_by(col(History.id))
    return list((await session.exec(query)).all())


def told(planned: list[Operation]) -> list[tuple[str, Action, str | None]]:
    return [(one.channel, one.action, one.remote_id) for one in planned]
