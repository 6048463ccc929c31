"""What came of what is out, summed: over bodies, goals and months, and piece by piece."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.deliveries import Delivery, Operation
from content.reach import Figures, Reading, newest
from content.results import Wanted, narrowed
from content.slots import ROME
from content.submissions import Submission

Key = TypeVar("Key", str, int, date)

MOST: Final = 20_000
"""So many posts are summed at most, the newest: some years of any newsroom."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A post that is out, and what came of it; None where nobody read it."""

    article_id: int
    receipt: str
    title: str
    organisation: str
    goals: tuple[int, ...]
    channel: str
    at: datetime
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Sum:
    """So many pieces and posts, and what came of them together."""

    pieces: int
    posts: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of some outcomes; months by their first day, in Rome."""

    whole: Sum
    bodies: Mapping[str, Sum]
    goals: Mapping[int, Sum]
    months: Mapping[date, Sum]
    channels: Mapping[str, Sum]


async def of(session: AsyncSession, wanted: Wanted) -> list[Outcome]:
    """Return every post that is wanted with its newest figures, the oldest first; one query."""
    query: Any = (
        select(  # type: ignore[call-overload]  # SQLModel knows no select of so many
            Article.id, Submission.receipt, Article.title, Article.organisation, Article.sdgs,
            Operation.channel, func.coalesce(Operation.settled_at, Operation.due_at), Reading,
        )
        .select_from(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .join(Submission, col(Submission.id) == col(Article.submission_id))
        .join(
            Reading, (col(Reading.operation_id) == col(Operation.id)) & newest(), isouter=True
        )
        .order_by(col(Operation.id).desc())
        .limit(MOST)
    )  # fmt: skip
    found = (await session.exec(narrowed(query, wanted))).all()
    return [
        Outcome(
            number, receipt or "", title, body, tuple(goals), channel, at, read and read.figures
        )
        for number, receipt, title, body, goals, channel, at, read in reversed(found)
    ]


def sums(outcomes: Sequence[Outcome]) -> Sums:
    """Return the sums of outcomes; bodies and channels by what came of them, the most first."""
    return Sums(
        _sum(outcomes),
        _ranked(_by(outcomes, lambda one: [one.organisation])),
        dict(sorted(_by(outcomes, lambda one: one.goals).items())),
        dict(sorted(_by(outcomes, lambda one: [month_of(one.at)]).items())),
        _ranked(_by(outcomes, lambda one: [one.channel])),
    )


def pieces(outcomes: Sequence[Outcome]) -> list[tuple[Outcome, Sum]]:
    """Return each piece, as its first post tells it, with its sum; the most first."""
    first: dict[int, Outcome] = {}
    for one in outcomes:
        first.setdefault(one.article_id, one)
    return [(first[key], one) for key, one in _ranked(_by(outcomes, _piece)).items()]


def month_of(at: datetime) -> date:
    """Return the first day of a moment's month in Rome."""
    return at.astimezone(ROME).date().replace(day=1)


def _piece(one: Outcome) -> Iterable[int]:
    return [one.article_id]


def _by(outcomes: Sequence[Outcome], keys: Callable[[Outcome], Iterable[Key]]) -> dict[Key, Sum]:
    found: dict[Key, list[Outcome]] = {}
    for one in outcomes:
        for key in keys(one):
            found.setdefault(key, []).append(one)
    return {key: _sum(some) for key, some in found.items()}


def _sum(outcomes: Sequence[Outcome]) -> Sum:
    figures = sum((one.figures for one in outcomes if one.figures), Figures())
    return Sum(len({one.article_id for one in outcomes}), len(outcomes), figures)


def _ranked(found: Mapping[Key, Sum]) -> dict[Key, Sum]:
    def rank(one: tuple[Key, Sum]) -> tuple[int, int, int, str]:
        figures = one[1].figures
        liked = (figures.reactions or 0) + (figures.replies or 0) + (figures.shares or 0)
        return -(figures.views or 0), -liked, -one[1].posts, str(one[0])

    return dict(sorted(found.items(), key=rank))
