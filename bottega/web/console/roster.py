"""Persone: who tells, with consents and blocks; who is of the newsroom, and what they may do."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import segno
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.acts import Stopped, act, reason
from bottega.web.console.visit import Refused, Visit
from content import blocks, people, roster
from content.people import Moderator, Participant, Role
from content.roles import may_invite
from content.roster import AboveOneself, TheLastAdministrator
from content.store import row_id

PEOPLE: Final = "/persone"
MEMBERS: Final = "/redattori"


async def show(visit: Visit) -> Response:
    """Show the participants that are searched for."""
    return await page(visit, visit.query.get("fatto", ""))


async def page(visit: Visit, said: str = "", status: int = HTTPStatus.OK) -> Response:
    """Answer with a page of participants; `said` names in people.html what to tell."""
    words, blocked = visit.query.get("cerca", "")[:100], visit.query.get("bloccate") == "si"
    async with visit.desk.store.reading() as session:
        known, following = await roster.participants(
            session,
            words=words,
            blocked=blocked,
            before=row_id(visit.query.get("prima", "")) or None,
        )
    asked = {"cerca": words, "bloccate": "si" if blocked else ""}
    filters = urlencode({name: value for name, value in asked.items() if value})
    return visit.show(
        "people.html", status, said=said, known=known, following=following,
        asked=asked, filters=filters,
    )  # fmt: skip


async def show_members(visit: Visit) -> Response:
    """Show who is of the newsroom."""
    return await members_page(visit, visit.query.get("fatto", ""))


async def members_page(
    visit: Visit, said: str = "", status: int = HTTPStatus.OK, **values: Any
) -> Response:
    """Answer with the newsroom's members; `said` names in members.html what to tell."""
    async with visit.desk.store.reading() as session:
        members = await roster.members(session)
    offered = [role for role in Role if may_invite(visit.me.role, role)]
    return visit.show(
        "members.html", status, said=said, members=members, offered=offered,
        invitation=values.get("invitation"),
    )  # fmt: skip


async def invite(visit: Visit) -> Response:
    """Make a one-time invitation, and show its link this once: it is stored nowhere."""
    role = _role(visit)
    if not may_invite(visit.me.role, role):
        return await members_page(visit, "above", HTTPStatus.CONFLICT)
    async with visit.desk.store.transaction() as session:
        code = await people.invite(session, role, by=visit.by, now=visit.now)
    start = f"r_{code}"
    link = visit.desk.start_link(start)
    invitation = {"role": role, "link": link, "command": f"/start {start}"}
    if link:
        invitation["qr"] = segno.make(link, error="m", micro=False).svg_data_uri(scale=6)
    return await members_page(visit, invitation=invitation)


async def _block(visit: Visit, session: AsyncSession) -> str:
    why, person = reason(visit), await _person(visit, session)
    done = await blocks.block(session, person, why, by=visit.by, now=visit.now)
    return "blocked" if done else "already"


async def _unblock(visit: Visit, session: AsyncSession) -> str:
    person = await _person(visit, session)
    done = await blocks.unblock(session, person, by=visit.by, now=visit.now)
    return "unblocked" if done else "already"


async def _change_role(visit: Visit, session: AsyncSession) -> str:
    member = await _member(visit, session)
    try:
        done = await roster.change_role(session, member, _role(visit), by=visit.me, now=visit.now)
    except AboveOneself:
        raise Stopped("above") from None
    except TheLastAdministrator:
        raise Stopped("last") from None
    return "role_changed" if done else "already"


async def _dismiss(visit: Visit, session: AsyncSession) -> str:
    why, member = reason(visit), await _member(visit, session)
    try:
        done = await roster.dismiss(session, member, why, by=visit.me, now=visit.now)
    except AboveOneself:
        raise Stopped("above") from None
    except TheLastAdministrator:
        raise Stopped("last") from None
    return "dismissed" if done else "already"


async def _person(visit: Visit, session: AsyncSession) -> Participant:
    person = await session.get(Participant, visit.number("person"))
    if person is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return person


async def _member(visit: Visit, session: AsyncSession) -> Moderator:
    member = await session.get(Moderator, visit.number("member"))
    if member is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return member


def _role(visit: Visit) -> Role:
    said = visit.told("ruolo")
    if said not in list(Role):
        raise Refused(HTTPStatus.BAD_REQUEST, "failed")
    return Role(said)


block: Final = act(_block, PEOPLE, page)
unblock: Final = act(_unblock, PEOPLE, page)
change_role: Final = act(_change_role, MEMBERS, members_page)
dismiss: Final = act(_dismiss, MEMBERS, members_page)
