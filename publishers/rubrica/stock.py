"""Files made ready before their page is out: beside the index, where no reader comes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from content.posts import Post
from publishers.rubrica import placing
from publishers.rubrica.cards import shared
from publishers.rubrica.entries import Address
from publishers.rubrica.placing import Place

FOLDER: Final = "ready"


def of(place: Place) -> Path:
    """Return the folder of what is ready."""
    return place.file.with_name(FOLDER)


def keep(place: Place, posts: Sequence[tuple[Post, Address]]) -> None:
    """Make what these posts' pages will show, and let go what none of them does.

    Nothing happens while somebody else is at it. A post whose medium was lost is left to
    publishing, which says so.
    """
    stock = of(place)
    stock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place.file.with_name("ready.lock"), timeout=0):
            wanted: set[str] = set()
            for post, address in posts:
                names = placing.names(post, address.section, place.masthead)
                wanted.update(names)
                if not all(_is_there(name, stock, place.site) for name in names):
                    _make(place, post, address, stock)
            for file in (stock / placing.FOLDER).glob("*"):
                if file.name not in wanted or (place.site / placing.FOLDER / file.name).exists():
                    file.unlink(missing_ok=True)
    except Timeout:
        return


def _make(place: Place, post: Post, address: Address, stock: Path) -> None:
    drawn = shared(post, address.section, place.masthead)
    try:
        placing.place(post.media, drawn, place.media, stock)
    except FileNotFoundError:
        return


def _is_there(name: str, *folders: Path) -> bool:
    return any((folder / placing.FOLDER / name).exists() for folder in folders)
