"""How a text stands in a Telegram channel: its HTML, and the page shown below it."""

import html
import json

from publishers.base import Post

__all__ = ["html_of", "marked", "preview_of"]


def marked(words: str, ending: str) -> str:
    """Return a text as the Bot API's HTML. https://core.telegram.org/bots/api#html-style."""
    first, gap, rest = words.partition("\n\n")
    head = html.escape(first, quote=False)
    told = f"<b>{head}</b>{gap}{html.escape(rest, quote=False)}" if gap else head
    return told + html.escape(ending, quote=False)


def html_of(post: Post) -> str:
    """Return the HTML that was frozen with a post, or its text as such."""
    return str(post.facts.get("html") or html.escape(post.text, quote=False))


def preview_of(post: Post) -> dict[str, str]:
    """Return how the link of a text is shown below it."""
    size = post.facts.get("preview")
    if size == "none" or not post.link:
        return {"link_preview_options": json.dumps({"is_disabled": True})}
    shown = {"url": post.link, f"prefer_{size or 'large'}_media": True}
    return {"link_preview_options": json.dumps(shown)}
