"""Somme and the monthly report: what came of what is out, by body, goal, month and piece."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from bottega.web.console import records
from bottega.web.console.visit import Refused, Visit
from content import outcomes, queue
from content.goals import GOALS
from content.reach import NAMES, Figures
from content.results import Wanted
from content.slots import ROME

NAME_OF: Final = {goal.number: goal.name for goal in GOALS}
_YEAR: Final = timedelta(days=365)
_MONTHS: Final = 12
_HEADER: Final = (
    "numero", "titolo", "ente", "uscite", "visualizzazioni", "reazioni", "risposte", "condivisioni",
)  # fmt: skip


async def show(visit: Visit) -> Response:
    """Show the sums of what is out, over the last year where no period is asked for."""
    wanted = records.wanted_results(visit)
    if wanted.begins is None and wanted.ends is None:
        wanted = replace(wanted, begins=visit.now - _YEAR)
    async with visit.desk.store.reading() as session:
        found = await outcomes.of(session, wanted)
        labs = await queue.labs(session)
    latest = outcomes.month_of(visit.now)
    return visit.show(
        "sums.html", sums=outcomes.sums(found), asked=visit.query, labs=labs, goals=NAME_OF,
        months=list(_last_months(latest)),
    )  # fmt: skip


async def show_month_as_sheet(visit: Visit) -> Response:
    """Hand over what came of a month's pieces as a table."""
    month = month_asked(visit)
    async with visit.desk.store.reading() as session:
        found = await outcomes.of(session, of_month(month))

    async def cells() -> AsyncIterator[Iterable[Sequence[object]]]:
        yield [
            (one.receipt, one.title, one.organisation, total.posts, *said(total.figures))
            for one, total in outcomes.pieces(found)
        ]

    return records.sheet(f"risultati-{month:%Y-%m}", _HEADER, cells())


def month_asked(visit: Visit) -> date:
    """Return the month that is asked for by its first day, the present one where none is said."""
    asked = visit.query.get("mese", "")
    if not asked:
        return outcomes.month_of(visit.now)
    try:
        month = date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise Refused(HTTPStatus.NOT_FOUND, "missing") from None
    if not 2000 <= month.year < 9999:  # noqa: PLR2004 - before any newsroom, and what dates can hold
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return month


def of_month(month: date) -> Wanted:
    """Return what wants the posts that came out in a month, as the clocks in Rome show it."""
    after = (month + timedelta(days=31)).replace(day=1)
    return Wanted(begins=_begins(month), ends=_begins(after))


def said(figures: Figures) -> list[object]:
    """Return figures as cells, empty where nobody knows."""
    return ["" if (one := getattr(figures, name)) is None else one for name in NAMES]


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), ROME).astimezone(UTC)


def _last_months(latest: date) -> Iterable[date]:
    for _ in range(_MONTHS):
        yield latest
        latest = (latest - timedelta(days=1)).replace(day=1)
