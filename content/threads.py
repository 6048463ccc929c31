"""Threads: a text in several posts, each an answer to the one before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from content.deliveries import Action, Operation
from content.posts import FrozenPost, NotAsApproved, Post
from content.slots import at_once
from content.workflow import OperationState

BREAK: Final = "---"
"""The line that stands, in the words for a channel, between one part and the next."""


def parts_of(words: str) -> list[str]:
    """Return the parts that words for a channel are divided into; one, or none, without a BREAK."""
    parts, lines = [], list[str]()
    for line in [*words.split("\n"), BREAK]:
        if line.strip() != BREAK:
            lines.append(line)
        else:
            parts.append("\n".join(lines).strip())
            lines = []
    return [part for part in parts if part]


def joined(parts: Sequence[str]) -> str:
    """Return parts as words for a channel; those that say nothing are left out."""
    return f"\n{BREAK}\n".join(part for one in parts if (part := one.strip()))


def said(operation: Operation, post: Post) -> Post:
    """Return what of a post an operation puts out: a part of a thread, or what answers an older."""
    return begun_by(operation, post).part(operation.part)


def begun_by(operation: Operation, post: Post) -> Post:
    """Return what an operation is a part of: a post, or what answers an older one, whole."""
    answers = operation.action is Action.REPLY and operation.part == 1
    return post.answer if answers else post


def count(post: FrozenPost, *, answering: bool = False) -> int:
    """Return how many parts a post, or its answer to an older one, has.

    One where what is stored is not what was approved.
    """
    try:
        whole = post.post()
        return len((whole.answer if answering else whole).parts)
    except NotAsApproved:
        return 1


def says_the_same(operation: Operation, old: FrozenPost, new: FrozenPost) -> bool:
    """Whether an operation would put out, of `new`, to the byte what it does of `old`."""
    try:
        before, after = said(operation, old.post()), said(operation, new.post())
    except NotAsApproved:
        return False
    return before.text == after.text and before.media == after.media


def shows_the_same(old: FrozenPost, new: FrozenPost) -> bool:
    """Whether two posts differ at most in the words that would answer an older one."""
    try:
        before, after = (one.post() for one in (old, new))
    except NotAsApproved:
        return False
    return before.without_answer().canonical() == after.without_answer().canonical()


def answer(
    post: FrozenPost, number: int, before: Operation, *, to: str | None, now: datetime
) -> Operation:
    """Return what puts a part of a thread out at once, behind the operation `before` it.

    `to` is the channel's id of the post that it answers. It is never too late: a thread that was
    begun is to be finished.
    """
    place = at_once(now)
    return Operation(
        delivery_id=before.delivery_id,
        channel=post.channel,
        post_id=post.id,
        action=Action.REPLY,
        part=number,
        parts=count(post),
        state=OperationState.SCHEDULED,
        due_at=place.due_at,
        local_time=place.local_time,
        next_try_at=place.due_at,
        after_id=before.id,
        remote_id=to,
    )
