"""A piece approved again after an edit: what is out is put right, as each channel can."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import silence
from content.articles import Article
from content.deliveries import Action, Operation
from content.history import Actor, record
from content.planning import plan
from content.posts import FrozenPost
from content.retractions import deletions
from content.sequels import is_right
from content.slots import at_once
from content.standing import Standing, by_thread, operations_of, standing
from content.threads import answer, count, shows_the_same
from content.workflow import OperationState


class Remedy(StrEnum):
    """What an editor may do about a post that is out, once its article was put right."""

    EDIT = "edit"
    """Change it where it is."""
    REPLY = "reply"
    """Leave it, and answer it with the correction."""
    REPLACE = "replace"
    """Delete it, and publish the correct one instead."""
    LEAVE = "leave"


Remedies = Mapping[str, Remedy]
NO_REMEDIES: Final[Remedies] = MappingProxyType({})


async def plan_again(
    session: AsyncSession,
    article: Article,
    posts: Sequence[FrozenPost],
    first: str | None,
    remedies: Remedies = NO_REMEDIES,
    *,
    by: Actor,
    now: datetime,
    immediately: bool,
) -> list[Operation]:
    """Plan the creation of posts where nothing of the article is out, as `plan` does.

    Where a post is out it is put right as `remedies` says for its channel: the page on the channel
    `first` is edited, others stay as they are unless they are named. What is on its way, or in
    doubt, is waited for. Raises InBlackout, NoFreeSlot.
    """
    there = standing(await operations_of(session, article.submission_id))
    when = silence.over(await silence.ahead(session, now=now), now)
    planned: list[Operation] = []
    leaving: dict[str, Operation] = {}
    fresh = []
    for post in posts:
        here = [one for one in there if one.made.channel == post.channel]
        staying = [one for one in here if not one.is_leaving]
        lost = [one for parts in by_thread(staying) if parts[0].made.part > 1 for one in parts]
        away = await deletions(session, lost, when)  # the beginning of their thread is gone
        gone = [one.last for one in here if one.is_leaving]
        if away and gone and away[0].after_id is None:
            away[0].after_id = gone[-1].id  # what comes instead waits for all of it
        planned += away
        staying = [one for one in staying if one not in lost]
        if staying:
            default = Remedy.EDIT if post.channel == first else Remedy.LEAVE
            remedy = remedies.get(post.channel, default)
            planned += await _mended(session, post, staying, remedy, when)
        else:
            fresh.append(post)
            if here:
                leaving[post.channel] = away[-1] if away else here[-1].last
    for one in planned:
        data = {"channel": one.channel, "due": one.local_time}
        await record(session, "operation", one.id, "planned", by=by, now=now, data=data)
    if fresh:
        created = await plan(
            session, article, fresh, first, by=by, now=now, immediately=immediately
        )
        for one in created:  # what is being deleted must be gone before
            if one.channel in leaving and one.after_id is None:
                one.after_id = leaving[one.channel].id
                session.add(one)
            elif one.after_id is None and one.channel != first:
                one.after_id = _page_in_doubt(there, first)
                session.add(one)
        planned += created
    return planned


def _page_in_doubt(there: Sequence[Standing], first: str | None) -> int | None:
    """Return the operation that makes the page all posts link to, where it is not there yet."""
    made = [one.made for one in there if one.made.channel == first]
    return next((one.id for one in made if one.state is not OperationState.DONE), None)


async def _mended(
    session: AsyncSession,
    post: FrozenPost,
    there: Sequence[Standing],
    remedy: Remedy,
    when: datetime,
) -> list[Operation]:
    """Store what puts a channel's posts right: nothing where they say already what they should.

    An edit is of the first of them; an answer follows what the last of them says. A thread of
    which all that is out is right goes on, whatever the remedy.
    """
    threads = by_thread(there)
    thread, last = threads[0], threads[0][-1]
    looked_at = {Remedy.EDIT: threads[:1], Remedy.REPLY: threads[-1:]}.get(remedy, threads)
    if await _goes_on(session, thread, post):
        planned = [_following(last, post, when)] if last.is_settled else []
    elif remedy is Remedy.LEAVE or all(
        [await _is_whole(session, one, post, remedy) for one in looked_at]
    ):
        return []
    elif remedy is Remedy.EDIT:
        planned = await _edits(session, thread, post, when)
    elif remedy is Remedy.REPLY:
        planned = [_next(last, post, Action.REPLY, when)]
    else:
        planned = await deletions(session, there, when)
        instead = _next(there[0], post, Action.CREATE, when)
        instead.after_id, instead.remote_id = planned[-1].id, None
        planned.append(instead)
    session.add_all(planned)
    await session.flush()
    return planned


async def _goes_on(session: AsyncSession, thread: Sequence[Standing], post: FrozenPost) -> bool:
    """Whether a thread that is not all out is, as far as it is, what `post` begins with.

    What an edit does is not known before it ended: one in doubt is made again.
    """
    begun = thread[-1].made.part < thread[-1].made.parts
    known = all(one.is_settled or one.last is one.made for one in thread)
    return begun and known and await is_right(session, thread, post)


async def _is_whole(
    session: AsyncSession, thread: Sequence[Standing], post: FrozenPost, remedy: Remedy
) -> bool:
    """Whether what is out, for certain, says to the byte what it should, and all of it.

    What would answer a post is no part of what it says, unless an answer is what is asked for.
    """
    query = select(FrozenPost).where(col(FrozenPost.id).in_({one.last.post_id for one in thread}))
    before = (await session.exec(query)).all()
    answers = thread[0].made.action is Action.REPLY
    same = _is_the_same if answers or remedy is Remedy.REPLY else shows_the_same
    return (
        all(same(one, post) for one in before)
        and len(thread) == count(post, answering=answers)
        and all(one.is_settled and not one.unsure for one in thread)
    )


def _is_the_same(old: FrozenPost, new: FrozenPost) -> bool:
    return old.sha256 == new.sha256


async def _edits(
    session: AsyncSession, thread: Sequence[Standing], post: FrozenPost, when: datetime
) -> list[Operation]:
    """Return what makes each part that is out say what it should, with what is too few or many."""
    parts = count(post)
    planned = [_next(one, post, Action.EDIT, when) for one in thread[:parts]]
    if len(thread) > parts:
        planned += await deletions(session, thread[parts:], when)
    elif len(thread) < parts and thread[-1].is_settled:
        planned.append(_following(thread[-1], post, when))
    return planned


def _following(last: Standing, post: FrozenPost, when: datetime) -> Operation:
    return answer(post, last.made.part + 1, last.last, to=last.remote_id, now=when)


def _next(there: Standing, post: FrozenPost, action: Action, when: datetime) -> Operation:
    place = at_once(when)
    return Operation(
        delivery_id=there.made.delivery_id,
        channel=post.channel,
        post_id=post.id,
        action=action,
        part=there.made.part if action is Action.EDIT else 1,
        parts=count(post, answering=action is Action.REPLY),
        state=OperationState.SCHEDULED,
        due_at=place.due_at,
        local_time=place.local_time,
        next_try_at=place.due_at,
        after_id=None if there.is_settled else there.last.id,
        remote_id=there.remote_id,
    )
