"""What people wrote, as pages of any channel carry it: Markdown in, sanitised HTML out; pure."""

import re
from typing import Final

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from content.posts import Piece
from publishers.markdown import normalized, rendered, tokens
from publishers.words import host, line, shortened

SUMMARY: Final = 200
_TAGS: Final = {
    "p", "br", "h2", "h3", "h4", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr",
    "code", "pre",
}  # fmt: skip


def body(text: str) -> Markup:
    """Return Markdown as safe HTML: no raw HTML, no pictures, headings from h2 without gaps.

    Bare web addresses become links, as people expect of what they typed in a chat.
    """
    attributes = {"a": {"href"}, "ol": {"start"}}
    schemes = {"http", "https", "mailto", "tel"}
    clean = nh3.clean(
        rendered(text), tags=_TAGS, attributes=attributes, url_schemes=schemes, link_rel=None
    )
    return Markup(clean)  # noqa: S704  nh3 has just sanitised it


def words(text: str) -> str:
    """Return Markdown as plain text on one line."""
    return line(" ".join("".join(map(_words, token.children or ())) for token in tokens(text)))


def summary(piece: Piece) -> str:
    """Return what a list or a search engine says of the piece: its lead, or how it begins."""
    return shortened(line(piece.lead) or words(piece.text), SUMMARY)


def source(link: str | None) -> str:
    """Return a web address fit for a link, "" if it is none."""
    fit = link and re.fullmatch(r"https?://[^\s/]\S*", link) and host(link)
    return normalized(link) if link and fit else ""


def _words(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content
