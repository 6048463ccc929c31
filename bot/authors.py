"""What authors are told unasked of their cases: each step, once, in their own language."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import cards, correspondence, outbox, texts, unheard
from bot.conversation import conversation, open_draft
from bot.outbox import Keyboard, said_since
from bot.turn import Newsroom
from content import consents, deliveries, submissions
from content.articles import Article, of_submission
from content.deliveries import Operation
from content.history import Actor, History
from content.people import Participant
from content.standing import operations_of, standing
from content.submissions import Submission
from content.talk import Message
from content.workflow import UNSENT, ArticleState, OperationState, SubmissionState


@dataclass(frozen=True, slots=True)
class Told:
    """A case that something happened to, and its author."""

    newsroom: Newsroom
    session: AsyncSession
    submission: Submission
    author: Participant
    article: Article | None
    title: str

    @property
    def number(self) -> str:
        """The receipt."""
        return self.submission.receipt or ""

    async def say(self, text: str, keyboard: Keyboard = (), *, ref: str | None = None) -> None:
        """Tell the author, unless nobody knows any more who it was, or it is the newsroom."""
        if self.author.hears:
            now, chat = self.newsroom.clock(), self.author.telegram_id
            await outbox.say(self.session, chat, text, keyboard, now=now, ref=ref)

    async def said(self, ref: str) -> bool:
        """Whether the author was told this of the case before."""
        since = self.submission.created_at
        return await said_since(self.session, self.author.telegram_id, ref, since)

    async def links(self) -> list[tuple[str, str]]:
        """Return where the piece is, by the names of the channels."""
        if self.article is None:
            return []
        shown = deliveries.links(await deliveries.outlets(self.session, self.article.id))
        return [(self.newsroom.label(channel), address) for channel, address in shown.items()]


async def accepted(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """The piece is approved: when it goes out where."""
    async with _case(newsroom, session, event) as told:
        if told.article is None:
            return
        outlets = [
            (newsroom.label(one.channel), one)
            for one in await deliveries.outlets(session, told.article.id)
        ]
        await told.say(texts.accepted(told.number, told.title, outlets))


async def rejected(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """The piece is declined, and why."""
    async with _case(newsroom, session, event) as told:
        await told.say(texts.rejected(told.number, told.title, event.data["reason"]))


async def changes_requested(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """The newsroom asks for something: the author's next messages belong to this case."""
    async with _case(newsroom, session, event) as told:
        submission = told.submission
        talk = await conversation(session, told.author.telegram_id)
        if await open_draft(session, talk) is None:
            by = Actor("participant", told.author.id)
            await submissions.revise(session, submission, by=by, now=newsroom.clock())
            talk.turn_to(submission.id)
        text = texts.changes_requested(told.number, told.title, event.data["reason"])
        ref = f"{unheard.CHANGES}{submission.id}:{event.number}"  # none takes another's place
        await told.say(text, [[(texts.MODIFY, f"s:revise:{submission.id}")]], ref=ref)


async def claimed(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """Somebody reads the case: told once, and not when they have decided already."""
    async with _case(newsroom, session, event) as told:
        ref = f"claimed:{told.submission.id}"
        reading = told.submission.state is SubmissionState.IN_REVIEW
        if reading and not await told.said(ref):
            await told.say(texts.claimed(told.number, told.title), ref=ref)


async def rescheduled(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """A post goes out at another time, unless it was moved again, or goes out right now."""
    operation = await session.get_one(Operation, event.noun_id)
    stands = operation.state is OperationState.SCHEDULED
    if not stands or event.data.get("due") != operation.local_time:
        return
    async with _case(newsroom, session, event) as told:
        label = newsroom.label(operation.channel)
        await told.say(texts.rescheduled(told.number, label, operation.local_time))


async def annulled(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """Moderators annulled the last of what was to come out: told once, if nothing of it is out.

    Not while an edit waits for its approval, nor where the author took the consent back.
    """
    if event.noun != "operation" or event.actor != "moderator":
        return
    operation = await session.get_one(Operation, event.noun_id)
    async with _case(newsroom, session, event) as told:
        submission, article = told.submission, told.article
        approved = article is not None and article.state is ArticleState.APPROVED
        if article is None or not approved or submission.state is not SubmissionState.ACCEPTED:
            return
        everything = await operations_of(session, submission.id, locked=False)
        if standing(everything) or any(one.state in UNSENT for one in everything):
            return
        if operation.channel not in await consents.given(session, told.author.id):
            return
        ref = f"annulled:{submission.id}:{article.version}"
        if not await told.said(ref):
            await told.say(texts.annulled(told.number, told.title), ref=ref)


async def published(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """The piece is out: its links. Told again only when there are more of them."""
    async with _case(newsroom, session, event) as told:
        links = await told.links()
        ref = f"published:{told.submission.id}:{len(links)}"
        if not await told.said(ref):
            await told.say(texts.published(told.number, told.title, links), ref=ref)


async def corrected(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """What is out was corrected."""
    async with _case(newsroom, session, event) as told:
        await told.say(texts.corrected(told.number, told.title, await told.links()))


async def retracted(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """What was out was taken away."""
    async with _case(newsroom, session, event) as told:
        await told.say(texts.retracted(told.number, told.title))


async def asked(newsroom: Newsroom, session: AsyncSession, event: History) -> None:
    """The newsroom asks something inside the case."""
    message = await session.get_one(Message, event.data["message"])
    async with _case(newsroom, session, event) as told:
        first, *more = texts.pages(message.text)
        text = texts.newsroom_asks(told.number, told.title, first)
        keyboard = correspondence.reply_button(told.submission.id)
        await told.say(text, keyboard, ref=correspondence.ref_of(message))
        for part in more:
            await told.say(texts.quoted(part))


async def title_of(session: AsyncSession, submission: Submission) -> str:
    """Return what a case is called: as its article is or, before, as its author wrote."""
    article = await of_submission(session, submission.id)
    if article is not None:
        return article.title
    sent = await submissions.last_sent(session, submission)
    return (sent or await submissions.latest(session, submission)).title


@asynccontextmanager
async def _case(newsroom: Newsroom, session: AsyncSession, event: History) -> AsyncIterator[Told]:
    """Return the case that an event is about, speaking its author's language meanwhile."""
    submission = await cards.submission_of(session, event)
    assert submission is not None
    author = await session.get_one(Participant, submission.participant_id)
    article = await of_submission(session, submission.id)
    title = await title_of(session, submission)
    with texts.speaking(author.language):
        yield Told(newsroom, session, submission, author, article, title)
