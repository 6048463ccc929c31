"""Looking the finished site over: links that lead nowhere, pictures untold, files nobody shows."""

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from publishers.rubrica import assets
from publishers.rubrica.cards import Masthead
from publishers.rubrica.files import PART, SHADOWS
from publishers.rubrica.site import MOVED_MARK, RETRACTED_MARK

_KNOWN: Final = frozenset({"404.html", "robots.txt", "index.html"})
_LED_TO: Final = {"a": ("href",), "link": ("href",), "img": ("src",), "script": ("src",),
                  "video": ("src", "poster"), "audio": ("src",), "track": ("src",),
                  "iframe": ("src",)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: `kind` is link, alt or orphan; `what` is the file or address."""

    kind: str
    where: str
    what: str


def check(site: Path, masthead: Masthead) -> Iterator[Flaw]:
    """Yield every flaw of the site, in the order of its files."""
    files = set(_files(site))
    shown: set[str] = set()
    for path in sorted(files):
        if not path.endswith(".html"):
            continue
        page = _Page((site / path).read_text(encoding="utf-8"))
        yield from (Flaw("alt", path, source) for source in page.untold)
        for address in page.addresses:
            target = _file(address, path, masthead)
            if target is None:
                continue
            shown.add(target)
            if target not in files:
                yield Flaw("link", path, address)
    yield from (Flaw("orphan", path, path) for path in sorted(files - shown) if _is_orphan(path))


class _Page(HTMLParser):
    """What a page leads to, and its pictures without words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.untold: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.addresses += [told[name] for name in _LED_TO.get(tag, ()) if told.get(name)]
        self.addresses += [
            one.split()[0] for one in told.get("srcset", "").split(",") if one.strip()
        ]
        if told.get("property") == "og:image":
            self.addresses.append(told["content"])
        if tag == "img" and "alt" not in told:
            self.untold.append(told.get("src", ""))


def _file(address: str, page: str, masthead: Masthead) -> str | None:
    """Return the file of the site that an address means; None where it leads elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        if not address.startswith(f"{masthead.base}/"):
            return None
        path = address.removeprefix(masthead.base).partition("#")[0]
    elif not parts.path:
        return None
    else:
        path = posixpath.join(f"{masthead.root}/{page}", parts.path).removeprefix(masthead.root)
    file = unquote(path.partition("?")[0]).lstrip("/")
    return f"{file}index.html" if not file or file.endswith("/") else file


def _is_orphan(path: str) -> bool:
    """Tell whether a file that no page leads to has no business there either."""
    folder, _, name = path.rpartition("/")
    if name.endswith(SHADOWS) or name in (RETRACTED_MARK, MOVED_MARK) or path in _KNOWN:
        return False
    if name.endswith(".html") and folder.count("/") == 1:
        return False  # an article that was retracted or has moved, a list that is bare
    return not (
        name.endswith((".xml", ".json")) or folder.startswith(assets.FOLDER)
    ) or name.endswith(PART)


def _files(site: Path) -> Iterator[str]:
    for folder, _, names in os.walk(site):
        for name in names:
            yield Path(folder, name).relative_to(site).as_posix()
