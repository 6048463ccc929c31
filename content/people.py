"""The people of the newsroom: who tells, who moderates, what they agreed to."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import NEWSROOM, Actor, record
from content.store import by_value, telegram_id

NOTICE_VERSION: Final = "2026-12"
LICENCE: Final = "CC BY 4.0"
"""Under which pictures are given: https://creativecommons.org/licenses/by/4.0/deed.it"""
INVITATION_DAYS: Final = 7
DESK_ID: Final = 1
OURSELVES: Final = 0
"""The Telegram id of the newsroom as the author of its own pieces: no chat has it."""


class Role(StrEnum):
    """What a member of the newsroom is, each one more than the one before; see content.roles."""

    MODERATOR = "moderator"
    CHIEF_EDITOR = "chief_editor"
    ADMINISTRATOR = "administrator"

    @property
    def rank(self) -> int:
        """How high it is."""
        return list(Role).index(self)


class Lab(SQLModel, table=True):
    """A Lab: the course of work that participants belong to and an e-book closes.

    `approvals` is how many moderators must approve what is told in it, `theme` what it is about.
    """

    __table_args__ = (CheckConstraint("approvals BETWEEN 1 AND 2", name="lab_approvals_known"),)

    id: int = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    title: str
    year: int
    theme: str = Field(default="", sa_column_kwargs={"server_default": ""})
    approvals: int = 1
    created_at: datetime


class Participant(SQLModel, table=True):
    """A person who tells; `organisation` is the body they last spoke for.

    Since `ai_refused_at` no model reads what they send; since `erased_at` nobody knows who it was.
    """

    id: int = Field(default=None, primary_key=True)
    telegram_id: int = telegram_id(unique=True)
    name: str
    language: str | None = None
    organisation: str | None = None
    municipality: str | None = None
    province: str | None = None
    lab_id: int | None = Field(default=None, foreign_key="lab.id")
    blocked_at: datetime | None = None
    blocked_reason: str | None = None
    ai_refused_at: datetime | None = None
    erased_at: datetime | None = None
    created_at: datetime

    @property
    def hears(self) -> bool:
        """Whether there is anybody to ask or to tell: not the newsroom, nor who is forgotten."""
        return self.erased_at is None and self.telegram_id != OURSELVES


class Moderator(SQLModel, table=True):
    """A member of the newsroom."""

    id: int = Field(default=None, primary_key=True)
    telegram_id: int = telegram_id(unique=True)
    name: str
    role: Role = Field(sa_column=by_value(Role))
    active: bool = True
    created_at: datetime


class Consent(SQLModel, table=True):
    """That a participant accepted one version of the privacy notice, and its licence."""

    __table_args__ = (UniqueConstraint("participant_id", "notice_version"),)

    id: int = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    notice_version: str
    licence: str = LICENCE
    given_at: datetime


class Invitation(SQLModel, table=True):
    """A one-time link into the newsroom; only the hash of its code is kept."""

    id: int = Field(default=None, primary_key=True)
    code_sha256: str = Field(unique=True)
    role: Role = Field(sa_column=by_value(Role))
    expires_at: datetime
    used_at: datetime | None = None
    created_at: datetime


class Desk(SQLModel, table=True):
    """The moderators' group, tied to the newsroom by an administrator; one row."""

    id: int = Field(default=DESK_ID, primary_key=True)
    chat_id: int = telegram_id()
    title: str
    tied_at: datetime


async def meet(
    session: AsyncSession,
    telegram_id: int,
    name: str,
    *,
    now: datetime,
    language: str | None = None,
) -> Participant:
    """Return the participant with this Telegram id, made at the first meeting.

    `language` is an IETF tag, the language that they have Telegram in.
    """
    found = await participant(session, telegram_id)
    if found is not None:
        if language is not None and found.language != language and found.erased_at is None:
            found.language = language
        if found.name != name and found.erased_at is None:
            found.name = name
        return found
    person = Participant(telegram_id=telegram_id, name=name, language=language, created_at=now)
    session.add(person)
    await session.flush()
    by = Actor("participant", person.id)
    await record(session, "participant", person.id, "met", by=by, now=now)
    return person


async def participant(session: AsyncSession, telegram_id: int) -> Participant | None:
    """Return the participant with this Telegram id, None when they never wrote."""
    query = select(Participant).where(Participant.telegram_id == telegram_id)
    return (await session.exec(query)).first()


def remember(
    person: Participant, organisation: str | None, municipality: str | None, province: str | None
) -> None:
    """Keep the body a person spoke for, to be offered the next time."""
    person.organisation, person.municipality = organisation, municipality
    person.province = province


async def consent(session: AsyncSession, person: Participant, *, now: datetime) -> bool:
    """Record that a person accepts the present notice; False when they already had."""
    if await consented(session, person):
        return False
    session.add(Consent(participant_id=person.id, notice_version=NOTICE_VERSION, given_at=now))
    await record(
        session,
        "participant",
        person.id,
        "consented",
        by=Actor("participant", person.id),
        now=now,
        data={"notice": NOTICE_VERSION},
    )
    return True


async def consented(session: AsyncSession, person: Participant) -> bool:
    """Whether a person accepted the present privacy notice."""
    found = await session.exec(
        select(Consent.id).where(
            Consent.participant_id == person.id, Consent.notice_version == NOTICE_VERSION
        )
    )
    return found.first() is not None


async def invite(session: AsyncSession, role: Role, *, by: Actor, now: datetime) -> str:
    """Make a one-time invitation and return its code, which is stored nowhere."""
    code = secrets.token_urlsafe(16)
    row = Invitation(
        code_sha256=_digest(code),
        role=role,
        expires_at=now + timedelta(days=INVITATION_DAYS),
        created_at=now,
    )
    session.add(row)
    await session.flush()
    await record(session, "invitation", row.id, "invited", by=by, now=now, data={"role": role})
    return code


async def redeem(
    session: AsyncSession, code: str, telegram_id: int, name: str, *, now: datetime
) -> Moderator | None:
    """Let the bearer of a code into the newsroom, once; None when the code is not good."""
    row = (
        await session.exec(select(Invitation).where(Invitation.code_sha256 == _digest(code)))
    ).first()
    if row is None:
        return None
    used = await session.exec(
        update(Invitation)
        .where(
            col(Invitation.id) == row.id,
            col(Invitation.used_at).is_(None),
            col(Invitation.expires_at) > now,
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:
        return None
    return await appoint(session, telegram_id, name, row.role, now=now)


async def appoint(
    session: AsyncSession, telegram_id: int, name: str, role: Role, *, now: datetime
) -> Moderator:
    """Give a person a role in the newsroom; who has a higher one keeps it."""
    member = await moderator(session, telegram_id, active_only=False)
    if member is None:
        member = Moderator(telegram_id=telegram_id, name=name, role=role, created_at=now)
        session.add(member)
    else:
        member.active = True
        if role.rank > member.role.rank:
            member.role = role
    await session.flush()
    await record(
        session, "moderator", member.id, "appointed", by=NEWSROOM, now=now, data={"role": role}
    )
    return member


async def moderator(
    session: AsyncSession, telegram_id: int, *, active_only: bool = True
) -> Moderator | None:
    """Return the newsroom's member with this Telegram id."""
    query = select(Moderator).where(Moderator.telegram_id == telegram_id)
    if active_only:
        query = query.where(col(Moderator.active))
    return (await session.exec(query)).first()


async def has_administrator(session: AsyncSession) -> bool:
    """Whether the newsroom has anyone who can invite others."""
    query = select(Moderator.id).where(Moderator.role == Role.ADMINISTRATOR, col(Moderator.active))
    return (await session.exec(query)).first() is not None


async def desk(session: AsyncSession) -> Desk | None:
    """Return the moderators' group, None before it is tied."""
    return await session.get(Desk, DESK_ID)


async def tie_desk(
    session: AsyncSession, chat_id: int, title: str, *, by: Actor, now: datetime
) -> Desk:
    """Make a group the moderators' desk, in place of the one before."""
    row = await desk(session)
    if row is None:
        row = Desk(chat_id=chat_id, title=title, tied_at=now)
        session.add(row)
    else:
        row.chat_id, row.title, row.tied_at = chat_id, title, now
    await session.flush()
    await record(session, "desk", DESK_ID, "tied", by=by, now=now, data={"chat_id": chat_id})
    return row


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
