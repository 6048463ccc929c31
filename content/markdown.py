"""A person's words as Markdown that shows them literally."""

import re
from typing import Final

# Inside a word an underscore means nothing, and links with one stay whole.
_SPECIAL: Final = re.compile(
    r"[\\`*\[\]<>#~|{}]|(?<![^\W_])_|_(?![^\W_])|&(?=#?[A-Za-z0-9]{1,32};)"
)
_AT_LINE_START: Final = re.compile(r"(?m)^(?:([-+=:])|(\d{1,9})([.)]))")


def literal(text: str) -> str:
    r"""Return Markdown that renders as the text itself: paragraphs kept, lines broken by `\`.

    Escapes as CommonMark has it: https://spec.commonmark.org/0.31.2/#backslash-escapes
    """
    paragraphs = (block.strip() for block in re.split(r"\n\s*\n", text))
    return "\n\n".join(_paragraph(block) for block in paragraphs if block)


def bare(markdown: str) -> str:
    """Return Markdown without its backslash escapes, as a reader of the rendered page sees it."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown.replace("\\\n", "\n"))


def _paragraph(block: str) -> str:
    lines = (line.strip() for line in block.split("\n"))
    escaped = "\n".join(_SPECIAL.sub(lambda sign: "\\" + sign[0], line) for line in lines)
    escaped = _AT_LINE_START.sub(
        lambda start: f"\\{start[1]}" if start[1] else f"{start[2]}\\{start[3]}", escaped
    )
    return escaped.replace("\n", "\\\n")
