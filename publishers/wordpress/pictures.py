"""A post's pictures in WordPress's media library, known there by a name of ours.

https://developer.wordpress.org/rest-api/reference/media/
"""

import re
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any, Final

from content.media import Medium
from content.posts import Post
from publishers.base import CannotTell, ChannelDown, Rejected, Unavailable, Unclear
from publishers.conversation import file_of
from publishers.wordpress.api import Site

__all__ = ["Pictures"]

_MAX_PICTURE: Final = 2_000_000
"""Below what PHP takes as it is installed: https://www.php.net/upload-max-filesize"""


class Pictures:
    """The pictures of one post; `first` is the id of the first that was placed, 0 without any.

    Each call before the post's own may fail freely: nobody sees a picture until the post shows
    it. `tidy` comes after, and is never the reason that a post is not out.
    """

    def __init__(self, site: Site, article_id: int, post_id: str, root: Path) -> None:
        self._site, self._post_id, self._root = site, post_id, root
        self._prefix = f"bottega-{article_id}-"
        self.first = 0
        self._needless: list[int] = []

    def placed(self, post: Post) -> str:
        """Put a post's pictures up and return its HTML with their addresses.

        What an earlier version showed and this one does not is noted, for `tidy`.
        """
        html, wanted = post.html, set()
        for medium in post.media:
            kept = self._kept(medium)
            wanted.add(kept["id"])
            self.first = self.first or kept["id"]
            shown = f'src="{escape(kept["source_url"])}" class="wp-image-{kept["id"]}"'
            html = html.replace(f'src="/media/{medium.file_name}"', shown)
        self.note(but=wanted)
        return html

    def note(self, but: set[int] | None = None) -> None:
        """Note the post's pictures but some as needless: WordPress forgets whose they are."""
        found = self._listed(parent=self._post_id, per_page="100")
        self._needless = [
            one["id"]
            for one in found
            if one["slug"].startswith(self._prefix) and one["id"] not in (but or ())
        ]

    def tidy(self) -> None:
        """Delete what was noted, as far as WordPress lets it be deleted now."""
        for number in self._needless:
            with suppress(CannotTell, ChannelDown, Rejected, Unavailable, Unclear):
                self._site.prepare("DELETE", f"/media/{number}", params={"force": "true"})

    def _kept(self, medium: Medium) -> dict[str, Any]:
        """Return a picture as WordPress keeps it, with the words of this version."""
        slug = f"{self._prefix}{medium.sha256[:32]}"
        words = {
            "alt_text": escape(medium.alt, quote=False),
            "caption": escape(medium.caption or "", quote=False),
        }
        found = self._listed(slug=slug)
        if not found:
            kept = self._uploaded(medium, slug, words)
        elif found[0].get("alt_text") != words["alt_text"]:
            kept = self._site.prepare("POST", f"/media/{found[0]['id']}", json=words)
        else:
            kept = found[0]
        if not isinstance(kept.get("id"), int) or not re.match("https?://", kept["source_url"]):
            raise Unavailable("WordPress non ha tenuto un'immagine.")
        return kept

    def _uploaded(self, medium: Medium, slug: str, words: dict[str, str]) -> dict[str, Any]:
        _, picture, mime = file_of(medium, self._root, _MAX_PICTURE)
        name = f"{slug}.{mime.removeprefix('image/').replace('jpeg', 'jpg')}"
        told = {"slug": slug, "title": slug, "post": self._post_id, **words}
        return self._site.prepare(
            "POST", "/media", data=told, files={"file": (name, picture, mime)}
        )

    def _listed(self, **asked: str) -> list[dict[str, Any]]:
        found = self._site.read("/media", context="edit", **asked)
        if not isinstance(found, list):
            raise CannotTell("WordPress non ha mostrato le sue immagini.")
        return found
