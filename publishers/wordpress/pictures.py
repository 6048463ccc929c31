"""A post's pictures and films in WordPress's media library, known there by a name of ours.

https://developer.wordpress.org/rest-api/reference/media/
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Final, TypeAlias

from content.media import Medium, MediumKind
from content.posts import Post
from publishers.base import CannotTell, ChannelDown, Rejected, Unavailable, Unclear
from publishers.conversation import file_of
from publishers.films import FilmForm, captions_of, poster_of
from publishers.wordpress.api import Site

__all__ = ["Pictures"]

_MAX_PICTURE: Final = 2_000_000
"""Below what PHP takes as it is installed: https://www.php.net/upload-max-filesize"""
_WORDLESS: Final = {"alt_text": "", "caption": ""}
_UNSEEN: Final = (".mp4", ".webm", ".vtt")
"""What cannot be a post's featured image."""
_Form: TypeAlias = Callable[[dict[str, str]], dict[str, Any]]
"""What makes the request that puts a file up, given what it says of it."""


class Pictures:
    """The files of one post; `first` is the id of the first picture that was placed, 0 without any.

    Each call before the post's own may fail freely: nobody sees a file until the post shows it.
    A film brings its poster, which is a picture, and its captions. `tidy` comes after, and is never
    the reason that a post is not out.
    """

    def __init__(self, site: Site, article_id: int, post_id: str, root: Path) -> None:
        self._site, self._post_id, self._root = site, post_id, root
        self._prefix = f"bottega-{article_id}-"
        self.first = 0
        self._needless: list[int] = []

    def placed(self, post: Post) -> str:
        """Put a post's files up and return its HTML with their addresses.

        What an earlier version showed and this one does not is noted, for `tidy`.
        """
        html, wanted = post.html, set()
        for medium in post.media:
            for name, kept in self._files(medium):
                wanted.add(kept["id"])
                address = escape(kept["source_url"])
                seen = f'<img src="{address}" class="wp-image-{kept["id"]}"'
                html = html.replace(f'<img src="/media/{name}"', seen)
                html = html.replace(f'="/media/{name}"', f'="{address}"')
                if not name.endswith(_UNSEEN):
                    self.first = self.first or kept["id"]
        self.note(but=wanted)
        return html

    def note(self, but: set[int] | None = None) -> None:
        """Note the post's files but some as needless: WordPress forgets whose they are."""
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

    def _files(self, medium: Medium) -> Iterator[tuple[str, dict[str, Any]]]:
        """Put a picture up, or a film with what comes with it; yield each by its name."""
        words = {
            "alt_text": escape(medium.alt, quote=False),
            "caption": escape(medium.caption or "", quote=False),
        }
        if medium.kind is not MediumKind.VIDEO:
            form = partial(self._picture, medium)
            yield medium.file_name, self._kept(medium.sha256, words, form)
            return
        yield medium.file_name, self._kept(medium.sha256, words, partial(self._film, medium))
        if (poster := poster_of(medium, self._root)) is not None:
            form = partial(_small, ".jpg", poster, "image/jpeg")
            yield f"{medium.poster_name}", self._kept(f"{medium.poster}", _WORDLESS, form)
        if (captions := captions_of(medium, self._root)) is not None:
            form = partial(_small, ".vtt", captions, "text/vtt")
            yield f"{medium.captions_name}", self._kept(f"{medium.captions}", _WORDLESS, form)

    def _kept(self, sha256: str, words: dict[str, str], form: _Form) -> dict[str, Any]:
        """Return a file as WordPress keeps it, with the words of this version."""
        slug = f"{self._prefix}{sha256[:32]}"
        found = self._listed(slug=slug)
        if not found:
            told = {"slug": slug, "title": slug, "post": self._post_id, **words}
            kept = self._site.prepare("POST", "/media", **form(told))
        elif found[0].get("alt_text") != words["alt_text"]:
            kept = self._site.prepare("POST", f"/media/{found[0]['id']}", json=words)
        else:
            kept = found[0]
        if not isinstance(kept.get("id"), int) or not re.match("https?://", kept["source_url"]):
            raise Unavailable("WordPress non ha tenuto un'immagine, o il filmato.")
        return kept

    def _picture(self, medium: Medium, told: dict[str, str]) -> dict[str, Any]:
        _, picture, mime = file_of(medium, self._root, _MAX_PICTURE)
        end = f".{mime.removeprefix('image/').replace('jpeg', 'jpg')}"
        return _small(end, picture, mime, told)

    def _film(self, film: Medium, told: dict[str, str]) -> dict[str, Any]:
        form = FilmForm(film, self._root, "file", **told)
        return {"data": form, "headers": {"Content-Type": form.kind}}

    def _listed(self, **asked: str) -> list[dict[str, Any]]:
        found = self._site.read("/media", context="edit", **asked)
        if not isinstance(found, list):
            raise CannotTell("WordPress non ha mostrato le sue immagini.")
        return found


def _small(end: str, content: bytes, mime: str, told: dict[str, str]) -> dict[str, Any]:
    return {"data": told, "files": {"file": (f"{told['slug']}{end}", content, mime)}}
