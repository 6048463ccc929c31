"""Scheda: one case with all that is needed to judge it."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import FileResponse, Response

from bottega.web.console.desk import BASE
from bottega.web.console.visit import Refused, Visit
from content import (
    accounts,
    announced,
    decisions,
    dossier,
    posts,
    queue,
    replies,
    review,
    versions,
    writing,
)
from content.corrections import Remedy
from content.differences import differences
from content.dossier import Dossier
from content.media import Medium, MediumKind
from content.posts import Post
from content.replies import ReplyKind
from content.submissions import Submission
from publishers import mending
from publishers.rubrica.assets import assets

_SOURCE: Final = re.compile(r'(src|poster)="[^"]*?/([0-9a-f]{64})\.[a-z0-9]+"| srcset="[^"]*"')
_TOLD: Final = ("title", "lead", "text")


async def show(visit: Visit) -> Response:
    """Show a case; what was just done to it is told at its head."""
    return await page(visit, visit.query.get("fatto", ""))


async def page(
    visit: Visit, said: str = "", status: int = HTTPStatus.OK, **values: Any
) -> Response:
    """Answer with a case's page; `said` names in case.html what to tell at its head."""
    async with visit.desk.store.reading() as session:
        news = await queue.news(session)  # before the rest: what comes meanwhile is told
        told = await opened(visit, session)
        sent = await _posts(visit, session, told)
        costs = await costs_of(visit, session, sent) if told.may_approve else []
        at_work = await _at_work(visit, session, told)
        announces = await announced.edition_of(session, told.submission.id)
        offered = {kind.value: await replies.active(session, kind) for kind in ReplyKind}
    rendered = [one.channel for one in sent]
    return visit.show(
        "case.html",
        status,
        told=told,
        posts=sent,
        costs=costs,
        refused=[name for name in visit.desk.publishers if name not in rendered],
        seen=review.view_hash(sent),
        own=told.author.telegram_id == visit.me.telegram_id,
        replies=offered,
        news=news,
        at_work=at_work,
        announces=announces,
        said=said,
        values=values,
        remedies=_remedies(visit, told) if told.may_approve else {},
    )


async def before_retracting(visit: Visit) -> Response:
    """Say, channel by channel, what taking the piece down will do, and ask whether to."""
    async with visit.desk.store.reading() as session:
        told = await opened(visit, session)
    return visit.show("retract.html", told=told)


async def changed(visit: Visit) -> Response:
    """Say whether the case is no longer what the page shows: 204 when it is."""
    number = visit.number("case")
    async with visit.desk.store.reading() as session:
        version = await dossier.version(session, number)
        if version is None:
            raise Refused(HTTPStatus.NOT_FOUND, "missing")
        if str(version) == visit.query.get("visto"):
            return Response(status_code=HTTPStatus.NO_CONTENT)
        submission = await session.get_one(Submission, number)
        decided = await decisions.decision_of(session, submission)
    return visit.show("case_changed.html", submission=submission, decided=decided)


async def revisions(visit: Visit) -> Response:
    """Show what changed from each revision to the next, and between the article's versions."""
    async with visit.desk.store.reading() as session:
        told = await opened(visit, session)
        sent = await dossier.sent_revisions(session, told.submission.id)
        kept = await versions.of(session, told.article.id) if told.article else []
    said = [one.model_dump() for one in sent]
    return visit.show(
        "revisions.html",
        told=told,
        revisions=list(zip(sent, _compared(said), strict=True)),
        versions=list(zip(kept, _compared([one.content for one in kept]), strict=True)),
    )


async def preview(visit: Visit) -> Response:
    """Show a channel's page as a page of its own, which case.html frames without scripts."""
    async with visit.desk.store.reading() as session:
        told = await opened(visit, session)
        sent = await _posts(visit, session, told)
    return page_of(visit, sent, told)


def page_of(visit: Visit, sent: Sequence[Post], told: Dossier) -> Response:
    """Answer with the page among some posts of a case: of the channel asked for, or the first."""
    pages = [one for one in sent if one.html]
    wanted = visit.query.get("canale", pages[0].channel if pages else "")
    post = next((one for one in pages if one.channel == wanted), None)
    if post is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    numbers = {one["sha256"]: number for number, one in enumerate(told.media)}
    folder = f"{BASE}/scheda/{told.submission.id}/media"
    style, _ = assets()["rubrica.css"]
    html = _with_pictures(post.html, numbers, folder)
    return visit.show("preview.html", post=post, html=html, style=f"/{style}")


async def medium(visit: Visit) -> Response:
    """Show a picture of the case, or hand over another file of it."""
    async with visit.desk.store.reading() as session:
        told = await opened(visit, session)
    number = visit.number("medium")
    if number >= len(told.media):
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    one = Medium.model_validate(told.media[number])
    file = visit.desk.media_root / one.file_name
    if not file.is_file():
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    shown = "inline" if one.kind is MediumKind.PICTURE else "attachment"
    return FileResponse(
        file,
        media_type=one.mime,
        filename=one.name or one.file_name,
        content_disposition_type=shown,
        headers={"cache-control": "private, max-age=3600"},
    )


async def opened(visit: Visit, session: AsyncSession) -> Dossier:
    """Return the dossier of the case in the path; raises Refused where there is none."""
    told = await dossier.opened(session, visit.number("case"), now=visit.now)
    if told is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return told


async def _posts(visit: Visit, session: AsyncSession, told: Dossier) -> Sequence[Post]:
    """Return what would be sent; of what was approved, what was."""
    if told.article is None:
        return []
    if told.may_approve:
        return await visit.desk.render(session, told.article)
    return await posts.frozen(session, told.article.id, told.article.version)


async def costs_of(
    visit: Visit, session: AsyncSession, sent: Sequence[Post]
) -> list[dict[str, object]]:
    """Return what posts cost on channels that ask for money, and what the month has cost."""
    found: list[dict[str, object]] = []
    for post in sent:
        publisher = visit.desk.publishers.get(post.channel)
        if publisher is None or not (price := publisher.cost(post)):
            continue
        spent = await accounts.spent(session, post.channel, publisher.prices, now=visit.now)
        cap = publisher.monthly_cap
        found.append({"label": publisher.label, "price": price, "spent": spent, "cap": cap})
    return found


def _remedies(visit: Visit, told: Dossier) -> dict[str, Sequence[Remedy]]:
    """Return what may be done about an older version where one is out, by channel."""
    page = visit.desk.page_channel
    return {
        name: mending.remedies(publisher, page=name == page)
        for name, publisher in visit.desk.publishers.items()
        if any(one.made.channel == name and not one.is_leaving for one in told.there)
    }


async def _at_work(visit: Visit, session: AsyncSession, told: Dossier) -> list[str]:
    """Return who else is writing what is not saved yet."""
    if told.article is None:
        return []
    others = await writing.others(session, told.article.id, visit.me.id, now=visit.now)
    return [name for name, writes in others if writes]


def _compared(said: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return, for each in turn, its fields as changes to the one before."""
    before: list[dict[str, Any]] = [{}, *said[:-1]] if said else []
    return [
        {
            name: differences(old.get(name) or "", new.get(name) or "") if old else None
            for name in _TOLD
            if name in new
        }
        for old, new in zip(before, said, strict=True)
    ]


def _with_pictures(html: str, numbers: dict[str, int], folder: str) -> str:
    """Return a fragment with pictures from the case: the column has them once they are out."""

    def ours(match: re.Match[str]) -> str:
        number = numbers.get(match[2] or "")
        return "" if number is None else f'{match[1]}="{folder}/{number}?{(match[2] or "")[:8]}"'

    return _SOURCE.sub(ours, html)
