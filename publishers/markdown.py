"""What people write as Markdown, read alike for every outlet: no raw HTML, no pictures."""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from publishers.words import plain

_GAP: Final = re.compile(r"\n(?:[ \t]*\n)+")
_ONLY_LINES: Final = re.compile(
    r"(?:(?:[^\W\d_]|\d+(?![\d.)])|[«»“”‘’\"'(…–—€@])[^\n]*(?:\n[ \t]*(?=\n))*(?:\n|\Z))*"
)
"""Lines that can begin no list, heading, quotation, rule or block: by letters, and the like."""
_MARKS: Final = ("\\", "`", "*", "_", "[", "<", "&", "://")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'()\[\]{}]*[^\s<>\"'()\[\]{}.,;:!?…»”’]")


def rendered(text: str) -> str:
    """Return Markdown as HTML, which is still to be sanitised."""
    html: str = MARKDOWN.render(plain(text))
    return html


def tokens(text: str) -> list[Token]:
    """Return Markdown as tokens: headings from h2 without gaps, bare addresses as links."""
    return MARKDOWN.parse(plain(text))


def paragraphs(text: str) -> list[str] | None:
    """Return the paragraphs of a text that has nothing else; None where it has to be read whole.

    `tokens` says the same of it, and takes twenty times as long: most of what people write is so.
    """
    said = plain(text).rstrip(" \t\n").lstrip("\n")
    if not _ONLY_LINES.fullmatch(said):
        return None
    return [one.strip() for one in _GAP.split(said)] if said else []


def unmarked(text: str) -> bool:
    """Whether the paragraphs of a text are words and line breaks alone."""
    return not any(one in text for one in _MARKS)


def inline(paragraph: str) -> list[Token]:
    """Return what is in a paragraph as tokens."""
    return MARKDOWN.parseInline(paragraph)


def normalized(address: str) -> str:
    """Return a web address as it stands in a link."""
    return MARKDOWN.normalizeLink(address)


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
            Token("link_open", "a", 1, attrs={"href": MARKDOWN.normalizeLink(address)}),
            Token("text", "", 0, content=re.sub(r"^https?://(www\.)?|/$", "", address)),
            Token("link_close", "a", -1),
        ]
        end = found.end()
    return [*tokens, Token("text", "", 0, content=text[end:])]


MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True})
MARKDOWN.disable(["image", "code"])
MARKDOWN.core.ruler.push("settle_headings", _settle_headings)
MARKDOWN.core.ruler.push("link_addresses", _link_addresses)
