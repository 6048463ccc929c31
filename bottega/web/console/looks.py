"""What each channel would show of an article, and the ways in which it could."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bottega.web.console.desk import Desk
from content import editing
from content.articles import Article
from content.media import MediumKind
from content.posts import Form, Post
from publishers.threads import left_out


@dataclass(frozen=True, slots=True)
class Choice:
    """A way in which a channel can show an article, the post that makes, and what it costs."""

    form: Form
    post: Post
    cost: Decimal
    chosen: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What one channel would show: no post where the author does not let it.

    `lengths`, of each part, of `limit` are in the channel's own measure; `shortened` says that the
    words chosen for it are not all there, `without_film` that the channel leaves the film to the
    page. `choices` are the ways in which it can show the article, where there are several.
    """

    channel: str
    post: Post | None
    lengths: Sequence[int]
    limit: int
    shortened: bool
    without_film: bool
    cost: Decimal
    choices: Sequence[Choice] = ()


async def looks(
    desk: Desk, session: AsyncSession, article: Article, content: Mapping[str, Any]
) -> Sequence[Look]:
    """Return what each channel would show of an article that says this, and could show instead."""
    sent = await desk.render(session, editing.trial(article, content))
    choices = await _choices(desk, session, article, content)
    posts = {post.channel: post for post in sent}
    return [
        _look(desk, name, posts.get(name), content, choices.get(name, ()))
        for name in desk.publishers
    ]


def written(desk: Desk) -> list[str]:
    """Return the channels that have words of their own."""
    return [name for name, one in desk.publishers.items() if one.limits.text]


async def _choices(
    desk: Desk, session: AsyncSession, article: Article, content: Mapping[str, Any]
) -> Mapping[str, Sequence[Choice]]:
    channels = written(desk)
    ways: dict[str, dict[Form, Post]] = {}
    for form in Form if channels else ():
        trial = editing.trial(article, {**content, "forms": dict.fromkeys(channels, form)})
        for post in await desk.render(session, trial, *channels):
            ways.setdefault(post.channel, {})[form] = post
    chosen = content.get("forms", {})
    return {
        name: list(_differing(desk, posts, Form(chosen.get(name, Form.BOTH))))
        for name, posts in ways.items()
    }


def _differing(desk: Desk, ways: Mapping[Form, Post], chosen: Form) -> Iterator[Choice]:
    """Yield the ways whose posts differ, the chosen one among them; none if they are all one."""
    forms: dict[str, Form] = {}
    for form, post in ways.items():
        if form is chosen or post.sha256 not in forms:
            forms[post.sha256] = form
    for form in forms.values() if len(forms) > 1 else ():
        post = ways[form]
        yield Choice(form, post, desk.publishers[post.channel].cost(post), form is chosen)


def _look(
    desk: Desk,
    channel: str,
    post: Post | None,
    content: Mapping[str, Any],
    choices: Sequence[Choice],
) -> Look:
    publisher = desk.publishers[channel]
    if post is None:
        return Look(channel, None, (), 0, shortened=False, without_film=False, cost=Decimal(0))
    chosen = unicodedata.normalize("NFC", content["texts"].get(channel, "")).strip()
    return Look(
        channel,
        post,
        [publisher.measure(text) for text in post.parts],
        publisher.limits.text,
        shortened=not post.html and left_out(chosen, post.parts, post.link or ""),
        without_film=not post.html and _film_is_left_out(channel, content, post),
        cost=publisher.cost(post),
        choices=choices,
    )


def _film_is_left_out(channel: str, content: Mapping[str, Any], post: Post) -> bool:
    """Whether a channel shows no film of an article that has one, though nobody chose that."""
    films = [one for one in content["media"] if one["mime"].startswith("video/")]
    asked = content.get("forms", {}).get(channel) != Form.LINK
    return asked and bool(films) and not any(one.kind is MediumKind.VIDEO for one in post.media)
