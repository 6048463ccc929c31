"""One case from the first message to its permalinks: everything that is known of it, in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import registry, talk, versions
from content.articles import of_submission
from content.decisions import Decision
from content.deliveries import Attempt, Delivery, Operation
from content.dossier import sent_revisions
from content.history import History
from content.registry import Entry, Wanted
from content.submissions import Revision, Submission
from content.talk import Message
from content.versions import ArticleVersion

MOST: Final = 1000
"""Of a case's record, so many rows are shown, the newest."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing at one time: a row of the record, with what belongs to it.

    `revision` is what the author sent, `version` what the article said from then on, `decision`
    what was decided, `message` what was said; `channel` is where an operation is, `attempts` its
    tries so far, where it was the operation's last row, and `permalink` where it led.
    """

    row: History
    who: str | None
    revision: Revision | None = None
    version: ArticleVersion | None = None
    decision: Decision | None = None
    message: Message | None = None
    channel: str | None = None
    attempts: Sequence[Attempt] = field(default=())
    permalink: str | None = None


async def of_case(session: AsyncSession, submission: Submission) -> list[Moment]:
    """Return everything that happened to a case, the first thing first."""
    wanted = Wanted(receipt=submission.receipt or "")
    entries, _ = await registry.page(session, wanted, limit=MOST)
    article = await of_submission(session, submission.id)
    number = article.id if article else 0
    known = _Known(
        revisions={one.number: one for one in await sent_revisions(session, submission.id)},
        versions={one.version: one for one in await versions.of(session, number)},
        decisions=await _decisions(session, submission.id),
        messages={one.id: one for one in await talk.said(session, submission)},
        operations=await _operations(session, number),
    )
    attempts = await _attempts(session, list(known.operations))
    last = {one.row.noun_id: one.row.id for one in reversed(entries) if _is_operation(one.row)}
    return [
        _moment(one, known, attempts.get(one.row.noun_id, ()), last) for one in reversed(entries)
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    revisions: Mapping[int, Revision]
    versions: Mapping[int, ArticleVersion]
    decisions: Mapping[str, Decision]
    messages: Mapping[int, Message]
    operations: Mapping[int, Operation]


def _moment(
    entry: Entry, known: _Known, attempts: Sequence[Attempt], last: Mapping[int, int]
) -> Moment:
    row = entry.row
    operation = known.operations.get(row.noun_id) if _is_operation(row) else None
    ended = operation is not None and last.get(row.noun_id) == row.id
    told = row.data.get("revision") if row.verb == "received" else None
    return Moment(
        row,
        entry.who,
        revision=known.revisions.get(told) if isinstance(told, int) else None,
        version=known.versions.get(row.data.get("version", 0)) if row.noun == "article" else None,
        decision=known.decisions.get(str(row.data.get("decision"))),
        message=known.messages.get(row.data.get("message", 0)),
        channel=operation.channel if operation else None,
        attempts=attempts if ended else (),
        permalink=operation.permalink if operation and ended else None,
    )


def _is_operation(row: History) -> bool:
    return row.noun == "operation"


async def _decisions(session: AsyncSession, submission_id: int) -> dict[str, Decision]:
    query = select(Decision).where(Decision.submission_id == submission_id)
    return {one.sha256: one for one in (await session.exec(query)).all()}


async def _operations(session: AsyncSession, article_id: int) -> dict[int, Operation]:
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(Delivery.article_id == article_id)
    )
    return {one.id: one for one in (await session.exec(query)).all()}


async def _attempts(session: AsyncSession, operations: Sequence[int]) -> dict[int, list[Attempt]]:
    query = select(Attempt).where(col(Attempt.operation_id).in_(operations))
    found: dict[int, list[Attempt]] = {}
    for one in (await session.exec(query.order_by(col(Attempt.number)))).all():
        found.setdefault(one.operation_id, []).append(one)
    return found
