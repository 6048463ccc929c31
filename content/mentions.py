"""Drafts that mention the body's own accounts: put in by us, whoever wrote the words."""

import re
from collections.abc import Sequence

from content.drafting import Assistant, ChannelLimit, Draft, Source

__all__ = ["Mentioning", "mentioning"]


class Mentioning:
    """An assistant that mentions, in the drafts of another, the accounts of who tells the story.

    Which accounts there are is not told to the other one, so that no model can make any up.
    """

    def __init__(self, inner: Assistant, limits: Sequence[ChannelLimit]) -> None:
        self._inner, self._limits = inner, tuple(limits)

    async def draft(self, source: Source) -> Draft:
        """Return the other's draft, with a mention in each text that is whole with it, too."""
        drafted = await self._inner.draft(source)
        texts = dict(drafted.texts)
        for limit in self._limits:
            account = source.accounts.get(limit.name)
            if account and limit.mention and limit.name in texts:
                longer = mentioning(texts[limit.name], limit.mention(account))
                fits = limit.measure(longer) <= limit.limit
                if fits and limit.holds(longer, drafted.title):
                    texts[limit.name] = longer
        return drafted.model_copy(update={"texts": texts})


def mentioning(text: str, mention: str) -> str:
    """Return a text with the mention behind its first line; as it is where it has it already.

    There it is never the first thing, which would make an answer of a post on X, and always in the
    first part of a thread.
    """
    first, gap, rest = text.partition("\n")
    there = re.search(rf"(?<![\w@/.]){re.escape(mention)}(?![\w@])", text, re.IGNORECASE)
    if not mention or not first.strip() or there:
        return text
    return f"{first.rstrip()} ({mention}){gap}{rest}"
