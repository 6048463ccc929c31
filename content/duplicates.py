"""Near-duplicates: the same words, or the same body with a title much alike."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from rapidfuzz.fuzz import token_set_ratio
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.fingerprints import fingerprint
from content.submissions import Revision, Submission
from content.workflow import SubmissionState

WINDOW: Final = timedelta(days=90)
ALIKE: Final = 90.0
"""From this ratio of 100 on, two titles say the same."""
_GONE: Final = (SubmissionState.DRAFT, SubmissionState.WITHDRAWN)


async def alike(
    session: AsyncSession, submission: Submission, revision: Revision, *, now: datetime
) -> list[Submission]:
    """Return other cases, sent in the 90 days before, that a revision seems to tell again.

    For a revision sent already, those sent before it. The oldest come first.
    """
    at, mark = revision.sent_at or now, fingerprint(revision.text)
    query = (
        select(Submission, Revision)
        .join(Revision, col(Revision.submission_id) == col(Submission.id))
        .where(
            col(Submission.id) != submission.id,
            col(Submission.state).not_in(_GONE),
            col(Revision.sent_at) < at,
            col(Revision.sent_at) > at - WINDOW,
            or_(
                col(Revision.fingerprint) == mark,
                col(Revision.organisation) == revision.organisation,
            ),
        )
        .order_by(col(Revision.id))
    )
    found = (await session.exec(query)).all()
    return _once([one for one, told in found if told.fingerprint == mark or _same(told, revision)])


def _same(one: Revision, other: Revision) -> bool:
    titles = one.title.casefold(), other.title.casefold()
    return all(titles) and token_set_ratio(*titles) >= ALIKE


def _once(cases: Sequence[Submission]) -> list[Submission]:
    return list({one.id: one for one in cases}.values())
