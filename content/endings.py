"""How an operation ends: what waits for it learns of it, and its article is out, or gone."""

from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from sqlmodel import col, exists, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import consents, personal, standing
from content.articles import Article
from content.deliveries import Action, Attempt, Delivery, Operation
from content.history import NEWSROOM, Actor, History, NotAllowed, change_state, record
from content.people import Participant
from content.posts import FrozenPost
from content.readiness import MENDING
from content.sequels import SCHEDULED_CREATION, create_instead, go_on
from content.submissions import Submission
from content.workflow import OPERATION, UNSENT, ArticleState, OperationState

_ENDED: Final = {
    Action.CREATE: "published",
    Action.REPLY: "published",
    Action.EDIT: "corrected",
    Action.DELETE: "retracted",
}
_TO_SEND_AGAIN: Final = (OperationState.SCHEDULED, OperationState.FAILED)
"""What is sent again by itself, or when a person says so."""
_NOT_MADE: Final = ("postponed", "failed", "postponed, too late", "failed, too late")
"""How a try ended that certainly came to nothing; of any other, nobody knew what came of it."""
_ON_THEIR_WAY: Final = frozenset(
    {OperationState.SCHEDULED, OperationState.SENDING, OperationState.UNCONFIRMED}
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

    What would have to be sent (again), or was refused, but is no longer what was approved, is
    cancelled: nobody wants it any more.
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
    if to in _TO_SEND_AGAIN and not await is_approved(session, operation):
        data = {"channel": operation.channel, "problem": None}
        await change_state(
            session, operation, OPERATION, OperationState.CANCELLED,
            verb="cancelled", by=by, now=now, data=data, settled_at=now,
        )  # fmt: skip
        await _hand_on(session, operation, by=by, now=now)
        await create_instead(session, operation, by=by, now=now)
        await _announce(session, operation, now=now)
    elif to in (OperationState.DONE, OperationState.FAILED, OperationState.CANCELLED):
        if to is OperationState.DONE:
            await go_on(session, operation, by=by, now=now)
        await _hand_on(session, operation, by=by, now=now)
        await _announce(session, operation, now=now)
    return operation


async def call_off(session: AsyncSession, article_id: int, *, by: Actor, now: datetime) -> None:
    """Drop all that was planned of an article and is not on its way.

    A deletion that may have been made stays, to be made for certain: what is approved next comes
    behind it.
    """
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(Delivery.article_id == article_id, col(Operation.state).in_(UNSENT))
        .order_by(col(Operation.id))
    )
    for operation in (await session.exec(query)).all():
        if operation.action is Action.DELETE and await _may_be_made(session, operation):
            continue
        with suppress(NotAllowed):  # a worker took it a moment ago: it goes out as approved
            await resolve(
                session, operation, OperationState.CANCELLED, "cancelled",
                by=by, now=now, settled_at=now,
            )  # fmt: skip


async def keep(session: AsyncSession, deletion: Operation, *, by: Actor, now: datetime) -> None:
    """Drop a deletion, so that its post stays; raises NotAllowed where it is on its way.

    One that was tried before, and nobody knew what came of it, is in doubt once more, and people
    say whether the post is there: dropped, it would be taken to be.
    """
    values: dict[str, Any]
    if deletion.state in _TO_SEND_AGAIN and await _may_be_made(session, deletion):
        to, verb = OperationState.UNCONFIRMED, "unconfirmed"
        values = {"next_try_at": now, "asked_at": None, "settled_at": None}  # they are asked anew
    else:
        to, verb, values = OperationState.CANCELLED, "cancelled", {"settled_at": now}
    await resolve(session, deletion, to, verb, by=by, now=now, **values)


async def _may_be_made(session: AsyncSession, operation: Operation) -> bool:
    """Whether an operation that waits, or was refused, was tried and nobody knew the outcome."""
    tried = exists().where(
        col(Attempt.operation_id) == operation.id,
        or_(col(Attempt.outcome).is_(None), col(Attempt.outcome).not_in(_NOT_MADE)),
    )
    return (await session.exec(select(tried))).one()


async def is_approved(session: AsyncSession, operation: Operation, *, locked: bool = True) -> bool:
    """Whether an operation's post is of its article's approved version, or takes a post away.

    The author must still consent to the channel. A deletion is wanted but where a person annulled
    what was to come instead: then the post stays. The article is `locked`, so that an edit at the
    same moment comes before or after; not for a mere look, which may be at many.
    """
    query = (
        select(Article.state, Article.version, FrozenPost.version, Article.submission_id)
        .join(FrozenPost, col(FrozenPost.article_id) == col(Article.id))
        .where(FrozenPost.id == operation.post_id)
    )
    query = query.with_for_update(of=Article, key_share=True) if locked else query
    state, version, frozen, case = (await session.exec(query)).one()
    author = (await session.get_one(Submission, case)).participant_id
    allowed = operation.channel in await consents.given(session, author)
    stands = allowed and state is ArticleState.APPROVED
    if operation.action is Action.DELETE:
        return not (stands and await _makes_room_in_vain(session, operation, version))
    return stands and version == frozen


async def _makes_room_in_vain(session: AsyncSession, deletion: Operation, version: int) -> bool:
    """Whether what was to come instead of a post, in the approved version, was annulled."""
    query = (
        select(Operation.state, Operation.after_id, FrozenPost.version)
        .join(FrozenPost, col(FrozenPost.id) == col(Operation.post_id))
        .where(
            Operation.delivery_id == deletion.delivery_id,
            Operation.action == Action.CREATE,
            col(Operation.id) > deletion.id,
        )
    )
    last = (await session.exec(query.order_by(col(Operation.id).desc()).limit(1))).first()
    if last is None:
        return False
    state, after_id, of = last
    return state is OperationState.CANCELLED and after_id is not None and of == version


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
        elif operation.action is one.action is Action.REPLY:
            # It answers what the one before it would have, which is there.
            one.after_id, one.remote_id = None, operation.remote_id
        elif operation.action in (Action.CREATE, Action.REPLY):
            if one.action in MENDING or operation.state is OperationState.CANCELLED:
                await resolve(
                    session, one, OperationState.CANCELLED, "cancelled",
                    by=by, now=now, settled_at=now,
                )  # fmt: skip
                await session.exec(  # there is nothing to delete first: what comes instead may go
                    update(Operation)
                    .where(col(Operation.after_id) == one.id, *SCHEDULED_CREATION)
                    .values(after_id=None)
                )
        elif one.action is not Action.CREATE:
            one.after_id = None
            one.remote_id = one.remote_id or operation.remote_id
        session.add(one)
    await session.flush()


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
