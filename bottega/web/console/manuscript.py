"""What the editor of an article sends: words kept as they come, who is there, and what is saved."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console import article as sheet
from bottega.web.console import form
from bottega.web.console.looks import looks, written
from bottega.web.console.visit import Refused, Visit
from content import editing, versions, writing
from content.articles import Article, content_of, of_submission
from content.editing import Unfit
from content.store import locked, row_id
from content.submissions import Submission
from content.threads import parts_of
from content.workflow import ArticleState
from publishers.threads import proposed

_REFUSED: Final[Mapping[str, HTTPStatus]] = {
    "stale": HTTPStatus.CONFLICT,
    "approved_meanwhile": HTTPStatus.CONFLICT,
    "closed": HTTPStatus.CONFLICT,
    "unfit": HTTPStatus.UNPROCESSABLE_ENTITY,
}


async def save(visit: Visit) -> Response:
    """Make what was written the article's next version, or say why not with all of it on the page.

    Sent again, it changes nothing more. With `serie` the words for a channel are divided into
    parts, or put together again, and all is kept instead of saved.
    """
    if visit.told("serie"):
        return await _shape(visit)
    async with visit.desk.store.transaction() as session:
        submission, article = await _subject(visit, session)
        outcome = await _saved(visit, session, submission, article)
    if outcome in _REFUSED:
        return await sheet.page(visit, outcome, _REFUSED[outcome])
    visit.desk.happened()
    return visit.go(f"/articolo/{submission.id}", fatto=outcome)


async def keep(visit: Visit) -> Response:
    """Keep what was written so far, and show what each channel would make of it."""
    async with visit.desk.store.transaction() as session:
        _, article = await _subject(visit, session)
        version, wrote = await _wrote(visit, session, article)
        opened_at = _opened_at(visit)
        last = await writing.keep(
            session, article, visit.me, wrote,
            version=version, opened_at=opened_at, now=visit.now,
        )  # fmt: skip
    async with visit.desk.store.reading() as session:
        seen = await looks(visit.desk, session, article, wrote)
    differs = version != article.version or wrote != content_of(article)
    return visit.show(
        "article_looks.html",
        looks=seen,
        live=True,
        kept="late" if not last else "kept" if differs else "",
        **sheet.beside(article, wrote),
    )


async def here(visit: Visit) -> Response:
    """Note that somebody is at the page, and say who else is, and what happened: 204 if nothing."""
    async with visit.desk.store.transaction() as session:
        _, article = await _subject(visit, session)
        opened_at = _opened_at(visit)
        last = await writing.here(session, article, visit.me, opened_at=opened_at, now=visit.now)
        others = await writing.others(session, article.id, visit.me.id, now=visit.now)
        newest = await sheet.newest(session, article)
    news = versions.digest([others, article.version, article.state, last])
    if news == visit.told("detto"):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return visit.show(
        "article_presence.html",
        others=others,
        newest=newest,
        last=last,
        began=row_id(visit.told("versione")),
        approved=article.state is ArticleState.APPROVED,
        thought=visit.told("stato"),
        opened_at=opened_at.isoformat(),
        number=visit.number("case"),
        detto=news,
        first=False,
    )


async def discard(visit: Visit) -> Response:
    """Drop what this person wrote and did not save, and begin again from the article."""
    async with visit.desk.store.transaction() as session:
        submission, article = await _subject(visit, session)
        await writing.settle(session, article, visit.me, now=visit.now)
    return visit.go(f"/articolo/{submission.id}", fatto="discarded")


async def _shape(visit: Visit) -> Response:
    """Divide a channel's words into the parts of a thread, or make them one post again."""
    gesture, _, name = visit.told("serie").partition(":")
    publisher = visit.desk.publishers.get(name)
    if publisher is None or publisher.limits.thread == 1:
        raise Refused(HTTPStatus.BAD_REQUEST, "failed")
    async with visit.desk.store.transaction() as session:
        submission, article = await _subject(visit, session)
        version, wrote = await _wrote(visit, session, article)
        if gesture == "dividi":
            sent = await visit.desk.render(session, editing.trial(article, wrote))
            link = next((one.link for one in sent if one.channel == name), None)
            words = proposed(publisher, wrote, link or "")
        else:
            words = "\n\n".join(parts_of(wrote["texts"].get(name, "")))
        wrote["texts"] = {**wrote["texts"], name: words}
        await writing.keep(
            session, article, visit.me, wrote, version=version, opened_at=visit.now, now=visit.now
        )
    said = "divided" if gesture == "dividi" else "joined"
    return visit.go(f"/articolo/{submission.id}", fatto=said)


async def _saved(
    visit: Visit, session: AsyncSession, submission: Submission, article: Article
) -> str:
    version, wrote = await _wrote(visit, session, article)
    says = content_of(article)
    base = await sheet.base_of(session, article, version)
    if versions.merged(base, wrote, says).content == says:  # as when an answer was lost
        await writing.settle(session, article, visit.me, now=visit.now)
        return "same"
    await writing.keep(
        session, article, visit.me, wrote, version=version, opened_at=visit.now, now=visit.now
    )
    if not editing.open_to_edits(submission, article):
        return "closed"
    if version != article.version:
        return "stale"
    approved = article.state is ArticleState.APPROVED
    if approved and visit.told("stato") != article.state:
        return "approved_meanwhile"
    changes = {name: value for name, value in wrote.items() if value != says.get(name)}
    try:
        await editing.edit(session, article, changes, by=visit.by, now=visit.now, version=version)
    except Unfit:
        return "unfit"
    await writing.settle(session, article, visit.me, now=visit.now)
    return "reopened" if approved else "saved"


async def _wrote(
    visit: Visit, session: AsyncSession, article: Article
) -> tuple[int, dict[str, Any]]:
    """Return which version a person began from, and what the form makes of it."""
    if "title" not in visit.form:
        raise Refused(HTTPStatus.BAD_REQUEST, "failed")
    version = row_id(visit.told("versione"))
    base = await sheet.base_of(session, article, version) or content_of(article)
    return version, form.content_of(visit.form, base, written(visit.desk))


async def _subject(visit: Visit, session: AsyncSession) -> tuple[Submission, Article]:
    submission = await session.get(Submission, visit.number("case"))
    if submission is None or submission.receipt is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    article = await of_submission(session, submission.id)
    if article is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    await locked(session, article)
    return submission, article


def _opened_at(visit: Visit) -> datetime:
    """Return when the page that sends this was made, which tells it from others."""
    try:
        told = datetime.fromisoformat(visit.told("aperta"))
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "failed") from None
    if told.tzinfo is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "failed")
    return min(told, visit.now)
