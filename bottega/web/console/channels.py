"""Canali: how each outlet is, its week and its manners; the newsroom's blackouts."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.acts import Stopped, act, reason
from bottega.web.console.visit import Refused, Visit
from content import accounts, channels, credentials, deliveries, silence, slots
from content.channels import Channel
from content.posts import Post
from content.slots import ROME, Slot
from content.store import row_id
from publishers.base import ChannelDown, Finding, Unavailable

PATH: Final = "/canali"
_LONGEST_GAP: Final = 1440
_TROUBLES: Final = 5


async def show(visit: Visit) -> Response:
    """Show every channel; what was just done is told at the head."""
    return await page(visit, visit.query.get("fatto", ""))


async def page(
    visit: Visit, said: str = "", status: int = HTTPStatus.OK, **values: Any
) -> Response:
    """Answer with the page; `said` names in channels.html what to tell at its head."""
    async with visit.desk.store.reading() as session:
        rows = {one.name: one for one in (await session.exec(select(Channel))).all()}
        weeks = await _weeks(session)
        known = {one.channel: one for one in await credentials.all_of(session)}
        outlets = [
            {
                "row": rows[name],
                "account": known.get(name),
                "missing": name not in known and not visit.desk.publishers[name].has_keys,
                "lasts": visit.desk.publishers[name].lasts,
                "label": visit.desk.label(name),
                "slots": weeks.get(name, []),
                "has_week": name != visit.desk.page_channel,
                "money": await _money(visit, session, name),
                "troubles": await deliveries.troubles(session, name, limit=_TROUBLES),
            }
            for name in visit.desk.publishers
            if name in rows
        ]
        blackouts = await silence.ahead(session, now=visit.now)
    return visit.show(
        "channels.html",
        status,
        said=said,
        outlets=outlets,
        absent=[
            one for name, one in visit.desk.connectable.items() if name not in visit.desk.publishers
        ],
        blackouts=blackouts,
        findings=values.get("findings"),
        checked=values.get("checked"),
    )


async def check(visit: Visit) -> Response:
    """Ask a channel whether its keys and rights are good, and show what it says."""
    name = _name(visit)
    publisher = visit.desk.publishers[name]
    try:
        if visit.desk.access is not None:
            publisher = await visit.desk.access(publisher)
        findings: Sequence[Finding] = await asyncio.to_thread(publisher.check)
    except (ChannelDown, Unavailable) as error:
        findings = [Finding(False, error.reason)]
    except Exception:  # noqa: BLE001 - whatever keeps a channel from answering
        findings = [Finding(False, "Il canale non risponde.", "Riprova fra qualche minuto.")]
    return await page(visit, checked=name, findings=findings)


async def _weeks(session: AsyncSession) -> dict[str, list[Slot]]:
    query = select(Slot).where(col(Slot.removed_at).is_(None))
    found: dict[str, list[Slot]] = {}
    for slot in (await session.exec(query.order_by(col(Slot.weekday), col(Slot.hour)))).all():
        found.setdefault(slot.channel, []).append(slot)
    return found


async def _money(visit: Visit, session: AsyncSession, name: str) -> dict[str, Decimal] | None:
    """Return what the month has cost on a channel that asks for money, and its cap."""
    publisher = visit.desk.publishers[name]
    if not publisher.cost(Post(channel=name, title="")) and not publisher.monthly_cap:
        return None
    spent = await accounts.spent(session, name, publisher.prices, now=visit.now)
    return {"spent": spent, "cap": publisher.monthly_cap}


def _name(visit: Visit) -> str:
    name = str(visit.request.path_params["channel"])
    if name not in visit.desk.publishers:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return name


async def _pause(visit: Visit, session: AsyncSession) -> str:
    name = _name(visit)
    done = await channels.pause(session, name, reason(visit), by=visit.by, now=visit.now)
    return "paused" if done else "already"


async def _resume(visit: Visit, session: AsyncSession) -> str:
    done = await channels.resume(session, _name(visit), by=visit.by, now=visit.now)
    return "resumed" if done else "already"


async def _set_manners(visit: Visit, session: AsyncSession) -> str:
    """Set the quiet hours, none where both are empty, and the gap between two posts."""
    name, begin, end, gap = _name(visit), *map(visit.told, ("dalle", "alle", "distanza"))
    if not gap.isdecimal() or int(gap[:6]) > _LONGEST_GAP or bool(begin) != bool(end):
        raise Stopped("bad_manners")
    try:
        hours = (begin, end) if begin else None
        await channels.set_quiet_hours(session, name, hours, by=visit.by, now=visit.now)
    except ValueError:
        raise Stopped("bad_manners") from None
    await channels.set_gap(session, name, int(gap), by=visit.by, now=visit.now)
    return "manners_set"


async def _add_slot(visit: Visit, session: AsyncSession) -> str:
    name, weekday = _name(visit), visit.told("giorno")
    if name == visit.desk.page_channel:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    try:
        day = int(weekday) if weekday.isdecimal() else -1
        await slots.add(session, name, day, visit.told("ora"), by=visit.by, now=visit.now)
    except ValueError:
        raise Stopped("bad_slot") from None
    return "slot_added"


async def _remove_slot(visit: Visit, session: AsyncSession) -> str:
    name, number = _name(visit), row_id(visit.told("spazio"))
    slot = await session.get(Slot, number)
    if slot is None or slot.channel != name:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    await slots.remove(session, number, by=visit.by, now=visit.now)
    return "slot_removed"


async def _declare(visit: Visit, session: AsyncSession) -> str:
    begins, ends = _moment(visit.told("da")), _moment(visit.told("a"))
    try:
        await silence.declare(session, begins, ends, reason(visit), by=visit.by, now=visit.now)
    except ValueError:
        raise Stopped("bad_blackout") from None
    return "declared"


async def _lift(visit: Visit, session: AsyncSession) -> str:
    return "lifted" if await silence.lift(session, by=visit.by, now=visit.now) else "already"


def _moment(said: str) -> datetime:
    """Read what a browser's field for a local moment holds, as the clocks in Rome show it."""
    try:
        local = datetime.strptime(said, "%Y-%m-%dT%H:%M").replace(tzinfo=ROME)
    except ValueError:
        raise Stopped("bad_blackout") from None
    return local.astimezone(UTC)


pause: Final = act(_pause, PATH, page)
resume: Final = act(_resume, PATH, page)
set_manners: Final = act(_set_manners, PATH, page)
add_slot: Final = act(_add_slot, PATH, page)
remove_slot: Final = act(_remove_slot, PATH, page)
declare: Final = act(_declare, PATH, page)
lift: Final = act(_lift, PATH, page)
