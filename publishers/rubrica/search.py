"""The search that needs no server: what is looked through, in pieces that a browser fetches.

A piece holds PART articles in order of arrival, so that one article changes one piece, however
many there are; the page's script reads them from the newest.
"""

from collections.abc import Sequence
from typing import Final

from content.posts import Section
from publishers.rubrica.cards import Card
from publishers.rubrica.entries import Entry
from publishers.rubrica.pages import Pages
from publishers.rubrica.structured import as_json
from publishers.rubrica.words import SECTIONS, day

PART: Final = 250
FOLDER: Final = "cerca"


def shard(pages: Pages, entries: Sequence[Entry]) -> bytes:
    """Return one piece: for each article its path, title, words about it, day, summary."""
    told = [pages.kept("search", entry, _told) for entry in reversed(entries)]
    return f"[{','.join(told)}]\n".encode()


def _told(card: Card) -> str:
    about = [
        SECTIONS[Section(card.entry.section)].one,
        *(body.name for body in card.bodies),
    ]
    goals = [f"{goal.number} {goal.name}" for goal in card.goals]
    fields = [
        card.path, card.post.title, " · ".join(one for one in about if one),
        day(card.entry.published), card.post.text,
        " ".join([*goals, str(card.facts.get("author") or ""), str(card.facts.get("lab") or "")]),
    ]  # fmt: skip
    return as_json(fields)
