"""The questions that lead a person, one at a time, to a whole submission."""

from typing import Final

from telegram import Message

from content.submissions import MIN_TEXT, Revision

STEPS: Final = ("kind", "organisation", "text", "where", "photos")
OPTIONAL: Final = frozenset({"where", "photos"})


def following(step: str) -> str | None:
    """Return the question after one, None after the last."""
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else None


def reached(step: str, revision: Revision, message: Message | None) -> str | None:
    """Return the question to ask now, given the one asked last and what came after it.

    Where and when become part of the story, so any words answer that question.
    """
    now: str | None = step
    if step == "where" and message is not None and _has_words(message):
        now = following(step)
    while now is not None and _is_answered(now, revision):
        now = following(now)
    return now


def _is_answered(step: str, revision: Revision) -> bool:
    match step:
        case "organisation":
            return bool(revision.organisation)
        case "text":
            return len(revision.text.strip()) >= MIN_TEXT
        case _:
            return False


def _has_words(message: Message) -> bool:
    return bool(message.text or message.caption or message.voice)
