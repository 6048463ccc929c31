"""How far posts went: a few readings of each, after a day, a week and a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, exists, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.channels import Channel
from content.deliveries import Action, Operation
from content.workflow import OperationState

AGES: Final = (1, 7, 30)
"""How many days after a post went out its figures are read; no more often, since it may cost."""
_NO_MORE_AFTER: Final = 45
_TRIES: Final = 3
AGAIN: Final = timedelta(hours=6)
"""A reading that was begun and came to nothing, in a crash or a refusal, is tried again then."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a post; None where the channel does not say.

    `views` are how often it was shown, `reactions` likes of all kinds, `shares` also reposts.
    """

    views: int | None = None
    reactions: int | None = None
    replies: int | None = None
    shares: int | None = None

    def __add__(self, other: "Figures") -> "Figures":
        """Add up what is known of two."""
        return Figures(*(_sum(getattr(self, one), getattr(other, one)) for one in NAMES))

    @property
    def tell(self) -> bool:
        """Whether there is anything to tell."""
        return any(getattr(self, one) for one in NAMES)


NAMES: Final = ("views", "reactions", "replies", "shares")


class Reading(SQLModel, table=True):
    """The figures of a post at an age in days; `read_at` is empty while they are being read."""

    __table_args__ = (UniqueConstraint("operation_id", "age"),)

    id: int = Field(default=None, primary_key=True)
    operation_id: int = Field(foreign_key="operation.id")
    age: int
    tries: int
    next_try_at: datetime
    read_at: datetime | None = Field(default=None, index=True)
    views: int | None = None
    reactions: int | None = None
    replies: int | None = None
    shares: int | None = None

    @property
    def figures(self) -> Figures:
        """What was read."""
        return Figures(self.views, self.reactions, self.replies, self.shares)


@dataclass(frozen=True, slots=True)
class Asked:
    """A reading that this worker took upon itself."""

    operation_id: int
    age: int
    remote_id: str


async def take(session: AsyncSession, channel: str, *, now: datetime, limit: int) -> list[Asked]:
    """Take readings of a channel that are due, at most `limit`; no other worker gets the same.

    None are due of a channel that is paused or asked to be left alone, of a post that was taken
    away, or of one so old that nobody waits for it.
    """
    query = (
        select(Operation.id, Operation.remote_id, Operation.settled_at)
        .join(Channel, col(Channel.name) == col(Operation.channel))
        .where(
            Operation.channel == channel,
            Operation.state == OperationState.DONE,
            Operation.action == Action.CREATE,
            col(Channel.paused_at).is_(None),
            or_(col(Channel.next_allowed_at).is_(None), col(Channel.next_allowed_at) <= now),
            or_(*(_is_due(age, until, now) for age, until in _spans())),
            ~taken_away(),
        )
        .order_by(col(Operation.id))
        .limit(limit)
    )
    taken = []
    for number, remote, settled in (await session.exec(query)).all():
        if remote is None or settled is None:
            continue
        age = max(one for one in AGES if settled <= now - timedelta(days=one))
        if await _begin(session, number, age, now):
            taken.append(Asked(number, age, remote))
    return taken


async def keep(
    session: AsyncSession, asked: Sequence[Asked], found: Mapping[str, Figures], *, now: datetime
) -> None:
    """Keep what was read; of a post that the channel does not know nothing is told."""
    for one in asked:
        told = found.get(one.remote_id, Figures())
        await session.exec(
            update(Reading)
            .where(
                col(Reading.operation_id) == one.operation_id,
                col(Reading.age) == one.age,
                col(Reading.read_at).is_(None),
            )
            .values(read_at=now, **{name: getattr(told, name) for name in NAMES})
        )


async def of_posts(session: AsyncSession, operations: Sequence[int]) -> dict[int, Figures]:
    """Return the newest figures of posts, by operation; what was never read is not there."""
    query = (
        select(Reading)
        .where(col(Reading.operation_id).in_(operations), col(Reading.read_at).is_not(None))
        .order_by(col(Reading.age))
    )
    return {one.operation_id: one.figures for one in (await session.exec(query)).all()}


def newest() -> Any:
    """Return the condition that a reading is the newest of its post, for a join."""
    later = aliased(Reading)
    return and_(
        col(Reading.read_at).is_not(None),
        ~exists().where(
            col(later.operation_id) == col(Reading.operation_id),
            col(later.age) > col(Reading.age),
            col(later.read_at).is_not(None),
        ),
    )


def _spans() -> list[tuple[int, int]]:
    """Return each age with the one at which another takes its place."""
    return list(zip(AGES, (*AGES[1:], _NO_MORE_AFTER), strict=True))


def _is_due(age: int, until: int, now: datetime) -> Any:
    taken = exists().where(
        col(Reading.operation_id) == col(Operation.id),
        col(Reading.age) == age,
        or_(
            col(Reading.read_at).is_not(None),
            col(Reading.next_try_at) > now,
            col(Reading.tries) >= _TRIES,
        ),
    )
    return and_(
        col(Operation.settled_at) <= now - timedelta(days=age),
        col(Operation.settled_at) > now - timedelta(days=until),
        ~taken,
    )


def taken_away() -> Any:
    """Return the condition that an operation's post was taken away since."""
    other = aliased(Operation)
    return exists().where(
        col(other.delivery_id) == col(Operation.delivery_id),
        col(other.remote_id) == col(Operation.remote_id),
        col(other.action) == Action.DELETE,
        col(other.state) == OperationState.DONE,
    )


async def _begin(session: AsyncSession, operation: int, age: int, now: datetime) -> bool:
    """Note that a reading is begun; False when another worker was faster."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if on_sqlite else postgresql.insert
    values = {"operation_id": operation, "age": age, "tries": 1, "next_try_at": now + AGAIN}
    row = (
        insert(Reading)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["operation_id", "age"],
            set_={"tries": col(Reading.tries) + 1, "next_try_at": now + AGAIN},
            where=and_(
                col(Reading.read_at).is_(None),
                col(Reading.next_try_at) <= now,
                col(Reading.tries) < _TRIES,
            ),
        )
    )
    done = await (await session.connection()).execute(row.returning(col(Reading.id)))
    return done.scalar_one_or_none() is not None


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)
