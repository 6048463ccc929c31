"""Coda: the list of cases, which follows what happens anywhere within a second."""

from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from bottega.web.console.visit import Visit
from content import queue
from content.queue import Wanted
from content.submissions import Kind
from content.workflow import SubmissionState

_WAITING: Final = "attesa"
_SENT: Final = [state for state in SubmissionState if state is not SubmissionState.DRAFT]
_FILTERS: Final = ("cerca", "stato", "tipo", "provincia", "lab", "di", "avvisi")
_BIGGEST: Final = 2**31 - 1
EnumT = TypeVar("EnumT", SubmissionState, Kind)


async def home(visit: Visit) -> Response:
    """Lead to the first page."""
    return visit.go("/coda")


async def show(visit: Visit) -> Response:
    """Show the cases that are wanted; to htmx the list alone."""
    wanted = _wanted(visit)
    async with visit.desk.store.reading() as session:
        news = await queue.news(session)  # before the rest: what comes meanwhile is shown again
        lines, following = await queue.page(
            session, wanted, before=_number(visit.query.get("prima"))
        )
        shown: dict[str, Any] = {"lines": lines, "following": following, "news": news}
        shown["count"] = await queue.count(session, wanted)
        if not visit.is_part:
            shown["provinces"] = await queue.provinces(session)
            shown["labs"] = await queue.labs(session)
            shown["members"] = await queue.members(session)
    kept = {name: visit.query[name] for name in _FILTERS if visit.query.get(name)}
    return visit.show(
        "queue_list.html" if visit.is_part else "queue.html",
        counted=queue.COUNTED,
        asked=kept,
        filters=urlencode(kept),
        here_query=visit.request.url.query,
        states=_SENT,
        kinds=list(Kind),
        **shown,
    )


async def news(visit: Visit) -> Response:
    """Say whether anything happened since the page was made: 204 where nothing did."""
    async with visit.desk.store.reading() as session:
        now = await queue.news(session)
    if visit.query.get("da") == str(now):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    response = visit.show("pulse.html", news=now)
    response.headers["hx-trigger"] = "novita"
    return response


def _wanted(visit: Visit) -> Wanted:
    query = visit.query
    state = query.get("stato") or _WAITING
    words = query.get("cerca", "")
    return Wanted(
        waiting=state == _WAITING,
        state=_member(SubmissionState, state),
        kind=_member(Kind, query.get("tipo", "")),
        province=query.get("provincia") or None,
        lab_id=_number(query.get("lab")),
        moderator_id=_number(query.get("di")),
        warned=query.get("avvisi") == "si",
        words=words,
    )


def _member(kind: type[EnumT], said: str) -> EnumT | None:
    return kind(said) if said in list(kind) else None


def _number(said: str | None) -> int | None:
    if not said or not (said.isascii() and said.isdecimal()):
        return None
    return min(int(said[:11]), _BIGGEST)
