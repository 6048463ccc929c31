"""Markdown as a tree of plain values: the one form that the EPUB and the PDF are made from.

A block is {"t": "p" | "h" | "ul" | "ol" | "quote" | "hr" | "pre"}, an inline node {"t": "text" |
"br" | "em" | "strong" | "code" | "a"}; "c" holds what is inside, "s" words, "n" a heading's level
(from 2) or a list's first number, "href" where a link leads.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from markdown_it.token import Token
from markupsafe import escape

from publishers.markdown import inline, paragraphs, tokens, unmarked

Node: TypeAlias = dict[str, Any]

_OPENING: Final = {
    "paragraph_open": "p", "bullet_list_open": "ul", "ordered_list_open": "ol",
    "list_item_open": "li", "blockquote_open": "quote", "heading_open": "h", "em_open": "em",
    "strong_open": "strong", "link_open": "a",
}  # fmt: skip
_SAID: Final = {"code": "<code>{}</code>", "pre": "<pre><code>{}</code></pre>"}
_FORMS: Final = {
    "p": '<p dir="auto">{}</p>', "h": '<h{1} dir="auto">{0}</h{1}>', "ul": "<ul>{}</ul>",
    "ol": '<ol start="{1}">{0}</ol>', "li": '<li dir="auto">{}</li>',
    "quote": "<blockquote>{}</blockquote>", "em": "<em>{}</em>", "strong": "<strong>{}</strong>",
    "br": "<br/>", "hr": "<hr/>",
}  # fmt: skip
_SCHEMES: Final = ("http://", "https://", "mailto:", "tel:")


def read(text: str) -> list[Node]:
    """Return Markdown as blocks."""
    if (only := paragraphs(text)) is not None:
        inside = _lines if unmarked(text) else _marked
        return [{"t": "p", "c": inside(one)} for one in only]
    return [one for one in _tree(tokens(text)) if one["t"] != "h" or words([one]).strip()]


def words(nodes: Iterable[Node]) -> str:
    """Return what some nodes say, without their form."""
    return "".join(one.get("s") or words(one.get("c", ())) or " " for one in nodes)


def xhtml(blocks: Sequence[Node], notes: list[str] | None = None, prefix: str = "") -> str:
    """Return blocks as well-formed XHTML.

    The address of each link is added to `notes`, and referred to there by `prefix` and its number.
    """
    return "".join(_written(one, notes, prefix) for one in blocks)


def _marked(paragraph: str) -> list[Node]:
    return _tree(inline(paragraph))


def _lines(paragraph: str) -> list[Node]:
    if "\n" not in paragraph:
        return [{"t": "text", "s": paragraph}]
    nodes: list[Node] = []
    for one in paragraph.split("\n"):
        nodes += ({"t": "br"}, {"t": "text", "s": one.rstrip(" ")})
    return nodes[1:]


def _tree(flat: Iterable[Token]) -> list[Node]:
    root: list[Node] = []
    stack = [root]
    for token in flat:
        if token.hidden:  # the paragraphs of a list without gaps
            continue
        if token.nesting == 1:
            node = _opened(token)
            stack[-1].append(node)
            stack.append(node["c"])
        elif token.nesting == -1:
            _closed(stack.pop(), stack[-1][-1])
        elif token.type == "inline":
            stack[-1].extend(_tree(token.children or ()))
        elif (leaf := _leaf(token)) is not None:
            stack[-1].append(leaf)
    return root


def _opened(token: Token) -> Node:
    node: Node = {"t": _OPENING[token.type], "c": []}
    if node["t"] == "h":
        node["n"] = int(token.tag[1])
    elif node["t"] == "ol":
        node["n"] = int(token.attrs.get("start", 1))
    elif node["t"] == "a":
        href = str(token.attrs.get("href", ""))
        node["href"] = href if href.lower().startswith(_SCHEMES) else ""
    return node


def _closed(inside: list[Node], node: Node) -> None:
    """Let a link without words say where it leads: nobody hears an empty one."""
    if node["t"] == "a" and not words(inside).strip():
        inside[:] = [{"t": "text", "s": node["href"]}]


def _leaf(token: Token) -> Node | None:
    match token.type:
        case "text":
            return {"t": "text", "s": token.content} if token.content else None
        case "softbreak" | "hardbreak":
            return {"t": "br"}
        case "code_inline":
            return {"t": "code", "s": token.content}
        case "fence" | "code_block":
            return {"t": "pre", "s": token.content}
        case "hr":
            return {"t": "hr"}
        case _:
            return {"t": "text", "s": token.content} if token.content else None


def _written(node: Node, notes: list[str] | None, prefix: str) -> str:
    kind = node["t"]
    if kind == "text":
        return str(escape(node["s"]))
    if "s" in node:
        return _SAID[kind].format(escape(node["s"]))
    inside = "".join(_written(one, notes, prefix) for one in node.get("c", ()))
    if kind == "a":
        return _link(node["href"], inside, notes, prefix)
    return _FORMS[kind].format(inside, node.get("n"))


def _link(href: str, inside: str, notes: list[str] | None, prefix: str) -> str:
    if not href:
        return inside
    link = f'<a href="{escape(href)}">{inside}</a>'
    if notes is None:
        return link
    notes.append(href)
    mark = f"{prefix}{len(notes)}"
    return (
        f'{link}<a epub:type="noteref" role="doc-noteref" class="note" href="#{mark}" '
        f'id="{mark}-r">{len(notes)}</a>'
    )
