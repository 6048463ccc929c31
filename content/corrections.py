"""A piece approved again after an edit: what is out stays out, the page is brought up to date."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import silence
from content.articles import Article
from content.deliveries import Action, Delivery, Operation
from content.history import Actor, record
from content.planning import plan
from content.posts import FrozenPost
from content.slots import at_once
from content.workflow import OperationState

_OUT: Final = (OperationState.DONE, OperationState.SENDING, OperationState.UNCONFIRMED)


async def plan_again(
    session: AsyncSession,
    article: Article,
    posts: Sequence[FrozenPost],
    first: str | None,
    *,
    by: Actor,
    now: datetime,
    immediately: bool,
) -> list[Operation]:
    """Plan the creation of posts where nothing of the article is out, as `plan` does.

    The page on the channel `first` is written anew where it is out, since that can be done any
    number of times; on other channels what is out stays as it is. Raises InBlackout, NoFreeSlot.
    """
    query = select(Operation, Delivery).join(
        Delivery, col(Delivery.id) == col(Operation.delivery_id)
    )
    standing = query.where(
        Delivery.article_id == article.id, col(Operation.state).in_(_OUT)
    ).order_by(col(Operation.id))
    out = {one.channel: one for one, _ in (await session.exec(standing)).all()}
    planned = []
    page = next((post for post in posts if post.channel == first and first in out), None)
    if page is not None:
        when = silence.over(await silence.ahead(session, now=now), now)
        planned.append(_correction(page, out[page.channel], when))
        session.add(planned[0])
        await session.flush()
        data = {"channel": page.channel, "due": planned[0].local_time}
        await record(session, "operation", planned[0].id, "planned", by=by, now=now, data=data)
    fresh = [post for post in posts if post.channel not in out]
    if fresh:
        planned += await plan(
            session, article, fresh, first, by=by, now=now, immediately=immediately
        )
    return planned


def _correction(post: FrozenPost, standing: Operation, when: datetime) -> Operation:
    place = at_once(when)
    return Operation(
        delivery_id=standing.delivery_id,
        channel=post.channel,
        post_id=post.id,
        action=Action.EDIT,
        state=OperationState.SCHEDULED,
        due_at=place.due_at,
        local_time=place.local_time,
        next_try_at=place.due_at,
        remote_id=standing.remote_id,
    )
