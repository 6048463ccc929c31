"""Enti: the bodies that pieces speak for, and the accounts that each has on the networks."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.acts import Stopped, act
from bottega.web.console.visit import Refused, Visit
from content import bodies, directory
from publishers.handles import Handles, NotAnAccountError

PATH: Final = "/enti"
ONE: Final = "/ente"


@dataclass(frozen=True, slots=True)
class Field:
    """A body's account on a network: `told` as it is in the page, `was` as it was when opened.

    `wrong` says that what is told is none. `address` is where what is kept can be seen.
    """

    channel: str
    handles: Handles
    told: str
    was: str = ""
    address: str = ""
    wrong: bool = False


async def show_all(visit: Visit) -> Response:
    """Show the bodies by name, with their accounts."""
    wanted = " ".join(visit.query.get("cerca", "").split())[: bodies.LONGEST_NAME]
    async with visit.desk.store.reading() as session:
        known = await directory.bodies(session, wanted)
    shown = [
        (one, [(name, handles.shown(one.accounts[name])) for name, handles in _networks(visit)
               if name in one.accounts])
        for one in known
    ]  # fmt: skip
    return visit.show("bodies.html", bodies=shown, wanted=wanted, most=directory.MOST)


async def show(visit: Visit) -> Response:
    """Show one body's accounts, or all bodies where none is named; what was done is told."""
    if not visit.query.get("nome", "").strip():
        return visit.go(PATH)
    return await page(visit, visit.query.get("fatto", ""))


async def page(visit: Visit, said: str = "", status: int = HTTPStatus.OK) -> Response:
    """Answer with a body's accounts, as they were typed where they were not taken."""
    name = _name(visit)
    async with visit.desk.store.reading() as session:
        kept = dict(await bodies.accounts_of(session, name))
    fields = list(_typed(visit) if visit.form else _kept(visit, kept))
    return visit.show("body.html", status, said=said, name=name, fields=fields)


async def _save(visit: Visit, session: AsyncSession) -> str:
    """Keep what was changed in the page; what a colleague changed beside it stays."""
    fields = list(_typed(visit))
    if any(one.wrong for one in fields):
        raise Stopped("wrong")
    changes = {
        one.channel: one.handles.read(one.told) if one.told else ""
        for one in fields
        if one.told != one.was
    }
    done = await bodies.set_accounts(session, _name(visit), changes, by=visit.by, now=visit.now)
    return "saved" if done else "same"


def _name(visit: Visit) -> str:
    """Return the body's name that is asked for; raises Refused for none."""
    name = " ".join((visit.told("nome") or visit.query.get("nome", "")).replace("\0", "").split())
    if not bodies.folded(name) or len(name) > bodies.LONGEST_NAME:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return name


def _networks(visit: Visit) -> Iterator[tuple[str, Handles]]:
    for name, one in visit.desk.publishers.items():
        if one.handles is not None:
            yield name, one.handles


def _kept(visit: Visit, kept: dict[str, str]) -> Iterator[Field]:
    for name, handles in _networks(visit):
        account = kept.get(name, "")
        shown = handles.shown(account) if account else ""
        yield Field(name, handles, shown, shown, handles.address(account) if account else "")


def _typed(visit: Visit) -> Iterator[Field]:
    for name, handles in _networks(visit):
        told, was = visit.told(f"account-{name}"), visit.told(f"prima-{name}")
        try:
            wrong = bool(told) and not handles.read(told)
        except NotAnAccountError:
            wrong = True
        yield Field(name, handles, told, was, wrong=wrong)


def _page_of(visit: Visit) -> str:
    return f"{ONE}?{urlencode({'nome': _name(visit)})}"


save: Final = act(_save, _page_of, page)
