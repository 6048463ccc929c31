"""The presses that take a published piece down: first what will happen, then the deed."""

from typing import Final

from bot import cards, texts
from bot.turn import Turn
from content import retractions
from content.articles import of_submission
from content.deliveries import Action
from content.history import Actor, NotAllowed
from content.people import Moderator
from content.retractions import NothingOut
from content.standing import by_thread, operations_of, standing
from content.submissions import Submission
from content.workflow import ArticleState

_BY_BUTTON: Final = "Telegram"


async def ask(turn: Turn, submission: Submission, _: Moderator, __: str) -> str:
    """Say what will happen on each channel, and ask whether to do it."""
    article = await of_submission(turn.session, submission.id)
    there = standing(await operations_of(turn.session, submission.id, locked=False))
    if article is None or article.state is ArticleState.RETRACTED:
        return texts.RETRACTED_ALREADY
    if not there:
        return texts.NOTHING_OUT
    lines = []
    for thread in by_thread(there):
        one, parts = thread[0], len(thread)
        publisher = turn.newsroom.publishers.get(one.made.channel)
        can = publisher is not None and Action.DELETE in publisher.actions
        is_page = one.made.channel == turn.newsroom.page_channel
        label = turn.newsroom.label(one.made.channel)
        sure = all(one.is_settled for one in thread)
        lines.append(texts.will_be_retracted(label, is_page, can=can, sure=sure, parts=parts))
    text = texts.ask_retract(submission.receipt or "", article.title, lines)
    yes = [(texts.RETRACT_SURE, f"d:gone:{submission.id}")]
    no = [(texts.RETRACT_NOT, f"d:stay:{submission.id}")]
    await turn.say(text, [yes, no], ref=f"away:{submission.id}")
    return ""


async def retract(turn: Turn, submission: Submission, member: Moderator, _: str) -> str:
    """Take it down, once; the card follows what each channel says."""
    by = Actor("moderator", member.id)
    try:
        await retractions.retract(turn.session, submission, _BY_BUTTON, by=by, now=turn.now)
    except NotAllowed:
        return texts.RETRACTED_ALREADY
    except NothingOut:
        return texts.NOTHING_OUT
    await turn.mend(
        f"away:{submission.id}", texts.retracting(submission.receipt or "", member.name)
    )
    await cards.refresh(turn.newsroom, turn.session, submission)
    return ""


async def leave(turn: Turn, submission: Submission, _: Moderator, __: str) -> str:
    """Leave everything as it is, unless it was taken down meanwhile."""
    article = await of_submission(turn.session, submission.id)
    if article is not None and article.state is ArticleState.RETRACTED:
        return texts.RETRACTED_ALREADY
    await turn.mend(f"away:{submission.id}", texts.RETRACTION_LEFT)
    return ""
