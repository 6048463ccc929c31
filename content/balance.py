"""Who is heard: how cases spread over provinces, kinds, goals and weeks, and who is missing."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy.orm import load_only
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.municipalities import HOME_REGION, municipalities_of
from content.queue import Filed
from content.slots import ROME
from content.submissions import Kind
from content.workflow import SubmissionState

_OF_CASE: Final[Any] = (Filed.kind, Filed.province, Filed.state, Filed.sent_at)
_OF_ARTICLE: Final[Any] = (Article.municipality, Article.province, Article.sdgs)


@dataclass(frozen=True, slots=True)
class Province:
    """A province's cases, and which of its municipalities are heard and which are not."""

    sign: str
    cases: int
    heard: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """Cases sent in a period.

    `weeks` are by their Monday, none left out; `elsewhere` counts cases from outside the region,
    or from no municipality.
    """

    cases: int
    accepted: int
    provinces: Sequence[Province]
    elsewhere: int
    kinds: Mapping[Kind, int]
    goals: Mapping[int, int]
    weeks: Mapping[date, int]


async def between(session: AsyncSession, begins: datetime, ends: datetime) -> Balance:
    """Return the balance of what was first sent between two moments, the second one excluded.

    A municipality is heard once a case of it was accepted.
    """
    query = (
        select(Filed, Article)
        .options(load_only(*_OF_CASE), load_only(*_OF_ARTICLE))
        .join(Article, col(Article.submission_id) == col(Filed.submission_id), isouter=True)
        .where(col(Filed.sent_at) >= begins, col(Filed.sent_at) < ends)
    )
    rows = (await session.exec(query)).all()
    accepted = [one for case, one in rows if case.state is SubmissionState.ACCEPTED]
    cases = Counter(case.province for case, _ in rows)
    heard = {(one.municipality, one.province) for one in accepted if one and one.municipality}
    known = _by_province()
    provinces = [_province(sign, names, cases[sign], heard) for sign, names in known.items()]
    return Balance(
        cases=len(rows),
        accepted=len(accepted),
        provinces=provinces,
        elsewhere=sum(number for sign, number in cases.items() if sign not in known),
        kinds={kind: sum(case.kind is kind for case, _ in rows) for kind in Kind},
        goals=dict(sorted(Counter(goal for _, one in rows if one for goal in one.sdgs).items())),
        weeks=_weeks([case.sent_at for case, _ in rows]),
    )


def _province(
    sign: str, names: Sequence[str], cases: int, heard: Collection[tuple[str, str | None]]
) -> Province:
    here = tuple(name for name in names if (name, sign) in heard)
    return Province(sign, cases, here, tuple(name for name in names if (name, sign) not in heard))


def _weeks(moments: Sequence[datetime]) -> dict[date, int]:
    days = [moment.astimezone(ROME).date() for moment in moments]
    mondays = Counter(day - timedelta(days=day.weekday()) for day in days)
    if not mondays:
        return {}
    first, last = min(mondays), max(mondays)
    every = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return {monday: mondays[monday] for monday in every}


@cache
def _by_province() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in municipalities_of(HOME_REGION):
        found.setdefault(one.province, []).append(one.name)
    return {sign: sorted(names) for sign, names in sorted(found.items())}
