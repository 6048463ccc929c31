"""How an operation ends: what waits for it learns of it, and its article is out, or gone."""

from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from sqlmodel import col, exists, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import consents, personal, standing
from content.articles import Article
from content.deliveries import Action, Delivery, Operation
from content.history import NEWSROOM, Actor, History, NotAllowed, change_state, record
from content.people import Participant
from content.posts import FrozenPost
from content.readiness import MENDING
from content.slots import at_once
from content.submissions import Submission
from content.threads import answer, count, goes_on
from content.workflow import OPERATION, ArticleState, OperationState

_ENDED: Final = {
    Action.CREATE: "published",
    Action.REPLY: "published",
    Action.EDIT: "corrected",
    Action.DELETE: "retracted",
}
_DROPPED: Final = (OperationState.SCHEDULED, OperationState.MISSED, OperationState.FAILED)
_ON_THEIR_WAY: Final = frozenset(
    {OperationState.SCHEDULED, OperationState.SENDING, OperationState.UNCONFIRMED}
)
_SCHEDULED_CREATION: Final = (
    col(Operation.state) == OperationState.SCHEDULED,
    col(Operation.action) == Action.CREATE,
)


async def resolve(
    session: AsyncSession,
    operation: Operation,
    to: OperationState,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    **values: Any,
) -> Operation:
    """Move an operation on; once nothing of its article is on its way, that is published.

    What would have to be sent (again), but is no longer what was approved, is cancelled instead.
    """
    await change_state(
        session,
        operation,
        OPERATION,
        to,
        verb=verb,
        by=by,
        now=now,
        data={"channel": operation.channel, "problem": values.get("problem")},
        **values,
    )
    if to is OperationState.SCHEDULED and not await is_approved(session, operation):
        data = {"channel": operation.channel, "problem": None}
        await change_state(
            session, operation, OPERATION, OperationState.CANCELLED,
            verb="cancelled", by=by, now=now, data=data, settled_at=now,
        )  # fmt: skip
        await _hand_on(session, operation, by=by, now=now)
        await _create_instead(session, operation, by=by, now=now)
        await _announce(session, operation, now=now)
    elif to in (OperationState.DONE, OperationState.FAILED, OperationState.CANCELLED):
        if to is OperationState.DONE:
            await _go_on(session, operation, by=by, now=now)
        await _hand_on(session, operation, by=by, now=now)
        await _announce(session, operation, now=now)
    return operation


async def call_off(session: AsyncSession, article_id: int, *, by: Actor, now: datetime) -> None:
    """Drop all that was planned of an article and is not on its way."""
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(Delivery.article_id == article_id, col(Operation.state).in_(_DROPPED))
        .order_by(col(Operation.id))
    )
    for operation in (await session.exec(query)).all():
        with suppress(NotAllowed):  # a worker took it a moment ago: it goes out as approved
            await resolve(
                session, operation, OperationState.CANCELLED, "cancelled",
                by=by, now=now, settled_at=now,
            )  # fmt: skip


async def is_approved(session: AsyncSession, operation: Operation) -> bool:
    """Whether an operation's post is of its article's approved version, or takes a post away.

    The author must still consent to the channel. The article is locked, so that an edit at the
    same moment comes before or after.
    """
    query = (
        select(Article.state, Article.version, FrozenPost.version, Article.submission_id)
        .join(FrozenPost, col(FrozenPost.article_id) == col(Article.id))
        .where(FrozenPost.id == operation.post_id)
        .with_for_update(of=Article)
    )
    state, version, frozen, case = (await session.exec(query)).one()
    if operation.action is Action.DELETE:
        return True
    author = (await session.get_one(Submission, case)).participant_id
    allowed = operation.channel in await consents.given(session, author)
    return allowed and state is ArticleState.APPROVED and version == frozen


async def _hand_on(
    session: AsyncSession, operation: Operation, *, by: Actor, now: datetime
) -> None:
    """Let what waits behind an operation, to mend its post, go on as that ended.

    It learns the post's id; it is dropped where no post came of it; and it no longer waits for
    what mended the same post in vain.
    """
    query = select(Operation).where(
        Operation.after_id == operation.id,
        Operation.delivery_id == operation.delivery_id,
        Operation.state == OperationState.SCHEDULED,
    )
    for one in (await session.exec(query.order_by(col(Operation.id)))).all():
        if operation.state is OperationState.DONE:
            if one.remote_id is None and one.action is not Action.CREATE:
                one.remote_id = operation.remote_id
        elif operation.action in (Action.CREATE, Action.REPLY):
            if one.action in MENDING or operation.state is OperationState.CANCELLED:
                await resolve(
                    session, one, OperationState.CANCELLED, "cancelled",
                    by=by, now=now, settled_at=now,
                )  # fmt: skip
                await session.exec(  # there is nothing to delete first: what comes instead may go
                    update(Operation)
                    .where(col(Operation.after_id) == one.id, *_SCHEDULED_CREATION)
                    .values(after_id=None)
                )
        elif one.action is not Action.CREATE:
            one.after_id = None
            one.remote_id = one.remote_id or operation.remote_id
        session.add(one)
    await session.flush()


async def _go_on(session: AsyncSession, operation: Operation, *, by: Actor, now: datetime) -> None:
    """Plan the part that follows one that is out, where all up to it is what is approved now."""
    if operation.action not in (Action.CREATE, Action.REPLY) or operation.part == operation.parts:
        return
    old = await session.get_one(FrozenPost, operation.post_id)
    new = await _approved(session, operation)
    if new is not None and goes_on(old, new, operation.part):
        following = answer(new, operation.part + 1, operation, to=operation.remote_id, now=now)
        await _plan(session, following, by=by, now=now)


async def _create_instead(
    session: AsyncSession, operation: Operation, *, by: Actor, now: datetime
) -> None:
    """Plan the approved version where an older one proved not to be out, if nobody did yet.

    Of a part of a thread, only where all before it is what is approved.
    """
    new = await _approved(session, operation)
    if new is None:
        return
    if operation.part > 1 and operation.action is Action.REPLY:
        old = await session.get_one(FrozenPost, operation.post_id)
        before = await session.get(Operation, operation.after_id) if operation.after_id else None
        if before is not None and goes_on(old, new, before.part):
            to = operation.remote_id
            instead = answer(new, operation.part, before, to=to, now=now)
            await _plan(session, instead, by=by, now=now)
        return
    planned = select(Operation.id).where(
        Operation.post_id == new.id,
        Operation.action == Action.CREATE,
        Operation.state != OperationState.CANCELLED,
    )
    if operation.action is not Action.CREATE or (await session.exec(planned)).first() is not None:
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
            *_SCHEDULED_CREATION,
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
        .with_for_update(of=Article)
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


async def _announce(session: AsyncSession, operation: Operation, *, now: datetime) -> None:
    """Record that an article is published once nothing of it is on its way any more.

    Or corrected, as its version's operations did; retracted only when nothing of it stands any
    more, but for what people saw to.
    """
    number = (await session.get_one(Delivery, operation.delivery_id)).article_id
    state = (
        await session.exec(  # two may end at once, and each must see the other's end
            select(Article.state).where(Article.id == number).with_for_update(key_share=True)
        )
    ).one()
    query = (
        select(Operation, FrozenPost.version)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(FrozenPost, col(FrozenPost.id) == col(Operation.post_id))
        .where(Delivery.article_id == number)
        .order_by(col(Operation.id))
        .execution_options(populate_existing=True)
    )
    rows = (await session.exec(query)).all()
    operations = [one for one, _ in rows]
    if _ON_THEIR_WAY & {one.state for one in operations}:
        return
    left = standing.left(operations)
    version = next(version for one, version in rows if one.post_id == operation.post_id)
    done = {one.action for one, of in rows if one.state is OperationState.DONE and of == version}
    done.discard(Action.DELETE)
    deleted = operation.action is Action.DELETE and operation.state is OperationState.DONE
    if state is ArticleState.RETRACTED or deleted:
        verb = None if left else _ENDED[Action.DELETE]
    elif operation.action is Action.DELETE or not done:
        verb = None
    else:
        verb = "corrected" if Action.EDIT in done else _ENDED[operation.action]
    if verb is not None:
        await record(session, "article", number, verb, by=NEWSROOM, now=now)
    if not left:
        await _forget(session, number, now=now)


async def _forget(session: AsyncSession, article_id: int, *, now: datetime) -> None:
    """Empty the case of an article of which nothing is out any more, if its author is forgotten."""
    emptied = exists().where(
        col(History.noun) == "submission",
        col(History.noun_id) == col(Submission.id),
        col(History.verb) == "emptied",
    )
    query = (
        select(Submission.id)
        .join(Article, col(Article.submission_id) == col(Submission.id))
        .join(Participant, col(Participant.id) == col(Submission.participant_id))
        .where(Article.id == article_id, col(Participant.erased_at).is_not(None), ~emptied)
    )
    case = (await session.exec(query)).first()
    if case is not None:
        await personal.empty(session, [case])
        await record(session, "submission", case, "emptied", by=NEWSROOM, now=now)
