"""Registro, Risultati, Equilibrio and a case's whole way: what happened, to be read and proved."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from bottega.web.console import sheets
from bottega.web.console.visit import Refused, Visit
from content import balance, queue, reach, registry, results, trace
from content.slots import ROME
from content.store import row_id
from content.submissions import Submission

NOUNS: Final = (
    "submission", "article", "operation", "participant", "moderator", "channel", "slot",
    "blackout", "lab", "reply", "invitation", "desk", "body", "edition",
)  # fmt: skip
_ACTORS: Final = ("participant", "moderator", "newsroom")
_YEAR: Final = timedelta(days=365)


async def show(visit: Visit) -> Response:
    """Show the record, filtered."""
    wanted = _wanted(visit)
    async with visit.desk.store.reading() as session:
        entries, following = await registry.page(session, wanted, before=_before(visit))
        members = await queue.members(session)
    return visit.show(
        "registry.html", entries=entries, following=following, members=members, nouns=NOUNS,
        asked=visit.query, filters=_filters(visit, "cosa", "verbo", "chi", "di", "caso", "da", "a"),
    )  # fmt: skip


async def show_as_sheet(visit: Visit) -> Response:
    """Hand the record over as a table, filtered as on the page."""
    found = registry.everything(visit.desk.store, _wanted(visit))
    header = ("momento", "chi", "nome", "cosa", "numero", "verbo", "prima", "dopo", "dati", "hash")

    def cells(entries: Sequence[registry.Entry]) -> Iterable[Sequence[object]]:
        for entry in entries:
            row = entry.row
            yield (
                _stamp(row.at), row.actor, entry.who or "", row.noun, row.noun_id, row.verb,
                row.before or "", row.after or "", sheets.plain(row.data), row.sha256,
            )  # fmt: skip

    return sheet("registro", header, (cells(some) async for some in found))


async def show_results(visit: Visit) -> Response:
    """Show what is out, and where."""
    wanted = wanted_results(visit)
    async with visit.desk.store.reading() as session:
        found, following = await results.page(session, wanted, before=_before(visit))
        number = await results.count(session, wanted)
        labs = await queue.labs(session)
    return visit.show(
        "results.html", results=found, following=following, count=number, labs=labs,
        counted=results.COUNTED, asked=visit.query,
        filters=_filters(visit, "canale", "lab", "da", "a"),
    )  # fmt: skip


async def show_results_as_sheet(visit: Visit) -> Response:
    """Hand over what is out as a table, filtered as on the page."""
    found = results.everything(visit.desk.store, wanted_results(visit))
    header = (
        "uscita", "numero", "titolo", "ente", "canale", "indirizzo", "rimossa",
        "visualizzazioni", "reazioni", "risposte", "condivisioni",
    )  # fmt: skip

    def cells(some: Sequence[results.Result]) -> Iterable[Sequence[object]]:
        for one in some:
            label = visit.desk.label(one.channel)
            gone = "sì" if one.retracted else "no"
            yield (
                _stamp(one.at), one.receipt, one.title, one.organisation, label, one.permalink,
                gone, *(_cell(one.figures, name) for name in reach.NAMES),
            )  # fmt: skip

    return sheet("risultati", header, (cells(some) async for some in found))


async def show_balance(visit: Visit) -> Response:
    """Show how cases spread, over the last year where no period is asked for."""
    ends = _day(visit.query.get("a", ""), after=True) or visit.now
    begins = _day(visit.query.get("da", "")) or ends - _YEAR
    async with visit.desk.store.reading() as session:
        found = await balance.between(session, begins, ends)
    return visit.show("balance.html", balance=found, begins=begins, ends=ends, asked=visit.query)


async def show_trace(visit: Visit) -> Response:
    """Show a case's whole way, from the first message to where it is out."""
    async with visit.desk.store.reading() as session:
        submission = await session.get(Submission, visit.number("case"))
        if submission is None or submission.receipt is None:
            raise Refused(HTTPStatus.NOT_FOUND, "missing")
        moments = await trace.of_case(session, submission)
    return visit.show("trace.html", submission=submission, moments=moments)


def _wanted(visit: Visit) -> registry.Wanted:
    asked = visit.query
    noun, actor = asked.get("cosa", ""), asked.get("chi", "")
    return registry.Wanted(
        noun=noun if noun in NOUNS else "",
        verb=asked.get("verbo", "")[:40],
        actor=actor if actor in _ACTORS else "",
        moderator_id=row_id(asked.get("di", "")) or None,
        receipt=asked.get("caso", "").strip()[:20],
        begins=_day(asked.get("da", "")),
        ends=_day(asked.get("a", ""), after=True),
    )


def wanted_results(visit: Visit) -> results.Wanted:
    """Return what is asked for of what is out: by channel, Lab and days."""
    asked = visit.query
    channel = asked.get("canale", "")
    return results.Wanted(
        channel=channel if channel in visit.desk.publishers else "",
        lab_id=row_id(asked.get("lab", "")) or None,
        begins=_day(asked.get("da", "")),
        ends=_day(asked.get("a", ""), after=True),
    )


def _day(said: str, *, after: bool = False) -> datetime | None:
    """Return when a day begins in Rome, or when the one after it does; None for no day."""
    try:
        day = date.fromisoformat(said) + timedelta(days=after)
    except (ValueError, OverflowError):
        return None
    if day.year < 2000:  # noqa: PLR2004 - before any newsroom, and near what dates can hold
        return None
    return datetime.combine(day, time(), ROME).astimezone(UTC)


def _before(visit: Visit) -> int | None:
    return row_id(visit.query.get("prima", "")) or None


def _filters(visit: Visit, *names: str) -> str:
    return urlencode({name: visit.query[name] for name in names if visit.query.get(name)})


def _cell(figures: reach.Figures | None, name: str) -> object:
    number = getattr(figures, name, None)
    return "" if number is None else number


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(ROME):%Y-%m-%d %H:%M:%S}"


def sheet(
    name: str,
    header: Sequence[str],
    batches: AsyncIterator[Iterable[Sequence[object]]],
) -> Response:
    """Return a table as a file to be kept."""
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    lines = sheets.lines(header, batches)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)
