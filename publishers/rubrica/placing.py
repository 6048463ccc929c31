"""The files that pages show, put below the site: media in their sizes, and the shared image."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from content.media import Medium
from content.posts import Post
from publishers.rubrica import pictures, share
from publishers.rubrica.cards import Masthead, shared
from publishers.rubrica.files import move, remove, settle, write
from publishers.rubrica.share import Shared

FOLDER = pictures.FOLDER


class Place(NamedTuple):
    """Where everything is; plain values, for other processes. `file` is the index."""

    masthead: Masthead
    file: Path
    site: Path
    media: Path


def names(post: Post, section: str, masthead: Masthead) -> list[str]:
    """Return the name of every file below the media folder that a post's pages show."""
    own = [name for medium in post.media for name in pictures.names(medium)]
    return [*own, shared(post, section, masthead).file_name]


def place(
    media: Iterable[Medium], drawn: Shared, media_root: Path, site: Path, *, lasting: bool = True
) -> None:
    """Put there what is missing; raises FileNotFoundError when a medium was lost.

    Unless it is `lasting`, the shared image need not wait for the disk.
    """
    pictures.place(media, media_root, site)
    file = f"{site}/{FOLDER}/{drawn.file_name}"
    if not os.path.exists(file):  # noqa: PTH110 - a full build asks this of every article
        write(file, share.draw(drawn), lasting=lasting)


def fetch(names_: list[str], stock: Path, site: Path) -> None:
    """Put there what is missing and was made ready in the folder `stock`."""
    moved = [
        move(stock / FOLDER / name, site / FOLDER / name)
        for name in names_
        if not (site / FOLDER / name).exists()
    ]
    if any(moved):
        settle(site / FOLDER)


def drop(names_: list[str], site: Path) -> None:
    """Delete files that no page shows any more."""
    for name in names_:
        remove(site / FOLDER / name)
