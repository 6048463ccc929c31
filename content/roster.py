"""Who the newsroom knows: participants, a page at a time, and its own members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import entry
from content.consents import Permission
from content.history import Actor, record
from content.people import OURSELVES, Lab, Moderator, Participant, Role
from content.roles import Deed, may, may_invite
from content.submissions import Submission
from content.workflow import SubmissionState

PAGE: Final = 50


class TheLastAdministrator(Exception):
    """Nobody would be left to appoint others."""


class AboveOneself(Exception):
    """Who asks may not give, or take away, that role."""


@dataclass(frozen=True, slots=True)
class Known:
    """A participant with the Lab they are in, what they consent to, and how many cases they sent.

    `consents` are purposes: channels, and the e-book.
    """

    person: Participant
    lab: str | None
    consents: tuple[str, ...]
    cases: int


async def participants(
    session: AsyncSession,
    *,
    words: str = "",
    blocked: bool = False,
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Known], int | None]:
    """Return a page of participants, the newest first, and the key of the next page if any.

    `words` must all be in the name, the body or the municipality; `before` is the key that the
    page before gave.
    """
    query = (
        select(Participant, Lab.title)
        .join(Lab, col(Lab.id) == col(Participant.lab_id), isouter=True)
        .where(col(Participant.telegram_id) != OURSELVES)
    )
    for word in words.split():
        fields = (Participant.name, Participant.organisation, Participant.municipality)
        query = query.where(or_(*[col(one).icontains(word, autoescape=True) for one in fields]))
    if blocked:
        query = query.where(col(Participant.blocked_at).is_not(None))
    if before is not None:
        query = query.where(col(Participant.id) < before)
    found = (await session.exec(query.order_by(col(Participant.id).desc()).limit(limit + 1))).all()
    ids = [person.id for person, _ in found[:limit]]
    consents, cases = await _consents(session, ids), await _cases(session, ids)
    page = [
        Known(person, lab, consents.get(person.id, ()), cases.get(person.id, 0))
        for person, lab in found[:limit]
    ]
    return page, ids[-1] if len(found) > limit else None


async def members(session: AsyncSession) -> Sequence[Moderator]:
    """Return everybody who is or was of the newsroom: the present ones first, by role and name."""
    found = (await session.exec(select(Moderator))).all()
    return sorted(found, key=lambda one: (not one.active, -one.role.rank, one.name.casefold()))


async def change_role(
    session: AsyncSession, member: Moderator, role: Role, *, by: Moderator, now: datetime
) -> bool:
    """Give a member of the newsroom another role; False when they have it.

    Raises AboveOneself, TheLastAdministrator.
    """
    if not may(by.role, Deed.APPOINT) or not may_invite(by.role, role):
        raise AboveOneself
    if member.role is role and member.active:
        return False
    if role is not Role.ADMINISTRATOR:
        await _require_another(session, member)
    data = {"before": member.role, "role": role}
    member.role, member.active = role, True
    session.add(member)
    await _note(session, member, "appointed", by, now, data)
    return True


async def dismiss(
    session: AsyncSession, member: Moderator, reason: str, *, by: Moderator, now: datetime
) -> bool:
    """Let a member of the newsroom go, from every browser at once; False when they had left.

    Raises AboveOneself, TheLastAdministrator.
    """
    if not may(by.role, Deed.APPOINT):
        raise AboveOneself
    if not member.active:
        return False
    await _require_another(session, member)
    member.active = False
    session.add(member)
    await entry.close_all(session, member.id, now=now)
    await _note(session, member, "dismissed", by, now, {"reason": reason})
    return True


async def _require_another(session: AsyncSession, member: Moderator) -> None:
    query = (
        select(Moderator.id)
        .where(Moderator.role == Role.ADMINISTRATOR, col(Moderator.active))
        .with_for_update()
    )
    administrators = (await session.exec(query)).all()
    if list(administrators) == [member.id]:
        raise TheLastAdministrator


async def _note(
    session: AsyncSession,
    member: Moderator,
    verb: str,
    by: Moderator,
    now: datetime,
    data: Mapping[str, str],
) -> None:
    who = Actor("moderator", by.id)
    await record(session, "moderator", member.id, verb, by=who, now=now, data=data)


async def _consents(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    query = select(Permission.participant_id, Permission.purpose).where(
        col(Permission.participant_id).in_(ids), col(Permission.withdrawn_at).is_(None)
    )
    found: dict[int, list[str]] = {}
    for person_id, purpose in (await session.exec(query)).all():
        found.setdefault(person_id, []).append(purpose)
    return {person_id: tuple(sorted(set(purposes))) for person_id, purposes in found.items()}


async def _cases(session: AsyncSession, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Submission.participant_id, func.count())
        .where(
            col(Submission.participant_id).in_(ids),
            col(Submission.state) != SubmissionState.DRAFT,
        )
        .group_by(col(Submission.participant_id))
    )
    return dict((await session.exec(query)).all())
