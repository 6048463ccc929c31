"""How the newsroom's work goes, in a few numbers: what waits, what came and went, how fast."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import col, exists, func, select, true
from sqlmodel.ext.asyncio.session import AsyncSession

from content.decisions import Decision, Verdict
from content.deliveries import Action, Operation
from content.queue import Filed
from content.submissions import Revision, waiting
from content.workflow import OperationState


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of a period; `oldest` is when the case that has waited longest was sent.

    `out` and `ahead` count posts by channel: published in the period, and planned from its end on.
    `median_wait` is from a case's sending to its decision, None where nothing was decided.
    """

    waiting: int
    oldest: datetime | None
    came: int
    decided: Mapping[Verdict, int]
    out: Mapping[str, int]
    ahead: Mapping[str, int]
    median_wait: timedelta | None


async def since(session: AsyncSession, begins: datetime, *, now: datetime) -> Tally:
    """Return the numbers from a moment until now.

    Of each sending one decision counts, the first: approving an edited piece again is none.
    """
    counted = select(func.count(col(Filed.id)))
    first = await waiting(session, limit=1)
    decided = await _decided(session, begins)
    waits = [(at - sent).total_seconds() for _, sent, at in decided]
    return Tally(
        waiting=(await session.exec(counted.where(col(Filed.waiting) == true()))).one(),
        oldest=first[0].submitted_at if first else None,
        came=(await session.exec(counted.where(col(Filed.sent_at) >= begins))).one(),
        decided=Counter(verdict for verdict, _, _ in decided),
        out=await _posts(session, OperationState.DONE, begins),
        ahead=await _posts(session, OperationState.SCHEDULED, now),
        median_wait=timedelta(seconds=median(waits)) if waits else None,
    )


async def _decided(
    session: AsyncSession, begins: datetime
) -> list[tuple[Verdict, datetime, datetime]]:
    """Return the decisions since a moment: what was decided, when it was sent, and when decided."""
    sent = (
        select(func.max(Revision.sent_at))
        .where(
            Revision.submission_id == col(Decision.submission_id),
            col(Revision.sent_at) <= col(Decision.decided_at),
        )
        .correlate(Decision)
        .scalar_subquery()
    )
    query = select(Decision, sent).where(
        col(Decision.decided_at) >= begins, Decision.verdict != Verdict.APPROVED_ONCE
    )
    found = []
    for decision, at in (await session.exec(query)).all():
        if at is not None and not await _decided_before(session, decision, at):
            found.append((decision.verdict, at, decision.decided_at))
    return found


async def _decided_before(session: AsyncSession, decision: Decision, sent: datetime) -> bool:
    if decision.number == 1:
        return False
    before = exists().where(
        col(Decision.submission_id) == decision.submission_id,
        col(Decision.number) < decision.number,
        col(Decision.decided_at) >= sent,
        col(Decision.verdict) != Verdict.APPROVED_ONCE,
    )
    return bool((await session.exec(select(before))).one())


async def _posts(session: AsyncSession, state: OperationState, begins: datetime) -> dict[str, int]:
    at = Operation.settled_at if state is OperationState.DONE else Operation.due_at
    query = (
        select(Operation.channel, func.count(col(Operation.id)))
        .where(Operation.state == state, Operation.action == Action.CREATE, col(at) >= begins)
        .group_by(col(Operation.channel))
    )
    return dict((await session.exec(query)).all())
