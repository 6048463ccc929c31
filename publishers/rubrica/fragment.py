"""The article's own fragment: Markdown and facts in, sanitised HTML out; pure."""

import re
from collections.abc import Sequence
from typing import Final

import nh3
from jinja2 import Environment
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from content.goals import GOALS
from content.posts import Piece
from publishers.rubrica.enclosures import Enclosure
from publishers.rubrica.films import film
from publishers.rubrica.pictures import Picture
from publishers.rubrica.words import host, line, plain, shortened

SUMMARY: Final = 200
_TAGS: Final = {
    "p", "br", "h2", "h3", "h4", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr",
    "code", "pre",
}  # fmt: skip
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'()\[\]{}]*[^\s<>\"'()\[\]{}.,;:!?…»”’]")


def body(text: str) -> Markup:
    """Return Markdown as safe HTML: no raw HTML, no pictures, headings from h2 without gaps.

    Bare web addresses become links, as people expect of what they typed in a chat.
    """
    html = _MARKDOWN.render(plain(text))
    attributes = {"a": {"href"}, "ol": {"start"}}
    schemes = {"http", "https", "mailto", "tel"}
    clean = nh3.clean(html, tags=_TAGS, attributes=attributes, url_schemes=schemes, link_rel=None)
    return Markup(clean)  # noqa: S704  nh3 has just sanitised it


def words(text: str) -> str:
    """Return Markdown as plain text on one line."""
    tokens = _MARKDOWN.parse(plain(text))
    return line(" ".join("".join(map(_words, token.children or ())) for token in tokens))


def summary(piece: Piece) -> str:
    """Return what a list or a search engine says of the piece: its lead, or how it begins."""
    return shortened(line(piece.lead) or words(piece.text), SUMMARY)


def fragment(
    piece: Piece,
    pictures: Sequence[Picture],
    environment: Environment,
    enclosures: Sequence[Enclosure] = (),
) -> str:
    """Return lead, text, media, source, credits: all of the article but its title and date."""
    link = source(piece.link)
    html = environment.get_template("fragment.html").render(
        piece=piece,
        lead=line(piece.lead),
        body=body(piece.text),
        pictures=pictures,
        enclosures=enclosures,
        film=film(link),
        title=line(piece.title),
        organisation=line(piece.organisation),
        author=line(piece.author),
        goals=[goal for goal in GOALS if goal.number in piece.sdgs],
        place=place(piece.municipality, piece.province),
        link=link,
        link_host=host(link),
    )
    return html.strip() + "\n"


def source(link: str | None) -> str:
    """Return a web address fit for a link, "" if it is none."""
    fit = link and re.fullmatch(r"https?://[^\s/]\S*", link) and host(link)
    return _MARKDOWN.normalizeLink(link) if link and fit else ""


def place(municipality: str | None, province: str | None) -> str:
    """Return "Tirano (SO)", as much of it as is known."""
    name, around = line(municipality or ""), line(province or "")
    return f"{name} ({around})" if name and around else name


def _words(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _settle_headings(state: StateCore) -> None:
    """Bring the levels in use to h2, h3, h4, never deeper than one below the last."""
    openings = [token for token in state.tokens if token.type == "heading_open"]
    ranks = {tag: rank for rank, tag in enumerate(sorted({token.tag for token in openings}))}
    last, tag = 1, "h2"
    for token in state.tokens:
        if token.type == "heading_open":
            last = min(2 + ranks[token.tag], last + 1, 4)
            tag = f"h{last}"
        if token.type in ("heading_open", "heading_close"):
            token.tag = tag


def _link_addresses(state: StateCore) -> None:
    """Turn bare addresses into links, outside links and code."""
    for token in state.tokens:
        inside, children = 0, []
        for child in token.children or ():
            inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            children += [child] if inside or child.type != "text" else _linked(child.content)
        token.children = children if token.children is not None else None


def _linked(text: str) -> list[Token]:
    tokens, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = found.group()
        tokens += [
            Token("text", "", 0, content=text[end : found.start()]),
            Token("link_open", "a", 1, attrs={"href": _MARKDOWN.normalizeLink(address)}),
            Token("text", "", 0, content=re.sub(r"^https?://(www\.)?|/$", "", address)),
            Token("link_close", "a", -1),
        ]
        end = found.end()
    return [*tokens, Token("text", "", 0, content=text[end:])]


_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True})
_MARKDOWN.disable(["image", "code"])
_MARKDOWN.core.ruler.push("settle_headings", _settle_headings)
_MARKDOWN.core.ruler.push("link_addresses", _link_addresses)
