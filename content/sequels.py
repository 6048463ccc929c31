"""What is to go out next once an operation ended: what lacks of a thread, or what comes instead."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import consents
from content.articles import Article
from content.deliveries import Action, Delivery, Operation
from content.history import Actor, record
from content.posts import FrozenPost
from content.slots import at_once
from content.standing import Standing, by_thread, standing
from content.submissions import Submission
from content.threads import answer, count, says_the_same
from content.workflow import UNSENT, ArticleState, OperationState

SCHEDULED_CREATION = (
    col(Operation.state) == OperationState.SCHEDULED,
    col(Operation.action) == Action.CREATE,
)
_MADE = (Action.CREATE, Action.REPLY)


async def go_on(session: AsyncSession, operation: Operation, *, by: Actor, now: datetime) -> None:
    """Plan the part that lacks in the thread of an operation that ended, unless somebody did.

    Nothing follows before all that is out of the thread is known to say what is approved now. Of
    a part that proved not to be out, the thread is that of the post which it was to answer.
    """
    if operation.action is Action.DELETE or operation.part == operation.parts == 1:
        return
    new = await _approved(session, operation)
    if new is None:
        return
    query = select(Operation).where(Operation.delivery_id == operation.delivery_id)
    query = query.order_by(col(Operation.id)).execution_options(populate_existing=True)
    everything = (await session.exec(query)).all()
    threads = by_thread([one for one in standing(everything) if not one.is_leaving])
    aimed_at = operation.remote_id
    thread = next((all_ for all_ in threads if aimed_at in [one.remote_id for one in all_]), None)
    if thread is None or not await is_right(session, thread, new):
        return
    last = thread[-1]
    number = last.made.part + 1
    planned = [one for one in everything if one.post_id == new.id and one.action in _MADE]
    if all(one.is_settled for one in thread) and not any(
        one.part == number or one.state in UNSENT for one in planned
    ):
        following = answer(new, number, last.last, to=last.remote_id, now=now)
        await _plan(session, following, by=by, now=now)


async def is_right(session: AsyncSession, thread: Sequence[Standing], new: FrozenPost) -> bool:
    """Whether all that is out of a thread says, to the byte, what `new` begins with."""
    if len(thread) >= count(new, answering=thread[0].made.action is Action.REPLY):
        return False
    if any(one.unsure for one in thread):
        return False
    for one in thread:
        old = await session.get_one(FrozenPost, one.last.post_id)
        if not says_the_same(one.last, old, new):
            return False
    return True


async def create_instead(
    session: AsyncSession, operation: Operation, *, by: Actor, now: datetime
) -> None:
    """Plan the approved version where an older one proved not to be out, if nobody did yet.

    What was planned and is dropped, somebody annulled.
    """
    if operation.action is Action.REPLY and operation.part > 1:
        await go_on(session, operation, by=by, now=now)
    new = await _approved(session, operation) if operation.action is Action.CREATE else None
    if new is None:
        return
    planned = select(Operation.id).where(
        Operation.post_id == new.id,
        Operation.action == Action.CREATE,
    )
    if (await session.exec(planned)).first() is not None:
        return
    place = at_once(now)
    instead = Operation(
        delivery_id=operation.delivery_id,
        channel=operation.channel,
        post_id=new.id,
        action=Action.CREATE,
        parts=count(new),
        state=OperationState.SCHEDULED,
        due_at=place.due_at,
        local_time=place.local_time,
        next_try_at=place.due_at,
    )
    await _plan(session, instead, by=by, now=now)
    await session.exec(  # posts of other channels that wait for this page
        update(Operation)
        .where(
            col(Operation.after_id) == operation.id,
            col(Operation.delivery_id) != operation.delivery_id,
            *SCHEDULED_CREATION,
        )
        .values(after_id=instead.id)
    )


async def _approved(session: AsyncSession, operation: Operation) -> FrozenPost | None:
    """Return what is approved now for an operation's channel, if its author lets it out there.

    The article is locked, so that an edit at the same moment comes before or after.
    """
    query = (
        select(FrozenPost, Submission.participant_id)
        .join(Article, col(Article.id) == col(FrozenPost.article_id))
        .join(Delivery, col(Delivery.article_id) == col(Article.id))
        .join(Submission, col(Submission.id) == col(Article.submission_id))
        .where(
            Delivery.id == operation.delivery_id,
            Article.state == ArticleState.APPROVED,
            FrozenPost.version == Article.version,
            FrozenPost.channel == operation.channel,
        )
        .with_for_update(of=Article, key_share=True)
    )
    found = (await session.exec(query)).first()
    if found is None:
        return None
    post, author = found
    return post if operation.channel in await consents.given(session, author) else None


async def _plan(session: AsyncSession, operation: Operation, *, by: Actor, now: datetime) -> None:
    session.add(operation)
    await session.flush()
    data = {"channel": operation.channel, "due": operation.local_time}
    await record(session, "operation", operation.id, "planned", by=by, now=now, data=data)
