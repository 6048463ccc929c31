"""What of an article is out on each channel, or may be: read from its operations, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.deliveries import Action, Delivery, Operation
from content.workflow import UNSENT, OperationState

_OUT: Final = (OperationState.DONE, OperationState.SENDING, OperationState.UNCONFIRMED)
_MADE: Final = (Action.CREATE, Action.REPLY)


@dataclass(slots=True)
class Standing:
    """A post that is out, or may be: `made` created it, `last` did the last thing to it.

    `last` may still be on its way, or in doubt: then whatever comes next waits for its end.
    `before` is the post that a part of a thread answers, None where it is the first. An edit that
    was tried, and dropped since, may have been made: then what it says is `unsure`. A deletion that
    was tried may have been made too: until it is, or a person drops it, the post is leaving.
    """

    made: Operation
    last: Operation
    before: "Standing | None" = None
    unsure: bool = False

    @property
    def remote_id(self) -> str | None:
        """The channel's id of the post, None while nobody knows it.

        Until a reply is out, its row names the post that it answers.
        """
        unknown = self.made.action is Action.REPLY and self.made.state is not OperationState.DONE
        return None if unknown else self.made.remote_id

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it is on its way."""
        return self.last.state is OperationState.DONE

    @property
    def is_leaving(self) -> bool:
        """Whether its deletion is on its way."""
        return self.last.action is Action.DELETE


async def operations_of(
    session: AsyncSession, submission_id: int, *, locked: bool = True
) -> Sequence[Operation]:
    """Return all operations of a case, the oldest first.

    They are `locked`, so that none is sent, and none planned, while something is decided; not for
    a mere look. The article comes first, as of deliveries.in_hand.
    """
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .where(Article.submission_id == submission_id)
        .order_by(col(Operation.id))
    )
    if locked:
        article = select(Article.id).where(Article.submission_id == submission_id)
        await session.exec(article.with_for_update(key_share=True))
        query = query.with_for_update(of=Operation).execution_options(populate_existing=True)
    return (await session.exec(query)).all()


def standing(operations: Sequence[Operation]) -> list[Standing]:
    """Return the posts that stand, in the order in which they were made.

    `operations` are one article's, the oldest first.
    """
    found: list[Standing] = []
    posts: dict[int, Standing] = {}
    for one in operations:
        if one.state not in _OUT and not _is_begun(one):
            dropped = one.action is Action.EDIT and one.tries > 0
            for post in found if dropped else ():
                post.unsure = post.unsure or _is_aimed_at(one, post)
            continue
        if one.action in _MADE:
            before = posts.get(one.after_id or 0) if one.part > 1 else None
            posts[one.id] = Standing(one, one, before)
            found.append(posts[one.id])
            continue
        aimed = next((post for post in found if _is_aimed_at(one, post)), None)
        if aimed is not None:
            posts[one.id] = aimed
        if aimed is not None and one.action is Action.DELETE and one.state is OperationState.DONE:
            found.remove(aimed)
        elif aimed is not None:
            aimed.last, aimed.unsure = one, False
    return found


def left(operations: Sequence[Operation]) -> list[Standing]:
    """Return what stands, but for the posts of which a person closed the deletion."""
    closed = {  # by the last deletion of each: one called off before says nothing
        (one.delivery_id, one.remote_id): one.state is OperationState.CANCELLED
        for one in operations
        if one.action is Action.DELETE
    }
    return [
        one
        for one in standing(operations)
        if not closed.get((one.made.delivery_id, one.remote_id), False)
    ]


def by_thread(there: Sequence[Standing]) -> list[list[Standing]]:
    """Return posts that stand with the parts of each thread together, the first one first.

    A part that answers none of them is not the first, and stands by itself.
    """
    found: list[list[Standing]] = []
    for one in there:
        thread = next((parts for parts in found if parts[-1] is one.before), None)
        if thread is None:
            found.append([one])
        else:
            thread.append(one)
    return found


async def making_room(session: AsyncSession, operation: Operation) -> Sequence[Operation]:
    """Return the deletions on an operation's channel, not begun, that it was to follow."""
    if operation.action is not Action.CREATE or operation.after_id is None:
        return []
    query = select(Operation).where(
        Operation.delivery_id == operation.delivery_id,
        Operation.action == Action.DELETE,
        col(Operation.state).in_(UNSENT),
        col(Operation.id) < operation.id,
    )
    return (await session.exec(query.order_by(col(Operation.id)).with_for_update())).all()


def _is_begun(operation: Operation) -> bool:
    """Whether it is a deletion that was tried, and waits to be made again."""
    again = operation.state in (OperationState.SCHEDULED, OperationState.FAILED)
    return operation.action is Action.DELETE and again and operation.tries > 0


def _is_aimed_at(operation: Operation, post: Standing) -> bool:
    if operation.delivery_id != post.made.delivery_id:
        return False
    if operation.remote_id is None:
        return operation.after_id in (post.made.id, post.last.id)
    return operation.remote_id == post.remote_id
