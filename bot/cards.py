"""The moderators' card of a case: what it shows, its buttons, and how it follows the state."""

from collections.abc import Sequence
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import approvals, outbox, showing, texts
from bot.outbox import Keyboard, Topic
from bot.releases import remarks
from bot.turn import Newsroom
from content import accounts, deliveries, review
from content.approvals import may_be_approved
from content.articles import Article
from content.decisions import decision_of
from content.history import History
from content.media import Medium, MediumKind
from content.people import Participant, desk
from content.posts import Post, frozen
from content.standing import operations_of, standing
from content.submissions import Submission
from content.workflow import ArticleState, OperationState, SubmissionState
from publishers import mending

LONGEST_TEXT: Final = 2400
LONGEST_LEAD: Final = 400
IN_A_ROW: Final = 3
"""Buttons whose names can still be read beside each other on a phone."""
WAITING: Final = frozenset({SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW})


async def put(newsroom: Newsroom, session: AsyncSession, submission: Submission) -> None:
    """Send a case's card to the moderators' group: its pictures, then the card with buttons."""
    group, article = await desk(session), await review.article_under_review(session, submission)
    if group is None:
        return
    now = newsroom.clock()
    caption, topic = submission.receipt or "", Topic.REVIEW
    await showing.send(session, group.chat_id, article.media, caption, now=now, topic=topic)
    text, keyboard = await face(newsroom, session, submission, article)
    ref = ref_of(submission)
    await outbox.say(session, group.chat_id, text, keyboard, now=now, ref=ref, topic=topic)


async def refresh(
    newsroom: Newsroom, session: AsyncSession, submission: Submission, *, later: bool = False
) -> None:
    """Bring a case's card up to date; `later` than what people wait for."""
    group, article = await desk(session), await review.article_under_review(session, submission)
    if group is not None:
        text, keyboard = await face(newsroom, session, submission, article)
        await outbox.mend(
            session,
            group.chat_id,
            ref_of(submission),
            text,
            keyboard,
            now=newsroom.clock(),
            later=later,
        )


async def face(
    newsroom: Newsroom, session: AsyncSession, submission: Submission, article: Article
) -> tuple[str, Keyboard]:
    """Return a card's text and buttons, as the case stands."""
    author = await session.get_one(Participant, submission.participant_id)
    lines, more = await remarks(newsroom, session, submission, article)
    waits = may_be_approved(submission, article)
    if waits:
        posts = await newsroom.render(session, article)
        view = review.view_hash(posts)
        lacks, mends = await approvals.remarks(session, submission, article, view)
        lines = [*lines, *lacks, *await _remedies(newsroom, session, submission)]
        more = [*more, *mends, *buttons(submission, article, view, asks=author.hears)]
    else:
        posts = await frozen(session, article.id, article.version)
        more = await _calendar(newsroom, session, article)
    more = [*more, *await _retraction(session, submission, article)]
    text = texts.card(
        number=submission.receipt or "",
        kind=article.kind,
        organisation=article.organisation,
        author=author.name,
        title=article.title,
        lead=texts.excerpt(article.lead, LONGEST_LEAD),
        text=texts.excerpt(article.text, LONGEST_TEXT),
        sdgs=article.sdgs,
        link=article.link,
        photos=sum(Medium.model_validate(one).kind is MediumKind.PICTURE for one in article.media),
        note=str(article.drafted.get("note") or ""),
        remarks=[*lines, *await _costs(newsroom, session, posts)],
        state=await _standing(newsroom, session, submission, article),
    )
    talk = [ask(submission)] if author.hears else []
    return text, [*more, *previews(newsroom, submission), *talk]


def buttons(submission: Submission, article: Article, seen: str, *, asks: bool = True) -> Keyboard:
    """Return the buttons of a case that waits; each carries what was seen.

    `asks` is whether there is an author to ask for changes.
    """
    case = f"{submission.id}:{article.version}:{seen[:12]}"
    rows = [[(texts.APPROVE, f"d:ok:{case}"), (texts.APPROVE_NOW, f"d:now:{case}")]]
    if submission.state in WAITING:
        changes = [(texts.ASK_CHANGES, f"d:change:{case}")] if asks else []
        rows.append([*changes, (texts.DECLINE, f"d:no:{case}")])
    return rows


def ask(submission: Submission) -> list[tuple[str, str]]:
    """Return the row whose button writes to the author."""
    return [(texts.ASK_AUTHOR, f"d:talk:{submission.id}")]


def previews(newsroom: Newsroom, submission: Submission) -> Keyboard:
    """Return a button for each channel's preview, as many in a row as can be read."""
    buttons = [
        (f"👁 {publisher.label}", f"d:see:{submission.id}:{name}")
        for name, publisher in newsroom.publishers.items()
    ]
    return [buttons[at : at + IN_A_ROW] for at in range(0, len(buttons), IN_A_ROW)]


def readable(post: Post) -> str:
    """Return what a post will say, for reading in a chat."""
    link = post.link if post.link and post.link not in post.text else ""
    more = [texts.next_part(number, text) for number, text in enumerate(post.more, 2)]
    parts = [post.text, link, *more]
    return "\n\n".join(part for part in parts if part)


def ref_of(submission: Submission) -> str:
    """Name a case's card."""
    return f"card:{submission.id}"


async def submission_of(session: AsyncSession, event: History) -> Submission | None:
    """Return the case that a history row is about, None when it is about none."""
    match event.noun:
        case "submission":
            return await session.get(Submission, event.noun_id)
        case "article":
            article = await session.get_one(Article, event.noun_id)
        case "operation":
            article = await deliveries.article_of(session, event.noun_id)
        case _:
            return None
    return await session.get(Submission, article.submission_id)


async def _costs(newsroom: Newsroom, session: AsyncSession, posts: Sequence[Post]) -> list[str]:
    """Say what the posts cost, on channels that ask for money, and what the month has cost."""
    lines = []
    for post in posts:
        publisher = newsroom.publishers.get(post.channel)
        if publisher is not None and (price := publisher.cost(post)):
            now = newsroom.clock()
            spent = await accounts.spent(session, post.channel, publisher.prices, now=now)
            lines.append(texts.card_cost(publisher.label, price, spent, publisher.monthly_cap))
    return lines


async def _standing(
    newsroom: Newsroom, session: AsyncSession, submission: Submission, article: Article
) -> str:
    """Say what was decided and where the piece is, for a case that no longer waits."""
    if submission.state in WAITING:
        return ""
    decided = await decision_of(session, submission)
    lines = [
        texts.card_state(
            submission.state,
            decided[1].name if decided else "",
            decided[0].reason if decided else None,
        )
    ]
    outlets = await deliveries.outlets(session, article.id)
    lines += [texts.card_outlet(newsroom.label(one.channel), one) for one in outlets]
    if any(one.state is OperationState.SCHEDULED for one in outlets):
        lines.append(texts.CALENDAR_LEGEND)
    return "\n".join(lines)


async def _remedies(newsroom: Newsroom, session: AsyncSession, submission: Submission) -> list[str]:
    """Say where the browser lets one choose what to do about a post that is out."""
    there = standing(await operations_of(session, submission.id, locked=False))
    out = {one.made.channel for one in there if not one.is_leaving}
    labels = [
        publisher.label
        for name, publisher in newsroom.publishers.items()
        if name in out and len(mending.remedies(publisher, page=name == newsroom.page_channel)) > 1
    ]
    link = f"{newsroom.console}/scheda/{submission.id}" if newsroom.console else ""
    return [texts.card_remedies(labels, link)] if labels else []


async def _retraction(session: AsyncSession, submission: Submission, article: Article) -> Keyboard:
    """Return the button that takes a piece down, where there is something to take down."""
    if article.state is ArticleState.RETRACTED or submission.state in WAITING:
        return []
    there = standing(await operations_of(session, submission.id, locked=False))
    return [[(texts.RETRACT, f"d:away:{submission.id}")]] if there else []


async def _calendar(newsroom: Newsroom, session: AsyncSession, article: Article) -> Keyboard:
    """Return a row of buttons for each operation that is still to go out.

    The page has no place of its own to move from: it goes with those that link to it.
    """
    rows = []
    for one in await deliveries.outlets(session, article.id):
        if one.state is not OperationState.SCHEDULED or one.action is deliveries.Action.DELETE:
            continue
        label = newsroom.label(one.channel)
        row = [
            (texts.LET_GO.format(label), f"d:free:{one.operation_id}")
            if one.hold_reason
            else (texts.HOLD.format(label), f"d:hold:{one.operation_id}"),
            (texts.CANCEL.format(label), f"d:drop:{one.operation_id}"),
        ]
        if one.channel != newsroom.page_channel:
            row.insert(0, (texts.MOVE.format(label), f"d:move:{one.operation_id}"))
        rows.append(row)
    return rows
