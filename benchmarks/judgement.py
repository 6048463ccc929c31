"""What a storm left on the channels, held against what people asked for: the count must be 0."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import col, select

from benchmarks.newsroom import Outside
from benchmarks.outlets import Seen, id_of, media, parts
from content.articles import Article
from content.corrections import Remedy
from content.deliveries import Delivery, Operation
from content.posts import Post
from content.standing import standing
from content.store import Store
from content.workflow import OperationState

Posts = Mapping[str, Post]
"""The posts of one approved version, by channel."""
Part = tuple[int, int]
"""The number of a version, from 1, and of a part of it, from 0."""
Shape = tuple[int, tuple[int, ...]] | None
"""The version that stands, and those that answer it, in their order; None for nothing."""
_ENDED = (OperationState.DONE, OperationState.CANCELLED)


@dataclass(slots=True)
class Asked:
    """What people asked of one article: its versions as approved, each with what was to be done.

    The first version is simply to come out; `retracted` says that nothing is to be left of it, and
    `let_go` names the channels on which a version, by its number from 1, is not to come out.
    """

    versions: list[tuple[Posts, Mapping[str, Remedy]]] = field(default_factory=list)
    retracted: bool = False
    let_go: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class Known:
    """What the newsroom itself says of an article on a channel: what stands, what is unended."""

    ids: list[str] = field(default_factory=list)
    unended: list[str] = field(default_factory=list)


class Verdict(StrEnum):
    """What is wrong with an article on a channel; the first that holds is counted."""

    TWICE = "twice"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(slots=True)
class Tally:
    """What was judged of a channel, and how often each verdict fell."""

    articles: int = 0
    twice: int = 0
    missing: int = 0
    wrong: int = 0


def judge(
    asked: Mapping[int, Asked],
    known: Mapping[tuple[int, str], Known],
    there: Mapping[str, Sequence[Seen]],
    outside: Outside,
) -> dict[str, Tally]:
    """Return each channel's tally, and print what is not as it was asked for.

    `asked` is by article, `known` by article and channel, `there` by channel. A post that nobody
    approved, as it reads, is wrong by itself.
    """
    tallies = {}
    for channel, posts in there.items():
        tallies[channel] = tally = Tally(len(asked))
        left = list(posts)
        for article, wanted in asked.items():
            versions = _versions(wanted, channel)
            mine = [one for one in left if one.words in versions]
            left = [one for one in left if one not in mine]
            believed = known.get((article, channel), Known())
            found = verdict(wanted, channel, mine, believed, outside)
            if found is not None:
                setattr(tally, found, getattr(tally, found) + 1)
                told = _told(wanted, channel, mine, believed)
                print(f"{channel}, article {article}: {found}; {told}")
        tally.wrong += len(left)
        for one in left:
            print(f"{channel}: nobody approved {one.id}: {one.words!r}")
    return tallies


def verdict(
    asked: Asked, channel: str, there: Sequence[Seen], known: Known, outside: Outside
) -> Verdict | None:
    """Return what is wrong with an article on a channel, None when all is as it should be.

    `there` are the posts with the words of one of its versions.
    """
    number = _versions(asked, channel)
    if any(times > 1 for times in Counter(one.words for one in there).values()):
        return Verdict.TWICE
    newest = parts(asked.versions[-1][0][channel])
    wanted = not asked.retracted and (channel, len(asked.versions)) not in asked.let_go
    if wanted and not {one.words for one in there}.issuperset(newest):
        return Verdict.MISSING
    faithful = all(
        one.media == media(asked.versions[version - 1][0][channel], part, outside)
        for one in there
        for version, part in [number[one.words]]
    )
    as_asked = _shape(there, number) in allowed(asked, channel)
    believed = sorted(known.ids) == sorted(one.id for one in there) and not known.unended
    return None if faithful and as_asked and believed else Verdict.WRONG


def allowed(asked: Asked, channel: str) -> Collection[Shape]:
    """Return all that may be left on a channel of what was asked for there.

    Which of them it is depends on what had come out when: what never did is made up for by the
    newest version, and a correction that was overtaken by another need not be seen. What was let
    go never came, but what it was to replace may be gone.
    """
    if asked.retracted:
        return {None}
    shapes: set[Shape] = {None}
    for version, (_, remedies) in enumerate(asked.versions, 1):
        if (channel, version) in asked.let_go:
            shapes = {*shapes, None}
            continue
        overtaken = shapes if 1 < version < len(asked.versions) else set()
        done = {_after(one, version, remedies[channel]) for one in shapes if one is not None}
        shapes = {*overtaken, *done, (version, ())}
    return shapes


async def known(store: Store) -> dict[tuple[int, str], Known]:
    """Return what the newsroom says of each article on each channel."""
    async with store.reading() as session:
        query = (
            select(Article.id, Operation)
            .join(Delivery, col(Delivery.article_id) == col(Article.id))
            .join(Operation, col(Operation.delivery_id) == col(Delivery.id))
            .order_by(col(Operation.id))
        )
        rows = (await session.exec(query)).all()
    found: dict[tuple[int, str], list[Operation]] = {}
    for article, operation in rows:
        found.setdefault((article, operation.channel), []).append(operation)
    return {
        key: Known(
            [id_of(one.remote_id) for one in standing(several)],
            [
                f"{one.id} {one.action} {one.state} behind {one.after_id} after {one.tries}: "
                f"{one.problem}"
                for one in several
                if one.state not in _ENDED
            ],
        )
        for key, several in found.items()
    }


def _after(before: tuple[int, tuple[int, ...]], version: int, remedy: Remedy) -> Shape:
    first, replies = before
    match remedy:
        case Remedy.EDIT:
            return version, replies
        case Remedy.REPLY:
            return first, (*replies, version)
        case Remedy.REPLACE:
            return version, ()
    return before


def _shape(there: Sequence[Seen], number: Mapping[str, Part]) -> Shape:
    """Return what stands as a shape; one that is none when it is not one post and its answers.

    A post may be a thread, of which one that was overtaken need not be whole: each part answers
    the one before, and an answer to the whole any of them.
    """
    if not there:
        return None
    by_id = {one.id.partition(",")[0]: one for one in there}
    threads: dict[str, list[int]] = {}
    for one in there:
        head, part = one, number[one.words][1]
        for before in range(part - 1, -1, -1):
            above = by_id.get(head.under or "")
            if above is None or number[above.words][1] != before:
                return 0, ()
            head = above
        threads.setdefault(head.id, []).append(part)
    heads = [one for one in there if one.id in threads]
    first = [one for one in heads if one.under is None]
    if len(first) != 1 or any(len(set(parts)) < len(parts) for parts in threads.values()):
        return 0, ()
    answers = [one for one in heads if one is not first[0]]
    for one in answers:
        above = by_id.get(one.under or "")
        while above is not None and number[above.words][1]:
            above = by_id.get(above.under or "")
        if above is not first[0]:
            return 0, ()
    return number[first[0].words][0], tuple(sorted(number[one.words][0] for one in answers))


def _versions(asked: Asked, channel: str) -> dict[str, Part]:
    """Return of which version, and which part of it, some words are."""
    return {
        said: (version, part)
        for version, (posts, _) in enumerate(asked.versions, 1)
        for part, said in enumerate(parts(posts[channel]))
    }


def _told(asked: Asked, channel: str, there: Sequence[Seen], known: Known) -> str:
    """Say what is there, and what the newsroom thinks of it."""
    asks = [str(remedies[channel]) for _, remedies in asked.versions[1:]]
    number = _versions(asked, channel)
    shown = [f"{one.id} is {number[one.words]} under {one.under}" for one in there]
    return (
        f"{asks=} retracted={asked.retracted} {asked.let_go=} "
        f"{shown=} {known.ids=} {known.unended=}"
    )
