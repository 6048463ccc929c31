"""What each channel can do with each form of a post: docs/channels.md, proved cell by cell.

The cells are filled by driving each publisher against its outside; the page must say the same, and
name every channel.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest

from bottega.sandbox.server import Sandbox
from content.posts import Piece, Post
from publishers import PUBLISHERS
from publishers.base import Action, Call, Published, Publisher, Rejected
from tests.publishers.stage import NOW, at_home, film, picture, piece, staged

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"
FORMS = ("text", "link", "1 photo", "4 photos", "video", "thread")
GESTURES = ("create", "correct", "retract")
YES, CANNOT, LEFT = "yes", "cannot", "left to the page"
BEFORE, AFTER, MORE = "Apre lo sportello", "Apre lo sportello nuovo", "E poi continua"


class Channel:
    """A publisher with its outside, of which it can be told what is there."""

    def __init__(self, kind: type[Publisher], sandbox: Sandbox, root: Path) -> None:
        self.root = root
        if kind.idempotent:
            self.publisher = kind(at_home(kind, root), root)
            self._go_on: Callable[[Post, Call], Published] = self.publisher.publish
            self.seen: Callable[[], str] = self._pages
            return
        stage = staged(kind, sandbox, root)
        stage.outlet.now = lambda: NOW
        self.publisher, self._go_on = stage.publisher, stage.go_on
        self.seen = lambda: repr([one for one in stage.outlet.shown() if not one.deleted])

    def posts(self, form: str, title: str) -> list[Post]:
        """Return what is sent for a form of a piece, in parts."""
        first = self.publisher.render(self._piece(form, title))
        if form == "text" and not first.html:  # a page has its own address in any case
            first = first.model_copy(update={"text": title, "link": None, "facts": {}})
        if form != "thread":
            return [first]
        return [first, self.publisher.render(self._piece("link", f"{MORE}, {title}"))]

    def perform(self, action: Action, post: Post, target: str | None) -> str:
        """Make one call and return the id of what it is about; raises Rejected."""
        call = Call(key=f"{action} {post.sha256}", action=action, now=NOW, due_at=NOW,
                    remote_id=target)  # fmt: skip
        return self._go_on(post, call).remote_id

    def create(self, form: str) -> list[str]:
        """Put a form out in all its parts and return their ids; raises Rejected."""
        ids: list[str] = []
        for post in self.posts(form, BEFORE):
            action = Action.REPLY if ids else Action.CREATE
            ids.append(self.perform(action, post, ids[-1] if ids else None))
        return ids

    def _piece(self, form: str, title: str) -> Piece:
        photos = {"1 photo": 1, "4 photos": 4}.get(form, 0)
        media = [picture(self.root, number) for number in range(photos)]
        if form == "video":
            media = [film(self.root)]
        return piece(title, media)

    def _pages(self) -> str:
        folder = self.root / "home" / "site" / "notizie"
        return "".join(one.read_text() for one in sorted(folder.rglob("*.html")))


def outcome(channel: Channel, form: str, gesture: str) -> str:
    """Return what comes of a gesture on a form, as the channel's outside shows it."""
    try:
        ids = channel.create(form)
        if gesture == "correct":
            last = channel.posts(form, AFTER)[-1]
            assert channel.perform(Action.EDIT, last, ids[-1])
            assert AFTER in channel.seen()
        elif gesture == "retract":
            for post, target in zip(channel.posts(form, BEFORE), ids, strict=True):
                channel.perform(Action.DELETE, post, target)
            assert BEFORE not in channel.seen()
            assert MORE not in channel.seen()
    except Rejected:
        return CANNOT
    if gesture != "retract":
        assert BEFORE in channel.seen()
        assert (MORE in channel.seen()) is (form == "thread")
        shown = {"1 photo": 1, "4 photos": 4}.get(form, 0)
        assert len(set(re.findall(r"Foto \d|picture/[\w-]+", channel.seen()))) >= shown
    rendered = channel.posts(form, BEFORE)[0]
    if form == "video" and rendered.media and gesture != "retract":
        assert re.search(r"films=\(Image|<video", channel.seen())
    return LEFT if form == "video" and not rendered.media else YES


def table() -> Mapping[tuple[str, str, str], str]:
    """Read the page's table: label, form and gesture → cell."""
    rows = [
        [cell.strip() for cell in line.strip("| \n").split("|")]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    head: Sequence[str] = next(row for row in rows if row[:2] == ["Channel", "Gesture"])
    return {
        (row[0], form, row[1]): cell
        for row in rows
        if len(row) == len(head) and row[1] in GESTURES
        for form, cell in zip(head[2:], row[2:], strict=True)
    }


def test_the_page_has_a_cell_for_every_combination_and_no_other() -> None:
    labels = [one.label for one in PUBLISHERS]

    assert set(table()) == set(product(labels, FORMS, GESTURES))
    assert {*table().values()} == {YES, CANNOT}


def mentions() -> list[list[str]]:
    """Read the page's table of mentions: label, account, mention and what it counts."""
    page = PAGE.read_text(encoding="utf-8")
    rows = page.split("| Channel | An account as it is kept | Mentioned as | Counted as |\n")[1]
    lines = rows.split("\n\n")[0].splitlines()[1:]
    return [[cell.strip(" `") for cell in line.strip("| ").split("|")] for line in lines]


def test_the_page_says_how_each_channel_mentions_an_account(tmp_path: Path) -> None:
    told = {}
    for label, account, mention, counted in mentions():
        (kind,) = (one for one in PUBLISHERS if one.label == label)
        assert kind.handles is not None
        assert kind.handles.read(kind.handles.shown(account)) == account
        found = kind.handles.mentioned(account)
        assert found == ("" if mention == "nothing" else mention)
        assert kind(kind.Config(), tmp_path).measure(found) == int(counted)
        told[label] = account

    assert set(told) == {one.label for one in PUBLISHERS if one.handles is not None}


@pytest.mark.parametrize("gesture", GESTURES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", PUBLISHERS, ids=lambda kind: kind.channel)
def test_a_channel_does_what_the_page_says(
    served: Sandbox, tmp_path: Path, kind: type[Publisher], form: str, gesture: str
) -> None:
    served.reset()

    found = outcome(Channel(kind, served, tmp_path), form, gesture)

    assert found == table()[kind.label, form, gesture]
