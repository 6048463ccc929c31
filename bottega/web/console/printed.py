"""The monthly report as PDF/UA-1, by typst: what people wrote reaches it as data alone."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from bottega.web.console import outcomes as pages
from bottega.web.console.visit import Visit
from content import outcomes
from content.outcomes import Outcome, Sum
from content.reach import NAMES
from content.slots import ROME
from publishers.ebook import pdf

_TEMPLATE: Final = Path(__file__).parent / "typst" / "report.typ"
_MOST: Final = 200
"""So many rows a table has at most; the CSV that goes with it names them all."""


async def show_month(visit: Visit) -> Response:
    """Hand over what came of a month's pieces, to be printed."""
    month = pages.month_asked(visit)
    async with visit.desk.store.reading() as session:
        found = await outcomes.of(session, pages.of_month(month))
    told = told_of(found, month, visit.now, visit.desk.label)
    made = await asyncio.to_thread(printed, told)
    name = f'attachment; filename="risultati-{month:%Y-%m}.pdf"'
    return Response(made, media_type="application/pdf", headers={"content-disposition": name})


def told_of(
    found: Sequence[Outcome], month: date, now: datetime, label: Callable[[str], str]
) -> dict[str, Any]:
    """Return all that the report says, as plain values."""
    sums, pieces, made = outcomes.sums(found), outcomes.pieces(found), now.astimezone(ROME)
    goals = {
        f"{number}. {pages.NAME_OF.get(number, '')}": one for number, one in sums.goals.items()
    }
    return {
        "month": month.month,
        "year": month.year,
        "made": [made.year, made.month, made.day],
        "whole": _row(f"{month.month:02}/{month.year}", sums.whole),
        "channels": [_row(label(name), one) for name, one in sums.channels.items()],
        "bodies": [_row(name or "–", one) for name, one in list(sums.bodies.items())[:_MOST]],
        "goals": [_row(name, one) for name, one in goals.items()],
        "pieces": [_row(f"{one.title} ({one.receipt})", total) for one, total in pieces[:_MOST]],
        "more": max(0, len(pieces) - _MOST),
    }


def printed(told: Mapping[str, Any]) -> bytes:
    """Return the report's file; raises Unprintable. Blocking."""
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        source, path = Path(folder) / "report.typ", Path(folder) / "report.pdf"
        source.write_bytes(_TEMPLATE.read_bytes())
        pdf.print_data(source, path, told)
        return path.read_bytes()


def _row(name: str, one: Sum) -> dict[str, Any]:
    figures = {each: getattr(one.figures, each) for each in NAMES}
    return {"name": name, "pieces": one.pieces, "posts": one.posts, **figures}
