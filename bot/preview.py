"""Shows moderators exactly what a channel would be sent."""

from bot import cards, outbox, texts
from bot.turn import Turn
from content import review
from content.media import Medium, MediumKind
from content.posts import Form
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
    if publisher.limits.text and any(map(_is_shown, post.media)):
        files = [one.poster_name or one.file_name for one in post.media if _is_shown(one)]
        await outbox.show(
            turn.session,
            turn.chat_id,
            files,
            publisher.label,
            now=turn.now,
            thread=turn.thread,
        )
    films = any(one.kind is MediumKind.VIDEO for one in post.media)
    filmed = any(one["mime"].startswith("video/") for one in article.media)
    chosen_away = article.forms.get(channel) == Form.LINK
    if filmed and publisher.limits.text and not chosen_away:
        say = texts.with_film if films else texts.without_film
        await turn.say(say(publisher.label))
    for part in texts.pages(cards.readable(post)):
        await turn.say(texts.preview(publisher.label, part))
    return ""


def _is_shown(medium: Medium) -> bool:
    """Whether there is a picture of it; a film is shown by its poster."""
    return medium.kind is MediumKind.PICTURE or medium.poster is not None
