"""Which of the posts that are looked for one found on a channel proves."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from publishers.base import CannotTell, Post, Rejected

__all__ = ["by_essence", "proved", "readable"]


@contextmanager
def readable(service: str) -> Iterator[None]:
    """Read a service's posts: raises CannotTell where it refuses, or shows them incomplete."""
    try:
        yield
    except Rejected as error:
        raise CannotTell(error.reason) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise CannotTell(f"{service} ha mostrato dei post incompleti.") from None


def by_essence(posts: Sequence[Post], essence: Callable[[str], str]) -> dict[str, list[Post]]:
    """Return posts by what of their text survives a channel.

    Of several that look alike there, each found proves one.
    """
    found: dict[str, list[Post]] = {}
    for post in posts:
        found.setdefault(essence(post.text), []).append(post)
    return found


def proved(alike: list[Post], answered: str | None) -> Post | None:
    """Take, of posts that look like one that was found, that which it proves, None where none.

    `answered` is what the found one answers: a part of a thread is proved by one that answers the
    same. Raises CannotTell where that is not told.
    """
    for post in alike:
        if post.answers in (None, answered):
            alike.remove(post)
            return post
    if alike and answered is None:
        raise CannotTell("Di un post come questo non si sa a che cosa risponde.")
    return None
