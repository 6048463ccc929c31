"""What an approval still asks for: words for the pictures, one more moderator."""

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import texts
from bot.outbox import Keyboard
from content import alts, approvals
from content.articles import Article
from content.people import Moderator
from content.submissions import Submission
from content.workflow import SubmissionState


async def remarks(
    session: AsyncSession, submission: Submission, article: Article, view: str
) -> tuple[list[str], Keyboard]:
    """Return what keeps a case from being approved, and the buttons for it."""
    lines: list[str] = []
    keyboard: Keyboard = []
    if submission.state is SubmissionState.ACCEPTED:
        lines.append(texts.APPROVE_AGAIN)
    lacking = alts.lacking(article.media)
    if lacking:
        proposed = [str(one.get("alt", "")).strip() for one in lacking]
        lines.append(texts.card_alts(proposed))
        if all(proposed):
            keyboard = [[(texts.ALTS_ARE_FINE, f"d:alts:{submission.id}:{article.version}")]]
    asked = await approvals.approvals_asked(session, submission)
    if asked > 1:
        first = await approvals.approved_once(session, submission, article.version, view)
        who = await session.get_one(Moderator, first.moderator_id) if first else None
        lines.append(texts.card_approvals(asked, who.name if who else None))
    return lines, keyboard
