"""What moderators must know of who is shown: releases, and what an author refused."""

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import texts
from bot.outbox import Keyboard
from bot.turn import Newsroom
from content import duplicates, minors
from content.articles import Article, credit_of, licensed
from content.media import Medium
from content.minors import pictures
from content.submissions import Revision, Submission


async def remarks(
    newsroom: Newsroom, session: AsyncSession, submission: Submission, article: Article
) -> tuple[list[str], Keyboard]:
    """Return what moderators must know before they decide a case, and the buttons for it."""
    revision = await session.get_one(Revision, article.revision_id)
    allowed = await newsroom.allowed(session, article)
    refused = [newsroom.label(one) for one in newsroom.publishers if one not in allowed]
    alike = await duplicates.alike(session, submission, revision, now=newsroom.clock())
    lines = [texts.card_refused(refused)] if refused else []
    if alike:
        lines.append(texts.card_alike([one.receipt or "" for one in alike]))
    files = [Medium.model_validate(one) for one in article.media]
    lines += texts.details(files, revision.place, revision.forwarded_from)
    if not pictures(article.media):
        return lines, []
    lines.append(texts.card_credit(licensed(credit_of(article, revision))))
    lacking = await minors.lacks_release(session, revision)
    if revision.minors:
        lines.append(texts.CARD_NO_RELEASE if lacking else texts.CARD_RELEASE)
    button = [(texts.RELEASE_ARRIVED, f"d:release:{submission.id}:{revision.id}")]
    return lines, [button] if lacking else []
