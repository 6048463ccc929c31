"""What was drawn of articles, remembered for as long as an article stays what it was."""

import pickle
from collections.abc import Callable
from itertools import islice
from typing import Generic, TypeVar

from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.entries import Entry, Row

_T = TypeVar("_T")


class Memory(Generic[_T]):
    """One thing that is made of articles, remembered of `most`."""

    def __init__(self, masthead: Masthead, make: Callable[[Card], _T], most: int) -> None:
        self._masthead, self._make, self._most = masthead, make, most
        self._known: dict[int, tuple[Row, _T]] = {}
        self._told = 0

    def of(self, entry: Entry) -> _T:
        """Return what is made of an article."""
        row = entry.row
        known = self._known.get(row[0])
        if known is not None and known[0] == row:
            return known[1]
        return self.note(Card(entry, self._masthead))

    def note(self, card: Card) -> _T:
        """Make it of an article whose words are at hand now."""
        made = self._make(card)
        if len(self._known) >= self._most:
            self._known.clear()
            self._told = 0
        row = card.entry.row
        self._known[row[0]] = (row, made)
        return made

    def news(self) -> bytes:
        """Return what was made since this was asked last, for the memory of another process."""
        news = dict(islice(self._known.items(), self._told, None))
        self._told = len(self._known)
        return pickle.dumps(news, pickle.HIGHEST_PROTOCOL)

    def learn(self, news: bytes) -> None:
        """Remember what another process, one of ours, has made, as far as there is room."""
        room = max(0, self._most - len(self._known))
        self._known.update(islice(pickle.loads(news).items(), room))  # noqa: S301
        self._told = len(self._known)
