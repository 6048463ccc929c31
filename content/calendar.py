"""The calendar: what goes out when, what stands in its way, and where there is room."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import silence
from content.articles import Article
from content.channels import Channel
from content.deliveries import Action, Delivery, Operation
from content.silence import Blackout
from content.slots import ROME, midnight
from content.workflow import GIVEN_UP, OperationState

MOST: Final = 400
"""More than this in one view no person reads: the first are shown, and that there are more."""
_STANDING: Final = [state for state in OperationState if state is not OperationState.CANCELLED]


class Conflict(StrEnum):
    """What stands in the way of an operation at its time."""

    BLACKOUT = "blackout"
    QUIET = "quiet"
    GAP = "gap"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation in the calendar, with the case that it is of.

    `local_time` is ISO without a zone, as people in Rome say it; `due_at` the same in UTC;
    `follows` tells that it goes with the earliest of the posts that wait for it; `conflicts` are
    what stands in its way; it is `part` of `parts` of a thread;
    `is_asked` tells that people are asked whether it is done, after so many `tries`.
    """

    operation_id: int
    submission_id: int
    title: str
    channel: str
    action: Action
    state: OperationState
    local_time: str
    due_at: datetime
    organisation: str = ""
    hold_reason: str | None = None
    permalink: str | None = None
    problem: str | None = None
    post_id: int = 0
    has_place: bool = False
    follows: bool = False
    conflicts: tuple[Conflict, ...] = ()
    part: int = 1
    parts: int = 1
    is_asked: bool = False
    tries: int = 0

    @property
    def day(self) -> date:
        """The day it is planned for, in Rome."""
        return self.due_at.astimezone(ROME).date()

    @property
    def is_open(self) -> bool:
        """Whether it may still be moved or held."""
        return self.state is OperationState.SCHEDULED

    @property
    def is_given_up(self) -> bool:
        """Whether it did not go out, and a person says what becomes of it."""
        return self.state in GIVEN_UP

    @property
    def is_in_doubt(self) -> bool:
        """Whether nobody knows yet if it is out."""
        return self.state is OperationState.UNCONFIRMED


async def between(
    session: AsyncSession, channels: Collection[str], begins: datetime, ends: datetime
) -> list[Entry]:
    """Return what goes out, or went, from one moment to just before another, by its time.

    At most MOST; what was cancelled is left out. As many queries for one as for many.
    """
    query = _of(channels).where(
        col(Operation.due_at) >= begins,
        col(Operation.due_at) < ends,
        col(Operation.state).in_(_STANDING),
    )
    return await _entries(session, query.limit(MOST))


async def following(
    session: AsyncSession, channels: Collection[str], after: datetime
) -> Entry | None:
    """Return the first post that is planned from a moment on."""
    query = _of(channels).where(
        col(Operation.due_at) >= after, Operation.state == OperationState.SCHEDULED
    )
    return next(iter(await _entries(session, query.limit(1))), None)


async def entry(session: AsyncSession, operation_id: int) -> Entry | None:
    """Return one operation as the calendar shows it, None where there is none."""
    query = _of().where(col(Operation.id) == operation_id)
    return next(iter(await _entries(session, query)), None)


async def count_by_day(
    session: AsyncSession, channels: Collection[str], begins: datetime, ends: datetime
) -> dict[date, int]:
    """Return how many operations stand on each day from one moment to just before another."""
    day = func.substr(Operation.local_time, 1, len("2026-11-30"))
    query = (
        select(day, func.count())
        .where(
            col(Operation.channel).in_(channels),
            col(Operation.due_at) >= begins,
            col(Operation.due_at) < ends,
            col(Operation.state).in_(_STANDING),
        )
        .group_by(day)
    )
    return {date.fromisoformat(one): many for one, many in (await session.exec(query)).all()}


def bounds(day: date, days: int) -> tuple[datetime, datetime]:
    """Return the midnights in Rome between which so many days from a day lie."""
    return midnight(day), midnight(day + timedelta(days=days))


def _of(channels: Collection[str] | None = None) -> Any:
    query = (
        select(Operation, Article.submission_id, Article.title, Article.organisation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .order_by(col(Operation.due_at), col(Operation.id))
    )
    return query if channels is None else query.where(col(Operation.channel).in_(channels))


async def _entries(session: AsyncSession, query: Any) -> list[Entry]:
    rows = (await session.exec(query)).all()
    rules = {one.name: one for one in (await session.exec(select(Channel))).all()}
    first = min((one.due_at for one, *_ in rows), default=None)
    blackouts = await silence.ahead(session, now=first) if first else ()
    leading = await _leading(session, [one.id for one, *_ in rows if one.after_id is None])
    near = _too_near([one for one, *_ in rows], rules)
    return [
        Entry(
            operation_id=one.id,
            submission_id=case,
            title=title,
            channel=one.channel,
            action=one.action,
            state=one.state,
            local_time=one.local_time,
            due_at=one.due_at,
            organisation=organisation,
            hold_reason=one.hold_reason,
            permalink=one.permalink,
            problem=one.problem,
            post_id=one.post_id,
            has_place=one.slot_id is not None,
            follows=one.id in leading,
            conflicts=_conflicts(one, rules[one.channel], blackouts, near=one.id in near),
            part=one.part,
            parts=one.parts,
            is_asked=one.asked_at is not None,
            tries=one.tries,
        )
        for one, case, title, organisation in rows
    ]


async def _leading(session: AsyncSession, ids: Sequence[int]) -> set[int]:
    """Return which of these some scheduled operation waits for."""
    query = select(Operation.after_id).where(
        col(Operation.after_id).in_(ids), Operation.state == OperationState.SCHEDULED
    )
    return {one for one in (await session.exec(query)).all() if one is not None}


def _too_near(operations: Sequence[Operation], rules: Mapping[str, Channel]) -> set[int]:
    """Return the posts that stand nearer to the one before than their channel's gap."""
    found: set[int] = set()
    for name, rule in rules.items():
        posts = [
            one for one in operations if one.channel == name and one.action is Action.CREATE
        ] if rule.gap_minutes else []  # fmt: skip
        found |= {
            after.id for before, after in pairwise(posts) if after.due_at - before.due_at < rule.gap
        }
    return found


def _conflicts(
    operation: Operation, rule: Channel, blackouts: Sequence[Blackout], *, near: bool
) -> tuple[Conflict, ...]:
    if operation.state is not OperationState.SCHEDULED:
        return ()
    at = operation.due_at
    there = {
        Conflict.BLACKOUT: any(one.holds(at) for one in blackouts),
        Conflict.QUIET: rule.is_quiet(at),
        Conflict.GAP: near,
        Conflict.PAUSED: rule.paused_at is not None,
    }
    return tuple(one for one, holds in there.items() if holds)
