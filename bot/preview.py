"""Shows moderators exactly what a channel would be sent, and lets them choose what it shows."""

from typing import Any

from bot import cards, outbox, texts
from bot.outbox import Keyboard
from bot.turn import Turn
from content import editing, review
from content.articles import Article, content_of
from content.history import Actor
from content.media import Medium, MediumKind
from content.people import Moderator
from content.posts import Form, Post
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
    *pages, last = texts.pages(cards.readable(post))
    for part in pages:
        await turn.say(texts.preview(publisher.label, part))
    ways = await _ways(turn, submission, article, post)
    await turn.say(texts.preview(publisher.label, last), ways)
    return ""


async def choose(turn: Turn, submission: Submission, member: Moderator, said: str) -> str:
    """Have a channel show a piece in the way that a button says, and show that; as `show`."""
    _, choice, version = said.split(":")
    channel, _, named = choice.partition(".")
    if submission.state not in cards.WAITING:
        return texts.ALREADY_SOLVED
    if channel not in turn.newsroom.publishers or named not in list(Form):
        return texts.UNKNOWN_BUTTON
    article = await review.article_under_review(turn.session, submission)
    forms, by = _forms(article, channel, Form(named)), Actor("moderator", member.id)
    read = int(version) if version.isdecimal() else 0
    try:
        await editing.edit(
            turn.session, article, {"forms": forms}, by=by, now=turn.now, version=read
        )
    except editing.EditedMeanwhile:
        return texts.LOOK_AGAIN
    return await show(turn, submission, channel)


async def _ways(turn: Turn, submission: Submission, article: Article, post: Post) -> Keyboard:
    """Return a button for each other way in which a post's channel could show a piece that waits.

    None where they all come to the same.
    """
    publisher = turn.newsroom.publishers[post.channel]
    known = {post.sha256}
    keyboard = []
    for form in Form if submission.state in cards.WAITING and publisher.limits.text else ():
        content: dict[str, Any] = content_of(article)
        trial = editing.trial(article, {**content, "forms": _forms(article, post.channel, form)})
        for other in await turn.newsroom.render(turn.session, trial, post.channel):
            if other.sha256 not in known:
                known.add(other.sha256)
                label = texts.way(form, bool(other.media), publisher.cost(other))
                choice = f"{post.channel}.{form.value}:{article.version}"
                keyboard.append([(label, f"d:form:{submission.id}:{choice}")])
    return keyboard


def _forms(article: Article, channel: str, form: Form) -> dict[str, str]:
    """Return what each channel is to show of an article, with another form for one of them."""
    others = {name: one for name, one in article.forms.items() if name != channel}
    return others if form is Form.BOTH else {**others, channel: form.value}


def _is_shown(medium: Medium) -> bool:
    """Whether there is a picture of it; a film is shown by its poster."""
    return medium.kind is MediumKind.PICTURE or medium.poster is not None
