"""What a web page says of itself, as far as it is fetched at all."""

from typing import Any, Final, Protocol
from urllib.parse import urljoin

from lxml import etree
from pydantic import BaseModel, ConfigDict

from content.cleaning import readable

LONGEST_TITLE: Final = 300
LONGEST_DESCRIPTION: Final = 600


class Page(BaseModel):
    """A page's own words: its title, its summary, the address of the picture that stands for it."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    description: str = ""
    image: str | None = None


class Links(Protocol):
    """Whoever looks at the pages that people point to."""

    async def page(self, address: str) -> Page | None:
        """Return what a page says of itself, None when it cannot or may not be fetched."""
        ...

    async def picture(self, address: str) -> bytes | None:
        """Return the bytes of a picture on the web, None when they cannot or may not be fetched."""
        ...


class NullLinks:
    """Looks at nothing."""

    async def page(self, address: str) -> Page | None:  # noqa: ARG002 - the protocol's own
        """Return None."""
        return None

    async def picture(self, address: str) -> bytes | None:  # noqa: ARG002 - the protocol's own
        """Return None."""
        return None


def read(data: bytes, charset: str | None, address: str) -> Page:
    """Return what a page's HTML says of it, as Open Graph (https://ogp.me) or in its own head."""
    head = _tree(data, charset)
    if head is None:
        return Page()
    said: dict[str, str] = {}
    for one in head.iter("meta"):
        key = (one.get("property") or one.get("name") or "").lower()
        said.setdefault(key, one.get("content") or "")
    title = said.get("og:title") or head.findtext(".//title") or ""
    image = said.get("og:image", "").strip()
    return Page(
        title=_line(title)[:LONGEST_TITLE],
        description=_line(said.get("og:description") or said.get("description", ""))[
            :LONGEST_DESCRIPTION
        ],
        image=urljoin(address, image) if image else None,
    )


def _tree(data: bytes, charset: str | None) -> Any:
    if charset is not None:
        try:
            data = data.decode(charset, "replace").encode()
        except LookupError:
            data = data.decode("utf-8", "replace").encode()
    # Where the answer names no charset the page's own word counts.
    parser = etree.HTMLParser(encoding="utf-8" if charset else None, no_network=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None


def _line(text: str) -> str:
    return " ".join(readable(text).split())
