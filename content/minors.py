"""Minors in pictures: none goes out without the parents' release."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record
from content.people import Moderator
from content.submissions import Revision

_LETTERS: Final = 8


class Release(SQLModel, table=True):
    """That a release for a revision's pictures reached the newsroom by other means."""

    revision_id: int = Field(primary_key=True, foreign_key="revision.id")
    moderator_id: int = Field(foreign_key="moderator.id")
    recorded_at: datetime


class NoRelease(Exception):
    """The pictures show minors, and nobody said that there is a release."""


def pictures(media: Iterable[Mapping[str, Any]]) -> bool:
    """Whether people can be seen in any of some media: photos and videos."""
    return any(str(one.get("mime", "")).startswith(("image/", "video/")) for one in media)


def seen_in(media: Iterable[Mapping[str, Any]]) -> str:
    """Return what names the pictures in some media for short, "" where people are seen in none.

    What was said of some pictures was not said of others.
    """
    hashes = [str(one["sha256"]) for one in media if pictures([one])]
    return hashlib.sha256(" ".join(hashes).encode()).hexdigest()[:_LETTERS] if hashes else ""


async def lacks_release(session: AsyncSession, revision: Revision) -> bool:
    """Whether a revision's pictures show minors and nobody has a release."""
    if not revision.minors or revision.release:
        return False
    return await session.get(Release, revision.id) is None


async def record_release(
    session: AsyncSession, revision: Revision, moderator: Moderator, *, now: datetime
) -> bool:
    """Note that a moderator has the release; False when none was lacking."""
    if not await lacks_release(session, revision):
        return False
    session.add(Release(revision_id=revision.id, moderator_id=moderator.id, recorded_at=now))
    await session.flush()
    await record(
        session,
        "submission",
        revision.submission_id,
        "release_recorded",
        by=Actor("moderator", moderator.id),
        now=now,
        data={"revision": revision.number},
    )
    return True
