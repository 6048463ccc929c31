"""Shows moderators exactly what a channel would be sent."""

from bot import cards, outbox, texts
from bot.turn import Turn
from content import review
from content.submissions import Submission


async def show(turn: Turn, submission: Submission, channel: str) -> str:
    """Show a post in the chat of a press; return what the press is answered with."""
    publisher = turn.newsroom.publishers.get(channel)
    article = await review.article_under_review(turn.session, submission)
    if publisher is None:
        return texts.UNKNOWN_BUTTON
    posts = await turn.newsroom.render(turn.session, article)
    post = next((one for one in posts if one.channel == channel), None)
    if post is None:
        return texts.not_permitted(publisher.label)
    if post.media and publisher.limits.text:
        files = [medium.file_name for medium in post.media]
        await outbox.show(
            turn.session,
            turn.chat_id,
            files,
            publisher.label,
            now=turn.now,
            thread=turn.thread,
        )
    for part in texts.pages(cards.readable(post)):
        await turn.say(texts.preview(publisher.label, part))
    return ""
