"""Risposte: the newsroom's standard replies, to decline and to ask for changes."""

from http import HTTPStatus
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.acts import Stopped, act
from bottega.web.console.visit import Refused, Visit
from content import replies
from content.replies import Reply, ReplyKind

PATH: Final = "/risposte"


async def show(visit: Visit) -> Response:
    """Show the replies, those in use first."""
    return await page(visit, visit.query.get("fatto", ""))


async def page(visit: Visit, said: str = "", status: int = HTTPStatus.OK) -> Response:
    """Answer with the replies; `said` names in replies.html what to tell at its head."""
    async with visit.desk.store.reading() as session:
        used = {kind.value: await replies.active(session, kind) for kind in ReplyKind}
        retired = await replies.retired(session)
    return visit.show("replies.html", status, said=said, used=used, retired=retired)


async def _add(visit: Visit, session: AsyncSession) -> str:
    said = visit.told("tipo")
    if said not in list(ReplyKind):
        raise Refused(HTTPStatus.BAD_REQUEST, "failed")
    try:
        text = visit.told("testo")
        await replies.add(session, ReplyKind(said), text, by=visit.by, now=visit.now)
    except ValueError:
        raise Stopped("bad_text") from None
    return "added"


async def _change(visit: Visit, session: AsyncSession) -> str:
    """Do to a reply what its button says: reword, move up, retire, offer again."""
    reply = await session.get(Reply, visit.number("reply"))
    if reply is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    match visit.told("fai"):
        case "riscrivi":
            try:
                await replies.reword(
                    session, reply, visit.told("testo"), by=visit.by, now=visit.now
                )
            except ValueError:
                raise Stopped("bad_text") from None
            return "reworded"
        case "su":
            order = [one.id for one in await replies.active(session, reply.kind)]
            place = max(order.index(reply.id), 1) if reply.id in order else 1
            await replies.place(session, reply, place, by=visit.by, now=visit.now)
            return "placed"
        case "togli" | "riprendi" as what:
            active = what == "riprendi"
            if reply.active is not active:
                await replies.use(session, reply, active=active, by=visit.by, now=visit.now)
            return "offered" if active else "retired"
        case _:
            raise Refused(HTTPStatus.BAD_REQUEST, "failed")


add: Final = act(_add, PATH, page)
change: Final = act(_change, PATH, page)
