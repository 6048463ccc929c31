"""Laboratori: the Labs, who belongs to each, and the link that lets people in."""

from http import HTTPStatus
from typing import Final

import segno
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.acts import Stopped, act
from bottega.web.console.visit import Refused, Visit
from content import labs
from content.people import Lab

PATH: Final = "/laboratori"
_YEARS: Final = range(2000, 2100)
_MOST: Final = 100


async def show(visit: Visit) -> Response:
    """Show the Labs, the newest first."""
    return await page(visit, visit.query.get("fatto", ""))


async def page(visit: Visit, said: str = "", status: int = HTTPStatus.OK) -> Response:
    """Answer with the Labs; `said` names in labs.html what to tell at its head."""
    async with visit.desk.store.reading() as session:
        known = await labs.newest(session, limit=_MOST)
        people = await labs.people_in(session, [lab.id for lab in known])
        cases = await labs.cases_in(session, [lab.id for lab in known])
    shown = [
        {"lab": lab, "people": people.get(lab.id, 0), "cases": cases.get(lab.id, 0)}
        | _invitation(visit, lab)
        for lab in known
    ]
    return visit.show("labs.html", status, said=said, labs=shown)


def _invitation(visit: Visit, lab: Lab) -> dict[str, str]:
    start = f"{labs.PREFIX}{lab.slug}"
    link = visit.desk.start_link(start)
    qr = segno.make(link, error="m", micro=False).svg_data_uri(scale=6) if link else ""
    return {"link": link, "qr": qr, "command": f"/start {start}"}


async def _open(visit: Visit, session: AsyncSession) -> str:
    title, year = " ".join(visit.told("titolo").split()), visit.told("anno")
    if not title or len(title) > labs.LONGEST_TITLE:
        raise Stopped("bad_title")
    if not year.isdecimal() or int(year[:5]) not in _YEARS:
        raise Stopped("bad_year")
    lab, fresh = await labs.create(session, title, int(year), by=visit.by, now=visit.now)
    if not fresh:
        raise Stopped("known")
    theme = " ".join(visit.told("tema").split())[: labs.LONGEST_THEME]
    if theme:
        await labs.set_theme(session, lab, theme, by=visit.by, now=visit.now)
    return "opened"


async def _change(visit: Visit, session: AsyncSession) -> str:
    lab = await session.get(Lab, visit.number("lab"))
    if lab is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    approvals = visit.told("approvazioni")
    if approvals not in ("1", "2"):
        raise Refused(HTTPStatus.BAD_REQUEST, "failed")
    theme = " ".join(visit.told("tema").split())[: labs.LONGEST_THEME]
    if theme != lab.theme:
        await labs.set_theme(session, lab, theme, by=visit.by, now=visit.now)
    if int(approvals) != lab.approvals:
        await labs.ask_approvals(session, lab, int(approvals), by=visit.by, now=visit.now)
    return "changed"


open_lab: Final = act(_open, PATH, page)
change: Final = act(_change, PATH, page)
