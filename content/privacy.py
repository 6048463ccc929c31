"""What a person may ask of their data, and how long anything is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import col, exists, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import consents, personal, planning
from content.articles import Article
from content.deliveries import Action, Delivery, Operation
from content.history import NEWSROOM, Actor, History, NotAllowed, change_state, record
from content.people import Participant
from content.standing import left, operations_of
from content.store import locked
from content.submissions import Submission
from content.workflow import SUBMISSION, UNSENT, OperationState, SubmissionState

KEPT: Final = {
    "inbox": timedelta(days=30),
    "outbox": timedelta(days=30),
    "drafts": timedelta(days=180),
    "declined": timedelta(days=730),
    "files": timedelta(days=7),
}
"""For how long each thing is kept once it is no longer needed; docs/privacy.md says it in words."""

_AT_ONCE: Final = 200
_DECLINED: Final = (SubmissionState.REJECTED, SubmissionState.WITHDRAWN)


async def withhold(
    session: AsyncSession, person: Participant, purpose: str, page: str | None, *, now: datetime
) -> int:
    """Take consent to a purpose back and call off what is planned for it; how many posts.

    Without the channel named `page`, which all posts link to, nothing goes out at all.
    """
    await _all_in_hand(session, person)
    if not await consents.withdraw(session, person, purpose, now=now):
        return 0
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .join(Submission, col(Submission.id) == col(Article.submission_id))
        .where(
            Submission.participant_id == person.id,
            col(Operation.state).in_(UNSENT),
            Operation.action != Action.DELETE,  # what takes a post away is what they want
        )
        .order_by(col(Operation.id))
    )
    if purpose != page:
        query = query.where(Operation.channel == purpose)
    by = Actor("participant", person.id)
    return await _cancel(session, (await session.exec(query)).all(), by=by, now=now)


async def erase(session: AsyncSession, person: Participant, *, now: datetime) -> list[str]:
    """Forget a person; return the receipts of what is out, which only people can retract.

    Nothing more of them goes out. What is not out is withdrawn and emptied; for the rest the
    newsroom is told that the person asks for it, and each case is emptied as soon as nothing of it
    stands any more (content.endings). Who is blocked keeps the Telegram id that the block needs,
    and nothing else.
    """
    await _all_in_hand(session, person)
    by = Actor("participant", person.id)
    out: list[str] = []
    gone: list[Submission] = []
    for purpose in sorted(await consents.given(session, person.id)):
        await consents.withdraw(session, person, purpose, now=now)
    for submission in await _cases(session, person):
        await _drop_posts(session, submission, by=by, now=now)
        if await _is_out(session, submission):
            out.append(submission.receipt or "")
            number = submission.id
            await record(session, "submission", number, "erasure_requested", by=by, now=now)
            continue
        await call_off_case(session, submission, by=by, now=now)
        gone.append(submission)
    await _emptied(session, gone, now=now)
    if person.blocked_at is None:
        person.telegram_id = -person.id  # no person has a negative id on Telegram
    person.name, person.erased_at = "", now
    person.organisation = person.municipality = person.province = person.language = None
    session.add(person)
    await record(session, "participant", person.id, "erased", by=by, now=now)
    return out


async def reach(session: AsyncSession, person: Participant) -> tuple[int, int]:
    """Return how many of a person's cases are out, and how many others there are."""
    cases = await _cases(session, person)
    out = sum([await _is_out(session, one) for one in cases])
    return out, len(cases) - out


async def call_off_case(
    session: AsyncSession, submission: Submission, *, by: Actor, now: datetime
) -> None:
    """Withdraw a case that is not out, and drop what was planned of it."""
    await locked(session, submission)  # a moderator may have decided a moment ago
    await _drop_posts(session, submission, by=by, now=now)
    to = SubmissionState.WITHDRAWN
    if to in SUBMISSION[submission.state]:
        await change_state(session, submission, SUBMISSION, to, verb="withdrawn", by=by, now=now)


async def erase_abandoned(session: AsyncSession, *, now: datetime) -> int:
    """Withdraw and empty the drafts that nobody touched for a long time; return how many."""
    query = select(Submission).where(
        Submission.state == SubmissionState.DRAFT, _untouched(now - KEPT["drafts"])
    )
    found = (await session.exec(query.order_by(col(Submission.id)).limit(_AT_ONCE))).all()
    for submission in found:
        await call_off_case(session, submission, by=NEWSROOM, now=now)
    return await _emptied(session, found, now=now)


async def erase_declined(session: AsyncSession, *, now: datetime) -> int:
    """Empty the cases that were declined or withdrawn long ago; return how many.

    What came out before it was withdrawn stays until people retract it.
    """
    query = select(Submission).where(
        col(Submission.state).in_(_DECLINED),
        ~exists().where(
            col(History.noun) == "submission",
            col(History.noun_id) == col(Submission.id),
            col(History.verb) == "emptied",
        ),
        _untouched(now - KEPT["declined"]),
    )
    found = (await session.exec(query.order_by(col(Submission.id)).limit(_AT_ONCE))).all()
    return await _emptied(
        session, [one for one in found if not await _is_out(session, one)], now=now
    )


async def _emptied(session: AsyncSession, found: Sequence[Submission], *, now: datetime) -> int:
    await personal.empty(session, [one.id for one in found])
    for one in found:
        await record(session, "submission", one.id, "emptied", by=NEWSROOM, now=now)
    return len(found)


def _untouched(since: datetime) -> ColumnElement[bool]:
    """Return the condition that nothing happened to a case since a moment."""
    last = select(func.max(History.at)).where(
        History.noun == "submission", History.noun_id == col(Submission.id)
    )
    return last.correlate(Submission).scalar_subquery() < since


async def _all_in_hand(session: AsyncSession, person: Participant) -> None:
    """Take all articles of a person, as deliveries.in_hand, before what they consent to.

    A sender wants both, in this order.
    """
    query = (
        select(Article.id)
        .join(Submission, col(Submission.id) == col(Article.submission_id))
        .where(Submission.participant_id == person.id)
        .order_by(col(Article.id))
    )
    await session.exec(query.with_for_update(of=Article, key_share=True))


async def _cases(session: AsyncSession, person: Participant) -> Sequence[Submission]:
    query = select(Submission).where(Submission.participant_id == person.id)
    return (await session.exec(query.order_by(col(Submission.id)))).all()


async def _is_out(session: AsyncSession, submission: Submission) -> bool:
    """Whether anything of a case is out, or may be, and nobody saw to it."""
    return bool(left(await operations_of(session, submission.id, locked=False)))


async def _drop_posts(
    session: AsyncSession, submission: Submission, *, by: Actor, now: datetime
) -> None:
    """Drop what was planned of a case, but for what takes a post away."""
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .where(
            Article.submission_id == submission.id,
            col(Operation.state).in_(UNSENT),
            Operation.action != Action.DELETE,
        )
        .order_by(col(Operation.id))
    )
    await _cancel(session, (await session.exec(query)).all(), by=by, now=now)


async def _cancel(
    session: AsyncSession, operations: Sequence[Operation], *, by: Actor, now: datetime
) -> int:
    count = 0
    for operation in operations:
        await session.refresh(operation)
        if operation.state not in UNSENT:  # it went with the page that it waited for
            count += operation.state is OperationState.CANCELLED
            continue
        try:
            await planning.drop(session, operation.id, by=by, now=now)
        except NotAllowed:  # a worker took it a moment ago: it goes out as approved
            continue
        count += 1
    return count
