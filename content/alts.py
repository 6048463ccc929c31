"""What pictures show, in words, for who cannot see them: none goes out without."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from content.media import Medium, MediumKind

PROPOSED: Final = "alt_proposed"
"""Marks a medium of an article whose words are only its title, until a person says they do."""

Media = Sequence[Mapping[str, Any]]


class MissingAltText(Exception):
    """A picture has no words that a person or a model wrote for it."""


def suggested(media: Media, alts: Mapping[str, str], title: str) -> list[dict[str, Any]]:
    """Give pictures and films without words what a model suggests, by hash, else the title."""
    found = []
    for one in media:
        if one.get("alt") or not Medium.model_validate(one).is_seen:
            found.append(dict(one))
        elif alts.get(one["sha256"]):
            found.append({**one, "alt": alts[one["sha256"]]})
        else:
            found.append({**one, "alt": title, PROPOSED: True})
    return found


def lacking(media: Media) -> list[Mapping[str, Any]]:
    """Return the pictures that nobody described."""
    return [
        one
        for one in media
        if Medium.model_validate(one).kind is MediumKind.PICTURE
        and (one.get(PROPOSED) or not str(one.get("alt", "")).strip())
    ]


def accepted(media: Media) -> list[dict[str, Any]]:
    """Return media whose proposed words are taken as they are."""
    return [{name: value for name, value in one.items() if name != PROPOSED} for one in media]


def reviewed(before: Media, after: Media) -> list[dict[str, Any]]:
    """Return edited media; words that a person changed are proposals no more."""
    proposed = {(one["sha256"], one.get("alt")) for one in before if one.get(PROPOSED)}
    return [
        one | {PROPOSED: True} if (one["sha256"], one.get("alt")) in proposed else one
        for one in accepted(after)
    ]
