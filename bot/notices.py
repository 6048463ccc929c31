"""What the newsroom says unasked: read from the history, told once, whatever happens in between."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import structlog
from sqlalchemy.exc import InterfaceError, NoResultFound, OperationalError
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import arrivals, authors, cards, once, outbox, showing, texts
from bot.outbox import Keyboard, Topic
from bot.rounds import Rounds
from bot.turn import Newsroom
from content import deliveries
from content.articles import of_submission
from content.deliveries import Action, Operation
from content.history import History, Untold
from content.people import Desk, Participant, desk
from content.readiness import MENDING
from content.submissions import Submission
from content.talk import Message
from content.workflow import OperationState, SubmissionState

log = structlog.get_logger()
AT_ONCE: Final = 50
BREATH_SECONDS: Final = 0.12
"""What goes out comes before what is said of it; and what happens together is told together."""
_TRIED_AGAIN: Final = timedelta(hours=1)
_OF_THE_DATABASE: Final = (OperationalError, InterfaceError)
"""What passes by itself, and is no fault of what is told: all of it is tried again."""


class Notices(Rounds):
    """Turns what happened into messages, each in one transaction with its being crossed off."""

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__()
        self._newsroom = newsroom
        self._aside: dict[int, datetime] = {}
        """When to try again what could not be told, by the history row; each start tries it too."""

    async def look(self) -> None:
        """Tell all that is untold, and bring the groups' list up to date."""
        await asyncio.sleep(BREATH_SECONDS)
        more = True
        while more and not self._stopping:
            more = await self.tell()
            await arrivals.renew(self._newsroom)

    async def tell(self) -> bool:
        """Tell what is untold, oldest first; return whether there was anything.

        What cannot be told is put aside for a while, so that it holds nothing else up.
        """
        now = self._newsroom.clock()
        aside = [number for number, again in self._aside.items() if again > now]
        waits = col(Untold.history_id).not_in(aside)
        async with self._newsroom.store.reading() as session:
            if (await session.exec(select(Untold).where(waits).limit(1))).first() is None:
                return False
        async with self._newsroom.store.transaction() as session:
            query = (
                select(History)
                .join(Untold, col(Untold.history_id) == col(History.id))
                .where(waits)
                .order_by(col(History.id))
                .limit(AT_ONCE)
                .with_for_update(of=Untold, skip_locked=True)
            )
            events = (await session.exec(query)).all()
            ids = [event.id for event in events if await self._told(session, event)]
            await session.exec(delete(Untold).where(col(Untold.history_id).in_(ids)))
        self._newsroom.said()
        return bool(events)

    async def _told(self, session: AsyncSession, event: History) -> bool:
        """Tell one thing; where it cannot be told say so to the log and, once, to moderators."""
        try:
            async with session.begin_nested():
                await _TELLERS[event.verb](self._newsroom, session, event)
        except _OF_THE_DATABASE:
            raise
        except Exception:
            log.exception("notice_failed", history=event.id, verb=event.verb)
            self._aside[event.id] = self._newsroom.clock() + _TRIED_AGAIN
            await _not_told(self._newsroom, session, event)
            return False
        self._aside.pop(event.id, None)
        return True


Teller: TypeAlias = Callable[[Newsroom, AsyncSession, History], Awaitable[None]]


async def _card(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    submission = await cards.submission_of(session, event)
    if submission is not None:
        await arrivals.bring(newsroom, session, submission)


async def _refreshed(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    submission = await cards.submission_of(session, event)
    if submission is not None and await of_submission(session, submission.id):
        await cards.refresh(newsroom, session, submission, later=True)
        if submission.state not in cards.WAITING:
            await arrivals.leave(session, submission.id)


def _and_card(tell: Teller) -> Teller:
    """Tell the author, and bring the card up to date."""

    async def both(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
        await tell(newsroom, session, event)
        await _refreshed(newsroom, session, event)

    return both


async def _withdrawn(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    submission, _, title = await _case(session, event)
    group = await desk(session)
    if group is not None and event.before == SubmissionState.ACCEPTED:
        text = texts.withdrawn_by_author(submission.receipt or "", title)
        await _alert(newsroom, session, group, text)
    await _refreshed(newsroom, session, event)


async def _answered(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    await _pass_on(newsroom, session, event, texts.author_says)


async def _retraction_requested(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    await _pass_on(newsroom, session, event, texts.retraction_requested)


async def _pass_on(
    newsroom: Newsroom,
    session: AsyncSession,
    event: History,
    said: Callable[[str, str, str, str], str],
) -> None:
    """Show the moderators what an author said, with the pictures and a button to answer."""
    group = await desk(session)
    if group is None:
        return
    submission, author, title = await _case(session, event)
    message = await session.get_one(Message, event.data["message"])
    now, number = newsroom.clock(), submission.receipt or ""
    topic = Topic.REVIEW
    await showing.send(session, group.chat_id, message.media, number, now=now, topic=topic)
    first, *more = texts.pages(message.text)
    text = said(number, title, author.name, first)
    keyboard = [[(texts.ANSWER_AUTHOR, f"d:talk:{submission.id}")]]
    if event.verb == "retraction_requested":
        keyboard.append([(texts.RETRACT, f"d:away:{submission.id}")])
    ref = f"case:{submission.id}:{message.id}"
    await outbox.say(session, group.chat_id, text, keyboard, now=now, ref=ref, topic=topic)
    for part in more:
        await outbox.say(session, group.chat_id, texts.quoted(part), now=now, topic=topic)


async def _trouble(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    operation = await session.get_one(Operation, event.noun_id)
    group = await desk(session)
    if group is None or operation.state not in _ASKED:
        return
    article = await deliveries.article_of(session, operation.id)
    label, action = newsroom.label(operation.channel), operation.action
    if operation.parts > 1 and action not in MENDING:
        label = f"{label} ({texts.part_of(operation.part, operation.parts)})"
    if operation.part > 1 and action is Action.REPLY:
        action = Action.CREATE  # a part of a thread is a post to people, and no answer
    text = texts.trouble(label, article.title, operation.state, operation.problem, action)
    if operation.state is OperationState.UNCONFIRMED:
        _, yes, no = texts.DOUBTS[action]
        offered = ((yes, "out", ""), (no, "absent", f":{operation.tries}"))
    else:
        offered = ((texts.TRY_AGAIN, "again", ""), (texts.DROP, "drop", ""))
    keyboard = [[(label, f"d:{what}:{operation.id}{of}") for label, what, of in offered]]
    await _alert(newsroom, session, group, text, keyboard, ref=f"trouble:{operation.id}")
    await _refreshed(newsroom, session, event)


async def _stray(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    group = await desk(session)
    if group is not None:
        article = await deliveries.article_of(session, event.noun_id)
        channel = event.data["channel"]
        publisher = newsroom.publishers.get(channel)
        can = publisher is not None and Action.DELETE in publisher.actions
        # The page is one, whoever wrote it last; and rows of before do not say which post it is.
        can = can and channel != newsroom.page_channel and "remote_id" in event.data
        label, link = newsroom.label(channel), event.data["link"]
        keyboard = [[(texts.TAKE_STRAY_AWAY, f"d:astray:{event.id}")]] if can else []
        text = texts.stray(label, article.title, link, can=can)
        await _alert(newsroom, session, group, text, keyboard, ref=f"stray:{event.id}")


async def _paused(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    group = await desk(session)
    if group is not None:
        channel = event.data["channel"]
        text = texts.paused(newsroom.label(channel), event.data["why"])
        keyboard = [[(texts.RESUME_CHANNEL, f"d:resume:{channel}")]]
        await _alert(newsroom, session, group, text, keyboard, ref=f"pause:{channel}")


async def _resumed(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    group = await desk(session)
    if group is not None:
        channel = event.data["channel"]
        text = texts.resumed(newsroom.label(channel))
        await _alert(newsroom, session, group, text, ref=f"pause:{channel}")


async def _erasure_requested(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    group = await desk(session)
    submission, _, title = await _case(session, event)
    if group is not None:
        text = texts.erasure_requested(submission.receipt or "", title)
        keyboard = [[(texts.RETRACT, f"d:away:{submission.id}")]]
        await _alert(newsroom, session, group, text, keyboard)


async def _not_told(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    group = await desk(session)
    if group is None or not await once.first(session, f"untold:{event.id}", now=newsroom.clock()):
        return
    number = ""
    with suppress(NoResultFound):
        submission = await cards.submission_of(session, event)
        number = (submission and submission.receipt) or ""
    await _alert(newsroom, session, group, texts.not_told(number, event.id))


async def _alert(
    newsroom: Newsroom,
    session: AsyncSession,
    group: Desk,
    text: str,
    keyboard: Keyboard = (),
    *,
    ref: str | None = None,
) -> None:
    """Tell the moderators of trouble."""
    now, topic = newsroom.clock(), Topic.TROUBLE
    await outbox.say(session, group.chat_id, text, keyboard, now=now, ref=ref, topic=topic)


async def _case(session: AsyncSession, event: History) -> tuple[Submission, Participant, str]:
    submission = await cards.submission_of(session, event)
    assert submission is not None
    author = await session.get_one(Participant, submission.participant_id)
    return submission, author, await authors.title_of(session, submission)


_ASKED: Final = (OperationState.UNCONFIRMED, OperationState.FAILED, OperationState.MISSED)
_TELLERS: Final[Mapping[str, Teller]] = {
    "drafted": _card,
    "edited": _card,
    "accepted": _and_card(authors.accepted),
    "rejected": _and_card(authors.rejected),
    "changes_requested": _and_card(authors.changes_requested),
    "withdrawn": _withdrawn,
    "published": _and_card(authors.published),
    "corrected": _and_card(authors.corrected),
    "retracted": _and_card(authors.retracted),
    "claimed": authors.claimed,
    "asked": authors.asked,
    "answered": _answered,
    "retraction_requested": _retraction_requested,
    "failed": _trouble,
    "missed": _trouble,
    "doubtful": _trouble,
    "stray": _stray,
    "confirmed": _refreshed,
    "rescheduled": _and_card(authors.rescheduled),
    "cancelled": _and_card(authors.annulled),
    "held": _refreshed,
    "let_go": _refreshed,
    "paused": _paused,
    "resumed": _resumed,
    "release_recorded": _refreshed,
    "alts_accepted": _refreshed,
    "approved_once": _refreshed,
    "approved_again": _refreshed,
    "taken_down": _refreshed,
    "erasure_requested": _erasure_requested,
}
